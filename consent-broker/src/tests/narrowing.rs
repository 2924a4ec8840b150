//! `resource` and `authorization_details` at `POST /token`: a token for one place, and for less.

use serde_json::{Value, json};

use super::{
    introspection::{INACTIVE, scene, token_for, two_credentials},
    reading::INVALID_TOKEN,
    support::{ResourceServer, read_id},
};

#[tokio::test(flavor = "multi_thread")]
async fn r31_a_token_is_for_the_one_resource_that_was_named() {
    let (mut world, server) = scene().await;
    let badges = ResourceServer {
        types: vec!["https://opisto.example/types/badge/1".into()],
        ..ResourceServer::new("https://badges.example")
    };
    world.list(badges.entry());
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let long = format!("https://opisto.example/{}", "x".repeat(1024));
    let cases = [
        ("https://unknown.example/api", "resource_unknown"),
        ("/mailbox", "resource_malformed"),
        ("mailbox", "resource_malformed"),
        ("https://opisto.example/rs/api#x", "resource_malformed"),
        ("https://opisto.example/rs/api/", "resource_unknown"),
        ("HTTPS://opisto.example/rs/api", "resource_unknown"),
        ("https://opisto.example/rs", "resource_unknown"),
        (long.as_str(), "resource_malformed"),
        (&badges.resource, "resource_not_granted"),
    ];
    for (resource, reason) in cases {
        let answer = world.redeem_with(&code, &[("resource", resource)]).await;
        let expected = format!("400 invalid_target {reason}");
        assert_eq!(answer.refusal(), expected, "{resource}");
    }
    // None of that has used up the code.
    let tokens = world
        .redeem_with(&code, &[("resource", &server.resource)])
        .await;
    let token = tokens.text("access_token");
    let at_mailbox = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(
        (at_mailbox.status, at_mailbox.body.as_str()),
        (401, INVALID_TOKEN)
    );
    let refresh = tokens.text("refresh_token");
    let mailbox = world.url("/mailbox");
    for more in [vec![], vec![("resource", mailbox.as_str())]] {
        let renewed = world.refresh(&refresh, &more).await.text("access_token");
        assert_eq!(world.introspect(&server, &renewed).await.body, INACTIVE);
        let read = world.read(&renewed, grant.id, &read_id()).await;
        assert_eq!(read.status, 200, "{more:?}");
    }
    let doubled = [
        ("resource", mailbox.as_str()),
        ("resource", &server.resource),
    ];
    assert_eq!(
        world.refresh(&refresh, &doubled).await.refusal(),
        "400 invalid_request parameter_doubled"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r27_a_token_may_be_narrower_than_the_grant_and_never_wider() {
    let (mut world, server) = scene().await;
    let details = two_credentials(&mut world);
    let grant = world.grant(details).await;
    let first = token_for(&world, &grant, &server).await;
    let refresh = first.text("refresh_token");
    let granted = serde_json::to_value(&grant.details).unwrap();
    let ask = async |details: &Value, resource: Option<&str>| {
        let text = json!([details]).to_string();
        let mut more = vec![("authorization_details", text.as_str())];
        more.extend(resource.map(|resource| ("resource", resource)));
        world.refresh(&refresh, &more).await
    };
    let resource = Some(server.resource.as_str());
    let mut narrower = granted.clone();
    narrower["dcql_query"]["credentials"]
        .as_array_mut()
        .unwrap()
        .pop();
    narrower["dcql_query"]["credentials"][0]["claims"]
        .as_array_mut()
        .unwrap()
        .pop();
    let narrowed = ask(&narrower, resource).await;
    assert_eq!(narrowed.json()["authorization_details"], json!([narrower]));
    let told = world
        .introspect(&server, &narrowed.text("access_token"))
        .await;
    assert_eq!(told.json()["authorization_details"], json!([narrower]));
    // The refresh token stands for the whole grant still.
    let whole = world.refresh(&refresh, &[]).await;
    assert_eq!(whole.json()["authorization_details"], json!([granted]));
    // What was granted, said again, narrows nothing: also the mailbox gives it.
    let same = ask(&granted, None).await.text("access_token");
    assert_eq!(world.read(&same, grant.id, &read_id()).await.status, 200);

    let badges_only = {
        let mut other = granted.clone();
        other["dcql_query"]["credentials"]
            .as_array_mut()
            .unwrap()
            .remove(0);
        other
    };
    assert_eq!(
        ask(&badges_only, resource).await.refusal(),
        "400 invalid_target resource_not_granted"
    );
    assert_eq!(
        ask(&narrower, None).await.refusal(),
        "400 invalid_authorization_details deposit_not_narrowable"
    );
    let claim = json!({ "id": "birthdate", "path": ["birthdate"] });
    let wider: [(&str, Value, &str); 7] = [
        (
            "/dcql_query/credentials/0/claims/0",
            claim,
            "details_not_narrower",
        ),
        (
            "/dcql_query/credentials/0/id",
            json!("other"),
            "details_not_narrower",
        ),
        ("/dcql_query/credentials", json!([]), "details_not_narrower"),
        (
            "/until",
            json!("2027-05-29T12:00:00Z"),
            "details_not_narrower",
        ),
        (
            "/recipient",
            json!("openid_federation:https://x.example"),
            "details_not_narrower",
        ),
        ("/type", json!("payment"), "details_not_narrower"),
        ("/mode", json!("forever"), "request_details_invalid"),
    ];
    for (place, value, reason) in wider {
        let mut changed = granted.clone();
        *changed.pointer_mut(place).unwrap() = value;
        let expected = format!("400 invalid_authorization_details {reason}");
        assert_eq!(ask(&changed, resource).await.refusal(), expected, "{place}");
    }
    for text in ["", "[", "{}", "[]", &json!([granted, granted]).to_string()] {
        let more = [
            ("authorization_details", text),
            ("resource", &server.resource),
        ];
        let answer = world.refresh(&refresh, &more).await;
        // A parameter without a value counts as absent.
        let expected = if text.is_empty() { 200 } else { 400 };
        assert_eq!(answer.status, expected, "{text}: {answer:?}");
    }
}
