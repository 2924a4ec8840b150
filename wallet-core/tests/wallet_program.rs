//! The program `wallet`, run as a person or a script runs it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets something else than it expects stops there and says so"
)]

#[path = "wallet_program/badges.rs"]
mod badges;
#[path = "wallet_program/collecting.rs"]
mod collecting;
#[path = "wallet_program/desk.rs"]
mod desk;

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Output, Stdio},
};

use credential_core::jose::Es256Key;
use serde_json::Value;

use self::desk::{Desk, PASSPHRASE};

const NOBODY: &str = "0b0e7b7e-3f3c-4f6e-9d57-2f0a3d0c9f11";

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn data(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one JSON document on stderr, with nothing on stdout.
fn error(output: &Output) -> Value {
    assert_eq!(data(output), "");
    let document: Value = serde_json::from_str(&said(output)).unwrap();
    assert_eq!(document["schema"], "wallet.error/1");
    let error = document["error"].clone();
    assert_eq!(error["exit_code"], code(output));
    assert!(!error["message"].as_str().unwrap().is_empty());
    error
}

#[test]
fn help_begins_with_examples() {
    let help = Desk::empty().bare(&["--help"]).output().unwrap();
    assert_eq!(code(&help), 0);
    assert!(data(&help).starts_with("Examples:\n"), "{}", data(&help));
    for part in ["wallet init", "Exit codes: 0 done", "--no-input"] {
        assert!(data(&help).contains(part), "{part}");
    }
}

#[test]
fn a_passphrase_is_never_an_argument() {
    let desk = Desk::new();
    let help = data(&desk.bare(&["--help"]).output().unwrap());
    assert!(!help.contains("--passphrase "), "{help}");
    for arguments in [
        ["status", "--passphrase", PASSPHRASE].as_slice(),
        &["status", PASSPHRASE],
        &["--passphrase=x", "status"],
    ] {
        let refused = desk.bare(arguments).output().unwrap();
        assert_eq!(code(&refused), 2, "{arguments:?}");
    }
}

#[test]
fn a_wrong_passphrase_says_in_three_languages_that_nothing_is_lost() {
    let desk = Desk::new();
    for (language, words) in [
        (
            "en",
            "That was not the right passphrase. Your information is safe.",
        ),
        ("fi", "Salalause ei ollut oikea. Tietosi ovat tallessa."),
        (
            "sv",
            "Det var inte rätt lösenfras. Dina uppgifter finns kvar.",
        ),
    ] {
        let refused = desk.run_with("wrong", &["status", "--lang", language]);
        assert_eq!(code(&refused), 4);
        assert!(said(&refused).starts_with(words), "{}", said(&refused));
        assert!(said(&refused).contains("vault_wrong_passphrase"));
        assert!(!said(&refused).contains("kuusi"));
    }
    assert_eq!(code(&desk.run(&["status"])), 0, "and nothing was lost");
}

#[test]
fn a_failure_in_json_is_one_document_on_stderr() {
    let desk = Desk::new();
    let refused = desk.run_with("wrong", &["--json", "status"]);
    assert_eq!(error(&refused)["reason"], "vault_wrong_passphrase");
    assert_eq!(code(&refused), 4);
    for arguments in [
        ["share", "stop", "not-an-id"].as_slice(),
        &["share", "stop"],
        &["share", "stop", NOBODY, "--all"],
        &["share", "narrow", NOBODY],
        &["share", "narrow", NOBODY, "--reads", "0"],
    ] {
        let misused = desk.run(&[&["--json"], arguments].concat());
        assert_eq!(error(&misused)["reason"], "usage", "{arguments:?}");
        assert_eq!(code(&misused), 2);
    }
}

#[test]
fn each_kind_of_failure_has_its_exit_code() {
    let desk = Desk::new();
    let stranger = "osaamislompakko://request?broker=http%3A%2F%2F127.0.0.1%3A9&ticket=t";
    for (arguments, expected, reason) in [
        (["trust", "update", "missing-file"].as_slice(), 2, "usage"),
        (&["request", "open", "nonsense"], 2, "request_not_a_link"),
        (&["credential", "add", "no://offer"], 2, "offer_not_a_link"),
        (
            &["credential", "add", "missing-file"],
            2,
            "badge_file_unreadable",
        ),
        (
            &["credential", "add", "passphrase", "--code", "1"],
            2,
            "usage",
        ),
        (&["credential", "show", NOBODY], 5, "not_found"),
        (&["share", "stop", NOBODY], 5, "not_found"),
        (&["share", "pause", NOBODY], 5, "not_found"),
        (&["share", "renew", NOBODY, "--yes"], 5, "not_found"),
        (&["share", "create", "--request", NOBODY], 5, "not_found"),
        (&["request", "open", stranger], 6, "broker_unknown"),
        (
            &["trust", "update", "trust-list.jwt"],
            6,
            "trust_list_changed",
        ),
        (
            &["trust", "update", "http://127.0.0.1:9/x"],
            6,
            "trust_list_unavailable",
        ),
    ] {
        let refused = desk.run(&[&["--json"], arguments].concat());
        assert_eq!(error(&refused)["reason"], reason, "{arguments:?}");
        assert_eq!(code(&refused), expected, "{arguments:?}");
    }
    // Nobody listens on the discard port of this machine.
    let away = [
        "--json",
        "--development",
        "trust",
        "update",
        "http://127.0.0.1:9/x",
    ];
    let away = desk.run(&away);
    assert_eq!(error(&away)["reason"], "trust_list_unavailable");
    assert_eq!(code(&away), 7);
}

#[test]
fn a_place_without_a_wallet_is_told_from_a_wallet_without_the_thing() {
    let desk = Desk::empty();
    let refused = desk.run(&["credential", "list"]);
    assert_eq!(code(&refused), 5);
    assert!(
        said(&refused).starts_with("There is no wallet here."),
        "{}",
        said(&refused)
    );
    assert!(!desk.path("wallet").exists(), "and none was made");
}

#[test]
fn a_damaged_wallet_is_told_as_such() {
    let desk = Desk::new();
    let header = fs::read_dir(desk.path("wallet")).unwrap();
    let files = header.map(|entry| entry.unwrap().path());
    let header = files
        .filter(|path| path.is_file())
        .find(|path| named(path, "header"));
    let header = header.unwrap();
    fs::write(&header, "nothing of the kind").unwrap();
    let refused = desk.run(&["status"]);
    assert_eq!(code(&refused), 8, "{}", said(&refused));
}

fn named(path: &Path, part: &str) -> bool {
    path.file_name().unwrap().to_string_lossy().contains(part)
}

#[test]
fn a_wallet_that_is_open_elsewhere_is_in_use() {
    let desk = Desk::empty();
    let wallet = desk.wallet();
    let refused = desk.run(&["status"]);
    assert_eq!(code(&refused), 4);
    assert!(
        said(&refused).contains("Your information is safe."),
        "{}",
        said(&refused)
    );
    assert!(said(&refused).contains("vault_in_use"));
    drop(wallet);
    assert_eq!(code(&desk.run(&["status"])), 0);
}

#[test]
fn nothing_is_asked_where_nobody_can_answer() {
    let desk = Desk::new();
    for arguments in [["--no-input", "status"].as_slice(), &["status"]] {
        let mut command = desk.bare(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // It may be gone before it could have read this.
        let _gone = writeln!(child.stdin.take().unwrap(), "{PASSPHRASE}");
        let refused = child.wait_with_output().unwrap();
        assert_eq!(code(&refused), 2, "{arguments:?}");
        assert!(
            said(&refused).contains("--passphrase-file"),
            "{}",
            said(&refused)
        );
    }
}

#[test]
fn the_passphrase_comes_from_the_first_line_of_a_descriptor() {
    let desk = Desk::new();
    let opened = |file: &str| {
        let mut command = desk.bare(&["status", "--passphrase-fd", "0"]);
        command.stdin(fs::File::open(desk.path(file)).unwrap());
        command.output().unwrap()
    };
    assert_eq!(code(&opened("passphrase")), 0);
    assert_eq!(code(&opened("wrong")), 4);
    desk.write("long", &"a".repeat(5000));
    assert_eq!(code(&opened("long")), 2);
    desk.write("none", "\n");
    assert_eq!(code(&opened("none")), 2);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let desk = Desk::new();
    let mut command = desk.bare(&["status", "--passphrase-file", "passphrase"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((code(&ended), &*said(&ended)), (3, ""));
}

#[test]
fn every_document_names_its_schema() {
    let desk = Desk::new();
    for (arguments, schema) in [
        (["status"].as_slice(), "wallet.status/1"),
        (&["credential", "list"], "wallet.credentials/1"),
        (&["request", "list"], "wallet.requests/1"),
        (&["share", "list"], "wallet.shares/1"),
        (&["log", "list"], "wallet.log/1"),
        (&["trust", "show"], "wallet.trust/1"),
    ] {
        let answered = desk.run(&[&["--json"], arguments].concat());
        assert_eq!(code(&answered), 0, "{}", said(&answered));
        let document: Value = serde_json::from_str(&data(&answered)).unwrap();
        assert_eq!(document["schema"], schema);
        let members = document.as_object().unwrap();
        assert!(members.len() == 2 && members.contains_key("data"));
    }
}

#[test]
fn init_makes_a_wallet_that_opens_or_nothing() {
    let desk = Desk::empty();
    let init = |list: &str, passphrase: &str| {
        let arguments = [
            "init",
            "--registrar-key",
            "registrar.jwk",
            "--trust-list",
            list,
        ];
        desk.run_with(passphrase, &arguments)
    };
    let forged = desk.list(&Es256Key::generate().unwrap().0);
    desk.write("forged.jwt", &forged);
    desk.write("short", "lyhyt\n");
    for (list, passphrase, expected) in [
        ("missing.jwt", "passphrase", 2),
        ("forged.jwt", "passphrase", 6),
        ("trust-list.jwt", "short", 2),
    ] {
        let refused = init(list, passphrase);
        assert_eq!(code(&refused), expected, "{}", said(&refused));
        assert!(!desk.path("wallet").exists(), "{list}");
    }
    let made = init("trust-list.jwt", "passphrase");
    assert_eq!(code(&made), 0, "{}", said(&made));
    let listed = desk.run(&["trust", "show"]);
    assert!(data(&listed).contains("School"), "{}", data(&listed));
    let again = init("trust-list.jwt", "passphrase");
    assert_eq!(code(&again), 2, "{}", said(&again));
}
