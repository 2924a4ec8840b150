use credential_core::{credential::CredentialType, text::Language};
use serde_json::{Value, json};

use crate::test_support::Parties;

fn title_of(claims: &Value) -> Option<String> {
    let vct = CredentialType::Qualification.vct();
    let (held, _key) = Parties::new().held_of(vct, claims, &[]);
    held.title(Language::Sv)
}

#[test]
fn a_title_is_told_in_the_persons_language_or_the_next_best() {
    let title = |title: Value| title_of(&json!({"title": title}));
    assert_eq!(
        title(json!({"fi": "Metsuri", "sv": "Skogsarbetare"})).as_deref(),
        Some("Skogsarbetare")
    );
    assert_eq!(title(json!({"fi": "Metsuri"})).as_deref(), Some("Metsuri"));
    assert_eq!(
        title(json!({"de": "Forstwirt"})).as_deref(),
        Some("Forstwirt")
    );
    assert_eq!(
        title(json!({"fi": "Metsuri", "de": "Forstwirt"})).as_deref(),
        Some("Metsuri")
    );
    assert_eq!(title(json!({})), None);
    assert_eq!(title_of(&json!({"enrolled": true})), None);
}

#[test]
fn claims_are_told_in_the_order_of_their_type_and_others_last() {
    let claims = json!({
        "credits_at_least_120": false, "credits_at_least_15": true, "credits_at_least_5": true,
        "family_name": "Näyte", "another": "x"
    });
    let vct = CredentialType::MinimumCredits.vct();
    let (held, _key) = Parties::new().held_of(vct, &claims, &[]);
    let labels: Vec<_> = held
        .lines(Language::Fi)
        .into_iter()
        .map(|line| line.label)
        .collect();
    assert_eq!(
        labels,
        [
            "Sukunimi",
            "Vähintään 5 opintopistettä",
            "Vähintään 15 opintopistettä",
            "Vähintään 120 opintopistettä",
            "another"
        ]
    );
}
