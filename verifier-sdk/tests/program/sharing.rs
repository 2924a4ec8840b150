//! Asking and reading, against a broker that only plays its part of the protocol.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    net::TcpListener as Port,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use chrono::TimeDelta;
use credential_core::{
    consent::{details::GrantedDetails, request::RequestObject},
    credential::CredentialType,
    id::GrantId,
    jose::{Es256Key, JwkSet, Signer as _, jws::Unverified},
    network::Network,
    trust::Entry,
};
use serde_json::{Value, json};
use verifier_sdk::http::{Body, HttpClient};

use crate::desk::{Desk, init_with, said, text, verify};

const ENTITY: &str = "https://lumohoiva.example";

#[derive(Debug, Default)]
struct Played {
    granted: Option<GrantedDetails>,
    deposit: Option<&'static str>,
}

#[derive(Debug, Clone)]
struct Broker {
    issuer: String,
    played: Arc<Mutex<Played>>,
}

async fn broker() -> Broker {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let broker = Broker {
        issuer: format!("http://{}", listener.local_addr().unwrap()),
        played: Arc::default(),
    };
    let router = Router::new()
        .route("/.well-known/oauth-authorization-server", get(metadata))
        .route("/par", post(push))
        .route("/token", post(token))
        .route("/mailbox/{id}", get(mailbox))
        .with_state(broker.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    broker
}

async fn metadata(State(Broker { issuer, .. }): State<Broker>) -> Json<Value> {
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "token_endpoint": format!("{issuer}/token"),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn push(State(broker): State<Broker>, Form(form): Form<Value>) -> Response {
    let request = Unverified::parse(form["request"].as_str().unwrap(), "oauth-authz-req+jwt");
    let object: RequestObject = request.unwrap().untrusted_payload().unwrap();
    let until = chrono::DateTime::from_timestamp(object.iat, 0).unwrap() + TimeDelta::days(5);
    let details = &object.authorization_details[0];
    let granted = details.granted(GrantId::from_bytes([8; 16]), &object.client_id, until, &[]);
    broker.played.lock().unwrap().granted = Some(granted.unwrap());
    let pushed = json!({"request_uri": "urn:ietf:params:oauth:request_uri:1", "expires_in": 300});
    (StatusCode::CREATED, Json(pushed)).into_response()
}

async fn token(State(broker): State<Broker>, Form(form): Form<Value>) -> Response {
    if form["code"] != "the-code" {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({"error": "invalid_grant"})),
        )
            .into_response();
    }
    let granted = broker.played.lock().unwrap().granted.clone().unwrap();
    Json(
        json!({"access_token": "a", "token_type": "DPoP", "expires_in": 300,
        "refresh_token": "r", "grant_id": granted.grant_id, "authorization_details": [granted]}),
    )
    .into_response()
}

async fn mailbox(State(broker): State<Broker>) -> Response {
    match broker.played.lock().unwrap().deposit {
        Some(deposit) => ([("content-type", "application/jose")], deposit).into_response(),
        None => (
            StatusCode::UNAUTHORIZED,
            Json(json!({"error": "invalid_token"})),
        )
            .into_response(),
    }
}

/// A registered recipient whose redirect address is free, and its request.
fn registered(desk: &Desk, broker: &Broker) -> String {
    let free = Port::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let redirect = format!("http://{free}/vastaus");
    let (code, entry, err) = said(&init_with(desk, ENTITY, &redirect));
    assert_eq!(code, Some(0), "{err}");
    let entry: Entry = serde_json::from_str(&entry).unwrap();
    let listed = entry.statement(
        "https://registrar.example",
        chrono::DateTime::UNIX_EPOCH,
        chrono::DateTime::UNIX_EPOCH,
    );
    let key = Es256Key::generate().unwrap().0;
    let keys = JwkSet {
        keys: vec![key.public_jwk().clone()],
    };
    let names = json!({"organization_name#fi": "Välittäjä", "organization_name#sv": "Förmedlare",
        "organization_name#en": "Broker"});
    let role = json!({"federation_entity": names,
        "oauth_authorization_server": {"issuer": broker.issuer}});
    desk.publish_with(
        "list.jwt",
        3,
        vec![
            desk.statement(&broker.issuer, keys, serde_json::from_value(role).unwrap()),
            desk.statement(ENTITY, listed.jwks, listed.metadata),
        ],
    );
    let template = json!({
        "dcql_query": {"credentials": [{"id": "degree", "format": "dc+sd-jwt",
            "meta": {"vct_values": [CredentialType::Qualification.vct()]},
            "claims": [{"id": "title", "path": ["title"]}]}]},
        "reasons": [{"credential_id": "degree", "claim_id": "title",
            "text": {"fi": "Kelpoisuus", "sv": "Behörighet", "en": "Eligibility"}}],
        "purpose": {"code": "https://w3id.org/dpv#PersonnelHiring",
            "text": {"fi": "Rekrytointi", "sv": "Rekrytering", "en": "Recruitment"}},
        "legal_basis": "consent", "mode": "standing", "duration": "P30D", "retention": "P90D",
        "max_reads": 3
    });
    desk.write("request.json", &template.to_string());
    redirect
}

fn arguments(desk: &Desk, broker: &Broker, more: &[&str]) -> Vec<String> {
    let (data, list, key) = (
        desk.path("data"),
        desk.path("list.jwt"),
        desk.path("registrar.jwk"),
    );
    let template = desk.path("request.json");
    let common = [
        "request",
        "--development",
        "--lang",
        "en",
        "--data",
        text(&data),
        "--broker",
        &broker.issuer,
        "--template",
        text(&template),
        "--trust-list",
        text(&list),
        "--registrar-key",
        text(&key),
    ];
    common.iter().chain(more).map(ToString::to_string).collect()
}

/// Starts `verify request --wait`, and gives it with the state of its request.
fn waiting(desk: &Desk, broker: &Broker) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_verify"))
        .args(arguments(desk, broker, &["--wait", "--json"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    if line.is_empty() {
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut line)
            .unwrap();
        panic!("no link: {line}");
    }
    let shown: Value = serde_json::from_str(&line).unwrap();
    assert!(
        shown["link"]
            .as_str()
            .unwrap()
            .starts_with(&format!("{}/authorize?", broker.issuer))
    );
    child.stdout = Some(out.into_inner());
    (child, shown["state"].as_str().unwrap().to_owned())
}

async fn come_back(redirect: &str, query: &str) -> u16 {
    let browser = HttpClient::new(Network::Loopback).unwrap();
    let answer = browser
        .send(&format!("{redirect}?{query}"), &[], Body::None)
        .await;
    answer.unwrap().status
}

fn ended(child: Child) -> (Option<i32>, String, String) {
    said(&child.wait_with_output().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_kept_and_its_end_is_told_with_its_own_exit_code() {
    let (desk, broker) = (Desk::new(), broker().await);
    let redirect = registered(&desk, &broker);
    let (child, state) = waiting(&desk, &broker);
    assert_eq!(come_back(&redirect, "code=x&state=forged").await, 200);
    let iss: String = url::form_urlencoded::byte_serialize(broker.issuer.as_bytes()).collect();
    let answer = format!("code=the-code&state={state}&iss={iss}");
    assert_eq!(come_back(&redirect, &answer).await, 200);
    let (code, out, err) = ended(child);
    assert_eq!(code, Some(0), "{err}");
    let granted: Value = serde_json::from_str(out.trim()).unwrap();
    assert_eq!(granted["grant_id"], "08080808-0808-0808-0808-080808080808");
    let requests = std::fs::read_dir(desk.path("data/requests")).unwrap();
    assert_eq!(requests.count(), 0, "the code verifier is not kept");

    let (id, data) = (granted["grant_id"].as_str().unwrap(), desk.path("data"));
    let read = || {
        said(&verify(&[
            "read",
            id,
            "--development",
            "--lang",
            "fi",
            "--data",
            text(&data),
        ]))
    };
    let (code, out, err) = read();
    assert_eq!((code, out.as_str()), (Some(6), ""));
    assert_eq!(
        err,
        "Tämä jako on päättynyt. Henkilö voi jakaa uudelleen, jos haluaa.\n"
    );
    broker.played.lock().unwrap().deposit = Some("no.deposit");
    let (code, out, _) = read();
    assert_eq!(code, Some(10));
    assert!(
        out.starts_with("Ei kelpaa: lähetys on vioittunut. Pyydä henkilöltä uusi.\n"),
        "{out}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_does_not_share_ends_the_waiting_without_a_grant() {
    let (desk, broker) = (Desk::new(), broker().await);
    let redirect = registered(&desk, &broker);
    let (child, state) = waiting(&desk, &broker);
    let iss: String = url::form_urlencoded::byte_serialize(broker.issuer.as_bytes()).collect();
    let answer = format!("error=access_denied&state={state}&iss={iss}");
    assert_eq!(come_back(&redirect, &answer).await, 200);
    let (code, out, err) = ended(child);
    assert_eq!((code, out.as_str()), (Some(6), ""));
    let error: Value = serde_json::from_str(&err).unwrap();
    assert_eq!(error["error"], "access_denied");
    assert_eq!(
        std::fs::read_dir(desk.path("data/grants")).unwrap().count(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_came_while_nobody_listened_is_taken_later() {
    let (desk, broker) = (Desk::new(), broker().await);
    let redirect = registered(&desk, &broker);
    let asked = arguments(&desk, &broker, &["--json"]);
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let (code, out, err) = said(&verify(&asked));
    assert_eq!(code, Some(0), "{err}");
    let shown: Value = serde_json::from_str(&out).unwrap();
    let state = shown["state"].as_str().unwrap();
    let data = desk.path("data");
    let take = |address: &str| {
        said(&verify(&[
            "answer",
            address,
            "--development",
            "--json",
            "--data",
            text(&data),
        ]))
    };
    let forged = format!("{redirect}?code=the-code&state={state}&iss=https://evil.example");
    assert_eq!(take(&forged).0, Some(6));
    assert_eq!(
        take(&format!("{redirect}?code=x&state=../keys/signing")).0,
        Some(5)
    );
    let honest = format!(
        "{redirect}?code=the-code&state={state}&iss={}",
        broker.issuer
    );
    assert_eq!(take(&honest).0, Some(0));
    assert_eq!(take(&honest).0, Some(5), "a request is answered once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_not_on_the_trust_list_is_not_asked() {
    let (desk, honest) = (Desk::new(), broker().await);
    registered(&desk, &honest);
    let stranger = broker().await;
    let asked = arguments(&desk, &stranger, &["--json"]);
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let (code, _, err) = said(&verify(&asked));
    assert_eq!(code, Some(6));
    assert!(err.contains("broker_unknown"), "{err}");
    assert!(stranger.played.lock().unwrap().granted.is_none());
}
