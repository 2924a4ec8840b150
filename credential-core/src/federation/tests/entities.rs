//! Entities of a federation that make signed statements, for tests of several crates.

use serde_json::{Value, json};

use super::jose::{
    Es256Key, Signer as _,
    jws::{KeyReference, sign},
};

/// 2026-05-29T12:00:00Z.
pub(crate) const NOON: i64 = 1_780_056_000;
pub(crate) const TYP: &str = "entity-statement+jwt";

/// Somebody with a name and one key.
#[derive(Debug)]
pub(crate) struct Entity {
    pub(crate) id: String,
    pub(crate) key: Es256Key,
}

impl Entity {
    pub(crate) fn new(id: &str) -> Self {
        let key = Es256Key::generate().unwrap().0;
        Self { id: id.into(), key }
    }

    pub(crate) fn jwks(&self) -> Value {
        json!({"keys": [self.key.public_jwk()]})
    }

    /// What it says about itself: a day long, with these members more or instead.
    pub(crate) fn configuration(&self, more: Value) -> Value {
        self.about(self, more)
    }

    /// The same of a superior, which publishes what it says about others.
    pub(crate) fn superior(&self, hints: &[&Self]) -> Value {
        let endpoint = format!("{}/fetch", self.id);
        let mut own = self.configuration(json!({
            "metadata": {"federation_entity": {"federation_fetch_endpoint": endpoint}},
        }));
        if !hints.is_empty() {
            own["authority_hints"] = hints.iter().map(|it| it.id.as_str()).collect();
        }
        own
    }

    /// The same of an issuer of credentials, with its keys for them.
    pub(crate) fn issuer(&self, hints: &[&Self], credential_keys: &Value) -> Value {
        let hints: Vec<_> = hints.iter().map(|it| it.id.as_str()).collect();
        self.configuration(json!({
            "authority_hints": hints,
            "metadata": {
                "federation_entity": {"organization_name": "Esimerkin opisto"},
                "openid_credential_issuer": {"jwks": credential_keys},
            },
        }))
    }

    /// What it says about another.
    pub(crate) fn about(&self, other: &Self, more: Value) -> Value {
        let mut claims = json!({
            "iss": self.id,
            "sub": other.id,
            "iat": NOON - 60,
            "exp": NOON + 86_400,
            "jwks": other.jwks(),
        });
        let Value::Object(more) = more else {
            panic!("members")
        };
        claims.as_object_mut().unwrap().extend(more);
        claims
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_as(TYP, claims)
    }

    pub(crate) fn sign_as(&self, typ: &str, claims: &Value) -> String {
        sign(typ, claims, &self.key, KeyReference::Kid).unwrap()
    }
}
