//! Names in languages that the product does not speak.

use credential_core::{
    credential::CredentialType,
    record::{Attainment, LocalText, Organisation},
    text::Text,
};
use serde_json::json;

use super::{achievement, credentials, of_type, record_of};

fn in_language(language: &str, text: &str) -> LocalText {
    LocalText {
        language: language.into(),
        text: text.into(),
    }
}

fn named(others: Vec<LocalText>) -> Attainment {
    Attainment {
        title: Text::default(),
        other_titles: others,
        ..achievement("x")
    }
}

#[test]
fn a_title_in_none_of_our_languages_says_in_which_it_is() {
    for (said, tag) in [
        ("de", "de"),
        ("DE_at", "de-AT"),
        ("smn", "smn"),
        ("", "und"),
        ("deutsch", "und"),
        ("de-x-what-else", "und"),
    ] {
        let others = vec![
            in_language(said, "Waldkunde"),
            in_language("pl", "Leśnictwo"),
        ];
        let mapped = credentials(&record_of(named(others)));
        let claims = of_type(&mapped, CredentialType::StudyAchievement).claims();
        assert_eq!(claims["title"], json!({tag: "Waldkunde"}), "{said}");
        assert_eq!(mapped.notices, []);
    }
}

#[test]
fn a_title_in_our_languages_goes_alone() {
    let both = Attainment {
        other_titles: vec![in_language("de", "Waldkunde")],
        ..achievement("Metsätiede")
    };
    let mapped = credentials(&record_of(both));
    let claims = mapped.credentials[0].claims();
    assert_eq!(claims["title"], json!({"fi": "Metsätiede"}));
}

#[test]
fn parts_wholes_and_organisations_are_named_in_their_language_too() {
    let mut whole = named(vec![in_language("de", "Forstwirtschaft")]);
    let mut middle = named(vec![in_language("de", "Modul")]);
    middle.parts = vec![named(vec![in_language("", "Kurs")])];
    whole.parts = vec![middle];
    whole.awarding_body = Some(Organisation {
        other_names: vec![in_language("de", "Waldschule")],
        ..Organisation::default()
    });
    let mapped = credentials(&record_of(whole));
    let transcript = of_type(&mapped, CredentialType::Transcript).claims();
    assert_eq!(transcript["title"], json!({"de": "Forstwirtschaft"}));
    assert_eq!(
        transcript["awarding_body"],
        json!({"name": {"de": "Waldschule"}})
    );
    assert_eq!(
        transcript["achievements"],
        json!([
            {"title": {"de": "Modul"}},
            {"title": {"und": "Kurs"}, "part_of": {"de": "Modul"}},
        ])
    );
}
