use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Evidence, EvidenceError, NewEvidence, TYP, sign};
use crate::{
    credential::CredentialType,
    encoding::{base64url, from_base64url},
    jose::{
        Es256Key, Jwk, JwkSet, Signer as _,
        jws::{self, KeyReference},
    },
    sd_jwt::StatusReference,
    status_list::{StatusList, StatusListToken},
    text::Text,
    trust::{self, Entry, IssuerRole},
};

const ISSUER: &str = "https://opisto.example";
const REGISTRAR: &str = "https://registrar.example";
const LIST: &str = "https://opisto.example/status/1";

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

fn years_later() -> DateTime<Utc> {
    noon() + TimeDelta::days(3650)
}

struct World {
    registrar: Es256Key,
    issuer: Es256Key,
}

impl World {
    fn new() -> Self {
        let key = || Es256Key::generate().unwrap().0;
        Self {
            registrar: key(),
            issuer: key(),
        }
    }

    fn trust_list(&self) -> String {
        let entry = Entry {
            entity_id: ISSUER.into(),
            name: Text::new("Opisto", "Institutet", "College"),
            business_id: None,
            organisation_oid: None,
            jwks: JwkSet {
                keys: vec![self.issuer.public_jwk().clone()],
            },
            issuer: Some(IssuerRole {
                credential_types: vec![CredentialType::SkillBadge.vct().into()],
                ..IssuerRole::default()
            }),
            recipient: None,
            broker: None,
            resource: None,
        };
        let until = noon() + TimeDelta::days(20);
        let statement = entry.statement(REGISTRAR, noon(), until);
        trust::publish(REGISTRAR, 1, noon(), until, &[statement], &self.registrar).unwrap()
    }

    fn status_list(&self) -> String {
        let list = StatusList::two_bit(64).unwrap();
        let times = (noon(), noon() + TimeDelta::hours(24));
        StatusListToken::sign(&list, ISSUER, LIST, times, 300, &self.issuer).unwrap()
    }

    fn signed(&self, by: &Es256Key, keys: &[Jwk], at: DateTime<Utc>) -> String {
        let kind = CredentialType::SkillBadge;
        let status = StatusReference {
            uri: LIST.into(),
            idx: 7,
        };
        let new = NewEvidence {
            issuer: ISSUER,
            status: &status,
            vct: kind.vct(),
            type_metadata: std::str::from_utf8(kind.type_metadata()).unwrap(),
            issued_at: noon() - TimeDelta::hours(1),
            keys,
            status_list: &self.status_list(),
            trust_list: &self.trust_list(),
        };
        sign(&new, at, by).unwrap()
    }

    fn evidence(&self) -> String {
        let keys = [self.issuer.public_jwk().clone()];
        self.signed(&self.issuer, &keys, noon() + TimeDelta::minutes(1))
    }

    fn verify(&self, evidence: &str) -> Result<Evidence, EvidenceError> {
        Evidence::verify(evidence, self.registrar.public_jwk(), years_later())
    }
}

#[test]
fn evidence_is_verified_years_later_by_the_registrars_key_alone() {
    let world = World::new();
    let evidence = world.verify(&world.evidence()).unwrap();
    assert_eq!(evidence.issuer(), ISSUER);
    assert_eq!(
        (evidence.status().uri.as_str(), evidence.status().idx),
        (LIST, 7)
    );
    assert_eq!(evidence.made_at(), noon() + TimeDelta::minutes(1));
    assert_eq!(evidence.integrity(), CredentialType::SkillBadge.integrity());
    let other = Es256Key::generate().unwrap().0;
    let foreign = Evidence::verify(&world.evidence(), other.public_jwk(), years_later());
    assert!(
        matches!(foreign, Err(EvidenceError::Trust(_))),
        "{foreign:?}"
    );
}

#[test]
fn a_key_that_the_registrar_did_not_list_makes_no_evidence() {
    let world = World::new();
    let other = Es256Key::generate().unwrap().0;
    let minute = noon() + TimeDelta::minutes(1);
    let keys = [world.issuer.public_jwk().clone()];
    let by_other = world.signed(&other, &keys, minute);
    assert_eq!(
        world.verify(&by_other).unwrap_err(),
        EvidenceError::KeyNotListed
    );
    let naming_other = world.signed(&world.issuer, &[other.public_jwk().clone()], minute);
    assert_eq!(
        world.verify(&naming_other).unwrap_err(),
        EvidenceError::OtherKeys
    );
}

#[test]
fn evidence_is_of_the_time_in_which_its_lists_were_valid() {
    let world = World::new();
    let keys = [world.issuer.public_jwk().clone()];
    let at = |at| {
        world
            .verify(&world.signed(&world.issuer, &keys, at))
            .unwrap_err()
    };
    assert!(matches!(
        at(noon() + TimeDelta::days(21)),
        EvidenceError::Trust(_)
    ));
    assert!(matches!(
        at(noon() + TimeDelta::days(2)),
        EvidenceError::Status(_)
    ));
    assert_eq!(
        at(noon() - TimeDelta::minutes(61)).reason(),
        "trust_list_not_of_this_moment"
    );
    let early = world.evidence();
    let early = Evidence::verify(&early, world.registrar.public_jwk(), noon());
    assert_eq!(early.unwrap_err(), EvidenceError::FromTheFuture);
}

/// The claims of good evidence, changed and signed by the institution again.
fn changed(world: &World, change: impl FnOnce(&mut Value)) -> EvidenceError {
    let evidence = world.evidence();
    let payload = from_base64url(evidence.split('.').nth(1).unwrap()).unwrap();
    let mut claims: Value = serde_json::from_slice(&payload).unwrap();
    change(&mut claims);
    let signed = jws::sign(TYP, &claims, &world.issuer, KeyReference::Kid).unwrap();
    world.verify(&signed).unwrap_err()
}

#[test]
fn altered_type_metadata_another_place_and_an_unknown_member_are_refused() {
    let world = World::new();
    let document = changed(&world, |claims| {
        claims["type_metadata"]["document"] = json!("{}");
    });
    assert_eq!(document, EvidenceError::TypeMetadata);
    let list = changed(&world, |claims| {
        claims["status"]["uri"] = json!("https://other.example/1");
    });
    assert!(matches!(list, EvidenceError::Status(_)));
    let place = changed(&world, |claims| claims["status"]["idx"] = json!(64));
    assert!(matches!(place, EvidenceError::Status(_)));
    let issued = changed(&world, |claims| claims["issued_at"] = json!(i64::MAX));
    assert_eq!(issued, EvidenceError::Times);
    let member = changed(&world, |claims| claims["note"] = json!("x"));
    assert!(matches!(member, EvidenceError::Jws(_)));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(header in "[ -~]{0,60}", payload in "[ -~]{0,200}") {
        let world = World::new();
        let compact = format!("{}.{}.AAAA", base64url(header), base64url(payload));
        prop_assert!(world.verify(&compact).is_err());
    }

    #[test]
    fn no_octet_of_evidence_can_be_changed(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
        let world = World::new();
        let mut evidence = world.evidence();
        let at = at.index(evidence.len());
        // The last octet of a part has bits that say nothing.
        prop_assume!(evidence[at..].len() > 1 && !evidence[at..=at + 1].contains('.'));
        prop_assume!(evidence[at..=at] != to);
        evidence.replace_range(at..=at, &to);
        prop_assert!(world.verify(&evidence).is_err());
    }
}
