//! Offers and what their codes become.

use chrono::TimeDelta;
use credential_core::{
    credential::CredentialType,
    network::Network,
    oid4vci::offer::{CredentialOffer, OfferLink},
};
use reqwest::Method;
use serde_json::Value;

use super::world::{Answer, World, claims};
use crate::server::{Confirmation, HolderMatch, OfferRefused};

const DEGREE: &[CredentialType] = &[CredentialType::Qualification, CredentialType::Transcript];

#[tokio::test]
async fn c03_offer_link_carries_exactly_one_reference_to_a_complete_offer() {
    let world = World::new().await;
    let made = world.offer(DEGREE);
    let OfferLink::Reference(uri) = OfferLink::parse(&made.link).unwrap() else {
        panic!("the link refers to the offer");
    };
    assert_eq!(uri, format!("{}/offers/{}", world.identifier, made.id));
    let answer = world.get(&format!("/offers/{}", made.id)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    let offer: CredentialOffer = serde_json::from_value(answer.body).unwrap();
    offer.check().unwrap();
    assert_eq!(offer.credential_issuer, world.identifier);
    assert_eq!(
        offer.credential_configuration_ids,
        ["qualification", "transcript"]
    );
    let tx_code = offer.grants.pre_authorized.unwrap().tx_code.unwrap();
    assert_eq!(
        (tx_code.input_mode.as_deref(), tx_code.length),
        (Some("numeric"), Some(6))
    );
    assert!(tx_code.description.unwrap().chars().count() <= 300);
}

#[tokio::test]
async fn c04_an_offer_with_tx_code_demands_it() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let code = world.code(&offer).await;
    for missing in [None, Some("")] {
        let answer = world.redeem(&code, missing).await;
        assert_eq!(answer.shown(), "400 invalid_request (tx_code_missing)");
    }
    let answer = world.redeem(&code, offer.tx_code.as_deref()).await;
    assert_eq!(answer.status, 200, "a missing code is no try");
}

#[tokio::test]
async fn c04_an_offer_without_tx_code_refuses_one() {
    let world = World::new().await;
    let offer = world.offer_with(DEGREE, Confirmation::LinkAlone);
    assert_eq!(offer.tx_code, None);
    let shown = world.get(&format!("/offers/{}", offer.id)).await;
    assert!(!shown.text.contains("tx_code"), "{}", shown.text);
    let code = world.code(&offer).await;
    let answer = world.redeem(&code, Some("123456")).await;
    assert_eq!(answer.shown(), "400 invalid_request (tx_code_not_expected)");
    assert_eq!(world.redeem(&code, None).await.status, 200);
}

#[tokio::test]
async fn token_answer_is_a_bearer_token_of_five_minutes_that_nobody_keeps() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let code = world.code(&offer).await;
    let answer = world.redeem(&code, offer.tx_code.as_deref()).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let token = answer.body["access_token"].as_str().unwrap();
    assert!(token.len() > 60);
    assert_eq!(
        answer.text.replace(token, "…"),
        r#"{"access_token":"…","token_type":"Bearer","expires_in":300}"#
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c05_fifty_redemptions_at_once_give_exactly_one_token() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let code = world.code(&offer).await;
    let form = [
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        ),
        ("pre-authorized_code", code.as_str()),
        ("tx_code", offer.tx_code.as_deref().unwrap()),
    ];
    let racers: Vec<_> = (0..50)
        .map(|_| {
            tokio::spawn(Answer::to(
                world.request(Method::POST, "/token").form(&form),
            ))
        })
        .collect();
    let mut outcomes = Vec::new();
    for racer in racers {
        outcomes.push(racer.await.unwrap().shown());
    }
    outcomes.sort();
    assert_eq!(
        outcomes
            .iter()
            .filter(|shown| shown.starts_with("200"))
            .count(),
        1
    );
    let refused = outcomes
        .iter()
        .filter(|shown| *shown == "400 invalid_grant (offer_dead)");
    assert_eq!(refused.count(), 49);
}

#[tokio::test]
async fn c05_used_expired_and_unknown_codes_are_answered_alike() {
    let world = World::new().await;
    let used = world.offer(DEGREE);
    let used_code = world.code(&used).await;
    world.redeem(&used_code, used.tx_code.as_deref()).await;
    let late = world.offer(DEGREE);
    let late_code = world.code(&late).await;
    world.clock.advance(TimeDelta::minutes(10));
    for (code, tx_code) in [
        (used_code.as_str(), used.tx_code.as_deref()),
        (late_code.as_str(), late.tx_code.as_deref()),
        ("bm90aGluZw", Some("123456")),
        ("*", Some("123456")),
    ] {
        let answer = world.redeem(code, tx_code).await;
        assert_eq!(answer.shown(), "400 invalid_grant (offer_dead)", "{code}");
    }
    for id in [used.id.to_string(), late.id.to_string(), "x".into()] {
        let answer = world.get(&format!("/offers/{id}")).await;
        assert_eq!(answer.shown(), "404 invalid_request (offer_dead)");
    }
}

#[tokio::test]
async fn c05_a_code_lives_until_its_last_second() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let code = world.code(&offer).await;
    world.clock.advance(TimeDelta::seconds(599));
    assert_eq!(
        world.redeem(&code, offer.tx_code.as_deref()).await.status,
        200
    );
}

#[tokio::test]
async fn c05_a_code_cannot_be_made_from_the_offers_id() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let code = world.code(&offer).await;
    let (start, end) = code.split_at(code.len() - 2);
    let other = if end == "AA" { "Ag" } else { "AA" };
    let answer = world
        .redeem(&format!("{start}{other}"), offer.tx_code.as_deref())
        .await;
    assert_eq!(answer.shown(), "400 invalid_grant (offer_dead)");
    assert_eq!(
        world.redeem(&code, offer.tx_code.as_deref()).await.status,
        200
    );
}

#[tokio::test]
async fn c06_five_wrong_codes_kill_the_offer_and_a_wrong_code_is_not_a_dead_one() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let code = world.code(&offer).await;
    let right = offer.tx_code.as_deref().unwrap();
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    for _try in 1..5 {
        let answer = world.redeem(&code, Some(wrong)).await;
        assert_eq!(answer.shown(), "400 invalid_grant (tx_code_wrong)");
    }
    for tx_code in [wrong, right, wrong] {
        let answer = world.redeem(&code, Some(tx_code)).await;
        assert_eq!(answer.shown(), "400 invalid_grant (offer_dead)");
    }
}

#[tokio::test]
async fn c06_four_wrong_codes_and_the_right_one_still_work() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let code = world.code(&offer).await;
    for wrong in ["0", "00000000000", " 12345", "abcdef"] {
        let answer = world.redeem(&code, Some(wrong)).await;
        assert_eq!(
            answer.shown(),
            "400 invalid_grant (tx_code_wrong)",
            "{wrong}"
        );
    }
    assert_eq!(
        world.redeem(&code, offer.tx_code.as_deref()).await.status,
        200
    );
}

#[tokio::test]
async fn forms_are_read_strictly() {
    let world = World::new().await;
    let send = |body: &str, media_type: &str| {
        let request = world.request(Method::POST, "/token");
        Answer::to(
            request
                .header("content-type", media_type)
                .body(body.to_owned()),
        )
    };
    let form = "application/x-www-form-urlencoded";
    let grant = "grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code";
    for (body, media_type, expected) in [
        (
            "grant_type=a&grant_type=a",
            form,
            "400 invalid_request (parameter_repeated)",
        ),
        (
            "grant_type=a&x=1&x=",
            form,
            "400 invalid_request (parameter_repeated)",
        ),
        (
            &"a&b&c&d&e&f&g&h&".repeat(5),
            form,
            "400 invalid_request (parameter_repeated)",
        ),
        (
            grant,
            "application/json",
            "400 invalid_request (not_a_form)",
        ),
        (grant, form, "400 invalid_request (code_missing)"),
        (
            grant,
            "Application/X-WWW-Form-Urlencoded; charset=utf-8",
            "400 invalid_request (code_missing)",
        ),
        (
            "grant_type=authorization_code&code=x",
            form,
            "400 invalid_grant (code_dead)",
        ),
        (
            "grant_type=refresh_token&refresh_token=x",
            form,
            "400 unsupported_grant_type (grant_type_unsupported)",
        ),
        (
            "",
            form,
            "400 unsupported_grant_type (grant_type_unsupported)",
        ),
    ] {
        assert_eq!(send(body, media_type).await.shown(), expected, "{body}");
    }
    let many: Vec<_> = (0..33).map(|n| format!("p{n}=1")).collect();
    let answer = send(&many.join("&"), form).await;
    assert_eq!(answer.shown(), "400 invalid_request (too_many_parameters)");
    let large = format!("{grant}&pre-authorized_code={}", "a".repeat(70_000));
    assert_eq!(
        send(&large, form).await.shown(),
        "413 invalid_request (body_unreadable)"
    );
}

#[tokio::test]
async fn credentials_of_the_same_type_stand_in_different_offers() {
    let world = World::new().await;
    let badge = || claims(CredentialType::SkillBadge);
    let credentials = vec![
        badge(),
        claims(CredentialType::Qualification),
        badge(),
        badge(),
    ];
    let offers = world
        .state
        .offer(
            credentials,
            HolderMatch::SchoolAccount,
            Confirmation::TransactionCode,
        )
        .unwrap();
    let types: Vec<_> = offers
        .iter()
        .map(|offer| offer.credential_types.len())
        .collect();
    assert_eq!(types, [2, 1, 1]);
    let codes: std::collections::HashSet<_> = offers.iter().map(|offer| &offer.link).collect();
    assert_eq!(codes.len(), 3);
}

#[tokio::test]
async fn what_cannot_be_offered_is_refused_before_anything_is_kept() {
    let world = World::new().await;
    let by = Confirmation::TransactionCode;
    let nothing = world.state.offer(vec![], HolderMatch::InPerson, by);
    assert_eq!(nothing, Err(OfferRefused::Nothing));
    let many = vec![claims(CredentialType::SkillBadge); 401];
    let refused = world.state.offer(many, HolderMatch::InPerson, by);
    assert_eq!(refused, Err(OfferRefused::TooMany));
    let body: Value = serde_json::json!({"title": {"fi": "Opinnot"}, "state": "active"});
    let past = credential_core::credential::CredentialClaims::new(
        CredentialType::Enrolment,
        body.as_object().unwrap().clone(),
        "2026-05-28".parse().ok(),
    )
    .unwrap();
    let refused = world.state.offer(vec![past], HolderMatch::InPerson, by);
    assert_eq!(
        refused,
        Err(OfferRefused::Expired(CredentialType::Enrolment))
    );
    assert_eq!(world.state.profile().network(), Network::Loopback);
}
