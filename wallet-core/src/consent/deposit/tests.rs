use chrono::TimeDelta;
use credential_core::{
    consent::request::ConsentRequest, encoding::from_base64url, id::GrantId, rng::SystemRng,
};
use serde_json::json;
use verifier_sdk::{GrantExpectation, OpenError, OpenedPresentation, RecipientKey, SealedDeposit};

use super::*;
use crate::{
    consent::approve,
    disclosure::Selection,
    test_support::{BROKER, CLIENT, Parties, key, noon, path, query},
};

struct Granted {
    parties: Parties,
    request: ConsentRequest,
    grant: SignedGrant,
}

fn granted() -> Granted {
    let parties = Parties::new();
    let held = parties.held(&json!({"title": "Kokki"}), &[path(json!(["title"]))]);
    let request = parties.request(query(&[("title", json!(["title"]))]), vec![]);
    let selection = Selection::smallest(&request, &[held.0]).unwrap();
    let terms = (GrantId::from_bytes([3; 16]), noon() + TimeDelta::days(30));
    let grant = approve::sign(&request, &selection, terms, noon(), &key(), None).unwrap();
    Granted {
        parties,
        request,
        grant,
    }
}

impl Granted {
    fn seal(&self, presentation: &str) -> Result<SealedPresentation, SealError> {
        self.seal_to(presentation, self.request.encryption_key())
    }

    fn seal_to(&self, presentation: &str, key: &Jwk) -> Result<SealedPresentation, SealError> {
        let slot = Slot {
            sequence: 1,
            not_before: noon(),
            expires_at: noon() + TimeDelta::days(7),
        };
        let content = VpToken::from([("certificate".into(), vec![presentation.into()])]);
        seal(&self.grant, content, slot, key, &SystemRng::default())
    }

    fn open(&self, compact: &str, key: &RecipientKey) -> Result<OpenedPresentation, OpenError> {
        let expected = GrantExpectation {
            details: self.grant.details(),
            client_id: CLIENT,
            broker: BROKER,
            request: self.request.jar(),
            last_sequence: 0,
        };
        SealedDeposit::parse(compact)?.open(key, &expected, noon())
    }
}

#[test]
fn the_recipient_opens_what_was_sealed_for_it() {
    let granted = granted();
    let sealed = granted.seal("secret~presentation~").unwrap();
    assert!(!sealed.as_str().contains("secret"));
    assert!(!format!("{sealed:?}").contains(sealed.as_str()));
    let opened = granted
        .open(sealed.as_str(), &granted.parties.decryption)
        .unwrap();
    assert_eq!(
        opened.presentations("certificate"),
        ["secret~presentation~"]
    );
    assert_eq!(opened.decision(), granted.grant.signed());
    assert_eq!(opened.sequence(), 1);
}

#[test]
fn every_seal_uses_a_key_and_a_nonce_of_its_own() {
    let granted = granted();
    let header = |sealed: &SealedPresentation| DepositHeader::read(sealed.as_str()).unwrap();
    let (one, other) = (granted.seal("p").unwrap(), granted.seal("p").unwrap());
    assert_ne!(header(&one).epk, header(&other).epk);
    let iv = |sealed: &SealedPresentation| sealed.as_str().split('.').nth(2).unwrap().to_owned();
    assert_ne!(iv(&one), iv(&other));
}

#[test]
fn the_length_tells_nothing_but_the_number_of_steps() {
    let granted = granted();
    let octets = |presentation: &str| {
        let sealed = granted.seal(presentation).unwrap();
        let ciphertext = sealed.as_str().split('.').nth(3).unwrap().to_owned();
        from_base64url(&ciphertext).unwrap().len()
    };
    let short = octets("Kokki");
    assert_eq!(short % PAD_STEP, 0);
    assert_eq!(octets("Sosiaali- ja terveysalan perustutkinto"), short);
    assert_eq!(octets(&"x".repeat(PAD_STEP)), short + PAD_STEP);
    // Just above a step, just below it, and exactly on it.
    for length in 0..64 {
        assert_eq!(octets(&"x".repeat(PAD_STEP - length)) % PAD_STEP, 0);
    }
}

#[test]
fn another_key_neither_seals_nor_opens() {
    let granted = granted();
    let stranger = RecipientKey::generate().unwrap();
    let refused = granted.seal_to("p", stranger.public_jwk());
    assert_eq!(refused.unwrap_err(), SealError::RecipientKey);
    let sealed = granted.seal("p").unwrap();
    let refused = granted.open(sealed.as_str(), &stranger);
    assert_eq!(refused.unwrap_err(), OpenError::OtherRecipient);
}

#[test]
fn a_key_that_is_no_point_of_the_curve_is_refused() {
    let granted = granted();
    let mut broken = granted.request.encryption_key().clone();
    broken.y = broken.x.clone().into();
    assert_eq!(
        granted.seal_to("p", &broken).unwrap_err(),
        SealError::RecipientKey
    );
}

#[test]
fn what_is_too_large_is_not_sealed() {
    let granted = granted();
    let refused = granted.seal(&"x".repeat(MAX_LENGTH));
    assert_eq!(refused.unwrap_err(), SealError::TooLarge);
}

#[test]
fn a_changed_header_does_not_open() {
    let granted = granted();
    let sealed = granted.seal("p").unwrap();
    let (header, rest) = sealed.as_str().split_once('.').unwrap();
    let header = String::from_utf8(from_base64url(header).unwrap()).unwrap();
    let (nbf, exp) = (noon().timestamp(), noon().timestamp() + 7 * 86_400);
    let id = granted.grant.details().grant_id.to_string();
    let hash = granted.grant.details().hash_base64url().unwrap();
    for (from, to, expected) in [
        ("\"seq\":1", "\"seq\":1", None),
        ("\"seq\":1", "\"seq\":2", Some(OpenError::NotOpened)),
        (
            &*exp.to_string(),
            &*(exp + 1).to_string(),
            Some(OpenError::NotOpened),
        ),
        (
            &*nbf.to_string(),
            &*(nbf - 1).to_string(),
            Some(OpenError::NotOpened),
        ),
        (&id, &id.replace('3', "4"), Some(OpenError::OtherGrant)),
        (
            CLIENT,
            "openid_federation:https://other.example",
            Some(OpenError::OtherRecipient),
        ),
        (&hash, "AAAA", Some(OpenError::OtherDetails)),
    ] {
        let changed = header.replacen(from, to, 1);
        assert_eq!(changed == header, expected.is_none(), "{from}");
        let compact = format!("{}.{rest}", base64url(changed));
        let opened = granted.open(&compact, &granted.parties.decryption);
        assert_eq!(opened.err(), expected, "{from}");
    }
}

#[test]
fn a_deposit_with_one_changed_character_does_not_open() {
    let granted = granted();
    let sealed = granted.seal("p").unwrap();
    let text = sealed.as_str();
    let header = text.find('.').unwrap();
    let tag = text.rfind('.').unwrap();
    let places = (0..header)
        .chain((header..tag).step_by(61))
        .chain(tag..text.len());
    for place in places {
        let mut changed = text.as_bytes().to_vec();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let opened = granted.open(&changed, &granted.parties.decryption);
        assert!(opened.is_err(), "place {place} of {}", text.len());
    }
}
