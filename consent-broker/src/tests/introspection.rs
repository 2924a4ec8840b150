//! `POST /introspect`, and tokens for resource servers that are not the broker.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use credential_core::{
    consent::details::RequestedDetails,
    jose::{VerifyingKey, jws::Unverified},
    oauth::introspection::{MEDIA_TYPE, SignedIntrospection, TYP},
};
use serde_json::{Value, json};

use super::{
    reading::INVALID_TOKEN,
    support::{Answer, Grant, ResourceServer, World, people, read_id},
};

pub(super) const INACTIVE: &str = r#"{"active":false}"#;

/// A world with a resource server that is told about degrees.
pub(super) async fn scene() -> (World, ResourceServer) {
    let mut world = World::new().await;
    let server = ResourceServer::new("https://opisto.example/rs");
    world.list(server.entry());
    (world, server)
}

pub(super) async fn token_for(world: &World, grant: &Grant, server: &ResourceServer) -> Answer {
    world
        .redeem_for(grant, &[("resource", &server.resource)])
        .await
}

/// A request for a degree and for a badge, as far as it is registered.
pub(super) fn two_credentials(world: &mut World) -> RequestedDetails {
    let mut details = world.recipient.details();
    let mut badge = details.dcql_query.credentials[0].clone();
    badge.id = "badge".into();
    badge.meta.vct_values = vec!["https://opisto.example/types/badge/1".into()];
    let reasons = details.reasons.clone().into_iter().map(|mut reason| {
        reason.credential_id.clone_from(&badge.id);
        reason
    });
    details.reasons.extend(reasons);
    details.dcql_query.credentials.push(badge);
    let mut entry = world.recipient.entry();
    let role = entry.recipient.as_mut().unwrap();
    role.intended_uses[0].dcql_query = details.dcql_query.clone();
    world.list(entry);
    details
}

#[tokio::test(flavor = "multi_thread")]
async fn r23_r28_a_resource_server_learns_what_the_token_is_good_for_at_its_place() {
    let (mut world, server) = scene().await;
    let details = two_credentials(&mut world);
    let grant = world.grant(details).await;
    let tokens = token_for(&world, &grant, &server).await;
    assert_eq!(tokens.status, 200, "{tokens:?}");
    let token = tokens.text("access_token");
    world.clock.advance(TimeDelta::seconds(10));
    let answer = world.introspect(&server, &token).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let mut part = serde_json::to_value(&grant.details).unwrap();
    let credentials = part["dcql_query"]["credentials"].as_array_mut().unwrap();
    assert_eq!(credentials.len(), 2);
    credentials.pop();
    let made = people::noon().timestamp();
    assert_eq!(
        answer.json(),
        json!({
            "active": true,
            "iss": world.origin,
            "aud": server.resource,
            "client_id": world.recipient.client_id(),
            "iat": made,
            "exp": made + 300,
            "token_type": "DPoP",
            "cnf": { "jkt": credential_core::jose::Signer::public_jwk(&world.recipient.dpop).thumbprint() },
            "authorization_details": [part],
            "grant_id": grant.id.to_string(),
        })
    );
    assert_eq!(tokens.json()["authorization_details"], json!([part]));
    // Asked again it is answered again; nothing of it is kept in the person's log.
    assert_eq!(
        world.introspect(&server, &token).await.json()["active"],
        true
    );
    assert_eq!(world.log(&grant).await.last().unwrap(), "token_issued");
}

#[tokio::test(flavor = "multi_thread")]
async fn r32_everything_that_is_not_good_here_is_one_answer() {
    let (mut world, server) = scene().await;
    let stranger = ResourceServer::new("https://other.example/rs");
    world.list(stranger.entry());
    let [living, stopped, revoked, exhausted] = [
        world.grant(world.recipient.details()).await,
        world.grant(world.recipient.details()).await,
        world.grant(world.recipient.details()).await,
        world.grant(people_once(&world)).await,
    ];
    let good = token_for(&world, &living, &server).await;
    let token = good.text("access_token");
    let of_stopped = token_for(&world, &stopped, &server)
        .await
        .text("access_token");
    world.withdraw(&stopped).await;
    let of_revoked = token_for(&world, &revoked, &server)
        .await
        .text("access_token");
    world
        .revoke(&world.recipient, &[("token", &of_revoked)])
        .await;
    let first = token_for(&world, &exhausted, &server).await;
    let of_exhausted = first.text("access_token");
    let refreshed = world.refresh(&first.text("refresh_token"), &[]).await;
    let mailbox = refreshed.text("access_token");
    let read = world.read(&mailbox, exhausted.id, &read_id()).await;
    assert_eq!(read.status, 200);
    let other = if token.starts_with('A') { 'B' } else { 'A' };
    let changed = format!("{other}{}", &token[1..]);

    let mut answers = vec![
        world.introspect(&stranger, &token).await,
        world.introspect(&server, &of_stopped).await,
        world.introspect(&server, &of_revoked).await,
        world.introspect(&server, &of_exhausted).await,
        world.introspect(&server, &mailbox).await,
        world.introspect(&server, &good.text("refresh_token")).await,
        world.introspect(&server, &living.wallet_token).await,
        world.introspect(&server, &changed).await,
        world.introspect(&server, "unknown").await,
        world.introspect(&server, "\u{e4}.b.c").await,
    ];
    assert_eq!(
        world.introspect(&server, &token).await.json()["active"],
        true
    );
    world.clock.advance(TimeDelta::seconds(300));
    answers.push(world.introspect(&server, &token).await);
    let mut headers: Vec<_> = answers
        .iter()
        .map(|answer| {
            assert_eq!((answer.status, answer.body.as_str()), (200, INACTIVE));
            let mut headers = answer.headers.clone();
            headers.remove("date");
            format!("{headers:?}")
        })
        .collect();
    headers.dedup();
    assert_eq!(headers.len(), 1, "{headers:?}");
}

fn people_once(world: &World) -> RequestedDetails {
    let mut details = world.recipient.details();
    details.max_reads = Some(1);
    details
}

#[tokio::test(flavor = "multi_thread")]
async fn r32_only_a_listed_resource_server_that_proves_itself_may_ask() {
    let (mut world, server) = scene().await;
    let ask = async |world: &World, assertion: Option<String>| {
        let mut form = vec![("token", "unknown".to_owned())];
        if let Some(assertion) = assertion {
            let kind = credential_core::oauth::client_assertion::TYPE;
            form.push(("client_assertion_type", kind.to_owned()));
            form.push(("client_assertion", assertion));
        }
        let form: Vec<_> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        world.post_form("/introspect", &form, &[]).await.refusal()
    };
    let now = world.now();
    assert_eq!(
        ask(&world, None).await,
        "401 invalid_client assertion_missing"
    );
    // A recipient is no resource server, and the other way round.
    let of_recipient = world.recipient.assertion(&world.origin, now);
    assert_eq!(
        ask(&world, Some(of_recipient)).await,
        "401 invalid_client client_unknown"
    );
    let form = [
        (
            "client_assertion_type",
            credential_core::oauth::client_assertion::TYPE,
        ),
        ("client_assertion", &server.assertion(&world.origin, now)),
        ("token", "unknown"),
    ];
    let as_recipient = world.post_form("/revoke", &form, &[]).await;
    assert_eq!(as_recipient.refusal(), "401 invalid_client client_unknown");
    let elsewhere = server.assertion(&world.url("/introspect"), now);
    assert_eq!(
        ask(&world, Some(elsewhere)).await,
        "401 invalid_client assertion_other_audience"
    );
    let once = server.assertion(&world.origin, now);
    assert_eq!(ask(&world, Some(once.clone())).await, "200 - -");
    assert_eq!(
        ask(&world, Some(once)).await,
        "401 invalid_client assertion_replayed"
    );
    world.registry.remove(&server.entity_id);
    let entry = world.recipient.entry();
    world.list(entry);
    let unlisted = server.assertion(&world.origin, now);
    assert_eq!(
        ask(&world, Some(unlisted)).await,
        "401 invalid_client client_unknown"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r33_r38_a_signed_answer_says_the_same_and_is_no_token_itself() {
    let (world, server) = scene().await;
    let grant = world.grant(world.recipient.details()).await;
    let tokens = token_for(&world, &grant, &server).await;
    let token = tokens.text("access_token");
    let accept = format!("application/json;q=0.5, {MEDIA_TYPE}");
    let plain = world.introspect(&server, &token).await;
    let signed = world.introspect_as(&server, &token, &accept).await;
    assert_eq!(signed.header("content-type"), MEDIA_TYPE);
    let broker = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    let read = |text: &str| -> SignedIntrospection {
        Unverified::parse(text, TYP)
            .unwrap()
            .verify(&broker)
            .unwrap()
    };
    let claims = read(&signed.body);
    assert_eq!(claims.iss, world.origin);
    assert_eq!(claims.aud, server.entity_id);
    assert_eq!(claims.iat, world.now().timestamp());
    assert_eq!(
        serde_json::to_value(&claims.token_introspection).unwrap(),
        plain.json()
    );
    let (_, payload) = signed.body.split_once('.').unwrap();
    let payload = payload.split('.').next().unwrap();
    let payload = credential_core::encoding::from_base64url(payload).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    let names: BTreeSet<_> = payload.as_object().unwrap().keys().collect();
    let expected = ["aud", "iat", "iss", "token_introspection"].map(str::to_owned);
    assert_eq!(names, expected.iter().collect());
    let unknown = world.introspect_as(&server, "unknown", &accept).await;
    assert_eq!(read(&unknown.body).token_introspection.active(), None);

    // No token of ours is a JWT, and no JWT is a token of ours.
    let mut of_tokens = vec![token, tokens.text("refresh_token")];
    of_tokens.push(grant.wallet_token.clone());
    assert!(of_tokens.iter().all(|token| !token.contains('.')));
    let key = credential_core::jose::Es256Key::generate().unwrap().0;
    let at_jwt = super::support::forging::jws(
        &super::support::forging::header("at+jwt", &key),
        &json!({ "iss": world.origin, "aud": server.resource, "client_id": world.recipient.client_id(),
            "sub": "person", "jti": "1", "iat": claims.iat, "exp": claims.iat + 300 }),
        &key,
    );
    let assertion = world.recipient.assertion(&world.origin, world.now());
    for jwt in [&signed.body, &at_jwt, &assertion] {
        let answer = world.read(jwt, grant.id, &read_id()).await;
        assert_eq!((answer.status, answer.body.as_str()), (401, INVALID_TOKEN));
        assert_eq!(world.introspect(&server, jwt).await.body, INACTIVE);
        let wallet = world.wallet_get(&grant.wallet, jwt, "/wallet/grants").await;
        assert_eq!(wallet.refusal(), "401 invalid_token -");
    }
}
