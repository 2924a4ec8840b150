//! Whoever would like to be a member of a federation: no way makes it one, and none leads far.

use credential_core::{encoding::base64url, federation::configuration_address};
use serde_json::{Value, json};

use super::{
    Entity, Federation, RegistryKind, STATEMENT, STRANGER, TYP, detail, of_issuer,
    statement_address,
};
use crate::checks::{Outcome, Reason, What};

/// The chain is broken, for this reason; nobody is trusted, and the federation is named.
async fn assert_broken(federation: &Federation, expected: &str) {
    federation.publish();
    assert_refused(federation, expected).await;
}

async fn assert_refused(federation: &Federation, expected: &str) {
    let verifier = super::verifier(
        &federation.world,
        &federation.config(),
        federation.net.clone(),
    );
    let (report, credential) = verifier
        .verify_credential(&federation.text())
        .await
        .unwrap();
    let by = Some((RegistryKind::Federation, federation.anchor.id.as_str()));
    assert_eq!(
        of_issuer(&report),
        [(Reason::FederationChainInvalid, by)],
        "{expected}"
    );
    assert_eq!(detail(&report, What::Issuer), Some(expected));
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert!(credential.is_none(), "{expected}");
    assert!(federation.net.asked() <= 16, "{expected}");
}

#[tokio::test]
async fn c41_a_leaf_that_vouches_for_itself_is_in_no_federation() {
    // It names the anchor, which knows nothing of it.
    let mut federation = Federation::new();
    federation.own["authority_hints"] = json!([federation.anchor.id]);
    let report = federation.check().await;
    assert_eq!(of_issuer(&report), [(Reason::IssuerUnknown, None)]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);

    // It names itself.
    let mut federation = Federation::new();
    federation.own["authority_hints"] = json!([STRANGER]);
    assert_broken(&federation, "federation_loop").await;

    // It serves the anchor's statement about it, by its own hand.
    let mut federation = Federation::new();
    federation.own["authority_hints"] = json!([federation.anchor.id]);
    federation.publish();
    let mut forged = federation.school.configuration(json!({}));
    forged["iss"] = json!(federation.anchor.id);
    let address = statement_address(&federation.anchor, &federation.school);
    let signed = federation.school.sign(&forged);
    federation.net.put(&address, STATEMENT, signed);
    assert_refused(&federation, "federation_unknown_key").await;
}

#[tokio::test]
async fn c41_a_key_that_the_superior_does_not_state_is_nobodys() {
    let mut federation = Federation::new();
    federation.of_school["jwks"] = Entity::new(STRANGER).jwks();
    assert_broken(&federation, "federation_unknown_key").await;
    let mut federation = Federation::new();
    federation.of_ministry["jwks"] = Entity::new(STRANGER).jwks();
    assert_broken(&federation, "federation_unknown_key").await;
}

#[tokio::test]
async fn c41_another_anchor_key_than_the_configured_one_is_refused() {
    let mut federation = Federation::new();
    let config = federation.config();
    federation.anchor = Entity::new(&federation.anchor.id);
    federation.anchor_own = federation.anchor.superior(&[]);
    federation.of_ministry = federation.anchor.about(&federation.ministry, json!({}));
    let report = federation.check_by(&config).await;
    assert_eq!(
        detail(&report, What::Issuer),
        Some("federation_other_anchor_key")
    );
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}

#[tokio::test]
async fn every_rule_of_a_statement_holds_on_the_way_up() {
    type Change = fn(&mut Federation);
    let cases: [(Change, &str); 12] = [
        (
            |it| it.of_school["exp"] = json!(0),
            "federation_not_of_this_moment",
        ),
        (
            |it| it.of_ministry["exp"] = json!(0),
            "federation_not_of_this_moment",
        ),
        (
            |it| it.own["exp"] = json!(0),
            "federation_not_of_this_moment",
        ),
        (
            |it| it.anchor_own["exp"] = json!(0),
            "federation_not_of_this_moment",
        ),
        (
            |it| it.of_school["iat"] = json!(4_000_000_000_u32),
            "federation_not_of_this_moment",
        ),
        (
            |it| it.of_school["sub"] = json!("https://muu.example"),
            "federation_other_subject",
        ),
        (
            |it| it.of_school["iss"] = json!("https://muu.example"),
            "federation_other_issuer",
        ),
        (
            |it| it.of_ministry["crit"] = json!(["uusi"]),
            "federation_unknown_extension",
        ),
        (
            |it| it.of_ministry["metadata_policy_crit"] = json!(["regexp"]),
            "federation_unknown_extension",
        ),
        (
            |it| it.of_ministry["constraints"] = json!({"max_path_length": 0}),
            "federation_path_too_long",
        ),
        (
            |it| {
                it.of_ministry["constraints"] =
                    json!({"naming_constraints": {"permitted": [".ministerio.example"]}});
            },
            "federation_name_not_permitted",
        ),
        (
            |it| {
                it.of_ministry["metadata_policy"] =
                    json!({"openid_credential_issuer": {"credential_issuer": {"essential": true}}});
            },
            "federation_policy_violated",
        ),
    ];
    for (change, expected) in cases {
        let mut federation = Federation::new();
        change(&mut federation);
        assert_broken(&federation, expected).await;
    }
}

/// The header says which algorithm, and the key decides.
#[tokio::test]
async fn c41_no_header_makes_a_statement_of_the_superiors() {
    let federation = Federation::new();
    federation.publish();
    let address = statement_address(&federation.ministry, &federation.school);
    let kid = federation.ministry.jwks()["keys"][0]["kid"].clone();
    let signed = federation.ministry.sign(&federation.of_school);
    let (input, signature) = signed.rsplit_once('.').unwrap();
    let claims = input.split_once('.').unwrap().1;
    for (alg, signature) in [("none", ""), ("HS256", signature), ("EdDSA", signature)] {
        let header = json!({"alg": alg, "typ": TYP, "kid": kid}).to_string();
        let text = format!("{}.{claims}.{signature}", base64url(header));
        federation.net.put(&address, STATEMENT, text);
        assert_refused(&federation, "jws_algorithm_mismatch").await;
    }
    let text = federation.ministry.sign_as("JWT", &federation.of_school);
    federation.net.put(&address, STATEMENT, text);
    assert_refused(&federation, "jws_wrong_type").await;
}

#[tokio::test]
async fn a_leaf_is_nobodys_superior() {
    // The ministry publishes nothing about others.
    let mut federation = Federation::new();
    let ministry = &mut federation.ministry_own["metadata"]["federation_entity"];
    *ministry = json!({});
    assert_broken(&federation, "federation_no_fetch_endpoint").await;

    // A member speaks for others all the same, and the verifier says that the federation is flat.
    let federation = Federation::new();
    let mut config = federation.config();
    config["federations"][0]["max_path_length"] = json!(0);
    let report = federation.check_by(&config).await;
    assert_eq!(
        detail(&report, What::Issuer),
        Some("federation_path_too_long")
    );
}

/// Superiors that name each other, or always another one, or very many.
#[tokio::test]
async fn c42_superiors_without_end_are_given_up() {
    let mut federation = Federation::new();
    let other = Entity::new("https://keha.example");
    federation.ministry_own = federation.ministry.superior(&[&other]);
    federation.says(&other, &other.superior(&[&federation.ministry]));
    let stated = other.about(&federation.ministry, json!({}));
    federation.states(&other, &federation.ministry, &stated);
    assert_broken(&federation, "federation_loop").await;

    let mut federation = Federation::new();
    let tower: Vec<Entity> = (0..8)
        .map(|level| Entity::new(&format!("https://taso{level}.example")))
        .collect();
    federation.own["authority_hints"] = json!([tower[0].id]);
    let stated = tower[0].about(&federation.school, json!({}));
    federation.states(&tower[0], &federation.school, &stated);
    for pair in tower.windows(2) {
        federation.says(&pair[0], &pair[0].superior(&[&pair[1]]));
        let stated = pair[1].about(&pair[0], json!({}));
        federation.states(&pair[1], &pair[0], &stated);
    }
    assert_broken(&federation, "federation_too_deep").await;
    assert_eq!(
        federation.net.asked(),
        11,
        "itself, and two for each of five"
    );
}

#[tokio::test]
async fn c42_a_bomb_of_hints_sets_off_few_requests() {
    // Each of many superiors names many more.
    let mut federation = Federation::new();
    let crowd: Vec<Entity> = (0..24)
        .map(|number| Entity::new(&format!("https://joukko{number}.example")))
        .collect();
    let names = |range: std::ops::Range<usize>| -> Value {
        crowd[range].iter().map(|it| it.id.as_str()).collect()
    };
    federation.own["authority_hints"] = names(0..4);
    for (number, member) in crowd.iter().enumerate() {
        let mut own = member.superior(&[]);
        own["authority_hints"] = names(4..8 + number % 8);
        federation.says(member, &own);
        federation.states(
            member,
            &federation.school,
            &member.about(&federation.school, json!({})),
        );
        for other in &crowd {
            federation.states(member, other, &member.about(other, json!({})));
        }
    }
    federation.publish();
    assert_refused(&federation, "federation_too_many_fetches").await;
    assert_eq!(federation.net.asked(), 16);

    // Of five that nobody knows, one was never asked.
    let mut federation = Federation::new();
    federation.own["authority_hints"] = names(0..5);
    assert_broken(&federation, "federation_too_many_hints").await;
    assert_eq!(federation.net.asked(), 5);

    // An anchor among very many is found all the same.
    let mut federation = Federation::new();
    let mut hints: Vec<String> = crowd.iter().map(|it| it.id.clone()).collect();
    hints.push(federation.anchor.id.clone());
    federation.own["authority_hints"] = json!(hints);
    let stated = federation.anchor.about(&federation.school, json!({}));
    federation.states(&federation.anchor, &federation.school, &stated);
    assert_eq!(federation.check().await.verdict, Outcome::Valid);
    assert_eq!(federation.net.asked(), 3);
}

#[tokio::test]
async fn c42_a_statement_that_is_too_large_or_no_statement_is_refused() {
    let federation = Federation::new();
    federation.publish();
    let address = configuration_address(STRANGER);
    federation.net.put(&address, STATEMENT, "a".repeat(1 << 20));
    assert_refused(&federation, "federation_malformed").await;
    federation.net.put(&address, STATEMENT, "<html>".into());
    assert_refused(&federation, "jws_malformed").await;
}
