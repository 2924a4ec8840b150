use std::collections::BTreeSet;

use credential_core::text::Language;
use serde_json::json;

use super::Words;

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
fn every_message_exists_in_all_three_languages() {
    let english = ids(include_str!("../../translations/en.ftl"));
    assert!(english.len() > 60);
    assert_eq!(english, ids(include_str!("../../translations/fi.ftl")));
    assert_eq!(english, ids(include_str!("../../translations/sv.ftl")));
    for language in Language::ALL {
        let words = Words::new(language);
        for id in &english {
            assert!(words.has(id), "{language} does not parse {id}");
        }
    }
}

#[test]
fn plural_forms_follow_the_number() {
    let words = Words::new(Language::Fi);
    let ask = |count| {
        words.say(
            "share-question",
            &[("count", count), ("name", "X"), ("date", "1.1.2027")],
        )
    };
    assert_eq!(
        ask("1"),
        "Jaa tämä 1 tieto vastaanottajalle X 1.1.2027 asti?"
    );
    assert_eq!(
        ask("5"),
        "Jaa nämä 5 tietoa vastaanottajalle X 1.1.2027 asti?"
    );
}

#[test]
fn a_title_is_shown_in_the_persons_language() {
    let title = json!({"fi": "Lähihoitaja", "sv": "Närvårdare"});
    assert_eq!(Words::new(Language::Sv).value(&title), "Närvårdare");
    assert_eq!(Words::new(Language::En).value(&title), "Lähihoitaja");
    assert_eq!(
        Words::new(Language::En).value(&json!({"amount": "180", "unit": "osp"})),
        "180 osp"
    );
}

#[test]
fn a_fact_is_yes_or_no_and_a_name_in_another_language_says_in_which() {
    let say = |language, value| Words::new(language).value(&value);
    assert_eq!(say(Language::Fi, json!(true)), "kyllä");
    assert_eq!(say(Language::Sv, json!(false)), "nej");
    assert_eq!(
        say(Language::En, json!({"name": {"de": "Waldschule"}})),
        "de: Waldschule"
    );
}

#[test]
fn a_look_that_was_refused_to_a_suspended_organisation_is_told_as_such() {
    use credential_core::access_log::{Entry, Kind, Outcome};
    let entry = |outcome| Entry {
        log_id: String::new(),
        seq: 0,
        at: chrono::DateTime::UNIX_EPOCH,
        kind: Kind::ReadRefused,
        outcome,
        grant_id: credential_core::id::GrantId::from_bytes([1; 16]),
        legal_basis: credential_core::consent::details::LegalBasis::Consent,
        recipient: "Lumo".into(),
        details_hash: None,
        deposit_hash: None,
        salt: String::new(),
    };
    for language in Language::ALL {
        let words = Words::new(language);
        let told = |outcome| words.entry(&entry(outcome), None);
        let plain = words.say("log-read_refused", &[]);
        assert!(told(Outcome::GrantEnded).ends_with(&plain));
        let suspended = words.say("log-read_refused-recipient_suspended", &[]);
        assert!(told(Outcome::RecipientSuspended).ends_with(&suspended));
        assert!(suspended.starts_with(&plain) && suspended.len() > plain.len());
    }
}
