//! What we issue, judged by other people's verifiers: `@sd-jwt/sd-jwt-vc` and `@digitalbazaar/vc`.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    clock::{Clock as _, SystemClock},
    credential::{CredentialClaims, CredentialType},
    jose::{EdDsaKey, Es256Key, Signer as _, VerifyingKey},
    linked_data::{PinnedContext, multikey},
    rng::SystemRng,
    sd_jwt::{Issuance, KeyBindingRequest, SdJwt, StatusReference, issue, present},
    status_list::{Status, StatusList, StatusListToken},
    text::{Language, Text},
};
use issuer_adapters::{
    badge::{self, Badge, BadgeError},
    mapping, source,
};
use serde_json::{Map, Value, json};

use crate::support::script::{PATIENCE, Script};

const ISSUER: &str = "https://opisto.example";
const STATUS: &str = "https://opisto.example/status/1";
const RECIPIENT: &str = "openid_federation:https://karikkodata.example";

#[test]
fn sd_jwt_js_verifies_every_type_of_credential_that_the_fixtures_give() {
    let Some(mut script) = Script::node("verifiers.js") else {
        return;
    };
    let issued = Issued::new();
    for claims in first_of_each_type().values() {
        let (text, shown) = issued.presented(claims);
        let answer = judge(&mut script, &issued.question(claims, &text));
        let found = &answer["accepted"]["payload"];
        for (name, value) in claims.claims() {
            assert_eq!(
                &found[name],
                value,
                "{name} of {}",
                claims.credential_type()
            );
        }
        assert_eq!(answer["accepted"]["audience"], RECIPIENT);
        // Everything was shown, so the digests are all gone.
        assert!(shown > 0 && found.get("_sd").is_none());
    }
    script.tell(&Value::Null);
    assert_eq!(script.hear()["result"], first_of_each_type().len());
    assert!(script.succeeds(PATIENCE));
}

#[test]
fn sd_jwt_js_refuses_what_was_changed_revoked_or_made_for_another_request() {
    let Some(mut script) = Script::node("verifiers.js") else {
        return;
    };
    let issued = Issued::new();
    let all = first_of_each_type();
    let claims = &all[&CredentialType::Qualification];
    let (text, _shown) = issued.presented(claims);
    let honest = issued.question(claims, &text);
    assert!(judge(&mut script, &honest).get("accepted").is_some());

    let refused = |script: &mut Script, change: &dyn Fn(&mut Value)| {
        let mut question = honest.clone();
        change(&mut question);
        let answer = judge(script, &question);
        answer["refused"].as_str().unwrap().to_owned()
    };
    let longer = |q: &mut Value| {
        let text = q["text"]
            .as_str()
            .unwrap()
            .replacen('~', "~WyJzYWx0IiwgIngiLCAxXQ~", 1);
        q["text"] = json!(text);
    };
    // Their library drops a disclosure without a digest, but the holder's signature covers it.
    assert!(!refused(&mut script, &longer).is_empty());
    assert!(!refused(&mut script, &|q| q["nonce"] = json!("another")).is_empty());
    let revoked = issued.status_list(Status::Invalid);
    assert!(refused(&mut script, &|q| q["status_list"] = json!(revoked)).contains("Status"));
    let other = Es256Key::generate().unwrap().0;
    assert!(
        refused(&mut script, &|q| q["issuer_key"] =
            json!(other.public_jwk()))
        .contains("Signature")
    );
    assert!(refused(&mut script, &|q| q["required"] = json!(["no_such_claim"])).contains("claim"));
}

#[test]
fn digitalbazaar_vc_verifies_every_type_of_badge_and_refuses_a_changed_one() {
    let Some(mut script) = Script::node("verifiers.js") else {
        return;
    };
    let key = EdDsaKey::generate().unwrap().0;
    let (holder, now) = (Es256Key::generate().unwrap().0, SystemClock.now());
    let name = Text::new("Esimerkkiopisto", "Exempelinstitutet", "Example College");
    let of_badge = Badge {
        issuer: ISSUER,
        issuer_name: &name,
        holder: Some(holder.public_jwk()),
        issued_at: now,
        expires_at: Some(now + TimeDelta::days(30)),
        status: &[],
        language: Language::Fi,
    };
    let mut accepted = 0;
    for claims in first_of_each_type().values() {
        let issued = match badge::issue(claims, &of_badge, &key, &SystemRng::default()) {
            Ok(issued) => issued.to_json(),
            Err(BadgeError::NotABadge) => continue,
            Err(error) => panic!("{error}"),
        };
        let mut question = badge_question(&issued, &key, now);
        let answer = judge(&mut script, &question);
        assert_eq!(
            answer["accepted"]["verified"], true,
            "{answer} for {issued}"
        );
        question["credential"]["credentialSubject"]["achievement"]["name"] = json!("Muu");
        let answer = judge(&mut script, &question);
        assert!(answer["refused"].as_str().unwrap().contains("signature"));
        question["credential"] = issued;
        question["now"] = json!(now + TimeDelta::days(31));
        let answer = judge(&mut script, &question);
        assert!(answer["refused"].as_str().unwrap().contains("validUntil"));
        accepted += 1;
    }
    assert!(accepted >= 4, "{accepted}");
}

/// An institution with its keys and one credential's place in its status list.
struct Issued {
    key: Es256Key,
    holder: Es256Key,
    at: DateTime<Utc>,
}

impl Issued {
    fn new() -> Self {
        let key = || Es256Key::generate().unwrap().0;
        Self {
            key: key(),
            holder: key(),
            at: SystemClock.now(),
        }
    }

    /// The claims issued, then presented with every disclosure; and how many those were.
    fn presented(&self, claims: &CredentialClaims) -> (String, usize) {
        let kind = claims.credential_type();
        let issuance = Issuance {
            issuer: ISSUER,
            vct: kind.vct(),
            vct_integrity: Some(&kind.integrity()),
            issued_at: self.at,
            expires_at: None,
            status: Some(&StatusReference {
                uri: STATUS.into(),
                idx: 7,
            }),
            holder: self.holder.public_jwk(),
            claims: claims.claims(),
            disclosable: claims.disclosable(),
        };
        let text = issue(&issuance, &self.key, &SystemRng::default()).unwrap();
        let key = VerifyingKey::try_from(self.key.public_jwk()).unwrap();
        let credential = SdJwt::parse(text.as_str()).unwrap().verify(&key).unwrap();
        let request = KeyBindingRequest {
            audience: RECIPIENT,
            nonce: "nonce",
            issued_at: self.at,
        };
        let shown = present(&credential, claims.disclosable(), &request, &self.holder);
        (shown.unwrap(), claims.disclosable().len())
    }

    fn status_list(&self, status: Status) -> String {
        let mut list = StatusList::two_bit(64).unwrap();
        list.set(7, status).unwrap();
        let until = self.at + TimeDelta::hours(1);
        StatusListToken::sign(&list, ISSUER, STATUS, (self.at, until), 600, &self.key).unwrap()
    }

    fn question(&self, claims: &CredentialClaims, text: &str) -> Value {
        let metadata = String::from_utf8(claims.credential_type().type_metadata().to_vec());
        json!({
            "kind": "sd_jwt_vc",
            "text": text,
            "issuer_key": self.key.public_jwk(),
            "nonce": "nonce",
            "status_list": self.status_list(Status::Valid),
            "type_metadata": metadata.unwrap(),
            "required": claims.claims().keys().collect::<Vec<_>>(),
        })
    }
}

fn badge_question(credential: &Value, key: &EdDsaKey, now: DateTime<Utc>) -> Value {
    let contexts: Map<String, Value> = PinnedContext::ALL
        .iter()
        .map(|context| {
            let document = serde_json::from_slice(context.document()).unwrap();
            (context.url().to_owned(), document)
        })
        .collect();
    json!({
        "kind": "data_integrity",
        "credential": credential,
        "contexts": contexts,
        "issuer": ISSUER,
        "method": credential["proof"]["verificationMethod"],
        "multikey": multikey(key.public_jwk()),
        "now": now,
    })
}

fn judge(script: &mut Script, question: &Value) -> Value {
    script.tell(question);
    script.hear()
}

/// One credential of each type that the project's fixtures give.
fn first_of_each_type() -> BTreeMap<CredentialType, CredentialClaims> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures");
    let mut found = BTreeMap::new();
    for source in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(source.unwrap().path()).unwrap() {
            let document = std::fs::read(file.unwrap().path()).unwrap();
            let Ok(understood) = source::understand(&document) else {
                continue;
            };
            for record in &understood.records {
                for claims in mapping::credentials(record).credentials {
                    found.entry(claims.credential_type()).or_insert(claims);
                }
            }
        }
    }
    let missing: Vec<_> = CredentialType::ALL
        .into_iter()
        .filter(|kind| !found.contains_key(kind))
        .collect();
    assert_eq!(missing, [], "types that no fixture gives");
    found
}
