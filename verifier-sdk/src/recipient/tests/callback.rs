use std::time::Duration;

use credential_core::network::Network;

use crate::{
    http::{Answer, Body, HttpClient},
    recipient::callback::CallbackServer,
};

async fn visit(url: &str) -> Answer {
    let client = HttpClient::new(Network::Loopback).unwrap();
    client.send(url, &[], Body::None).await.unwrap()
}

#[tokio::test]
async fn each_state_is_answered_once_and_the_page_gives_nothing_away() {
    let any = "127.0.0.1:0".parse().unwrap();
    let (mut server, url) = CallbackServer::bind(any).await.unwrap();
    assert_eq!(url, format!("http://{}/callback", server.address()));

    let first = visit(&format!("{url}?code=secret-code&state=s1&iss=i")).await;
    assert_eq!(first.status, 200);
    let page = String::from_utf8(first.body.clone()).unwrap();
    assert!(page.contains("Voit sulkea tämän sivun"));
    assert!(!page.contains("secret-code") && !page.contains("http"));
    assert_eq!(first.header("cache-control"), Some("no-store"));
    assert_eq!(first.header("referrer-policy"), Some("no-referrer"));
    assert!(
        first
            .header("content-security-policy")
            .unwrap()
            .starts_with("default-src 'none'")
    );

    assert_eq!(
        visit(&format!("{url}?code=other&state=s1")).await.status,
        409
    );
    assert_eq!(
        visit(&format!("{url}?error=access_denied&state=s2"))
            .await
            .status,
        200
    );
    let answer = server.next_answer().await.unwrap();
    assert_eq!(answer.query(), "code=secret-code&state=s1&iss=i");
    assert!(!format!("{answer:?}").contains("secret-code"));
    assert_eq!(server.next_answer().await.unwrap().state(), "s2");
}

#[tokio::test]
async fn an_answer_without_exactly_one_state_is_not_taken() {
    let (mut server, url) = CallbackServer::bind("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let long = "x".repeat(8200);
    for query in [
        "",
        "?",
        "?code=x",
        "?state=",
        "?state=a&state=b",
        &format!("?state=a&x={long}"),
    ] {
        assert_eq!(
            visit(&format!("{url}{query}")).await.status,
            400,
            "{query:.40}"
        );
    }
    let nothing = tokio::time::timeout(Duration::from_millis(50), server.next_answer()).await;
    assert!(nothing.is_err());
}

#[tokio::test]
async fn waiting_for_one_request_passes_over_other_answers() {
    let (mut server, url) = CallbackServer::bind("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    for state in ["forged", "other", "ours"] {
        visit(&format!("{url}?code=x&state={state}")).await;
    }
    assert_eq!(server.answer_to("ours").await.unwrap().state(), "ours");
}

#[tokio::test]
async fn it_says_that_it_is_alive_and_stops_when_dropped() {
    let any = "127.0.0.1:0".parse().unwrap();
    let (server, url) = CallbackServer::bind_at(any, "/vastaus").await.unwrap();
    assert!(url.ends_with("/vastaus"));
    let health = format!("http://{}/health", server.address());
    assert_eq!(visit(&health).await.body, b"ok");
    drop(server);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let client = HttpClient::new(Network::Loopback).unwrap();
    assert!(client.send(&health, &[], Body::None).await.is_err());
    for path in ["callback", "/health", "/{state}", "/a b"] {
        assert!(CallbackServer::bind_at(any, path).await.is_err(), "{path}");
    }
}
