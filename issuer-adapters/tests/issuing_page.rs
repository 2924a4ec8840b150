//! Runs every command of `docs/issuing.md`, so that the page cannot go stale.
#![cfg(unix)]

use std::{path::Path, process::Command};

const PAGE: &str = include_str!("../../docs/issuing.md");

#[test]
fn every_command_of_the_page_about_issuing_works() {
    let folder = tempfile::tempdir().unwrap();
    let mut script = String::new();
    for block in PAGE.split("\n```sh\n").skip(1) {
        let (commands, _prose) = block.split_once("\n```\n").unwrap();
        script.push_str(commands);
        script.push('\n');
    }
    assert!(
        script.matches("issuer ").count() > 9,
        "the page has its commands"
    );
    let programs = Path::new(env!("CARGO_BIN_EXE_issuer")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), env!("PATH"));
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .env("PATH", path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for sentence in [
        "The private keys are encrypted with a passphrase.",
        "badge.json: good, gives https://types.osaamislompakko.example/skill-badge/1",
        "2 rows, 0 with problems. Nothing was offered.",
        "2 rows: 2 offered, 0 offered before, 0 with problems.",
        "3 lines, the chain holds",
    ] {
        assert!(
            said.contains(sentence),
            "{sentence:?} is missing in:\n{said}"
        );
    }
    let letter = std::fs::read_to_string(folder.path().join("letter.html")).unwrap();
    assert!(letter.contains("<svg"));
}
