//! Offers, letters and the audit file, as users of `issuer` meet them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod support;

use std::path::Path;

use credential_core::jose::Es256Key;
use serde_json::Value;

use support::{Institution, Server, assert_private, collect, data, exit_code, stderr, stdout};

const RECORD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/koski/ammatillinen-perustutkinto.json"
);

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resent_offer_is_collected_by_its_new_link_and_by_no_other() {
    let institution = Institution::init(&[]);
    let mut server = Server::start(&institution, &["--record", RECORD]);
    let old = server.event("offer");
    let id = text(&old, "offer_id");
    let resent = institution.run(
        &["offer", "resend", "--json"],
        &["--id", id, "--valid-for", "90"],
    );
    let new = data(&resent);
    assert_ne!(new["offer"]["id"], old["offer_id"]);
    let key = Es256Key::generate().unwrap().0;
    let by = async |link: &str, code: &str| {
        collect(&server.identifier, link, code, "qualification", &key).await
    };
    let (status, _) = by(text(&old, "link"), text(&old, "tx_code"))
        .await
        .unwrap_err();
    assert_eq!(status, 404);
    by(text(&new, "link"), text(&new, "tx_code")).await.unwrap();
    // What was collected is not sent again.
    let again = institution.run(&["offer", "resend"], &["--id", text(&new["offer"], "id")]);
    assert_eq!(exit_code(&again), 6);
    assert!(
        stderr(&again).contains("registry_offer_redeemed"),
        "{}",
        stderr(&again)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_offer_is_gone() {
    let institution = Institution::init(&[]);
    let mut server = Server::start(&institution, &["--record", RECORD]);
    let offer = server.event("offer");
    let id = text(&offer, "offer_id");
    let listed = || data(&institution.run(&["offer", "list", "--json"], &[]));
    assert_eq!(listed()[0]["id"], offer["offer_id"]);
    assert_eq!(
        exit_code(&institution.run(&["offer", "cancel"], &["--id", id])),
        0
    );
    assert_eq!(listed().as_array().unwrap().len(), 0);
    let key = Es256Key::generate().unwrap().0;
    let (link, code) = (text(&offer, "link"), text(&offer, "tx_code"));
    let gone = collect(&server.identifier, link, code, "qualification", &key).await;
    assert_eq!(gone.unwrap_err().0, 404);
    let again = institution.run(&["offer", "cancel"], &["--id", id]);
    assert_eq!(exit_code(&again), 5);
    assert_eq!(
        exit_code(&institution.run(&["offer", "cancel"], &["--id", "x"])),
        2
    );
}

#[test]
fn a_letter_has_the_link_and_the_sheet_the_code_and_neither_has_both() {
    let institution = Institution::init(&[]);
    let mut server = Server::start(&institution, &["--record", RECORD]);
    let offer = server.event("offer");
    let (letter, sheet) = (
        institution.path("letter.html"),
        institution.path("code.html"),
    );
    let write = |out: &str, sheet: &str| {
        let more = [
            "--id",
            text(&offer, "offer_id"),
            "--out",
            out,
            "--code-sheet",
            sheet,
        ];
        institution.run(&["offer", "letter"], &more)
    };
    assert_eq!(exit_code(&write(&letter, &letter)), 2);
    let written = write(&letter, &sheet);
    assert_eq!(exit_code(&written), 0, "{}", stderr(&written));
    for file in [&letter, &sheet] {
        assert_private(Path::new(file));
    }
    let [letter_text, sheet_text] =
        [&letter, &sheet].map(|it| std::fs::read_to_string(it).unwrap());
    let (link, code) = (text(&offer, "link"), text(&offer, "tx_code"));
    assert!(letter_text.contains(link) && !letter_text.contains(code));
    assert!(
        sheet_text.contains(code) && !sheet_text.contains(link) && !sheet_text.contains("<svg")
    );
    assert_eq!(scanned(&letter_text), link);
    let (id, reference) = (text(&offer, "offer_id"), text(&offer, "reference"));
    assert!(letter_text.contains(reference) && !letter_text.contains(&format!(" {id}<")));
    for leads_to_the_offer in [id, reference] {
        assert!(!sheet_text.contains(leads_to_the_offer));
    }
    let mark = &id[id.len() - 4..];
    for page in [&letter_text, &sheet_text] {
        assert!(page.contains(&format!("Mark of the code sheet: {mark}<")));
    }
    for page in [&letter_text, &sheet_text] {
        for name in ["Opisto", "Institutet", "College"] {
            assert!(page.contains(name), "{name}");
        }
        assert!(!page.contains("<script") && !page.contains("src="));
    }
    assert_eq!(
        exit_code(&write(&letter, &sheet)),
        6,
        "nothing is overwritten"
    );
}

#[test]
fn a_name_cannot_write_into_a_letter() {
    let institution = Institution::init(&[]);
    let file = institution.folder.join("issuer.json");
    let named = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, named.replace("Opisto", "<img src=x>&Opisto")).unwrap();
    let mut server = Server::start(&institution, &["--record", RECORD]);
    let offer = server.event("offer");
    let (letter, sheet) = (
        institution.path("letter.html"),
        institution.path("code.html"),
    );
    let more = [
        "--id",
        text(&offer, "offer_id"),
        "--out",
        &letter,
        "--code-sheet",
        &sheet,
    ];
    assert_eq!(exit_code(&institution.run(&["offer", "letter"], &more)), 0);
    for file in [letter, sheet] {
        let page = std::fs::read_to_string(file).unwrap();
        assert!(!page.contains("<img") && page.contains("&lt;img src=x&gt;&amp;Opisto"));
    }
}

/// What a camera reads from the letter's drawing.
fn scanned(page: &str) -> String {
    const SCALE: usize = 4;
    let number = |text: &str| text.parse::<usize>().unwrap();
    let (_, rest) = page.split_once("viewBox=\"0 0 ").unwrap();
    let side = number(rest.split_once(' ').unwrap().0);
    let (_, rest) = page.split_once("<path d=\"").unwrap();
    let squares: Vec<(usize, usize)> = rest
        .split_once('"')
        .unwrap()
        .0
        .split('M')
        .skip(1)
        .map(|square| {
            let (x, rest) = square.split_once(' ').unwrap();
            (number(x), number(rest.split_once('h').unwrap().0))
        })
        .collect();
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, |x, y| {
            if squares.contains(&(x / SCALE, y / SCALE)) {
                0
            } else {
                255
            }
        });
    image.detect_grids()[0].decode().unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_file_says_what_happened_without_names_and_tells_where_it_was_altered() {
    let institution = Institution::init(&[]);
    let mut server = Server::start(&institution, &["--record", RECORD]);
    let offer = server.event("offer");
    let key = Es256Key::generate().unwrap().0;
    let (link, code) = (text(&offer, "link"), text(&offer, "tx_code"));
    collect(&server.identifier, link, code, "qualification", &key)
        .await
        .unwrap();
    let listed = data(&institution.run(&["credential", "list", "--json"], &[]));
    let index = listed[0]["index"].to_string();
    let shown = data(&institution.run(&["credential", "show", "--json"], &["--index", &index]));
    assert_eq!(shown, listed);
    let reason = ["--index", &index, "--reason", "issued by mistake"];
    assert_eq!(
        exit_code(&institution.run(&["credential", "revoke"], &reason)),
        0
    );
    server.kill();
    assert_eq!(exit_code(&institution.run(&["key", "rotate"], &[])), 0);

    let path = institution.folder.join("audit.jsonl");
    assert_private(&path);
    let file = std::fs::read_to_string(&path).unwrap();
    let events: Vec<Value> = file
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].take())
        .collect();
    let what: Vec<_> = events.iter().map(|event| text(event, "what")).collect();
    let expected = [
        "initialised",
        "offer_made",
        "collected",
        "status_changed",
        "key_rotated",
    ];
    assert_eq!(what, expected);
    assert_eq!(events[1]["matched"], "demonstration_only");
    assert_eq!(events[2]["indexes"][0].to_string(), index);
    assert_eq!(events[3]["reason"], "issued by mistake");
    assert!(!file.contains("Esimerkki"), "no names");

    let checked = data(&institution.run(&["audit", "check", "--json"], &[]));
    assert_eq!(checked["lines"], 5);
    let known = ["--known", text(&checked, "last")];
    assert_eq!(exit_code(&institution.run(&["audit", "check"], &known)), 0);
    std::fs::write(&path, file.replace("by mistake", "in earnest")).unwrap();
    let altered = institution.run(&["audit", "check"], &[]);
    assert_eq!(exit_code(&altered), 8);
    assert!(
        stderr(&altered).contains("line 5 does not follow"),
        "{}",
        stderr(&altered)
    );
    let shorter: String = file
        .lines()
        .take(4)
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&path, shorter).unwrap();
    let cut = institution.run(&["audit", "check"], &known);
    assert_eq!(exit_code(&cut), 8);
    assert!(
        stderr(&cut).contains("audit_forgotten"),
        "{} {}",
        stdout(&cut),
        stderr(&cut)
    );
}
