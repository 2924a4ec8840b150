use axum::{Router, routing::get};
use credential_core::network::Network;
use tokio::net::TcpListener;

use super::{Fetch as _, FetchError, Offline};
use crate::http::HttpClient;

const MEDIA_TYPE: &str = "application/statuslist+jwt";

async fn publish() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let typed = |media_type: &'static str| ([("content-type", media_type)], "document");
    let router = Router::new()
        .route("/list", get(async move || typed(MEDIA_TYPE)))
        .route(
            "/cased",
            get(async move || typed("Application/StatusList+JWT; v=1")),
        )
        .route("/html", get(async move || typed("text/html")))
        .route(
            "/moved",
            get(async || axum::response::Redirect::to("/list")),
        )
        .route(
            "/huge",
            get(async move || ([("content-type", MEDIA_TYPE)], vec![b'0'; (4 << 20) + 1])),
        );
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    origin
}

#[tokio::test]
async fn a_document_comes_with_its_media_type_and_without_redirects() {
    let origin = publish().await;
    let client = HttpClient::new(Network::Loopback).unwrap();
    let fetch = async |path: &str| client.fetch(&format!("{origin}{path}"), MEDIA_TYPE).await;
    let unreachable = |code| Err(FetchError::Unreachable(code));
    assert_eq!(fetch("/list").await.as_deref(), Ok(&b"document"[..]));
    assert_eq!(fetch("/cased").await.as_deref(), Ok(&b"document"[..]));
    assert_eq!(fetch("/html").await, unreachable("http_other_media_type"));
    assert_eq!(fetch("/moved").await, unreachable("http_error_status"));
    assert_eq!(fetch("/none").await, Err(FetchError::NotFound));
    assert_eq!(fetch("/huge").await, unreachable("http_answer_too_large"));
}

#[tokio::test]
async fn a_private_address_in_a_credential_is_not_dialled() {
    let origin = publish().await;
    let client = HttpClient::new(Network::Public).unwrap();
    let refused = Err(FetchError::Unreachable("http_address_refused"));
    for url in [
        format!("{origin}/list"),
        "https://127.0.0.1/list".to_owned(),
        "https://169.254.169.254/latest".to_owned(),
        "https://[::1]/list".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        assert_eq!(client.fetch(&url, MEDIA_TYPE).await, refused, "{url}");
    }
}

#[tokio::test]
async fn without_a_network_nothing_is_fetched() {
    let fetched = Offline
        .fetch("https://opisto.example/status/1", MEDIA_TYPE)
        .await;
    assert_eq!(fetched, Err(FetchError::Offline));
}
