//! An issuer that does one thing in a way of its own.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use credential_core::{
    dcql::Query,
    jose::{Es256Key, Jwk, Signer as _},
    oid4vci::{metadata::Configuration, offer::TxCode},
};
use serde_json::{Map, Value, json};

use super::*;
use crate::test_support::{OTHER_VCT, VCT, key, noon, query};

pub(super) const PRE_AUTHORIZED_CODE: &str = "pre-authorized-7Xk";

/// What it does otherwise than an honest issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Honest,
    MetadataOfAnother,
    ServerOfAnother,
    OffersMore,
    OtherKey,
    OtherType,
    OtherSignature,
    OtherIssuer,
    UnlistedType,
    Nonsense,
    TwoCredentials,
    NoCredential,
    NotJson,
    Refuses,
}

#[derive(Clone)]
pub(super) struct School {
    pub(super) parties: Arc<Parties>,
    pub(super) url: String,
    way: Way,
    asked: Arc<Mutex<Vec<String>>>,
}

/// Any query; the list needs one.
pub(super) fn wanted() -> Query {
    query(&[("title", json!(["title"]))])
}

impl School {
    pub(super) async fn open(way: Way) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let school = Self {
            parties: Arc::new(Parties::new()),
            url: format!("http://{}", listener.local_addr().unwrap()),
            way,
            asked: Arc::default(),
        };
        let router = Router::new()
            .route(WELL_KNOWN, get(metadata))
            .route(AUTHORIZATION_SERVER_PATH, get(server))
            .route("/token", post(token))
            .route("/nonce", post(async || Json(json!({"c_nonce": "n-1"}))))
            .route("/credential", post(credential))
            .layer(middleware::from_fn_with_state(school.clone(), note))
            .with_state(school.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        school
    }

    pub(super) fn list(&self) -> String {
        self.parties.list(1, &self.url, &wanted())
    }

    pub(super) fn offer(&self) -> String {
        let ids = vec!["one".to_owned()];
        let code = PRE_AUTHORIZED_CODE.to_owned();
        let offer = CredentialOffer::pre_authorized(&self.url, ids, code, Some(TxCode::default()));
        let mut link = url::Url::parse("openid-credential-offer://").unwrap();
        let offer = serde_json::to_string(&offer).unwrap();
        link.query_pairs_mut()
            .append_pair("credential_offer", &offer);
        link.into()
    }

    /// The paths that were asked for.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn issue(&self, issuer: &str, vct: &str, holder: &Jwk) -> Value {
        let claims = Map::from_iter([("title".to_owned(), json!("Kokki"))]);
        let text = self.parties.credential((issuer, vct), &claims, &[], holder);
        json!({ "credential": text })
    }
}

async fn note(State(school): State<School>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    school.asked.lock().unwrap().push(path);
    next.run(request).await
}

async fn metadata(State(School { url, way, .. }): State<School>) -> Json<CredentialIssuer> {
    let configuration: Configuration = serde_json::from_value(json!({
        "format": "dc+sd-jwt", "vct": VCT,
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": ["ES256"],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
    }))
    .unwrap();
    let named = if way == Way::OffersMore { "two" } else { "one" };
    let issuer = match way {
        Way::MetadataOfAnother => "https://other.example",
        _ => &url,
    };
    Json(CredentialIssuer {
        credential_issuer: issuer.into(),
        credential_endpoint: format!("{url}/credential"),
        nonce_endpoint: format!("{url}/nonce"),
        batch_credential_issuance: None,
        display: vec![],
        credential_configurations_supported: [(named.to_owned(), configuration)].into(),
    })
}

async fn server(State(School { url, way, .. }): State<School>) -> Json<Value> {
    let issuer = match way {
        Way::ServerOfAnother => "https://other.example",
        _ => &url,
    };
    Json(json!({"issuer": issuer, "token_endpoint": format!("{url}/token")}))
}

async fn token(State(school): State<School>, form: Bytes) -> Response {
    let form = String::from_utf8(form.to_vec()).unwrap();
    assert!(
        form.contains(PRE_AUTHORIZED_CODE) && form.contains("tx_code=493817"),
        "{form}"
    );
    if school.way == Way::Refuses {
        let refusal = json!({
            "error": "invalid_grant", "error_description": "no\u{1b}[2J\n".repeat(10_000),
            "reason": "Not a code at all",
        });
        return (StatusCode::BAD_REQUEST, Json(refusal)).into_response();
    }
    let answer = json!({"access_token": "t", "token_type": "Bearer", "expires_in": 60});
    Json(answer).into_response()
}

async fn credential(State(school): State<School>, request: Bytes) -> Response {
    let request: CredentialRequest = serde_json::from_slice(&request).unwrap();
    let proof = proof::check(&request.proofs.jwt[0], &school.url, noon()).unwrap();
    assert_eq!(proof.nonce(), "n-1");
    let (url, holder) = (school.url.as_str(), proof.key());
    let stranger: Es256Key = key();
    let honest = || school.issue(url, VCT, holder);
    let items = match school.way {
        Way::OtherKey => vec![school.issue(url, VCT, stranger.public_jwk())],
        Way::OtherType => vec![school.issue(url, OTHER_VCT, holder)],
        Way::UnlistedType => vec![school.issue(url, "https://types.example/third/1", holder)],
        Way::OtherIssuer => vec![school.issue("https://other.example", VCT, holder)],
        Way::OtherSignature => vec![forged(&honest())],
        Way::Nonsense => vec![json!({"credential": "a~b~c"})],
        Way::TwoCredentials => vec![honest(), honest()],
        Way::NoCredential => vec![],
        Way::NotJson => return "<html>sorry</html>".into_response(),
        _ => vec![honest()],
    };
    Json(json!({ "credentials": items })).into_response()
}

/// The signature's first character is another one.
fn forged(honest: &Value) -> Value {
    let text = honest["credential"].as_str().unwrap();
    let place = text.rfind('.').unwrap() + 1;
    let other = if text[place..].starts_with('A') {
        "B"
    } else {
        "A"
    };
    json!({"credential": format!("{}{other}{}", &text[..place], &text[place + 1..])})
}
