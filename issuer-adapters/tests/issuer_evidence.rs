//! Evidence that an institution hands out with a credential, checked as a recipient would years later.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::TimeDelta;
use credential_core::{
    clock::{Clock as _, SystemClock},
    evidence::Evidence,
    jose::{Es256Key, Signer as _},
    trust::{self, Entry},
};
use serde_json::Value;
use verifier_sdk::verify_by_evidence;

use support::{Institution, Server, assert_private, collect, data, exit_code, stderr, stdout};

const RECORD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/koski/ammatillinen-perustutkinto.json"
);

/// Files with the registrar's list, which has the institution, and the registrar's key.
fn registrar(institution: &Institution, identifier: &str, key: &Es256Key) -> [String; 2] {
    let entry = institution.run(&["entry"], &["--identifier", identifier]);
    let entry: Entry = serde_json::from_str(&stdout(&entry)).unwrap();
    let (now, name) = (SystemClock.now(), "https://registrar.example");
    let until = now + TimeDelta::days(20);
    let list = trust::publish(
        name,
        1,
        now,
        until,
        &[entry.statement(name, now, until)],
        key,
    )
    .unwrap();
    let jwk = serde_json::to_string(key.public_jwk()).unwrap();
    [
        institution.file("trust-list.jwt", list),
        institution.file("registrar.jwk", jwk),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn evidence_of_the_program_verifies_when_the_institution_is_gone() {
    let institution = Institution::init(&[]);
    let mut server = Server::start(&institution, &["--record", RECORD]);
    let offer = server.event("offer");
    let text = |name: &str| offer[name].as_str().unwrap().to_owned();
    let (link, code) = (text("link"), text("tx_code"));
    let key = Es256Key::generate().unwrap().0;
    let identifier = server.identifier.clone();
    let credential = collect(&identifier, &link, &code, "qualification", &key)
        .await
        .unwrap();
    let listed = data(&institution.run(&["credential", "list", "--json"], &[]));
    let index = listed[0]["index"].to_string();

    let registrar_key = Es256Key::generate().unwrap().0;
    let [list, jwk] = registrar(&institution, &identifier, &registrar_key);
    let out = institution.path("one.evidence");
    let write = |jwk: &str, out: &str| {
        let more = ["--trust", &list, "--registrar-key", jwk, "--out", out];
        institution.run(&["evidence", &index], &more)
    };
    let other = serde_json::to_string(key.public_jwk()).unwrap();
    let other = institution.file("other.jwk", other);
    let refused = write(&other, &out);
    assert_eq!(exit_code(&refused), 6, "{}", stderr(&refused));
    assert!(
        stderr(&refused).contains("would not verify"),
        "{}",
        stderr(&refused)
    );
    let written = write(&jwk, &out);
    assert_eq!(exit_code(&written), 0, "{}", stderr(&written));
    assert_private(out.as_ref());
    server.kill();

    let later = SystemClock.now() + TimeDelta::days(7300);
    let signed = std::fs::read_to_string(&out).unwrap();
    let evidence = Evidence::verify(&signed, registrar_key.public_jwk(), later).unwrap();
    let report = verify_by_evidence(&credential, &evidence, later)
        .await
        .unwrap();
    let report: Value = serde_json::to_value(report).unwrap();
    assert_eq!(report["verdict"], "attention", "{report}");
    assert!(
        report.to_string().contains("status_today_not_known"),
        "{report}"
    );
    assert!(
        !report.to_string().contains("key_at_issue_not_shown"),
        "{report}"
    );

    // The registry is asked itself when no server runs. What is revoked is not proven.
    let place = ["--index", &index, "--reason", "issued by mistake"];
    assert_eq!(
        exit_code(&institution.run(&["credential", "revoke"], &place)),
        0
    );
    let revoked = write(&jwk, &institution.path("two.evidence"));
    assert_eq!(exit_code(&revoked), 6, "{}", stderr(&revoked));
    assert!(
        stderr(&revoked).contains("evidence_not_valid"),
        "{}",
        stderr(&revoked)
    );
}
