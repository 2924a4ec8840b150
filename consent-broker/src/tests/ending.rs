//! What a recipient ends by itself: `POST /revoke`, and `GET` and `DELETE /grants/{grant_id}`.

use chrono::TimeDelta;
use credential_core::{
    consent::receipt::{Event, Receipt},
    jose::{Es256Key, VerifyingKey},
};
use serde_json::json;

use super::{
    reading::INVALID_TOKEN,
    support::{Answer, Grant, World, random_id, read_id},
};

#[tokio::test(flavor = "multi_thread")]
async fn r34_a_revoked_token_ends_all_tokens_of_the_grant_and_the_grant_stays() {
    let world = World::new().await;
    for (by, hint) in [
        ("refresh_token", "refresh_token"),
        ("access_token", "refresh_token"),
        ("refresh_token", "nonsense"),
    ] {
        let grant = world.grant(world.recipient.details()).await;
        let code = world.code(&grant).await;
        let tokens = world.redeem(&code).await;
        let token = tokens.text(by);
        let access = tokens.text("access_token");
        let form = [("token", token.as_str()), ("token_type_hint", hint)];
        for _again in 0..3 {
            let revoked = world.revoke(&world.recipient, &form).await;
            assert_eq!((revoked.status, revoked.body.as_str()), (200, ""));
            assert_eq!(revoked.header("cache-control"), "no-store");
        }
        let read = world.read(&access, grant.id, &read_id()).await;
        assert_eq!((read.status, read.body.as_str()), (401, INVALID_TOKEN));
        let renewed = world.refresh(&tokens.text("refresh_token"), &[]).await;
        assert_eq!(renewed.refusal(), "400 invalid_grant -");
        let held = world.state.peek(grant.id).await.unwrap().unwrap();
        assert_eq!(held["grant"]["status"]["state"], "active");
        let log = world.log(&grant).await;
        assert_eq!(
            log[2..],
            [
                "token_issued",
                "tokens_revoked",
                "read_refused (not_authorized)"
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r34_only_own_tokens_end_and_every_other_is_answered_the_same() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let tokens = world.redeem(&code).await;
    let (access, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    for token in [
        &access,
        &refresh,
        &grant.wallet_token,
        &code,
        "unknown",
        "a.b.c",
    ] {
        let answer = world.revoke(&world.other, &[("token", token)]).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{token}");
    }
    assert_eq!(world.read(&access, grant.id, &read_id()).await.status, 200);
    assert_eq!(world.refresh(&refresh, &[]).await.status, 200);
    let missing = world.revoke(&world.recipient, &[]).await;
    assert_eq!(missing.refusal(), "400 invalid_request parameter_missing");
    let anonymous = world.post_form("/revoke", &[("token", &access)], &[]).await;
    assert_eq!(anonymous.refusal(), "401 invalid_client assertion_missing");
    let late = world.now() + TimeDelta::seconds(300);
    world.clock.advance(late - world.now());
    let expired = world.revoke(&world.recipient, &[("token", &access)]).await;
    assert_eq!(expired.status, 200);
    assert_eq!(world.refresh(&refresh, &[]).await.status, 200);
}

async fn manage(
    world: &World,
    method: reqwest::Method,
    (token, key): (&str, &Es256Key),
    grant: &str,
) -> Answer {
    let path = format!("/grants/{grant}");
    let proof = world.proof(key, method.as_str(), &path, Some(token));
    let request = world
        .http
        .request(method, world.url(&path))
        .header("authorization", format!("DPoP {token}"))
        .header("dpop", proof);
    Answer::of(request).await
}

async fn management_token(world: &World, grant: &Grant) -> Answer {
    let resource = world.url("/grants");
    world.redeem_for(grant, &[("resource", &resource)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_sees_its_grant_and_gives_it_up() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let tokens = management_token(&world, &grant).await;
    let (token, refresh) = (tokens.text("access_token"), tokens.text("refresh_token"));
    let mailbox = world.refresh(&refresh, &[]).await.text("access_token");
    world.read(&mailbox, grant.id, &read_id()).await;
    let (own, id) = (
        (token.as_str(), &world.recipient.dpop),
        grant.id.to_string(),
    );
    let seen = manage(&world, reqwest::Method::GET, own, &id).await;
    assert_eq!(
        seen.json(),
        json!({ "authorization_details": [grant.details], "reads": 1 })
    );
    let gone = manage(&world, reqwest::Method::DELETE, own, &id).await;
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));

    let held = world.state.peek(grant.id).await.unwrap().unwrap();
    assert_eq!(held["grant"]["status"]["how"], "given_up");
    assert_eq!(held["deposits"], json!([]));
    let read = world.read(&mailbox, grant.id, &read_id()).await;
    assert_eq!((read.status, read.body.as_str()), (401, INVALID_TOKEN));
    let renewed = world.refresh(&refresh, &[]).await;
    assert_eq!(renewed.refusal(), "400 invalid_grant -");
    assert_eq!(
        world.log(&grant).await[4..],
        ["read", "given_up", "read_refused (grant_ended)"]
    );
    let form = [("grant_id", id.as_str())];
    let receipts = world
        .as_recipient(&world.recipient, "/receipts", &form)
        .await;
    let broker = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    let last = receipts.json()["receipts"][1].as_str().unwrap().to_owned();
    let receipt = Receipt::verify(&last, &broker).unwrap();
    assert_eq!(receipt.claims().event, Event::GivenUp);
    let token = world.wallet_token(&grant.wallet).await;
    let list = world
        .wallet_get(&grant.wallet, &token, "/wallet/grants")
        .await;
    assert_eq!(list.json()["grants"][0]["status"], "given_up");
}

#[tokio::test(flavor = "multi_thread")]
async fn r55_nothing_is_learnt_about_another_grant_or_an_ended_one() {
    let world = World::new().await;
    let [own, foreign, stopped] = [
        world.grant(world.recipient.details()).await,
        world.grant(world.recipient.details()).await,
        world.grant(world.recipient.details()).await,
    ];
    let tokens = management_token(&world, &own).await;
    let token = tokens.text("access_token");
    let of_stopped = management_token(&world, &stopped)
        .await
        .text("access_token");
    world.withdraw(&stopped).await;
    let mailbox = world.token(&foreign).await;
    let (dpop, thief) = (&world.recipient.dpop, &world.other.dpop);
    for method in [reqwest::Method::GET, reqwest::Method::DELETE] {
        let ask = async |token: &str, key, id: String| {
            manage(&world, method.clone(), (token, key), &id).await
        };
        let answers = [
            ask(&token, dpop, foreign.id.to_string()).await,
            ask(&token, dpop, random_id().to_string()).await,
            ask(&token, dpop, "%ff".into()).await,
            ask(&token, thief, own.id.to_string()).await,
            ask(&of_stopped, dpop, stopped.id.to_string()).await,
            ask(&mailbox, dpop, foreign.id.to_string()).await,
            ask(&own.wallet_token, &own.wallet.pairwise, own.id.to_string()).await,
            ask(&tokens.text("refresh_token"), dpop, own.id.to_string()).await,
        ];
        for answer in answers {
            assert_eq!((answer.status, answer.body.as_str()), (401, INVALID_TOKEN));
        }
    }
    // A token for managing reads nothing.
    let read = world.read(&token, own.id, &read_id()).await;
    assert_eq!((read.status, read.body.as_str()), (401, INVALID_TOKEN));
    let seen = manage(
        &world,
        reqwest::Method::GET,
        (&token, dpop),
        &own.id.to_string(),
    )
    .await;
    assert_eq!(seen.status, 200);
}
