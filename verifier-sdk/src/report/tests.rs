use credential_core::{status_list::Status, text::Language};
use serde_json::{Value, json};

use crate::{
    Report,
    checks::{Check, Outcome, Reason},
    test_support::{Deposit, Recipe, World, noon},
};

async fn report(world: &World, deposit: &Deposit) -> Report {
    let sealed = deposit.seal(world);
    let expected = deposit.expectation();
    let opened = crate::SealedDeposit::parse(&sealed)
        .unwrap()
        .open(&world.recipient, &expected, noon())
        .unwrap();
    let verifier = world.verifier();
    verifier
        .verify_presentation(&opened, &expected)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_employer_reads_four_answers_and_what_was_shared() {
    let world = World::new();
    let mut deposit = world.deposit();
    deposit.disclose.push("skills");
    let text = report(&world, &deposit).await.to_text(Language::Fi);
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn the_verdict_stands_first_in_the_readers_language() {
    let world = World::new();
    let deposit = world.deposit();
    let first = async |language| {
        let text = report(&world, &deposit).await.to_text(language);
        text.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        first(Language::Sv).await,
        "I sin ordning: äkta, giltigt och avsett för er"
    );
    assert_eq!(
        first(Language::En).await,
        "All in order: genuine, valid and meant for you"
    );
    world.publish_status(5, Status::Invalid);
    assert_eq!(
        first(Language::Fi).await,
        "Ei kelpaa: todistuksen antaja on perunut sen. Pyydä henkilöltä uusi."
    );
    world.published.withdraw();
    assert_eq!(
        first(Language::Fi).await,
        "Emme voineet tarkistaa, onko todistus peruttu. Yritä myöhemmin."
    );
}

#[tokio::test]
async fn a_credential_that_was_not_addressed_is_not_called_meant_for_us() {
    let world = World::new();
    let credential = world.issue(&Recipe::default());
    let (report, _) = world
        .verifier()
        .verify_credential(&credential)
        .await
        .unwrap();
    assert!(
        report
            .to_text(Language::En)
            .starts_with("All in order: genuine and valid\n")
    );
}

#[tokio::test]
async fn the_json_form_is_named_and_stable() {
    let world = World::new();
    let json = serde_json::to_value(report(&world, &world.deposit()).await).unwrap();
    assert_eq!(json["schema"], "verify.report/1");
    assert_eq!(json["verdict"], "valid");
    assert_eq!(json["checked_at"], "2026-05-29T12:00:00Z");
    assert_eq!(json["share"]["retention"], "P90D");
    let degree = &json["credentials"][0];
    assert_eq!(degree["id"], "degree");
    assert_eq!(degree["type"]["name"]["sv"], "Examen");
    assert_eq!(degree["issuer"]["id"], "https://opisto.example");
    assert_eq!(
        degree["claims"][0],
        json!({
            "path": ["family_name"],
            "label": {"fi": "Sukunimi", "sv": "Efternamn", "en": "Family name"},
            "value": "Esimerkki-Lahti"
        })
    );
    assert_eq!(
        degree["checks"][1],
        json!({"question": "unchanged", "what": "signature", "outcome": "valid",
            "reason": "signature_valid", "at": "2026-05-29T12:00:00Z"})
    );
    let members: Vec<&String> = degree.as_object().unwrap().keys().collect();
    assert!(!members.contains(&&"cnf".to_owned()));
    let paths = |claim: &Value| claim["path"][0].as_str().unwrap().to_owned();
    let shown: Vec<String> = degree["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(paths)
        .collect();
    assert_eq!(shown, ["family_name", "given_name", "title"]);
}

#[tokio::test]
async fn a_name_in_none_of_our_languages_is_shown_with_its_own() {
    let world = World::new();
    let mut claims = Recipe::default().claims;
    claims["title"] = json!({"de": "Forstwirt"});
    claims["awarding_body"] = json!({"name": {"und": "Waldschule"}, "oid": "1.2.246.562.10.1"});
    claims["skills"] = json!([{"title": {"smn": "Kuávsui"}}]);
    let recipe = Recipe {
        claims,
        ..Recipe::default()
    };
    let verified = world
        .verifier()
        .verify_credential(&world.issue(&recipe))
        .await;
    let text = verified.unwrap().0.to_text(Language::En);
    for line in [
        "  Qualification: Forstwirt (de)\n",
        "    Name of the organisation: Waldschule (und)\n",
        "    - Name of the skill: Kuávsui (smn)\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test]
async fn text_in_a_credential_cannot_steer_a_terminal() {
    let world = World::new();
    let mut claims = Recipe::default().claims;
    claims["family_name"] = json!("A\u{1b}[2J\u{202e}B\nKunnossa");
    let mut deposit = world.deposit();
    let recipe = Recipe {
        claims,
        ..Recipe::default()
    };
    deposit.credentials = vec![("degree".into(), world.issue(&recipe))];
    let text = report(&world, &deposit).await.to_text(Language::Fi);
    let steering = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
    assert!(!text.contains(steering), "{text:?}");
    assert!(text.contains("Sukunimi: A\u{fffd}[2J\u{fffd}B\u{fffd}Kunnossa\n"));
}

#[tokio::test]
async fn a_log_line_of_a_report_shows_no_value() {
    let world = World::new();
    let shown = format!("{:?}", report(&world, &world.deposit()).await);
    assert!(shown.contains("family_name") && !shown.contains("Esimerkki-Lahti"));
}

#[test]
fn a_report_without_checks_is_not_valid() {
    assert_eq!(
        Report::new(noon(), vec![], None, vec![]).verdict,
        Outcome::CouldNotCheck
    );
    let checks = vec![Check::new(Reason::DecisionSigned, noon())];
    assert_eq!(
        Report::new(noon(), checks, None, vec![]).verdict,
        Outcome::Valid
    );
}
