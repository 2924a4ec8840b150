//! Badges that can be revoked: files of the program `issuer`, checked by a stranger who asks its server.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets something else than it expects stops there and says so"
)]

mod support;

use std::sync::Arc;

use chrono::TimeDelta;
use credential_core::{
    clock::{Clock as _, SystemClock},
    jose::{Es256Key, Signer as _},
    network::Network,
    trust::{self, Entry, TrustList},
};
use serde_json::Value;
use verifier_sdk::{Report, Verifier, checks::Outcome, http::HttpClient};

use support::{Institution, Server, data, exit_code, stderr, stdout};

const TABLE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/csv/badges.csv"
);
const RECORD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/koski/ammatillinen-perustutkinto.json"
);
const REGISTRAR: &str = "https://registrar.example";

/// The registrar's list with the institution.
fn list(institution: &Institution, identifier: &str) -> TrustList {
    let entry = institution.run(&["entry"], &["--identifier", identifier]);
    let entry: Entry = serde_json::from_str(&stdout(&entry)).unwrap();
    let (key, now) = (Es256Key::generate().unwrap().0, SystemClock.now());
    let until = now + TimeDelta::days(20);
    let statement = entry.statement(REGISTRAR, now, until);
    let list = trust::publish(REGISTRAR, 1, now, until, &[statement], &key).unwrap();
    TrustList::verify(&list, key.public_jwk(), None, now).unwrap()
}

/// What somebody finds who has only the file and the list.
async fn checked(trust: &TrustList, text: &str) -> Report {
    let verifier = Verifier::builder()
        .trust(trust.clone())
        .clock(Arc::new(SystemClock))
        .http(HttpClient::new(Network::Loopback).unwrap())
        .build()
        .unwrap();
    verifier.verify_file(text).await.unwrap()
}

fn reasons(report: &Report) -> Vec<&'static str> {
    report
        .all_checks()
        .map(|check| check.reason.code())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_badge_of_a_table_is_revoked_and_who_checks_it_learns_so() {
    let institution = Institution::init(&[]);
    let server = Server::start(&institution, &[]);
    let trust = list(&institution, &server.identifier);
    let identifier = server.identifier.clone();
    let out = institution.path("badges");
    let more = [
        "--out",
        &out,
        "--revocable",
        "--matched",
        "demonstration-only",
        "--json",
    ];
    let made = institution.run(&["badge", TABLE], &more);
    assert_eq!(exit_code(&made), 0, "{}", stderr(&made));
    let badges = data(&made)["badges"].clone();
    let read = |badge: &Value| std::fs::read_to_string(badge["file"].as_str().unwrap()).unwrap();
    let (first, second) = (read(&badges[0]), read(&badges[1]));
    assert!(
        first.contains(&format!("{identifier}/status/1/revocation")),
        "{first}"
    );

    for text in [&first, &second] {
        let report = checked(&trust, text).await;
        assert!(
            reasons(&report).contains(&"not_revoked"),
            "{:?}",
            reasons(&report)
        );
        assert_ne!(report.verdict, Outcome::Invalid);
    }
    let index = badges[0]["index"].to_string();
    for (change, reason) in [
        ("suspend", "suspended"),
        ("resume", "not_revoked"),
        ("revoke", "revoked"),
    ] {
        let changed = institution.run(&["credential", change], &["--index", &index]);
        assert_eq!(exit_code(&changed), 0, "{}", stderr(&changed));
        let report = checked(&trust, &first).await;
        assert!(
            reasons(&report).contains(&reason),
            "{change}: {:?}",
            reasons(&report)
        );
        let other = checked(&trust, &second).await;
        assert!(
            reasons(&other).contains(&"not_revoked"),
            "the other one stays"
        );
    }
    drop(server);
    let report = checked(&trust, &second).await;
    assert_eq!(
        report.verdict,
        Outcome::CouldNotCheck,
        "nobody answers, so it is not called valid"
    );
}

#[test]
fn without_asking_for_it_a_badge_names_no_server() {
    let institution = Institution::init(&[]);
    let out = institution.path("badges");
    let made = institution.run(&["badge", TABLE], &["--out", &out, "--json"]);
    assert_eq!(exit_code(&made), 0, "{}", stderr(&made));
    let badge = &data(&made)["badges"][0];
    assert_eq!(badge.get("index"), None);
    let text = std::fs::read_to_string(badge["file"].as_str().unwrap()).unwrap();
    assert!(!text.contains("credentialStatus"));
    let matched = institution.run(
        &["badge", TABLE],
        &["--out", &out, "--matched", "in-person"],
    );
    assert_eq!(exit_code(&matched), 2, "only with --revocable");
}

#[test]
fn an_offer_is_held_and_released_by_its_id_and_another_one_is_not_found() {
    let institution = Institution::init(&[]);
    let mut server = Server::start(&institution, &["--record", RECORD]);
    let id = server.event("offer")["offer_id"]
        .as_str()
        .unwrap()
        .to_owned();
    for change in ["hold", "hold", "release"] {
        let done = institution.run(&["offer", change], &["--id", &id]);
        assert_eq!(exit_code(&done), 0, "{}", stderr(&done));
    }
    let unknown = "0b0c7a5e-0000-4000-8000-000000000000";
    let refused = institution.run(&["offer", "hold"], &["--id", unknown]);
    assert_eq!(exit_code(&refused), 5);
    assert!(
        stderr(&refused).contains("offer_not_found"),
        "{}",
        stderr(&refused)
    );
}
