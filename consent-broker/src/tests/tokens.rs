//! `POST /token`.

use chrono::TimeDelta;
use credential_core::{consent::details::LegalBasis, network::Network, trust::IntendedUse};

use super::support::{
    World,
    people::{REDIRECT, Recipient},
    read_id,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_says_what_was_granted() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let answer = world.redeem(&code).await;
    let json = answer.json();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(json["token_type"], "DPoP");
    assert_eq!(json["expires_in"], 300);
    assert_eq!(json["grant_id"], grant.id.to_string());
    assert_eq!(
        json["authorization_details"][0],
        serde_json::to_value(&grant.details).unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_a_code_is_bound_to_client_key_address_verifier_and_sixty_seconds() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let redeem = async |who: &Recipient, redirect: &str, verifier: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        world.as_recipient(who, "/token", &form).await.refusal()
    };
    let wrong = "400 invalid_grant -";
    let verifier = world.verifier(&code);
    assert_eq!(redeem(&world.other, REDIRECT, &verifier).await, wrong);
    assert_eq!(
        redeem(&world.recipient, "http://127.0.0.1:9/", &verifier).await,
        wrong
    );
    assert_eq!(
        redeem(&world.recipient, REDIRECT, &"x".repeat(43)).await,
        wrong
    );
    assert_eq!(redeem(&world.recipient, REDIRECT, "").await, wrong);
    world.clock.advance(TimeDelta::seconds(60));
    assert_eq!(redeem(&world.recipient, REDIRECT, &verifier).await, wrong);
}

#[tokio::test(flavor = "multi_thread")]
async fn r22_a_code_with_another_dpop_key_is_refused_and_then_still_good() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let own = std::mem::replace(
        &mut world.recipient.dpop,
        credential_core::jose::Es256Key::generate().unwrap().0,
    );
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
    world.recipient.dpop = own;
    assert_eq!(world.redeem(&code).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn r36_a_refresh_token_is_bound_not_rotated_and_ends_with_the_grant() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let refresh = world.redeem(&code).await.text("refresh_token");
    let renew = async |who: &Recipient| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.as_str()),
        ];
        world.as_recipient(who, "/token", &form).await
    };
    world.clock.advance(TimeDelta::hours(2));
    let renewed = renew(&world.recipient).await;
    assert_eq!(renewed.text("refresh_token"), refresh);
    let token = renewed.text("access_token");
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
    assert_eq!(renew(&world.other).await.refusal(), "400 invalid_grant -");
    let wallet_token = world.wallet_token(&grant.wallet).await;
    let grant = super::support::Grant {
        wallet_token,
        ..grant
    };
    assert_eq!(world.withdraw(&grant).await.status, 200);
    assert_eq!(
        renew(&world.recipient).await.refusal(),
        "400 invalid_grant -"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r09_r46_other_grant_types_and_doubled_parameters_are_refused() {
    let world = World::new().await;
    for (grant_type, refusal) in [
        (
            "password",
            "400 unsupported_grant_type grant_type_unsupported",
        ),
        (
            "client_credentials",
            "400 unsupported_grant_type grant_type_unsupported",
        ),
        ("", "400 invalid_request parameter_missing"),
    ] {
        let form = [("grant_type", grant_type)];
        let answer = world.as_recipient(&world.recipient, "/token", &form).await;
        assert_eq!(answer.refusal(), refusal);
    }
    let form = [("code", "a"), ("code", "b")];
    let answer = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(answer.refusal(), "400 invalid_request parameter_doubled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handle_of_another_kind_is_no_code_and_no_token() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let tokens = world.redeem(&code).await;
    let refresh = tokens.text("refresh_token");
    for handle in [code.as_str(), &refresh, &grant.wallet_token, "", "AAAA"] {
        let answer = world.read(handle, grant.id, &read_id()).await;
        assert_eq!(answer.refusal(), "401 invalid_token -");
    }
    let access = tokens.text("access_token");
    assert_eq!(world.redeem(&access).await.refusal(), "400 invalid_grant -");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_needs_the_key_the_code_was_bound_to() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let refresh = world.redeem(&code).await.text("refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let other_key = credential_core::jose::Es256Key::generate().unwrap().0;
    let own = std::mem::replace(&mut world.recipient.dpop, other_key);
    let stolen = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(stolen.refusal(), "400 invalid_grant -");
    world.recipient.dpop = own;
    let renewed = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(renewed.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn r36_a_purpose_that_is_struck_off_the_list_is_not_renewed() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let refresh = world.redeem(&code).await.text("refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    type Edit = fn(&mut IntendedUse);
    let edits: [(Edit, bool); 4] = [
        (|u| u.purpose.code.push_str("/other"), false),
        (|u| u.legal_basis = LegalBasis::Statutory, false),
        (
            |u| {
                u.dcql_query.credentials[0]
                    .claims
                    .retain(|c| c.id == "title");
            },
            false,
        ),
        // A better wording ends nothing.
        (|u| u.purpose.text.sv = Some("Ansökan".into()), true),
    ];
    for (edit, is_renewed) in edits {
        let mut entry = world.recipient.entry();
        edit(&mut entry.recipient.as_mut().unwrap().intended_uses[0]);
        world.registry.add(entry, Network::Loopback).unwrap();
        let now = world.now();
        let list = world
            .registry
            .publish(now, TimeDelta::days(30), &world.registrar);
        world.state.trust.import(&list.unwrap(), now).unwrap();
        let answer = world.as_recipient(&world.recipient, "/token", &form).await;
        assert_eq!(answer.status == 200, is_renewed, "{answer:?}");
    }
}
