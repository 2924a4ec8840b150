//! One journey wholly in Swedish, and the three catalogues of the demonstration held together.

use std::collections::BTreeSet;

use credential_core::{catalog::Catalog, text::Language};
use osaamislompakko::stages;
use wallet_core::words::Words;

use crate::support::{SAMPLE, Scene};

const CATALOGUES: [(Language, &str); 3] = [
    (Language::Fi, include_str!("../../translations/fi.ftl")),
    (Language::Sv, include_str!("../../translations/sv.ftl")),
    (Language::En, include_str!("../../translations/en.ftl")),
];

fn ids(source: &str) -> BTreeSet<&str> {
    let names = source
        .lines()
        .filter_map(|line| line.split_once(" ="))
        .map(|(id, _)| id);
    names
        .filter(|id| id.starts_with(|c: char| c.is_ascii_lowercase()))
        .collect()
}

#[test]
fn the_demonstration_says_the_same_things_in_three_languages() {
    let english = ids(CATALOGUES[2].1);
    assert!(english.len() > 40);
    for (language, source) in CATALOGUES {
        assert_eq!(ids(source), english, "{language}");
        let catalog = Catalog::new(language, source);
        assert!(english.iter().all(|id| catalog.has(id)), "{language}");
    }
}

#[test]
fn every_notice_about_a_record_has_words() {
    for (language, source) in CATALOGUES {
        let catalog = Catalog::new(language, source);
        for fixture in [
            "nothing-awarded",
            "unsupported-type",
            "basic-education-support",
        ] {
            let path = format!(
                "{}/tests/fixtures/koski/{fixture}.json",
                env!("CARGO_MANIFEST_DIR")
            );
            let notices = match stages::understand(&std::fs::read(path).unwrap()) {
                Ok(understood) => understood.record.notices().to_vec(),
                Err(stages::RecordError::Nothing(notices)) => notices,
                Err(other) => panic!("{fixture}: {other}"),
            };
            assert!(!notices.is_empty(), "{fixture}");
            for notice in notices {
                let id = format!("notice-{}", notice.kind.code());
                assert!(catalog.has(&id), "{language}: {id}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hela_resan_pa_svenska() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let words = Words::new(Language::Sv);
    let held = wallet.credentials().unwrap();
    let examen = held
        .iter()
        .find(|c| c.vct().contains("/qualification/"))
        .unwrap();
    assert_eq!(
        words.text(examen.issuer_name()),
        "Yrkesinstitutet i Lehtoranta"
    );

    let (recipient, pending) = scene.pushed(&wallet).await;
    let open = wallet.open_request(pending.link()).await.unwrap();
    let chosen = stages::choose(&wallet, &open, Language::Sv).unwrap();
    let seen = words.request(&open, &chosen.items, chosen.until).join("\n");
    for sentence in [
        "Lumo Hoiva Ab ber om dina uppgifter",
        "Varför: Kontroll av behörighet vid rekrytering",
        "Du kan fritt säga nej.",
        "Grundexamen inom social- och hälsovårdsbranschen (behövs)",
        "du kan lämna bort detta; nu lämnas det bort",
        "Hur länge: till 28.7.2026",
    ] {
        assert!(seen.contains(sentence), "{sentence} saknas i:\n{seen}");
    }

    let answered = (&recipient, &pending);
    let (approved, mut grant) = stages::share(&mut scene.world, &wallet, &open, &chosen, answered)
        .await
        .unwrap();
    let report = stages::read(&scene.world, &recipient, &mut grant)
        .await
        .unwrap()
        .unwrap();
    let text = report.to_text(Language::Sv);
    assert!(text.contains("I sin ordning"), "{text}");
    assert!(text.contains("Yrkesinstitutet i Lehtoranta"), "{text}");
    assert!(
        text.contains("Grundexamen inom social- och hälsovårdsbranschen"),
        "{text}"
    );

    let log = wallet.sync_log(&scene.world.broker().issuer).await.unwrap();
    let name = words.text(&open.request().recipient().name);
    let read = words.entry(log.new.last().unwrap(), Some(name));
    assert!(
        read.contains("Lumo Hoiva Ab: tittade på dina uppgifter"),
        "{read}"
    );
    let stopped = wallet.stop(approved.grant_id).await.unwrap();
    assert!(
        words.share(&stopped).contains("(stoppad)"),
        "{}",
        words.share(&stopped)
    );
    for finnish in ["tietojasi", "Miksi", "todistus", "jakaminen"] {
        assert!(
            !seen.contains(finnish) && !text.contains(finnish),
            "{finnish}"
        );
    }
}
