//! A record's credentials as badges.

mod whole;

use chrono::{DateTime, Utc};
use credential_core::{
    credential::CredentialClaims,
    jose::{EdDsaKey, Es256Key, Signer as _},
    rng::{NoRandomness, Rng},
    text::{Language, Text},
};

use super::Badge;

/// A generator that counts, so that documents can be compared.
#[derive(Debug)]
struct Counting;

impl Rng for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        (1_u8..)
            .zip(bytes)
            .for_each(|(number, byte)| *byte = number);
        Ok(())
    }
}

const ISSUER: &str = "https://opisto.example";

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

/// Who signs, and a person with a key.
struct Institution {
    key: EdDsaKey,
    holder: Es256Key,
    name: Text,
}

impl Institution {
    fn new() -> Self {
        Self {
            key: EdDsaKey::generate().unwrap().0,
            holder: Es256Key::generate().unwrap().0,
            name: Text::new(
                "Esimerkin ammattiopisto",
                "Exempelinstitutet",
                "Example College",
            ),
        }
    }

    fn badge(&self, language: Language) -> Badge<'_> {
        Badge {
            issuer: ISSUER,
            issuer_name: &self.name,
            holder: Some(self.holder.public_jwk()),
            issued_at: noon(),
            expires_at: None,
            status: &[],
            language,
        }
    }
}

fn claims(
    kind: credential_core::credential::CredentialType,
    members: serde_json::Value,
) -> CredentialClaims {
    let serde_json::Value::Object(members) = members else {
        panic!("an object")
    };
    CredentialClaims::new(kind, members, None).unwrap()
}

fn kid(key: &EdDsaKey) -> &str {
    key.public_jwk().kid.as_deref().unwrap()
}
