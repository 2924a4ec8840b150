//! `docs/coverage.md`, its last section: what the verifier says of every public example of badges and learner
//! records and of the certificates in PDF, where those lie beside the project.
//!
//! `UPDATE_COVERAGE=1 cargo test -p verifier-sdk --all-features --lib corpus` writes the section.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use credential_core::{
    baked,
    clock::FixedClock,
    credential::CredentialType,
    encoding::from_base64url,
    jose::{EdDsaKey, ForeignJwk, Jwk, Signer as _},
    linked_data::from_multikey,
    trust::{IssuerRole, TrustList},
};
use serde_json::Value;

use crate::{
    Report, Verifier,
    checks::Outcome,
    report::{ENDORSEMENT, LEARNER_RECORD, OPEN_BADGE},
    test_support::{noon, statement, trust_list},
};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/coverage.md");
const HEADING: &str = "## What the verifier says\n";
const HEAD: &str = "
Each file as `verify file --offline` answers it, on the day of the tests. The examples' issuers are on no trust
list; in the third column they are, with the key that their proofs name, or with another where they name none that
can be read. This section is written by the test
`every_public_example_gets_the_verdict_that_the_page_says`. Everything that is not simply valid is named by its
reason, with the finer code in brackets where there is one; that nobody shows to be the holder is so with every file,
and that no list was asked with most.

| file | issuer not listed | issuer listed | reasons with the issuer listed |
|---|---|---|---|
";

#[test]
fn every_public_example_gets_the_verdict_that_the_page_says() {
    let files = files();
    if files.is_empty() {
        // Past the capture of test output, so that it is seen.
        writeln!(std::io::stderr(), "skipped: {DATA} is not here").unwrap();
        return;
    }
    let mut rows = String::new();
    for (name, bytes) in &files {
        let strangers = judged(bytes, trust_list(&[]));
        let listed = judged(bytes, trust_of(bytes));
        // Whom nobody lists is never simply valid, and a list makes nothing genuine that is not.
        assert_ne!(strangers.verdict, Outcome::Valid, "{name}");
        assert_ne!(listed.verdict, Outcome::Valid, "{name}");
        let (one, other) = (word(strangers.verdict), word(listed.verdict));
        rows.push_str(&format!(
            "| `{name}` | {one} | {other} | {} |\n",
            reasons(&listed)
        ));
    }
    let section = format!("{HEADING}{HEAD}{rows}");
    let page = fs::read_to_string(PAGE).unwrap();
    let before = page.split(HEADING).next().unwrap_or_default();
    let whole = format!(
        "{}\n{section}",
        before.trim_end_matches('\n').to_owned() + "\n"
    );
    if std::env::var_os("UPDATE_COVERAGE").is_some() {
        fs::write(PAGE, &whole).unwrap();
        return;
    }
    assert!(
        page == whole,
        "docs/coverage.md is not what the corpus gives:\n{section}"
    );
}

fn judged(bytes: &[u8], trust: TrustList) -> Report {
    let builder = Verifier::builder().trust(trust).offline();
    let verifier = builder.clock(FixedClock::at(noon())).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(verifier.verify_file(bytes)).unwrap()
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Valid => "valid",
        Outcome::Attention => "attention",
        Outcome::Invalid => "invalid",
        Outcome::CouldNotCheck => "could not check",
    }
}

fn reasons(report: &Report) -> String {
    let mut said = Vec::new();
    for check in report.all_checks() {
        let code = check.reason.code();
        if check.outcome == Outcome::Valid || code == "holder_not_shown" {
            continue;
        }
        said.push(match check.detail {
            // Without the marks that names of tests have.
            Some(detail) => format!("{code} ({detail})"),
            None => code.to_owned(),
        });
    }
    said.join(", ")
}

/// The examples, by folder and name.
fn files() -> Vec<(String, Vec<u8>)> {
    let folders = [
        "openbadges/ob20",
        "openbadges/ob30",
        "openbadges/ob30/bit-string-list",
        "openbadges/ob30/sd",
        "openbadges/clr20",
        "koski/todistus-pdf",
    ];
    let mut found = Vec::new();
    for folder in folders {
        let Ok(entries) = fs::read_dir(Path::new(DATA).join(folder)) else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut paths: Vec<PathBuf> = paths.filter(|path| path.is_file()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let folder = folder.trim_start_matches("openbadges/");
            found.push((format!("{folder}/{name}"), fs::read(&path).unwrap()));
        }
    }
    found
}

/// A trust list with the issuers in a document, each with the keys that its proofs name.
fn trust_of(bytes: &[u8]) -> TrustList {
    let text = baked::baked(bytes).unwrap_or_else(|_plain| bytes.to_vec());
    let mut named = BTreeMap::new();
    if let Ok(document) = serde_json::from_slice::<Value>(&text) {
        issuers(&document, &mut named);
    }
    let brought = brought(&text);
    if let Some((issuer, _key)) = &brought {
        named.entry(issuer.clone()).or_default();
    }
    let statements: Vec<_> = named
        .into_iter()
        .map(|(issuer, kids)| {
            let mut keys: Vec<Jwk> = kids.iter().filter_map(|kid| key(kid)).collect();
            if keys.is_empty() {
                // On the list, and not with the key that the proof names.
                keys.push(EdDsaKey::generate().unwrap().0.public_jwk().clone());
            }
            let mut listed = statement(&issuer, "Esimerkki", keys);
            listed.metadata.openid_credential_issuer = Some(IssuerRole {
                credential_types: [OPEN_BADGE, LEARNER_RECORD, ENDORSEMENT]
                    .into_iter()
                    .chain(CredentialType::ALL.into_iter().map(CredentialType::vct))
                    .map(str::to_owned)
                    .collect(),
                foreign_keys: brought.iter().map(|(_issuer, key)| key.clone()).collect(),
                ..IssuerRole::default()
            });
            listed
        })
        .collect();
    trust_list(&statements)
}

/// The issuer of a JWT and the RSA key that its header brings.
fn brought(text: &[u8]) -> Option<(String, ForeignJwk)> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let part = |number: usize| {
        let octets = from_base64url(text.split('.').nth(number)?).ok()?;
        serde_json::from_slice::<Value>(&octets).ok()
    };
    let key = serde_json::from_value(part(0)?["jwk"].take()).ok()?;
    Some((part(1)?["iss"].as_str()?.to_owned(), key))
}

fn key(kid: &str) -> Option<Jwk> {
    let mut key = from_multikey(kid).ok()?;
    key.kid = Some(kid.to_owned());
    Some(key)
}

fn issuers(value: &Value, found: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| issuers(item, found)),
        Value::Object(members) => {
            let issuer = members.get("issuer");
            let issuer = issuer.and_then(|it| it.as_str().or_else(|| it["id"].as_str()));
            if let Some(issuer) = issuer.filter(|it| it.starts_with("https://")) {
                let kids = found.entry(issuer.to_owned()).or_default();
                let proofs = members
                    .get("proof")
                    .into_iter()
                    .flat_map(|proof| match proof {
                        Value::Array(several) => several.iter().collect(),
                        one => vec![one],
                    });
                for proof in proofs {
                    let method = proof["verificationMethod"].as_str().unwrap_or_default();
                    kids.extend(method.split_once('#').map(|(_, kid)| kid.to_owned()));
                }
            }
            members.values().for_each(|item| issuers(item, found));
        }
        _ => {}
    }
}
