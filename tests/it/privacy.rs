//! Canaries: values that exist nowhere else, looked for everywhere they must not be.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use credential_core::text::Language;
use osaamislompakko::stages;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{SAMPLE, Scene};

/// Replaces family name and title of the sample by canaries.
fn record_with_canaries() -> String {
    let record = SAMPLE
        .replace("Esimerkki-Lahti", FAMILY_NAME)
        .replace("Grundexamen inom social- och hälsovårdsbranschen", TITLE);
    assert!(record.contains(FAMILY_NAME) && record.contains(TITLE));
    record
}

const FAMILY_NAME: &str = "Kanarialinnunlaulu-Zyx";
const TITLE: &str = "Kanariefågelsångkunnande Qvw";

/// A canary as text, and as it shows inside base64url at each of the three alignments.
fn shapes(canary: &str) -> Vec<Vec<u8>> {
    let mut shapes = vec![canary.as_bytes().to_vec()];
    for shift in 0..3 {
        let shifted = [vec![b'-'; shift], canary.as_bytes().to_vec()].concat();
        let encoded = URL_SAFE_NO_PAD.encode(&shifted);
        // The first and last characters depend on what stands around the canary.
        shapes.push(encoded.as_bytes()[4..encoded.len() - 4].to_vec());
    }
    shapes
}

fn contains(bytes: &[u8], canary: &str) -> bool {
    shapes(canary)
        .iter()
        .any(|shape| bytes.windows(shape.len()).any(|window| window == shape))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Everything any server logs, at the finest level.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[test]
fn the_search_finds_a_canary_in_text_and_in_base64url() {
    for padding in ["", "a", "ab"] {
        let text = format!("{padding}…{FAMILY_NAME}…");
        assert!(contains(text.as_bytes(), FAMILY_NAME));
        assert!(
            contains(URL_SAFE_NO_PAD.encode(&text).as_bytes(), FAMILY_NAME),
            "{padding}"
        );
    }
    assert!(!contains(SAMPLE.as_bytes(), FAMILY_NAME));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_value_of_the_credential_is_in_any_broker_file_log_line_or_error() {
    let logs = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(logs.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(&record_with_canaries()).await;
    let mut shared = scene.shared(&wallet).await;
    let report = stages::read(&scene.world, &shared.recipient, &mut shared.grant)
        .await
        .unwrap();
    let report = report.unwrap();
    let text = report.to_text(Language::Sv);
    assert!(
        text.contains(TITLE) && text.contains(FAMILY_NAME),
        "the recipient reads them: {text}"
    );
    assert!(
        !format!("{report:?}").contains(TITLE),
        "and shows them to nobody by accident"
    );
    wallet.stop(shared.approved.grant_id).await.unwrap();
    let refused = stages::read(&scene.world, &shared.recipient, &mut shared.grant)
        .await
        .unwrap();
    let refusal = format!("{refused:?}");

    let logs = logs.0.lock().unwrap().clone();
    let said = String::from_utf8_lossy(&logs);
    assert!(
        said.contains("an offer was made"),
        "something was captured: {said}"
    );
    for canary in [FAMILY_NAME, TITLE] {
        assert!(!contains(refusal.as_bytes(), canary));
        assert!(!contains(&logs, canary), "a log line holds {canary}");
        for file in files(&scene.world.folder().join("broker")) {
            assert!(
                !contains(&fs::read(&file).unwrap(), canary),
                "{}",
                file.display()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wallets_files_show_no_name_no_issuer_and_no_claim() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(&record_with_canaries()).await;
    scene.shared(&wallet).await;
    wallet.sync_log(&scene.world.broker().issuer).await.unwrap();
    let issuer = scene.world.servers()[1].url().to_owned();
    let broker = scene.world.broker().issuer.clone();
    let hidden = [
        FAMILY_NAME,
        TITLE,
        &issuer,
        &broker,
        "Lumo Hoiva",
        "lumohoiva",
        "qualification",
        "2006-03-14",
    ];
    let files = files(&scene.world.folder().join("wallet"));
    assert!(files.len() > 1, "{files:?}");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for text in hidden {
            assert!(!contains(&bytes, text), "{} holds {text}", file.display());
            let name = file.to_string_lossy();
            let own = name.rsplit("/wallet/").next().unwrap();
            assert!(!own.contains(text), "{own}");
        }
    }
}
