//! Fixtures of the tests; every person in them is invented.

mod hostile;
mod issuing;
mod key_binding;
mod malformed;
mod presenting;
mod round_trip;
mod traps;
mod vectors;

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{
    Issuance, KeyBinding, KeyBindingRequest, SdJwt, SdJwtError, TYP, VerifiedSdJwt, issue,
};
use crate::{
    dcql::{ClaimPath, Step},
    encoding::{base64url, sha256_base64url},
    jose::{
        Es256Key, Signer as _, VerifyingKey,
        jws::{self, KeyReference},
    },
    rng::{NoRandomness, Rng, SystemRng},
};

static ISSUER: LazyLock<Es256Key> = LazyLock::new(|| Es256Key::generate().unwrap().0);
static HOLDER: LazyLock<Es256Key> = LazyLock::new(|| Es256Key::generate().unwrap().0);

const RECIPIENT: &str = "openid_federation:https://recipient.example";
const NONCE: &str = "n-0S6_WzA2Mj";

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

fn issuer_key() -> VerifyingKey {
    VerifyingKey::try_from(ISSUER.public_jwk()).unwrap()
}

fn path(steps: &[&str]) -> ClaimPath {
    let step = |text: &&str| match (*text, text.parse()) {
        ("*", _) => Step::All(()),
        (_, Ok(index)) => Step::Index(index),
        (name, Err(_)) => Step::Name(name.into()),
    };
    ClaimPath::new(steps.iter().map(step).collect())
}

fn paths(texts: &[&str]) -> Vec<ClaimPath> {
    texts
        .iter()
        .map(|text| path(&text.split('/').collect::<Vec<_>>()))
        .collect()
}

fn claims(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

/// A qualification with permanent, disclosable, nested and recursive claims.
fn qualification() -> Map<String, Value> {
    claims(json!({
        "family_name": "Esimerkki", "given_name": "Aino \"Anna\"", "title": "Lähihoitaja", "credits": 180,
        "awarding_body": {"name": "Esimerkkiopisto", "country": "FI"},
        "skills": [{"name": "first aid", "level": 3}, {"name": "nursing", "level": 4}],
        "languages": ["fi", "sv"]
    }))
}

fn issuance<'a>(claims: &'a Map<String, Value>, disclosable: &'a [ClaimPath]) -> Issuance<'a> {
    Issuance {
        issuer: "https://issuer.example",
        vct: "https://types.example/qualification/1",
        vct_integrity: None,
        issued_at: noon(),
        expires_at: None,
        status: None,
        holder: HOLDER.public_jwk(),
        claims,
        disclosable,
    }
}

fn issued(claims: &Map<String, Value>, disclosable: &[ClaimPath]) -> String {
    let issued = issue(
        &issuance(claims, disclosable),
        &*ISSUER,
        &SystemRng::default(),
    );
    issued.unwrap().into_string()
}

/// The usual qualification as its holder keeps it.
fn held() -> VerifiedSdJwt {
    let disclosable = paths(&[
        "family_name",
        "given_name",
        "title",
        "credits",
        "awarding_body/name",
        "skills",
        "skills/0",
        "skills/1",
        "skills/1/level",
        "languages/0",
        "languages/1",
    ]);
    verify(&issued(&qualification(), &disclosable)).unwrap()
}

fn verify(text: &str) -> Result<VerifiedSdJwt, SdJwtError> {
    SdJwt::parse(text)?.verify(&issuer_key())
}

fn verify_presentation(text: &str) -> Result<VerifiedSdJwt, SdJwtError> {
    let presentation = SdJwt::parse(text)?.verify_presentation(&issuer_key(), &expected())?;
    Ok(presentation.into_credential())
}

fn request() -> KeyBindingRequest<'static> {
    KeyBindingRequest {
        audience: RECIPIENT,
        nonce: NONCE,
        issued_at: noon(),
    }
}

fn expected() -> KeyBinding<'static> {
    KeyBinding {
        audience: RECIPIENT,
        nonce: NONCE,
        earliest: noon() - chrono::TimeDelta::minutes(5),
        latest: noon() + chrono::TimeDelta::minutes(5),
    }
}

/// A disclosure and its digest.
fn disclosure(content: &Value) -> (String, String) {
    let text = base64url(content.to_string());
    let digest = sha256_base64url(&text);
    (text, digest)
}

/// A payload that says what a credential must say, and `more`.
fn payload(more: Value) -> Value {
    let mut payload = json!({
        "iss": "https://issuer.example", "vct": "https://types.example/qualification/1",
        "cnf": {"jwk": HOLDER.public_jwk().bare()}
    });
    payload.as_object_mut().unwrap().extend(claims(more));
    payload
}

/// Signs `payload` as the issuer would, whatever it says.
fn forge(payload: &str, disclosures: &[&str]) -> String {
    let mut text = jws::sign_bytes(TYP, payload.as_bytes(), &*ISSUER, KeyReference::Kid).unwrap();
    text.push('~');
    for disclosure in disclosures {
        text.push_str(disclosure);
        text.push('~');
    }
    text
}

/// Randomness that counts how often it is asked, or that is not there.
#[derive(Debug, Default)]
struct CountingRng(AtomicUsize);

impl Rng for CountingRng {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        self.0.fetch_add(1, Ordering::Relaxed);
        SystemRng::default().fill(bytes)
    }
}

#[derive(Debug)]
struct EmptyRng;

impl Rng for EmptyRng {
    fn fill(&self, _bytes: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}
