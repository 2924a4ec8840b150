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
    jose::{Es256Key, Jwk, Signer as _, jwe::OpeningKey},
    oauth::metadata::AUTHORIZATION_SERVER_PATH,
    oid4vci::{
        CredentialRequest,
        metadata::{Configuration, WELL_KNOWN},
        offer::TxCode,
        proof,
    },
};
use serde_json::{Map, Value, json};

use super::*;
use crate::test_support::{OTHER_VCT, VCT, key, noon, query};

pub(super) const PRE_AUTHORIZED_CODE: &str = "pre-authorized-7Xk";

/// What it does otherwise than an honest issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Honest,
    /// Up to eight copies at once.
    Batch,
    /// One of the copies says something else.
    UnlikeCopies,
    /// Two copies are bound to the same key.
    SameKeyTwice,
    /// Its description is signed.
    Signed,
    /// Its description is signed by somebody else.
    SignedByAnother,
    /// Requests and answers are encrypted.
    Encrypted,
    /// Answers are in the open although they were to be encrypted.
    AnswersInTheOpen,
    /// Wants encryption in a way that nobody has.
    StrangeEncryption,
    /// Not released yet.
    Later,
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
    told: Arc<Mutex<Vec<Value>>>,
    opening: Arc<OpeningKey>,
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
            told: Arc::default(),
            opening: Arc::new(OpeningKey::generate().unwrap()),
        };
        let router = Router::new()
            .route(WELL_KNOWN, get(metadata))
            .route(AUTHORIZATION_SERVER_PATH, get(server))
            .route("/token", post(token))
            .route("/nonce", post(async || Json(json!({"c_nonce": "n-1"}))))
            .route("/credential", post(credential))
            .route("/notification", post(notification))
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

    /// What it was told.
    pub(super) fn told(&self) -> Vec<Value> {
        self.told.lock().unwrap().clone()
    }

    fn issue(&self, issuer: &str, vct: &str, holder: &Jwk) -> Value {
        self.issue_titled("Kokki", issuer, vct, holder)
    }

    fn issue_titled(&self, title: &str, issuer: &str, vct: &str, holder: &Jwk) -> Value {
        let claims = Map::from_iter([("title".to_owned(), json!(title))]);
        let text = self.parties.credential((issuer, vct), &claims, &[], holder);
        json!({ "credential": text })
    }
}

async fn note(State(school): State<School>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    school.asked.lock().unwrap().push(path);
    next.run(request).await
}

async fn metadata(State(school): State<School>) -> Response {
    let School { url, way, .. } = &school;
    let configuration: Configuration = serde_json::from_value(json!({
        "format": "dc+sd-jwt", "vct": VCT,
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": ["ES256"],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
    }))
    .unwrap();
    let named = if *way == Way::OffersMore {
        "two"
    } else {
        "one"
    };
    let issuer = match way {
        Way::MetadataOfAnother => "https://other.example",
        _ => url,
    };
    let batch = matches!(way, Way::Batch | Way::UnlikeCopies | Way::SameKeyTwice);
    let mut metadata = json!({
        "credential_issuer": issuer,
        "credential_endpoint": format!("{url}/credential"),
        "nonce_endpoint": format!("{url}/nonce"),
        "notification_endpoint": format!("{url}/notification"),
        "credential_configurations_supported": {named: configuration},
    });
    if batch {
        metadata["batch_credential_issuance"] = json!({"batch_size": 8});
    }
    if matches!(
        way,
        Way::Encrypted | Way::AnswersInTheOpen | Way::StrangeEncryption
    ) {
        let strange = *way == Way::StrangeEncryption;
        let enc = if strange { "A256CBC-HS512" } else { "A256GCM" };
        metadata["credential_request_encryption"] = json!({
            // A key of a kind that this wallet does not know, and one that it does.
            "jwks": {"keys": [{"kty": "RSA", "n": "AQAB", "e": "AQAB"}, school.opening.public_jwk()]},
            "enc_values_supported": [enc], "encryption_required": true,
        });
        metadata["credential_response_encryption"] = json!({
            "alg_values_supported": ["RSA-OAEP", "ECDH-ES"],
            "enc_values_supported": [enc], "encryption_required": true,
        });
    }
    let signer = match way {
        Way::Signed => &school.parties.issuer,
        Way::SignedByAnother => &school.parties.recipient,
        _ => return Json(metadata).into_response(),
    };
    let metadata: CredentialIssuer = serde_json::from_value(metadata).unwrap();
    let until = noon() + chrono::TimeDelta::hours(1);
    let signed = metadata.sign((noon(), until), signer).unwrap();
    ([("content-type", "application/jwt")], signed).into_response()
}

async fn notification(State(school): State<School>, Json(told): Json<Value>) -> StatusCode {
    school.told.lock().unwrap().push(told);
    StatusCode::NO_CONTENT
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

async fn credential(State(school): State<School>, sent: Bytes) -> Response {
    let encrypted = matches!(school.way, Way::Encrypted | Way::AnswersInTheOpen);
    let request = if encrypted {
        let text = std::str::from_utf8(&sent).unwrap();
        school.opening.open(text).unwrap().to_vec()
    } else {
        sent.to_vec()
    };
    let request: CredentialRequest = serde_json::from_slice(&request).unwrap();
    let proofs: Vec<_> = request
        .proofs
        .jwt
        .iter()
        .map(|proof| proof::check(proof, &school.url, noon()).unwrap())
        .collect();
    assert!(proofs.iter().all(|proof| proof.nonce() == "n-1"));
    let proof = &proofs[0];
    if school.way == Way::Encrypted {
        let answer = json!({ "credentials": [school.issue(&school.url, VCT, proof.key())] });
        let wanted = request.credential_response_encryption.unwrap();
        let sealed = wanted.seal(answer.to_string().as_bytes()).unwrap();
        return ([("content-type", "application/jwt")], sealed).into_response();
    }
    if school.way == Way::Later {
        let answer = json!({"transaction_id": "t", "interval": 5});
        return (StatusCode::ACCEPTED, Json(answer)).into_response();
    }
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
        Way::Batch | Way::UnlikeCopies => proofs
            .iter()
            .rev()
            .enumerate()
            .map(|(place, proof)| {
                let other = school.way == Way::UnlikeCopies && place == 1;
                let title = if other { "Leipuri" } else { "Kokki" };
                school.issue_titled(title, url, VCT, proof.key())
            })
            .collect(),
        Way::SameKeyTwice => vec![honest(), honest()],
        Way::NotJson => return "<html>sorry</html>".into_response(),
        _ => vec![honest()],
    };
    Json(json!({ "credentials": items, "notification_id": "n" })).into_response()
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
