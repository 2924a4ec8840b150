//! Checking files, making a recipient, and keeping the trust list.

use std::{
    fs,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use credential_core::{
    jose::{Es256Key, JwkSet, Signer as _},
    trust::Entry,
};
use serde_json::{Value, json};

use crate::desk::{Desk, init, said, text, verify};

#[test]
fn a_genuine_file_is_valid_with_the_remark_that_nobody_showed_to_be_its_holder() {
    let desk = Desk::new();
    desk.write("a.sd-jwt", &desk.credential());
    let (code, out, err) = said(&desk.check("a.sd-jwt", &["--offline"]));
    assert_eq!(code, Some(12), "{err}");
    assert!(
        out.starts_with("Look closer: the file does not show whether"),
        "{out}"
    );
    assert!(
        out.contains("Proven by Example College") && out.contains("Qualification: Lähihoitaja")
    );
    assert!(err.is_empty(), "{err}");
}

#[test]
fn a_changed_file_is_not_valid_and_shows_no_claim() {
    let desk = Desk::new();
    let credential = desk.credential();
    let at = credential.find('~').unwrap() - 10;
    let other = if &credential[at..=at] == "A" {
        "B"
    } else {
        "A"
    };
    let changed = format!("{}{other}{}", &credential[..at], &credential[at + 1..]);
    desk.write("a.sd-jwt", &changed);
    let (code, out, _) = said(&desk.check("a.sd-jwt", &["--offline", "--json"]));
    assert_eq!(code, Some(10), "{out}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["schema"], "verify.report/1");
    assert_eq!(report["verdict"], "invalid");
    assert_eq!(
        report["credentials"][0]["checks"][0]["reason"],
        "signature_invalid"
    );
    assert_eq!(report["credentials"][0]["claims"], json!([]));
}

#[test]
fn a_file_is_judged_at_the_time_that_was_asked_for() {
    let desk = Desk::new();
    desk.write("a.sd-jwt", &desk.credential());
    let before = (desk.now - TimeDelta::hours(1)).to_rfc3339();
    let (code, out, _) = said(&desk.check("a.sd-jwt", &["--offline", "--at", &before]));
    assert_eq!(code, Some(10));
    assert!(
        out.starts_with("Not valid: the certificate is not valid yet. Ask the person"),
        "{out}"
    );
    let late = (desk.now + TimeDelta::days(3)).to_rfc3339();
    let (code, _, err) = said(&desk.check("a.sd-jwt", &["--offline", "--at", &late]));
    assert_eq!(code, Some(11), "the trust list has ended by then: {err}");
}

#[test]
fn a_picture_and_a_document_are_taken_for_what_they_are() {
    let desk = Desk::new();
    let reason = |name: &str, more: &[&str]| {
        let mut arguments = vec!["--offline", "--json"];
        arguments.extend(more);
        let (code, out, err) = said(&desk.check(name, &arguments));
        let report: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
        let check = &report["credentials"][0]["checks"][0];
        (code, check["reason"].clone(), check["detail"].clone())
    };
    // The name of a file says nothing.
    desk.write(
        "merkki.json",
        r#"<svg xmlns="http://www.w3.org/2000/svg"/>"#,
    );
    let empty = (Some(10), json!("not_signed"), json!("baked_no_badge"));
    assert_eq!(reason("merkki.json", &[]), empty);
    desk.write("todistus.pdf", "%PDF-1.7\n%%EOF\n");
    let unsigned = (Some(10), json!("not_signed"), json!("pdf-not-signed"));
    assert_eq!(reason("todistus.pdf", &[]), unsigned);
    desk.write("sinetti.json", r#"{"payload": "e30", "signatures": []}"#);
    let sealed = (
        Some(11),
        json!("proof_not_supported"),
        json!("jades_not_supported"),
    );
    assert_eq!(reason("sinetti.json", &[]), sealed);
    desk.write("anchors.pem", "nobody");
    let anchors = desk.path("anchors.pem");
    let (code, _, err) = said(&desk.check("todistus.pdf", &["--pdf-anchors", text(&anchors)]));
    assert_eq!(code, Some(8), "{err}");
    assert!(err.contains("not a chain of certificates"), "{err}");
}

#[test]
fn exit_codes_tell_what_went_wrong() {
    let desk = Desk::new();
    desk.write("a.sd-jwt", &desk.credential());
    assert_eq!(said(&desk.check("missing.sd-jwt", &[])).0, Some(5));
    assert_eq!(
        said(&verify(&["file", text(&desk.path("a.sd-jwt"))])).0,
        Some(2)
    );
    assert_eq!(said(&verify(&["nonsense"])).0, Some(2));
    assert_eq!(said(&verify(&["receipt"])).0, Some(2));
    let stranger = Es256Key::generate().unwrap().0;
    desk.write(
        "registrar.jwk",
        &serde_json::to_string(stranger.public_jwk()).unwrap(),
    );
    let (code, out, err) = said(&desk.check("a.sd-jwt", &["--json"]));
    assert_eq!((code, out.as_str()), (Some(10), ""));
    let error: Value = serde_json::from_str(&err).unwrap();
    assert_eq!(error["error"], "jws_bad_signature");
}

#[test]
fn help_begins_with_an_example_and_lists_the_exit_codes() {
    let (code, out, _) = said(&verify(&["--help"]));
    assert_eq!(code, Some(0));
    assert!(out.starts_with("Example:\n  verify file"), "{out}");
    assert!(out.contains("10 not valid   11 could not check   12 valid with remarks"));
}

#[test]
fn init_makes_private_keys_and_an_entry_that_a_registrar_can_sign() {
    let desk = Desk::new();
    let (code, out, err) = said(&init(&desk, "https://lumohoiva.example"));
    assert_eq!(code, Some(0), "{err}");
    let entry: Value = serde_json::from_str(&out).unwrap();
    let read: Entry = serde_json::from_value(entry.clone()).unwrap();
    assert_eq!(read.entity_id, "https://lumohoiva.example");
    let client = read.recipient.unwrap();
    assert_eq!(
        client.client_id,
        "openid_federation:https://lumohoiva.example"
    );
    let keys: JwkSet = serde_json::from_value(entry["jwks"].clone()).unwrap();
    assert_eq!(keys.keys.len(), 2);
    assert!(keys.encryption_key().is_some());
    assert!(!out.contains("\"d\""));
    assert_eq!(
        said(&init(&desk, "https://lumohoiva.example")).0,
        Some(6),
        "kept as it is"
    );
}

#[cfg(unix)]
#[test]
fn nobody_else_reads_the_recipients_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    assert_eq!(said(&init(&desk, "https://lumohoiva.example")).0, Some(0));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&desk.path("data/keys")), 0o700);
    let keys: Vec<PathBuf> = fs::read_dir(desk.path("data/keys"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| mode(key) == 0o600));
}

#[test]
fn an_entity_or_redirect_outside_the_network_policy_is_refused() {
    let desk = Desk::new();
    let (code, _, err) = said(&init(&desk, "http://lumohoiva.example"));
    assert_eq!(code, Some(2));
    assert!(err.contains("address_not_allowed"), "{err}");
    assert!(!desk.path("data").exists());
}

#[test]
fn an_older_trust_list_or_another_registrar_is_refused_by_a_folder_that_knows_better() {
    let desk = Desk::new();
    assert_eq!(said(&init(&desk, "https://lumohoiva.example")).0, Some(0));
    let (data, key) = (desk.path("data"), desk.path("registrar.jwk"));
    let show = |list: &str, more: &[&str]| {
        let list = desk.path(list);
        let mut arguments = vec!["trust", "show", "--lang", "fi", "--data", text(&data)];
        arguments.extend(["--trust-list", text(&list)]);
        arguments.extend(more);
        said(&verify(&arguments))
    };
    let pin = ["--registrar-key", text(&key)];
    let (code, out, err) = show("list.jwt", &pin);
    assert_eq!(code, Some(0), "{err}");
    assert!(
        out.contains("Todistuksen antaja: Esimerkin ammattiopisto (https://opisto.example)"),
        "{out}"
    );
    desk.publish("older.jwt", 2);
    assert_eq!(show("older.jwt", &[]).0, Some(10));
    desk.publish("twin.jwt", 3);
    assert_eq!(show("twin.jwt", &[]).0, Some(10), "two lists of one number");
    desk.publish("newer.jwt", 4);
    assert_eq!(show("newer.jwt", &[]).0, Some(0));
    assert_eq!(show("list.jwt", &[]).0, Some(10));
    let stranger = Es256Key::generate().unwrap().0;
    desk.write(
        "other.jwk",
        &serde_json::to_string(stranger.public_jwk()).unwrap(),
    );
    let other = desk.path("other.jwk");
    let (code, _, err) = show("newer.jwt", &["--registrar-key", text(&other), "--json"]);
    assert_eq!(code, Some(6));
    assert!(err.contains("registrar_key_changed"), "{err}");
}

#[test]
fn who_is_asked_about_is_compared_or_said_not_to_be_in_it() {
    let desk = Desk::new();
    desk.write("a.sd-jwt", &desk.credential());
    let person = "emailAddress=aino@example.fi";
    let (code, out, err) = said(&desk.check("a.sd-jwt", &["--offline", "--person", person]));
    assert_eq!(code, Some(12), "{err}");
    let expected = "The certificate does not show whether it is about this person.";
    assert!(out.contains(expected), "{out}");
    for wrong in ["aino@example.fi", "=aino", "name="] {
        let (code, _, err) = said(&desk.check("a.sd-jwt", &["--person", wrong]));
        assert_eq!(code, Some(2), "{wrong}");
        assert!(err.contains("a kind, = and a value are needed"), "{err}");
    }
}
