use std::collections::BTreeSet;

use credential_core::text::Language;

use super::{catalog, sentence, source};
use crate::checks::{Outcome, Reason};

fn keys(language: Language) -> BTreeSet<&'static str> {
    source(language)
        .lines()
        .filter(|line| !line.starts_with([' ', '#', '*', '}']))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, _)| key)
        .collect()
}

/// The names that a message fills in.
fn arguments(language: Language, key: &str) -> BTreeSet<String> {
    let source = source(language);
    let at = source.find(&format!("\n{key} = ")).unwrap() + 1;
    let message = source[at..].split("\n\n").next().unwrap();
    let own = message
        .split_inclusive('\n')
        .enumerate()
        .take_while(|(line, text)| *line == 0 || text.starts_with([' ', '*', '}']));
    own.flat_map(|(_, text)| text.split('$').skip(1))
        .map(|rest| rest.chars().take_while(char::is_ascii_lowercase).collect())
        .collect()
}

#[test]
fn all_languages_have_the_same_messages_with_the_same_places() {
    let expected = keys(Language::En);
    assert!(expected.len() > 90);
    for language in Language::ALL {
        assert_eq!(keys(language), expected, "{language}");
        for key in &expected {
            assert!(
                catalog(language).has(key),
                "{language} {key} does not parse"
            );
            let places = arguments(Language::En, key);
            assert_eq!(arguments(language, key), places, "{language} {key}");
        }
    }
}

#[test]
fn every_reason_has_words_in_all_languages() {
    for reason in Reason::ALL {
        let key = format!("reason-{}", reason.code().replace('_', "-"));
        for language in Language::ALL {
            assert!(catalog(language).has(&key), "{language} {key}");
            let words = catalog(language).say(&key, &[]);
            assert!(
                !words.ends_with('.'),
                "{language} {key}: the full stop is added"
            );
            assert!(words.starts_with(char::is_lowercase), "{language} {key}");
        }
    }
}

#[test]
fn every_reason_in_the_translations_is_one_that_exists() {
    let known: BTreeSet<String> = Reason::ALL
        .iter()
        .map(|reason| format!("reason-{}", reason.code().replace('_', "-")))
        .collect();
    for key in keys(Language::En)
        .iter()
        .filter(|key| key.starts_with("reason-"))
    {
        assert!(known.contains(*key), "{key} is not used");
    }
}

#[test]
fn only_what_could_not_be_checked_says_that_it_could_not() {
    for reason in Reason::ALL {
        let key = format!("reason-{}", reason.code().replace('_', "-"));
        let says_so = catalog(Language::En)
            .say(&key, &[])
            .contains("could not check");
        assert_eq!(says_so, reason.outcome() == Outcome::CouldNotCheck, "{key}");
    }
}

#[test]
fn a_sentence_begins_with_a_capital_and_ends_with_a_full_stop() {
    assert_eq!(sentence("är det så"), "Är det så.");
    assert_eq!(sentence(""), ".");
}
