//! The program `issuer` as its users meet it: exit codes, what goes to stdout, and a whole journey.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod support;

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use credential_core::{
    clock::{Clock as _, SystemClock},
    credential::CredentialType,
    jose::{Es256Key, Jwk, JwkSet, VerifyingKey},
    linked_data::SecuredDocument,
    network::Network,
    sd_jwt::SdJwt,
    status_list::{Status, StatusListToken},
    trust::Entry,
};
use serde_json::{Value, json};

use support::{
    Institution, Server, assert_private, collect, exit_code, http, init, issuer, stderr, stdout,
};

fn record(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/koski");
    path.join(name).to_str().unwrap().to_owned()
}

const SAMPLE: &str = "ammatillinen-perustutkinto.json";

#[test]
fn init_prints_the_entry_that_the_registrar_reads() {
    let institution = Institution::init(&[
        "--identifier",
        "https://opisto.example",
        "--business-id",
        "1234567-1",
    ]);
    let entry = &institution.entry;
    let read: Entry = serde_json::from_value(entry.clone()).unwrap();
    assert_eq!(read.check(Network::Public), Ok(()));
    assert_eq!(read.entity_id, "https://opisto.example");
    assert_eq!(read.name.sv.as_deref(), Some("Institutet"));
    assert_eq!(read.business_id.as_deref(), Some("1234567-1"));
    let types = read.issuer.unwrap().credential_types;
    assert_eq!(types.len(), CredentialType::ALL.len());
    let key: Jwk = serde_json::from_value(entry["jwks"]["keys"][0].clone()).unwrap();
    assert!(VerifyingKey::try_from(&key).is_ok());
    let again = institution.run(&["entry"], &[]);
    assert_eq!(
        serde_json::from_slice::<Value>(&again.stdout).unwrap(),
        *entry
    );
}

#[cfg(unix)]
#[test]
fn keys_can_be_read_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let institution = Institution::init(&[]);
    let mode = |name: &str| {
        let path = institution.folder.join(name);
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode(""), 0o700);
    assert_eq!(mode("registry"), 0o700);
    for file in ["keys.json", "sealing-key", "issuer.json"] {
        assert_eq!(mode(file), 0o600, "{file}");
    }
}

#[test]
fn init_refuses_a_folder_in_use_and_an_identifier_it_cannot_have() {
    let institution = Institution::init(&[]);
    let again = init(&institution.folder, &["--unprotected-keys"]);
    assert_eq!(exit_code(&again), 6);
    assert!(
        stderr(&again).contains("(issuer_exists)"),
        "{}",
        stderr(&again)
    );
    let elsewhere = tempfile::tempdir().unwrap();
    for identifier in ["http://opisto.example", "https://opisto.example/", "opisto"] {
        let folder = elsewhere.path().join("issuer");
        let output = init(&folder, &["--unprotected-keys", "--identifier", identifier]);
        assert_eq!(exit_code(&output), 2, "{identifier}");
        assert!(!folder.exists(), "nothing is made for {identifier}");
    }
}

#[test]
fn map_shows_the_credentials_of_the_sample() {
    let short = issuer(&["map", &record(SAMPLE), "--lang", "fi"]);
    assert_eq!(exit_code(&short), 0);
    assert!(stdout(&short).contains("Tutkinto: "), "{}", stdout(&short));
    assert!(
        !stdout(&short).contains("Esimerkki"),
        "names only when the report is asked for"
    );
    let full = issuer(&["map", &record(SAMPLE), "--report"]);
    assert!(stdout(&full).contains("Family name: "), "{}", stdout(&full));
    assert!(stdout(&full).contains("kept-raw: /"), "{}", stdout(&full));
    let json = issuer(&["--json", "map", &record(SAMPLE)]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["schema"], "issuer.map/1");
    assert_eq!(
        json["data"]["credentials"][0]["vct"],
        CredentialType::Qualification.vct()
    );
}

#[test]
fn map_finds_out_what_kind_of_document_it_is_and_accounts_for_its_fields() {
    for (file, source, field) in [
        (
            "../virta/kaikki-tiedot.xml",
            "virta",
            "Arvosana/Viisiportainen",
        ),
        ("../elmo/transcript.xml", "elmo", "credit/value"),
        (SAMPLE, "koski", "vahvistus/päivä"),
    ] {
        let json = issuer(&["--json", "map", &record(file)]);
        let json: Value = serde_json::from_slice(&json.stdout).unwrap();
        assert_eq!(json["data"]["source"], source);
        let rows = json["data"]["coverage"].as_array().unwrap();
        let row = rows.iter().find(|row| row["field"] == field).unwrap();
        assert!(row["mapped"].as_u64() > Some(0), "{row}");
        let report = stdout(&issuer(&["map", &record(file), "--report"]));
        assert!(report.contains(" values mapped, "), "{report}");
        assert!(report.contains(field), "{report}");
    }
}

#[test]
fn a_report_on_a_register_record_names_no_additional_information() {
    let report = stdout(&issuer(&["map", &record(SAMPLE), "--report"]));
    let (_, table) = report.split_once(" values mapped, ").unwrap();
    assert!(table.contains("(other fields)"), "{table}");
    for secret in ["lisätiedot", "vankila", "majoitus", "erityinen"] {
        assert!(!table.contains(secret), "{secret}");
    }
}

#[test]
fn a_bad_record_is_a_sentence_that_says_what_and_where() {
    for (name, reason, place) in [
        (
            "not-json.json",
            "document-not-recognised",
            "this is no kind",
        ),
        ("cut-off.json", "document-cut-off", "line "),
        ("too-deep.json", "document-too-deep", "line "),
        ("wrong-types.json", "document-wrong-type", "/"),
    ] {
        let output = issuer(&["map", &record(name)]);
        assert_eq!(
            (exit_code(&output), stdout(&output).as_str()),
            (8, ""),
            "{name}"
        );
        let said = stderr(&output);
        let (_, sentence) = said.split_once(".json: ").unwrap();
        assert!(sentence.starts_with(place), "{said}");
        assert!(said.contains(&format!("({reason})")), "{said}");
    }
    let output = issuer(&["--json", "map", "nowhere.json"]);
    assert_eq!(exit_code(&output), 5);
    let error: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["schema"], "issuer.error/1");
    assert_eq!(error["error"]["exit_code"], 5);
    assert_eq!(error["error"]["reason"], "file_not_found");
}

#[test]
fn help_begins_with_an_example_and_lists_the_exit_codes() {
    let help = stdout(&issuer(&["--help"]));
    assert!(help.starts_with("Examples:"), "{help}");
    assert!(help.contains("8 damaged data"), "{help}");
}

#[test]
fn usage_errors_are_exit_code_2_before_anything_is_opened() {
    let tried_out = Institution::init(&[]);
    let known = Institution::init(&["--identifier", "https://opisto.example"]);
    let sample = record(SAMPLE);
    for (institution, more) in [
        (&tried_out, vec!["--listen", "127.0.0.1:0"]),
        (&tried_out, vec!["--development", "--listen", "0.0.0.0:0"]),
        (&tried_out, vec!["--listen", "nowhere"]),
        (&tried_out, vec!["--development", "--offer-minutes", "0"]),
        (
            &tried_out,
            vec![
                "--development",
                "--listen",
                "127.0.0.1:0",
                "--attester",
                "missing",
            ],
        ),
        (
            &known,
            vec![
                "--listen",
                "127.0.0.1:0",
                "--identifier",
                "https://other.example",
            ],
        ),
        (&known, vec!["--listen", "127.0.0.1:0", "--record", &sample]),
        (
            &known,
            vec!["--listen", "127.0.0.1:0", "--matched", "demonstration-only"],
        ),
    ] {
        let output = institution.run(&["serve"], &more);
        assert_eq!(exit_code(&output), 2, "{more:?} {}", stderr(&output));
    }
    assert_eq!(exit_code(&issuer(&["frobnicate"])), 2);
}

#[test]
fn a_record_with_nothing_awarded_is_refused() {
    let institution = Institution::init(&[]);
    let nothing = record("nothing-awarded.json");
    let more = [
        "--development",
        "--listen",
        "127.0.0.1:0",
        "--record",
        &nothing,
    ];
    let output = institution.run(&["serve"], &more);
    assert_eq!(exit_code(&output), 6);
    assert!(
        stderr(&output).contains("(offer_nothing)"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_damaged_folder_is_exit_code_8_and_a_missing_one_5() {
    let institution = Institution::init(&[]);
    std::fs::write(institution.folder.join("sealing-key"), [1; 32]).unwrap();
    let other_key = institution.run(&["credential", "list"], &[]);
    assert_eq!(exit_code(&other_key), 8);
    std::fs::write(institution.folder.join("sealing-key"), [1; 31]).unwrap();
    assert_eq!(exit_code(&institution.run(&["credential", "list"], &[])), 8);
    std::fs::write(institution.folder.join("issuer.json"), "{").unwrap();
    assert_eq!(exit_code(&institution.run(&["entry"], &[])), 8);
    assert_eq!(
        exit_code(&issuer(&["credential", "list", "--data", "nowhere"])),
        5
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_record_to_a_revoked_credential() {
    let institution = Institution::init(&[]);
    let mut server = Server::start(&institution, &["--record", &record(SAMPLE)]);
    let identifier = server.identifier.clone();
    let offer = server.event("offer");

    let key = Es256Key::generate().unwrap().0;
    let credential = qualification(&identifier, &offer, &key).await;
    let jwk: Jwk = serde_json::from_value(institution.entry["jwks"]["keys"][0].clone()).unwrap();
    let issuer_key = VerifyingKey::try_from(&jwk).unwrap();
    let verified = SdJwt::parse(&credential)
        .unwrap()
        .verify(&issuer_key)
        .unwrap();
    assert_eq!(verified.issuer(), identifier);
    assert_eq!(verified.vct(), CredentialType::Qualification.vct());
    let index = verified.status().unwrap().idx;

    let place = index.to_string();
    assert_eq!(status(&identifier, index, &issuer_key).await, Status::Valid);
    let revoked = institution.run(&["credential", "revoke"], &["--index", &place]);
    assert_eq!(exit_code(&revoked), 0, "{}", stderr(&revoked));
    assert!(stdout(&revoked).contains("revoked"), "{}", stdout(&revoked));
    assert_eq!(
        status(&identifier, index, &issuer_key).await,
        Status::Invalid
    );
    let resumed = institution.run(&["credential", "resume"], &["--index", &place]);
    assert_eq!(exit_code(&resumed), 6);
    let other = institution.run(&["credential", "revoke"], &["--index", "4294967295"]);
    assert_eq!(exit_code(&other), 5);

    assert_eq!(server.stop(), Some(0));
    let listed = institution.run(&["--json", "credential", "list"], &[]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let entry = &listed["data"][0];
    assert_eq!(
        (&entry["index"], &entry["status"], &entry["matched"]),
        (
            &json!(index),
            &json!("revoked"),
            &json!("demonstration_only")
        )
    );
    assert_eq!(entry["offer"], offer["offer_id"]);
}

/// The qualification of an offer that the server printed.
async fn qualification(identifier: &str, offer: &Value, key: &Es256Key) -> String {
    let said = |name: &str| offer[name].as_str().unwrap();
    let collected = collect(
        identifier,
        said("link"),
        said("tx_code"),
        "qualification",
        key,
    );
    collected.await.unwrap()
}

async fn status(identifier: &str, index: u32, key: &VerifyingKey) -> Status {
    let uri = format!("{identifier}/status/1");
    let token = http().get(&uri).send().await.unwrap().text().await.unwrap();
    let list = StatusListToken::verify(&token, &uri, key, SystemClock.now()).unwrap();
    list.list().at(index).unwrap()
}

#[test]
fn a_second_server_is_told_that_the_store_is_in_use() {
    let institution = Institution::init(&[]);
    let _first = Server::start(&institution, &[]);
    let second = institution.run(&["serve"], &["--development", "--listen", "127.0.0.1:0"]);
    assert_eq!(exit_code(&second), 6);
    assert!(
        stderr(&second).contains("in use by another program (store_in_use)"),
        "{}",
        stderr(&second)
    );
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_answered_is_kept_and_nothing_hinders_the_next() {
    let institution = Institution::init(&[]);
    let mut killed = Server::start(&institution, &["--record", &record(SAMPLE)]);
    let offer = killed.event("offer");
    let key = Es256Key::generate().unwrap().0;
    qualification(&killed.identifier, &offer, &key).await;
    killed.kill();
    let listed = || {
        let listed = institution.run(&["--json", "credential", "list"], &[]);
        assert_eq!(exit_code(&listed), 0, "{}", stderr(&listed));
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
        listed["data"].as_array().unwrap().len()
    };
    assert_eq!(listed(), 1);
    let next = Server::start(&institution, &[]);
    assert_eq!(listed(), 1, "asked from the running server");
    assert_eq!(next.stop(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_exit_code_3_and_no_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(env!("CARGO_BIN_EXE_issuer"))
        .args(["map", &record(SAMPLE)])
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!((exit_code(&output), stderr(&output).as_str()), (3, ""));
}

fn export(folder: &Path, more: &[&str]) -> Output {
    let out = ["--out", folder.to_str().unwrap()];
    issuer(&[&["export", &record(SAMPLE)], out.as_slice(), more].concat())
}

#[test]
fn export_writes_every_format_for_its_owner_alone_and_lists_what_is_not_in_it() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("exported");
    for format in ["elmo", "elm", "openbadges", "clr", "tyomarkkinatori"] {
        let output = export(&folder, &["--as", format, "--json"]);
        assert_eq!(exit_code(&output), 0, "{format}: {}", stderr(&output));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["schema"], "issuer.export/1");
        assert_eq!(report["data"]["format"], format);
        let exported = &report["data"]["records"][0];
        assert!(!exported["unsaid"][0]["why"].as_str().unwrap().is_empty());
        let files = exported["files"].as_array().unwrap();
        assert!(!files.is_empty());
        for file in files {
            let path = Path::new(file.as_str().unwrap());
            let bytes = std::fs::read(path).unwrap();
            let source = issuer_adapters::source::recognise(&bytes).unwrap();
            assert_eq!(source.name(), format);
            assert_private(path);
        }
    }
}

#[test]
fn export_overwrites_nothing_and_leaves_no_half_of_it() {
    let parent = tempfile::tempdir().unwrap();
    let first = export(parent.path(), &["--as", "elmo"]);
    assert_eq!(exit_code(&first), 0, "{}", stderr(&first));
    let shown = stdout(&first);
    let path = shown.lines().next().unwrap();
    std::fs::write(path, "mine").unwrap();
    let again = export(parent.path(), &["--as", "elmo"]);
    assert_eq!(exit_code(&again), 6);
    assert!(
        stderr(&again).contains("export_exists"),
        "{}",
        stderr(&again)
    );
    assert_eq!(std::fs::read_to_string(path).unwrap(), "mine");
    let files = std::fs::read_dir(parent.path()).unwrap();
    assert_eq!(files.count(), 1);
}

#[test]
fn export_writes_each_person_of_a_table_apart() {
    let parent = tempfile::tempdir().unwrap();
    let table = record("../csv/course.csv");
    let out = parent.path().to_str().unwrap();
    let output = issuer(&["export", &table, "--as", "clr", "--out", out]);
    assert_eq!(exit_code(&output), 0, "{}", stderr(&output));
    for name in ["course-1.clr.json", "course-2.clr.json"] {
        assert!(parent.path().join(name).is_file(), "{name}");
    }
}

#[test]
fn export_says_what_it_cannot_do() {
    let unknown = issuer(&["export", &record(SAMPLE), "--as", "word"]);
    assert_eq!(exit_code(&unknown), 2);
    assert!(
        stderr(&unknown).contains("tyomarkkinatori"),
        "{}",
        stderr(&unknown)
    );
    let missing = issuer(&["export", "nowhere.json", "--as", "elmo"]);
    assert_eq!(exit_code(&missing), 5);
    let certificate = record("../pdf/certificate.pdf");
    let nothing = issuer(&["export", &certificate, "--as", "elmo", "--json"]);
    assert_eq!(exit_code(&nothing), 6);
    assert!(stderr(&nothing).contains("export-nothing-to-say"));
    let help = issuer(&["export", "--help"]);
    assert!(stdout(&help).contains("issuer export record.json"));
}

#[test]
fn badge_signs_each_achievement_of_a_table_for_whoever_has_the_entry() {
    let parent = tempfile::tempdir().unwrap();
    let institution = Institution::init(&["--identifier", "https://opisto.example"]);
    let out = parent.path().join("badges");
    let badge = || {
        let table = record("../csv/badges.csv");
        let out = out.to_str().unwrap();
        institution.run(&["badge", &table], &["--out", out, "--json"])
    };
    let output = badge();
    assert_eq!(exit_code(&output), 0, "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["schema"], "issuer.badge/1");
    let badges = report["data"]["badges"].as_array().unwrap();
    assert_eq!(badges.len(), 2, "{report}");
    // The minimal proofs of level and credits are no achievements.
    assert!(report["data"]["left_out"].as_u64().unwrap() > 0);
    for badge in badges {
        let path = Path::new(badge["file"].as_str().unwrap());
        assert_private(path);
        let text = std::fs::read_to_string(path).unwrap();
        assert!(!text.contains("Aada") && !text.contains("241201A902H"));
        let secured = SecuredDocument::parse(text.as_bytes()).unwrap();
        assert_eq!(secured.untrusted_issuer(), "https://opisto.example");
        let keys: JwkSet = serde_json::from_value(institution.entry["jwks"].clone()).unwrap();
        let key = keys.find(secured.key_id().unwrap()).unwrap();
        let key = VerifyingKey::try_from(key).unwrap();
        let verified = secured.verify(&key).unwrap();
        assert_eq!(verified.document()["name"], badge["name"]);
    }
    let again = badge();
    assert_eq!(exit_code(&again), 6);
    assert!(stderr(&again).contains("export_exists"));
}

#[test]
fn a_folder_from_before_there_were_badges_gets_its_key_with_the_next_entry() {
    let institution = Institution::init(&[]);
    make_it_older(&institution.folder);
    let out = tempfile::tempdir().unwrap();
    let badge = || {
        let table = record("../csv/badges.csv");
        let out = out.path().to_str().unwrap();
        institution.run(&["badge", &table], &["--out", out])
    };
    let refused = badge();
    assert_eq!(exit_code(&refused), 6);
    assert!(
        stderr(&refused).contains("issuer entry"),
        "{}",
        stderr(&refused)
    );
    assert_eq!(exit_code(&institution.run(&["entry"], &[])), 0);
    let done = badge();
    assert_eq!(exit_code(&done), 0, "{}", stderr(&done));
    assert!(stdout(&done).contains("Bark beetle spotter"));
}

/// As a folder was before keys had records, and before there were badges.
fn make_it_older(folder: &Path) {
    let book = folder.join("keys.json");
    let keys: Value = serde_json::from_slice(&std::fs::read(&book).unwrap()).unwrap();
    let signing = keys["keys"][0]["kid"].as_str().unwrap();
    let file = folder.join(format!("keys/{signing}.pk8"));
    std::fs::rename(file, folder.join("signing-key.pk8")).unwrap();
    std::fs::remove_dir_all(folder.join("keys")).unwrap();
    std::fs::remove_file(book).unwrap();
}
