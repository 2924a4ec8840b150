//! The register's own examples, where they lie beside the project: each is understood or answered with
//! reasons, and one of each kind goes the whole way.

use std::{
    fs,
    io::{Write as _, stderr},
    path::Path,
};

use credential_core::{credential::CredentialType, record::NoticeKind, text::Language};
use osaamislompakko::stages::{self, RecordError};
use verifier_sdk::checks::Outcome;
use wallet_core::credentials::HeldCredential;

use crate::support::Scene;

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../shared/data/koski/opiskeluoikeus"
);
/// One of each kind that can become a credential, by the beginning of its name.
const KINDS: [&str; 8] = [
    "ammatillinen-perustutkinto",
    "ammatillinen-erikoisammattitutkinto",
    "lukio-paattotodistus",
    "perusopetuksenoppimaara-paattotodistus",
    "ylioppilastutkinto",
    "kielitutkinto-valtionhallinnonkielitutkinto",
    "vapaasivistystyo-osaamismerkki",
    "vapaasivistystyo-vapaatavoitteinenkoulutus",
];

/// Name and text of each document; says so where there are none.
fn documents() -> Vec<(String, String)> {
    let Ok(entries) = fs::read_dir(Path::new(FOLDER)) else {
        // Past the capture of test output, so that it is seen.
        let mut screen = stderr();
        writeln!(screen, "skipped: {FOLDER} is not here").unwrap();
        return Vec::new();
    };
    let mut documents: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    documents.sort();
    assert!(documents.len() > 50, "only {}", documents.len());
    documents
}

#[test]
fn every_document_becomes_credentials_or_is_answered_with_reasons() {
    let (mut understood, mut answered) = (0, 0);
    for (name, document) in documents() {
        match stages::understand(document.as_bytes()) {
            Ok(ready) => {
                assert!(!ready.mapped.credentials.is_empty(), "{name}");
                assert!(ready.mapped.notices.is_empty(), "{name}");
                understood += 1;
            }
            Err(RecordError::Nothing(notices)) => {
                let reasons = [NoticeKind::NothingAwarded, NoticeKind::TypeNotSupported];
                let has_reason = notices.iter().any(|notice| reasons.contains(&notice.kind));
                assert!(has_reason, "{name}: {notices:?}");
                answered += 1;
            }
            Err(other) => panic!("{name}: {other}"),
        }
    }
    println!("{understood} became credentials, {answered} were answered with reasons");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_each_kind_goes_the_whole_way() {
    let documents = documents();
    for kind in KINDS {
        let document = documents.iter().find(|(name, _)| name.starts_with(kind));
        assert!(document.is_some() || documents.is_empty(), "{kind}");
        if let Some((name, document)) = document {
            go_the_whole_way(name, document).await;
        }
    }
}

async fn go_the_whole_way(name: &str, document: &str) {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(document).await;
    let held = wallet.credentials().unwrap();
    let recipient = scene.world.recipient().await.unwrap();
    let is_proof = |held: &HeldCredential| {
        CredentialType::from_vct(held.vct()).is_some_and(CredentialType::is_minimal_proof)
    };
    let certificate = held.iter().find(|held| !is_proof(held)).unwrap();
    let pending = stages::push(&recipient, certificate).await.unwrap();
    let open = wallet.open_request(pending.link()).await.unwrap();
    let chosen = stages::choose(&wallet, &open, Language::Fi).unwrap();
    let answered = (&recipient, &pending);
    let shared = stages::share(&mut scene.world, &wallet, &open, &chosen, answered).await;
    let (_approved, mut grant) = shared.unwrap();
    let report = stages::read(&scene.world, &recipient, &mut grant).await;
    let report = report.unwrap().unwrap();
    let text = report.to_text(Language::Fi);
    assert_eq!(report.verdict, Outcome::Valid, "{name}: {text}");

    let shown = report.credentials[0].claims.iter();
    let mut shown: Vec<_> = shown.map(|claim| claim.path.to_string()).collect();
    let left = chosen.items.iter().filter(|item| item.shared);
    let mut left: Vec<_> = left.map(|item| item.path.to_string()).collect();
    shown.sort();
    left.sort();
    assert_eq!(shown, left, "{name}: what left is what was read");
}
