use proptest::prelude::*;

use super::{
    Amount, Attainment, AttainmentKind, LearningRecord, MAX_DEPTH, Person, RecordError,
    identity_code::{appears_in, birthdate},
};
use crate::text::Text;

fn nested(depth: usize) -> Attainment {
    let mut unit = Attainment::new(
        AttainmentKind::StudyAchievement,
        Text::default(),
        String::new(),
    );
    if depth > 1 {
        unit.parts.push(nested(depth - 1));
    }
    unit
}

fn record_of(attainments: Vec<Attainment>) -> Result<LearningRecord, RecordError> {
    LearningRecord::new("test", Person::default(), attainments, Vec::new(), b"raw")
}

#[test]
fn attainments_nested_too_deep_make_no_record() {
    assert!(record_of(vec![nested(MAX_DEPTH)]).is_ok());
    assert_eq!(
        record_of(vec![nested(MAX_DEPTH + 1)]).unwrap_err(),
        RecordError::TooDeep
    );
}

#[test]
fn too_many_attainments_make_no_record() {
    let many = vec![nested(1); super::MAX_ATTAINMENTS + 1];
    assert_eq!(record_of(many).unwrap_err(), RecordError::TooMany);
}

#[test]
fn a_record_shows_sizes_and_never_the_document_or_the_person() {
    let person = Person {
        family_name: Some("Esimerkki".into()),
        ..Person::default()
    };
    let record = LearningRecord::new("test", person, vec![], vec![], b"salaisuus").unwrap();
    let shown = format!("{record:?} {:?}", record.person());
    assert!(!shown.contains("Esimerkki") && !shown.contains("salaisuus"));
    assert!(shown.contains("raw_bytes: 9"));
    assert_eq!(record.raw(), b"salaisuus");
}

#[test]
fn an_amount_is_kept_in_its_shortest_form() {
    for (text, shortest) in [
        ("180", "180"),
        ("180.0", "180"),
        ("1.50", "1.5"),
        ("0.0", "0"),
        ("007", "7"),
        ("15e-1", "1.5"),
        ("1.8E+2", "180"),
    ] {
        assert_eq!(text.parse::<Amount>().unwrap().as_str(), shortest, "{text}");
    }
}

#[test]
fn an_amount_with_sign_words_or_too_many_digits_is_refused() {
    for text in [
        "",
        "-1",
        "+1",
        ".5",
        "5.",
        "1,5",
        "NaN",
        "1e99",
        "1e-9",
        "1e",
        "1234567890",
        "0.0000001",
    ] {
        assert!(text.parse::<Amount>().is_err(), "{text}");
    }
}

#[test]
fn amounts_are_added_exactly() {
    let sum = |texts: &[&str]| {
        let amounts: Vec<Amount> = texts.iter().map(|text| text.parse().unwrap()).collect();
        Amount::sum(&amounts).map(|sum| sum.to_string())
    };
    assert_eq!(sum(&["0.1", "0.2"]).as_deref(), Some("0.3"));
    assert_eq!(sum(&["4.5", "6", "1.5"]).as_deref(), Some("12"));
    assert_eq!(sum(&["999999999", "1"]), None);
    assert_eq!(sum(&[]), None);
}

#[test]
fn an_amount_reaches_what_is_not_more_than_it() {
    let reaches = |text: &str, whole| text.parse::<Amount>().unwrap().is_at_least(whole);
    assert!(reaches("60", 60) && reaches("60.5", 60) && reaches("999999999", u32::MAX / 5));
    assert!(!reaches("59.999999", 60) && !reaches("0", 1));
    assert!(reaches("0", 0));
}

#[test]
fn the_birth_date_comes_from_a_correct_code_of_any_century() {
    let date = |code| birthdate(code).map(|date| date.to_string());
    assert_eq!(date("010203A9024").as_deref(), Some("2003-02-01"));
    assert_eq!(date("010203-9013").as_deref(), Some("1903-02-01"));
    assert_eq!(date("010203+9013").as_deref(), Some("1803-02-01"));
    assert_eq!(date("010203U9013").as_deref(), Some("1903-02-01"));
    assert_eq!(date("010203-9014"), None, "wrong check character");
    assert_eq!(date("310203-9013"), None, "no such day");
    assert_eq!(date("010203G9013"), None, "no such century");
}

#[test]
fn an_identity_code_is_found_inside_other_text() {
    for text in [
        "010203-9013",
        "Aino (010203a9024)",
        "x, 010203+901x.",
        "ä010203-9013ä",
    ] {
        assert!(appears_in(text), "{text}");
    }
    for text in [
        "1.2.246.562.10.52251087186",
        "1234567-8",
        "OPH-58-2021",
        "2024-01-31",
        "450203-9013",
        "0102039013",
        "7010203-90134",
    ] {
        assert!(!appears_in(text), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_an_amount_or_an_error(text in "[0-9.eE+-]{0,40}|\\PC{0,20}") {
        if let Ok(amount) = text.parse::<Amount>() {
            prop_assert_eq!(amount.as_str().parse::<Amount>(), Ok(amount.clone()));
        }
    }

    #[test]
    fn an_identity_code_is_found_after_and_before_any_other_text(
        before in "(\\PC{0,30}[^0-9A-Za-z])?",
        after in "([^0-9A-Za-z]\\PC{0,30})?",
    ) {
        let text = format!("{before}010203-9013{after}");
        prop_assert!(appears_in(&text));
    }

    #[test]
    fn whatever_gives_a_birth_date_is_recognised_as_an_identity_code(
        text in "[0-3][0-9][01][0-9]{3}[-+A-Fa-f][0-9]{3}[0-9A-Y]|\\PC{0,20}"
    ) {
        if birthdate(&text).is_some() {
            prop_assert!(appears_in(&text));
        }
    }
}
