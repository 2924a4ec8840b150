//! SD-JWT VC with 12 claims of which 8 are disclosable, beside ring's bare ES256 over the same octets.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use credential_core::{
    dcql::ClaimPath,
    jose::{Es256Key, Signer as _, VerifyingKey},
    rng::SystemRng,
    sd_jwt::{Issuance, KeyBinding, KeyBindingRequest, SdJwt, StatusReference, issue, present},
};
use criterion::Criterion;
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
        Signature, UnparsedPublicKey,
    },
};
use serde_json::{Map, Value, json};

use crate::ratio::Table;

/// A bare ring key and its signature over one message.
struct Bare {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Bare {
    fn new(pkcs8: &[u8]) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        Self {
            pair: EcdsaKeyPair::from_pkcs8(algorithm, pkcs8, &random).unwrap(),
            random,
        }
    }

    fn sign(&self, message: &[u8]) -> Signature {
        self.pair.sign(&self.random, message).unwrap()
    }

    fn public(&self) -> UnparsedPublicKey<&[u8]> {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.pair.public_key().as_ref())
    }
}

fn claims() -> Map<String, Value> {
    serde_json::from_value(json!({
        "sub": "6c5c0a49b589431dbae7219122a9ec2c", "family_name": "Esimerkki",
        "given_name": "Aino", "birthdate": "2006-03-14", "title": "Lähihoitaja", "level": 4,
        "awarded": "2026-05-31", "credits": 180, "grade": "5", "field": "0913",
        "awarding_body": "Lehtorannan ammattiopisto", "country": "FI"
    }))
    .unwrap()
}

const DISCLOSABLE: [&str; 8] = [
    "family_name",
    "given_name",
    "birthdate",
    "title",
    "level",
    "awarded",
    "credits",
    "grade",
];

pub(crate) fn run(criterion: &mut Criterion, table: &mut Table) {
    let (issuer, issuer_pkcs8) = Es256Key::generate().unwrap();
    let (holder, holder_pkcs8) = Es256Key::generate().unwrap();
    let (bare_issuer, bare_holder) = (Bare::new(&issuer_pkcs8), Bare::new(&holder_pkcs8));
    let (rng, claims) = (SystemRng::default(), claims());
    let disclosable: Vec<ClaimPath> = DISCLOSABLE.map(ClaimPath::claim).into();
    let noon: DateTime<Utc> = "2026-05-29T12:00:00Z".parse().unwrap();
    let status = StatusReference {
        uri: "https://issuer.example/status/1".into(),
        idx: 4711,
    };
    let issuance = Issuance {
        issuer: "https://issuer.example",
        vct: "https://types.example/qualification/1",
        vct_integrity: None,
        issued_at: noon,
        expires_at: Some("2030-05-29T12:00:00Z".parse().unwrap()),
        status: Some(&status),
        holder: holder.public_jwk(),
        claims: &claims,
        disclosable: &disclosable,
    };
    let issued = issue(&issuance, &issuer, &rng).unwrap();
    let signed = issued.as_str().split('~').next().unwrap().to_owned();
    let message = signed.rsplit_once('.').unwrap().0.as_bytes();
    table.pair(
        criterion,
        ("SD-JWT VC issue", "one ES256 signature"),
        || _ = black_box(bare_issuer.sign(message)),
        || drop(black_box(issue(&issuance, &issuer, &rng).unwrap())),
    );

    let key = VerifyingKey::try_from(issuer.public_jwk()).unwrap();
    let credential = SdJwt::parse(issued.as_str()).unwrap().verify(&key).unwrap();
    let audience = "openid_federation:https://lumohoiva.example";
    let request = KeyBindingRequest {
        audience,
        nonce: "n0nce-n0nce-n0nce-n0nce",
        issued_at: noon,
    };
    let presented = present(&credential, &disclosable, &request, &holder).unwrap();
    let binding = presented.rsplit('~').next().unwrap();
    let bound = binding.rsplit_once('.').unwrap().0.as_bytes();
    let signatures = (bare_issuer.sign(message), bare_holder.sign(bound));
    let expected = KeyBinding {
        audience,
        nonce: request.nonce,
        earliest: noon,
        latest: noon,
    };
    table.pair(
        criterion,
        (
            "SD-JWT VC verify with key binding",
            "two ES256 verifications",
        ),
        || {
            bare_issuer
                .public()
                .verify(message, signatures.0.as_ref())
                .unwrap();
            bare_holder
                .public()
                .verify(bound, signatures.1.as_ref())
                .unwrap();
        },
        || {
            let parsed = SdJwt::parse(&presented).unwrap();
            drop(black_box(
                parsed.verify_presentation(&key, &expected).unwrap(),
            ));
        },
    );
    table.pair(
        criterion,
        ("SD-JWT VC present", "one ES256 signature"),
        || _ = black_box(bare_holder.sign(bound)),
        || {
            let text = present(&credential, &disclosable, &request, &holder);
            drop(black_box(text.unwrap()));
        },
    );
}
