//! What a credential full of strangers may cost a verifier, and what is remembered of those that were slow.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chrono::TimeDelta;
use credential_core::{
    clock::FixedClock,
    jose::{EdDsaKey, Signer as _},
    linked_data::{ProofOptions, secure},
};
use serde_json::{Value, json};

use super::{Entity, Federation, Net, STRANGER, detail, jwks, verifier};
use crate::{
    checks::{Outcome, What},
    fetch::{Fetch, FetchError, Fetching},
    report::OPEN_BADGE,
    test_support::noon,
    verify::tests::badge::badge,
};

const PINNED: &str = "https://tallentaja.example";

/// Nobody answers, and it takes the client's whole time to notice.
#[derive(Debug, Clone)]
struct Slow {
    clock: FixedClock,
    asked: Arc<AtomicUsize>,
}

impl Fetch for Slow {
    fn fetch<'a>(&'a self, _url: &'a str, _media_type: &'a str) -> Fetching<'a> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.clock.advance(TimeDelta::seconds(20));
        let timeout = FetchError::Unreachable("http_timeout");
        Box::pin(std::future::ready(Err(timeout)))
    }
}

impl Slow {
    fn of(federation: &Federation) -> Self {
        Self {
            clock: federation.world.clock.clone(),
            asked: Arc::default(),
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

fn stranger(number: usize) -> String {
    format!("https://vieras{number}.example")
}

fn proven(key: &EdDsaKey, issuer: &str, document: Value) -> Value {
    let kid = key.public_jwk().kid.clone().unwrap();
    let options = ProofOptions {
        created: noon(),
        verification_method: &format!("{issuer}#{kid}"),
    };
    let Value::Object(document) = document else {
        panic!("an object")
    };
    secure(document, &options, key).unwrap().to_json()
}

/// A record of sixteen badges, each of another stranger, and the verifier's configuration, which knows the record's
/// issuer.
fn record(federation: &Federation) -> (Value, String) {
    let key = EdDsaKey::generate().unwrap().0;
    let badges = (0..16).map(|number| {
        let issuer = stranger(number);
        proven(&key, &issuer, badge(&issuer))
    });
    let mut record = badge(PINNED);
    record["@context"] = json!([
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ]);
    record["id"] = json!("urn:example:ote:1");
    record["type"] = json!(["VerifiableCredential", "ClrCredential"]);
    record.as_object_mut().unwrap().remove("awardedDate");
    record["credentialSubject"] = json!({
        "id": "did:example:oppija",
        "type": ["ClrSubject"],
        "verifiableCredential": badges.collect::<Vec<_>>(),
    });
    let mut config = federation.config();
    config["pinned_issuers"] = json!([{
        "id": PINNED,
        "name": {"fi": "Tallentaja"},
        "jwks": jwks(key.public_jwk()),
        "credential_types": [OPEN_BADGE],
    }]);
    (config, proven(&key, PINNED, record).to_string())
}

#[tokio::test]
async fn c42_a_record_of_sixteen_silent_strangers_does_not_hold_a_verifier_long() {
    let federation = Federation::new();
    let (config, record) = record(&federation);
    let slow = Slow::of(&federation);
    let verifier = verifier(&federation.world, &config, slow.clone());
    let (report, _) = verifier.verify_document(&record).await.unwrap();
    assert_eq!(slow.asked(), 2, "in thirty seconds");
    let parts = &report.credentials[0].parts;
    assert_eq!(parts.len(), 16);
    assert!(parts.iter().all(|it| it.verdict == Outcome::CouldNotCheck));
}

#[tokio::test]
async fn c42_a_record_of_strangers_with_many_superiors_sets_off_few_requests() {
    let federation = Federation::new();
    let (config, record) = record(&federation);
    let net: Net = federation.net.clone();
    for number in 0..16 {
        let own = Entity::new(&stranger(number));
        let hint = |hint| format!("https://ylempi{hint}.vieras{number}.example");
        let hints: Vec<_> = (0..4).map(hint).collect();
        let claims = own.configuration(json!({"authority_hints": hints}));
        federation.says(&own, &claims);
    }
    let verifier = verifier(&federation.world, &config, net.clone());
    let (report, _) = verifier.verify_document(&record).await.unwrap();
    assert_eq!(net.asked(), 48);
    let last = report.credentials[0].parts.last().unwrap();
    assert_eq!(last.verdict, Outcome::CouldNotCheck);
    let details: Vec<_> = last.checks.iter().filter_map(|it| it.detail).collect();
    assert!(
        details.contains(&"too_many_requests_for_one_check"),
        "{details:?}"
    );
    // Nothing of that is held against the last one, who is asked when it comes alone.
    let issuer = stranger(15);
    let key = EdDsaKey::generate().unwrap().0;
    let alone = proven(&key, &issuer, badge(&issuer)).to_string();
    verifier.verify_document(&alone).await.unwrap();
    assert_eq!(net.asked(), 48 + 5);
}

#[tokio::test]
async fn what_failed_slowly_is_still_remembered() {
    let federation = Federation::new();
    let slow = Slow::of(&federation);
    let verifier = verifier(&federation.world, &federation.config(), slow.clone());
    let text = super::credential(&federation.world, STRANGER, &federation.credentials.key);
    for _ in 0..2 {
        let (report, _) = verifier.verify_credential(&text).await.unwrap();
        assert_eq!(detail(&report, What::Issuer), Some("http_timeout"));
        assert_eq!(slow.asked(), 1);
    }
}
