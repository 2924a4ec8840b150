//! A deposit under test, sealed with `josekit`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{
        decision::{DecisionClaims, Verdict},
        details::GrantedDetails,
    },
    dcql::ClaimPath,
    encoding::sha256_base64url,
    id::GrantId,
    jose::{Jwk, KeyUse, Signer as _, jws::General},
    mailbox::key_binding_nonce,
    sd_jwt::{self, KeyBindingRequest, SdJwt},
};
use serde_json::{Value, json};

use super::{BROKER, CLIENT, REQUEST, World};
use crate::{GrantExpectation, RecipientKey};

/// Everything that goes into one deposit, each part changeable for a test.
#[derive(Debug, Clone)]
pub(crate) struct Deposit {
    pub(crate) details: GrantedDetails,
    pub(crate) header_grant: GrantId,
    pub(crate) header_recipient: String,
    pub(crate) header_hash: String,
    pub(crate) sequence: u32,
    pub(crate) not_before: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) audience: String,
    pub(crate) nonce: Option<String>,
    pub(crate) presented_at: DateTime<Utc>,
    pub(crate) disclose: Vec<&'static str>,
    pub(crate) credentials: Vec<(String, String)>,
    pub(crate) key_bound: bool,
    pub(crate) decided: GrantedDetails,
    pub(crate) verdict: Verdict,
    pub(crate) decision_grant: GrantId,
    pub(crate) request: String,
    pub(crate) broker: String,
}

impl Deposit {
    pub(crate) fn expectation(&self) -> GrantExpectation<'_> {
        GrantExpectation {
            details: &self.details,
            client_id: CLIENT,
            broker: BROKER,
            request: REQUEST,
            last_sequence: 0,
        }
    }

    /// The grant with other terms on both sides: what was granted, and what the header says.
    pub(crate) fn with_query(mut self, query: Value) -> Self {
        self.details.dcql_query = serde_json::from_value(query).unwrap();
        self.decided = self.details.clone();
        self.header_hash = self.details.hash_base64url().unwrap();
        self
    }

    pub(crate) fn vp_token(&self, world: &World) -> BTreeMap<String, Vec<String>> {
        let presented = self
            .credentials
            .iter()
            .map(|(id, credential)| (id.clone(), vec![self.present(world, credential)]));
        presented.collect()
    }

    fn present(&self, world: &World, credential: &str) -> String {
        let parsed = SdJwt::parse(credential).unwrap();
        let kid = parsed.kid().unwrap();
        let signer = [&world.issuer, &world.other_issuer]
            .into_iter()
            .find(|key| key.public_jwk().kid.as_deref() == Some(kid));
        let Some(signer) = signer else {
            return credential.to_owned();
        };
        let verified = parsed
            .verify(&signer.public_jwk().try_into().unwrap())
            .unwrap();
        let nonce = self.nonce.clone().unwrap_or_else(|| {
            key_binding_nonce(&self.details.nonce, self.details.grant_id, self.sequence)
        });
        let disclose: Vec<ClaimPath> = self
            .disclose
            .iter()
            .map(|name| ClaimPath::claim(name))
            .collect();
        let binding = KeyBindingRequest {
            audience: &self.audience,
            nonce: &nonce,
            issued_at: self.presented_at,
        };
        let text = sd_jwt::present(&verified, &disclose, &binding, &world.holder).unwrap();
        if self.key_bound {
            text
        } else {
            text.rsplit_once('~').unwrap().0.to_owned() + "~"
        }
    }

    pub(crate) fn decision(&self, world: &World) -> General {
        DecisionClaims {
            decision: self.verdict,
            grant_id: self.decision_grant,
            request_hash: sha256_base64url(&self.request),
            recipient: CLIENT.into(),
            aud: self.broker.clone(),
            iat: self.presented_at.timestamp(),
            details: Some(self.decided.clone()),
            change: None,
            reply_jwk: None,
        }
        .sign(&world.grant_key)
        .unwrap()
    }

    pub(crate) fn content(&self, world: &World) -> Value {
        json!({"vp_token": self.vp_token(world), "decision": self.decision(world), "pad": "000"})
    }

    pub(crate) fn header(&self, key: &RecipientKey) -> Value {
        json!({
            "alg": "ECDH-ES", "enc": "A256GCM", "cty": "vp+json",
            "kid": key.public_jwk().kid,
            "grant_id": self.header_grant,
            "seq": self.sequence,
            "recipient": self.header_recipient,
            "details_hash": self.header_hash,
            "nbf": self.not_before.timestamp(),
            "exp": self.expires_at.timestamp(),
        })
    }

    pub(crate) fn seal(&self, world: &World) -> String {
        self.seal_to(world, &world.recipient)
    }

    pub(crate) fn seal_to(&self, world: &World, key: &RecipientKey) -> String {
        let content = serde_json::to_vec(&self.content(world)).unwrap();
        seal(self.header(key), &content, key.public_jwk())
    }
}

/// Seals with `josekit`: ECDH-ES and whatever the header says.
pub(crate) fn seal(header: Value, plaintext: &[u8], recipient: &Jwk) -> String {
    let public = Jwk {
        key_use: Some(KeyUse::Enc),
        ..recipient.bare()
    };
    let public = serde_json::to_vec(&public).unwrap();
    let public = josekit::jwk::Jwk::from_bytes(public).unwrap();
    let encrypter = josekit::jwe::ECDH_ES.encrypter_from_jwk(&public).unwrap();
    let mut members = josekit::jwe::JweHeader::new();
    let Value::Object(header) = header else {
        panic!("a header is an object")
    };
    for (name, value) in header {
        members.set_claim(&name, Some(value)).unwrap();
    }
    josekit::jwe::serialize_compact(plaintext, &members, &encrypter).unwrap()
}
