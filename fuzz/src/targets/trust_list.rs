//! The registrar's list and its statements, and an entry before it is listed.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use credential_core::{
    jose::Signer as _,
    network::Network,
    trust::{Entry, TYP, TrustError, TrustList, publish},
};
use serde_json::json;

use crate::{
    parties::{REGISTRAR, noon, parties, recipient_entry},
    written::{self, filled, line, lines, seed},
};

const MAX: usize = 12;

/// Header and claims of a list and the claims of its statements, one a line; `#01` stands for the
/// first, signed. Or one line: an entry that somebody wants to have listed.
pub fn run(data: &[u8]) -> bool {
    let Some([header, claims, statements]) = lines(data) else {
        return serde_json::from_slice(data).is_ok_and(|entry: Entry| listed(&entry));
    };
    let registrar = &parties().registrar;
    let typ = written::header("entity-statement+jwt", registrar);
    let statements = statements.split(|octet| *octet == b'\n').take(MAX);
    let signed: Vec<(String, String)> = (1..)
        .zip(statements)
        .map(|(number, claims): (usize, _)| {
            (
                format!("#{number:02}"),
                written::compact(typ.as_bytes(), claims, registrar),
            )
        })
        .collect();
    let parts: Vec<_> = signed
        .iter()
        .map(|(m, s)| (m.as_str(), s.as_str()))
        .collect();
    verify(&written::compact(
        header,
        &filled(claims, &parts),
        registrar,
    ))
}

fn verify(compact: &str) -> bool {
    let verify = |key: &crate::keys::Key, known, now| {
        TrustList::verify(compact, key.public_jwk(), known, now)
    };
    let registrar = &parties().registrar;
    assert!(verify(&parties().stranger, None, noon()).is_err());
    let Ok(list) = verify(registrar, None, noon()) else {
        return false;
    };
    assert!(list.expires_at() > noon());
    assert!(list.expires_at() - list.issued_at() <= TimeDelta::days(30));
    assert!(verify(registrar, None, noon() + TimeDelta::days(31)).is_err());
    if let Some(newer) = list.sequence().checked_add(1) {
        let older = verify(registrar, Some(newer), noon());
        assert!(matches!(older, Err(TrustError::Older { known }) if known == newer));
    }
    let mut names = BTreeSet::new();
    for participant in list.participants() {
        assert!(names.insert(participant.entity_id.clone()));
        if let Some(client) = participant.client_id() {
            assert!(names.insert(client.to_owned()));
            let (found, _role) = list.recipient(client).expect("listed as a recipient");
            assert_eq!(found, participant);
        }
        let issuer = list.issuer(&participant.entity_id);
        assert_eq!(issuer.is_some(), participant.issuer.is_some());
        let broker = list.broker(&participant.entity_id);
        assert_eq!(broker.is_some(), participant.broker.is_some());
    }
    !list.participants().is_empty()
}

/// What passes the registrar's check can be listed, and is found in the list as it was given.
fn listed(entry: &Entry) -> bool {
    if entry.check(Network::Public).is_err() {
        return false;
    }
    let until = noon() + TimeDelta::days(30);
    let statement = entry.statement(REGISTRAR, noon(), until);
    let registrar = &parties().registrar;
    let list = publish(REGISTRAR, 1, noon(), until, &[statement], registrar).expect("one entry");
    let list =
        TrustList::verify(&list, registrar.public_jwk(), None, noon()).expect("our own list");
    let [participant] = list.participants() else {
        panic!("one entry, one participant");
    };
    assert_eq!(participant.entity_id, entry.entity_id);
    assert_eq!(participant.name, entry.name);
    assert_eq!(participant.keys, entry.jwks);
    assert_eq!(participant.recipient, entry.recipient);
    if participant.recipient.is_some() {
        assert!(
            participant
                .keys
                .encryption_key()
                .is_some_and(|key| key.p256_point().is_ok())
        );
    }
    true
}

/// A list with one participant, an empty one, and an entry.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let parties = parties();
    let header = written::header(TYP, &parties.registrar);
    let entry = recipient_entry(&parties.recipient, parties.decryption.public_jwk());
    let until = noon() + TimeDelta::days(30);
    let statement = line(&entry.statement(REGISTRAR, noon(), until));
    let claims = |statements: &[&str]| {
        json!({"iss": REGISTRAR, "seq": 4, "iat": noon().timestamp(), "exp": until.timestamp(),
            "statements": statements})
        .to_string()
    };
    let other = statement.replace("lumohoiva", "lumokoti");
    vec![
        (
            "accepted-one",
            seed(&[&header, &claims(&["#01"]), &statement]),
        ),
        (
            "accepted-two",
            seed(&[&header, &claims(&["#01", "#02"]), &statement, &other]),
        ),
        (
            "refused-twice",
            seed(&[&header, &claims(&["#01", "#01"]), &statement]),
        ),
        ("empty", seed(&[&header, &claims(&[]), ""])),
        ("accepted-entry", line(&entry).into_bytes()),
    ]
}
