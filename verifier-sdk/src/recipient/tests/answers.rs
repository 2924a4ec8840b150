use credential_core::{consent::period::Period, text::Text};
use serde_json::{Value, json};

use super::broker::{Broker, grant, template};
use crate::{
    recipient::{CallError, PendingRequest, RedeemError, metadata_address},
    test_support::World,
};

fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[tokio::test]
async fn r49_only_this_brokers_answer_to_this_request_is_redeemed() {
    let world = World::new();
    let (broker, identity) = Broker::start(&world).await;
    let recipient = broker.connect(&identity).await.unwrap();
    let pending = recipient.push(&template()).await.unwrap();
    let (state, iss) = (("state", pending.state()), ("iss", broker.issuer.as_str()));
    let (code, denied) = (("code", "the-code"), ("error", "access_denied"));
    let table: &[(&[(&str, &str)], RedeemError)] = &[
        (&[denied, state, iss], RedeemError::Refused),
        (
            &[("error", "server_error"), state, iss],
            RedeemError::Failed("server_error".into()),
        ),
        (&[code, ("state", "x"), iss], RedeemError::OtherState),
        (&[code, iss], RedeemError::OtherState),
        (&[code, state], RedeemError::OtherIssuer),
        (
            &[code, state, ("iss", "http://127.0.0.1:1")],
            RedeemError::OtherIssuer,
        ),
        (
            &[denied, state, ("iss", "https://evil.example")],
            RedeemError::OtherIssuer,
        ),
        (&[code, state, iss, iss], RedeemError::Malformed),
        (&[code, code, state, iss], RedeemError::Malformed),
        (&[code, denied, state, iss], RedeemError::Malformed),
        (&[state, iss], RedeemError::Malformed),
    ];
    for (pairs, expected) in table {
        let found = recipient.redeem(&pending, &query(pairs)).await;
        assert_eq!(found.unwrap_err(), *expected, "{pairs:?}");
    }
    assert_eq!(broker.desk().tokens_given, 0);
    let long = "x".repeat(9000);
    let found = recipient
        .redeem(&pending, &query(&[code, state, iss, ("x", &long)]))
        .await;
    assert_eq!(found.unwrap_err(), RedeemError::Malformed);
}

async fn redeemed_with(change: impl Fn(&mut Value)) -> Result<(), RedeemError> {
    let world = World::new();
    let (broker, identity) = Broker::start(&world).await;
    let recipient = broker.connect(&identity).await.unwrap();
    let pending = recipient.push(&template()).await.unwrap();
    let mut details = serde_json::to_value(grant(&pending)).unwrap();
    change(&mut details);
    broker.desk().granted = Some(serde_json::from_value(details).unwrap());
    let answer = query(&[
        ("code", "the-code"),
        ("state", pending.state()),
        ("iss", &broker.issuer),
    ]);
    recipient.redeem(&pending, &answer).await.map(drop)
}

#[tokio::test]
async fn a_grant_may_be_narrower_than_the_request_and_nothing_else() {
    assert_eq!(redeemed_with(|_| {}).await, Ok(()));
    let narrower = |details: &mut Value| {
        let claims = details["dcql_query"]["credentials"][0]["claims"]
            .as_array_mut()
            .unwrap();
        claims.retain(|claim| claim["id"] != "given");
        details["max_reads"] = json!(1);
    };
    assert_eq!(redeemed_with(narrower).await, Ok(()));

    let changes: [(&str, Value); 7] = [
        ("max_reads", json!(4)),
        ("until", json!("2026-08-29T12:00:00Z")),
        (
            "recipient",
            json!("openid_federation:https://other.example"),
        ),
        ("nonce", json!("another-nonce-that-is-long")),
        ("enc_jwk_thumbprint", json!("x".repeat(43))),
        ("retention", json!(Period::days(91).unwrap())),
        (
            "purpose",
            json!({"code": "https://w3id.org/dpv#Marketing",
            "text": Text::new("Markkinointi", "Marknadsföring", "Marketing")}),
        ),
    ];
    for (name, value) in changes {
        let changed = redeemed_with(|details| details[name] = value.clone()).await;
        assert_eq!(changed, Err(RedeemError::OtherTerms), "{name}");
    }
    let needed_left_out = |details: &mut Value| {
        let claims = details["dcql_query"]["credentials"][0]["claims"]
            .as_array_mut()
            .unwrap();
        claims.retain(|claim| claim["id"] != "title");
    };
    assert_eq!(
        redeemed_with(needed_left_out).await,
        Err(RedeemError::OtherTerms)
    );
}

#[tokio::test]
async fn a_request_is_redeemed_under_the_settings_it_was_made_with() {
    let world = World::new();
    let (broker, mut identity) = Broker::start(&world).await;
    let recipient = broker.connect(&identity).await.unwrap();
    let pending = recipient.push(&template()).await.unwrap();
    identity.redirect_uri += "/other";
    let other = broker.connect(&identity).await.unwrap();
    let answer = query(&[
        ("code", "the-code"),
        ("state", pending.state()),
        ("iss", &broker.issuer),
    ]);
    let found = other.redeem(&pending, &answer).await;
    assert_eq!(found.unwrap_err(), RedeemError::OtherSettings);
}

#[tokio::test]
async fn metadata_of_another_server_or_with_weaker_protection_is_refused() {
    let world = World::new();
    let (broker, identity) = Broker::start(&world).await;
    let honest = broker.metadata.lock().unwrap().clone();
    for (name, value) in [
        ("issuer", json!("https://broker.example")),
        ("issuer", json!(format!("{}/", broker.issuer))),
        ("token_endpoint", json!("http://127.0.0.1:1/token")),
        (
            "authorization_endpoint",
            json!("https://evil.example/authorize"),
        ),
        ("authorization_endpoint", Value::Null),
        ("pushed_authorization_request_endpoint", Value::Null),
        ("code_challenge_methods_supported", json!(["plain"])),
        (
            "authorization_response_iss_parameter_supported",
            json!(false),
        ),
    ] {
        let mut changed = honest.clone();
        changed[name] = value;
        *broker.metadata.lock().unwrap() = changed;
        let found = broker.connect(&identity).await.unwrap_err();
        assert_eq!(found, CallError::Malformed(name));
    }
}

/// RFC 8414 section 3.1: the well-known part stands between host and path.
#[test]
fn the_metadata_address_is_inserted_and_not_appended() {
    let address = |issuer| metadata_address(issuer);
    assert_eq!(
        address("https://broker.example").as_deref(),
        Some("https://broker.example/.well-known/oauth-authorization-server")
    );
    assert_eq!(
        address("https://broker.example/fi/").as_deref(),
        Some("https://broker.example/.well-known/oauth-authorization-server/fi")
    );
    assert_eq!(address("https://broker.example?x=1"), None);
    assert_eq!(address("broker"), None);
}

#[test]
fn a_pending_request_with_unknown_members_is_not_read() {
    let text = r#"{"link":"x","state":"y","extra":1}"#;
    assert!(serde_json::from_str::<PendingRequest>(text).is_err());
}
