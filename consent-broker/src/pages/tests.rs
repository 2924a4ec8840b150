use axum::http::{HeaderMap, HeaderValue, header::ACCEPT_LANGUAGE};
use credential_core::text::Language;

use super::{CATALOGS, language};

mod qr;

const SOURCES: [&str; 3] = [
    include_str!("../../translations/fi.ftl"),
    include_str!("../../translations/sv.ftl"),
    include_str!("../../translations/en.ftl"),
];

fn ids(source: &str) -> Vec<&str> {
    source
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(id, _)| id)
        .collect()
}

#[test]
fn every_language_has_every_message_and_every_message_is_used() {
    let [fi, sv, en] = SOURCES.map(ids);
    assert_eq!(fi, sv);
    assert_eq!(fi, en);
    let code = [
        include_str!("../pages.rs"),
        include_str!("cross_device.rs"),
        include_str!("recipient.rs"),
        include_str!("recipient/uses.rs"),
    ]
    .concat();
    for id in fi {
        assert!(CATALOGS.iter().all(|catalog| catalog.has(id)), "{id}");
        assert!(code.contains(&format!("\"{id}\"")), "{id} is not used");
    }
}

#[test]
fn the_language_is_the_first_known_one_that_is_asked_for() {
    let accepting = |value: &'static str| {
        HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(value))])
    };
    let nothing = HeaderMap::new();
    assert_eq!(language(Some("de sv-FI fi"), &nothing), Language::Sv);
    assert_eq!(
        language(None, &accepting("de, en;q=0.4, fi;q=0.9")),
        Language::Fi
    );
    assert_eq!(language(Some("fi"), &accepting("sv")), Language::Fi);
    assert_eq!(language(Some("xx"), &accepting("*;q=x")), Language::En);
}
