//! A broker's outward face on loopback, as far as a recipient meets it: it checks assertions, proofs,
//! PKCE and request objects with the shared code, and keeps nothing but one grant.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use chrono::TimeDelta;
use credential_core::{
    clock::{Clock as _, FixedClock},
    consent::{
        details::{GrantedDetails, LegalBasis, Purpose},
        period::Period,
        request::ConsentRequest,
    },
    id::GrantId,
    jose::{Es256Key, KeyUse, dpop, jws},
    network::Network,
    notices::PollRequest,
    oauth::{client_assertion, pkce, token::TokenResponse},
    rng::SystemRng,
    text::Text,
    trust::{IntendedUse, RecipientRole, TrustList},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    http::HttpClient,
    recipient::{Identity, Recipient, RequestTemplate},
    test_support::{CLIENT, World, broker_statement, key, noon, query, statement, trust_list},
};

pub(super) const REDIRECT: &str = "http://127.0.0.1:9/callback";

/// What happened, and what shall happen.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) request: Option<ConsentRequest>,
    pub(super) granted: Option<GrantedDetails>,
    pub(super) deposit: String,
    pub(super) receipts: Vec<String>,
    pub(super) ended: bool,
    pub(super) paused: bool,
    /// The nonce that proofs must carry, when there is one.
    pub(super) nonce: Option<String>,
    /// How often a proof was sent back for a newer nonce.
    pub(super) sent_back: u32,
    pub(super) break_connections: usize,
    pub(super) expires_in: u32,
    /// `Read-Id` and DPoP id of every read that arrived.
    pub(super) reads: Vec<(String, String)>,
    pub(super) tokens_given: u32,
    /// Where the link to the recipient's page leads, if not here.
    pub(super) page_origin: Option<String>,
    /// Notices that wait, and what was asked and settled.
    pub(super) sets: BTreeMap<String, String>,
    pub(super) polls: Vec<PollRequest>,
}

#[derive(Debug, Clone)]
pub(super) struct Broker {
    pub(super) issuer: String,
    pub(super) desk: Arc<Mutex<Desk>>,
    pub(super) key: Arc<Es256Key>,
    pub(super) trust: Arc<TrustList>,
    pub(super) clock: FixedClock,
    pub(super) metadata: Arc<Mutex<Value>>,
}

impl Broker {
    /// A broker that listens, and a recipient of `world` registered with it.
    pub(super) async fn start(world: &World) -> (Self, Identity) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let identity = identity(world);
        let key = Arc::new(key());
        let trust = trust_list(&[
            broker_statement(&issuer, &key),
            recipient_statement(&identity),
        ]);
        let broker = Self {
            metadata: Arc::new(Mutex::new(metadata(&issuer))),
            desk: Arc::default(),
            trust: Arc::new(trust),
            clock: world.clock.clone(),
            issuer,
            key,
        };
        broker.desk().expires_in = 300;
        let router = Router::new()
            .route("/.well-known/oauth-authorization-server", get(discover))
            .route("/par", post(push))
            .route("/token", post(token))
            .route("/mailbox/{id}", get(read))
            .route("/receipts", post(receipts))
            .route("/recipient/page", post(page))
            .route("/notices/poll", post(super::notices::poll))
            .with_state(broker.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (broker, identity)
    }

    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap()
    }

    pub(super) async fn connect(
        &self,
        identity: &Identity,
    ) -> Result<Recipient, crate::recipient::CallError> {
        let http = HttpClient::new(Network::Loopback).unwrap();
        let (clock, rng) = (Arc::new(self.clock.clone()), Arc::new(SystemRng::default()));
        Recipient::connect(identity.clone(), &self.issuer, http, clock, rng).await
    }

    /// Checks assertion and proof, and gives the proof's thumbprint.
    pub(super) fn authenticate(
        &self,
        path: &str,
        headers: &HeaderMap,
        form: &Value,
    ) -> Option<String> {
        let recipient = self.trust.recipient(CLIENT)?.0;
        let now = self.clock.now();
        let assertion = form["client_assertion"].as_str()?;
        assert_eq!(form["client_assertion_type"], client_assertion::TYPE);
        client_assertion::check_client(assertion, CLIENT, &recipient.keys, &self.issuer, now)
            .ok()?;
        let url = format!("{}{path}", self.issuer);
        let proof = headers.get("dpop")?.to_str().ok()?;
        let proof = dpop::check(proof, "POST", &url, None, now).ok()?;
        Some(proof.thumbprint().to_owned())
    }

    /// The refusal of a proof without the nonce that is wanted now (RFC 9449 sections 8 and 9).
    fn sends_back(&self, headers: &HeaderMap, status: StatusCode) -> Option<Response> {
        #[derive(serde::Deserialize)]
        struct Claims {
            nonce: Option<String>,
        }
        let mut desk = self.desk();
        let wanted = desk.nonce.clone()?;
        let proof = headers.get("dpop")?.to_str().ok()?;
        let proof = jws::Unverified::parse(proof, dpop::TYP).ok()?;
        let claims: Claims = proof.untrusted_payload().ok()?;
        if claims.nonce.as_ref() == Some(&wanted) {
            return None;
        }
        desk.sent_back += 1;
        let answer = refused(status, "use_dpop_nonce", "dpop_nonce_needed");
        Some(([("dpop-nonce", wanted)], answer).into_response())
    }
}

fn identity(world: &World) -> Identity {
    let pkcs8 = world.recipient.to_pkcs8();
    Identity {
        client_id: CLIENT.into(),
        signing_key: Arc::new(key()),
        dpop_key: Arc::new(key()),
        encryption_key: Arc::new(crate::RecipientKey::from_pkcs8(&pkcs8).unwrap()),
        redirect_uri: REDIRECT.into(),
    }
}

fn recipient_statement(identity: &Identity) -> credential_core::trust::Statement {
    let signing = identity
        .signing_key
        .public_jwk()
        .clone()
        .with_use(KeyUse::Sig);
    let keys = vec![signing, identity.encryption_key.public_jwk().clone()];
    let mut statement = statement("https://lumohoiva.example", "Lumo Hoiva", keys);
    statement.metadata.oauth_client = Some(RecipientRole {
        client_id: CLIENT.into(),
        redirect_uris: vec![REDIRECT.into()],
        event_endpoint: None,
        intended_uses: vec![IntendedUse {
            purpose: purpose(),
            legal_basis: LegalBasis::Consent,
            dcql_query: query(),
            max_duration: Period::days(90).unwrap(),
            max_reads: Some(5),
            retention: Period::days(90).unwrap(),
        }],
    });
    statement
}

pub(super) fn purpose() -> Purpose {
    Purpose {
        code: "https://w3id.org/dpv#PersonnelHiring".into(),
        text: Text::new("Rekrytointi", "Rekrytering", "Recruitment"),
    }
}

fn reason(claim: &str) -> Value {
    json!({"credential_id": "degree", "claim_id": claim,
        "text": {"fi": "Kelpoisuus", "sv": "Behörighet", "en": "Eligibility"}})
}

pub(super) fn template() -> RequestTemplate {
    serde_json::from_value(json!({
        "dcql_query": query(),
        "optional": [{"credential_id": "degree", "claim_id": "given"}],
        "reasons": [reason("family"), reason("title")],
        "purpose": purpose(),
        "legal_basis": "consent",
        "mode": "standing",
        "duration": "P60D",
        "max_reads": 3,
        "retention": "P90D"
    }))
    .unwrap()
}

fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "pushed_authorization_request_endpoint": format!("{issuer}/par"),
        "token_endpoint": format!("{issuer}/token"),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    })
}

async fn discover(State(broker): State<Broker>) -> Json<Value> {
    Json(broker.metadata.lock().unwrap().clone())
}

fn refused(status: StatusCode, error: &str, reason: &str) -> Response {
    (status, Json(json!({"error": error, "reason": reason}))).into_response()
}

async fn push(
    State(broker): State<Broker>,
    headers: HeaderMap,
    Form(form): Form<Value>,
) -> Response {
    if let Some(sent_back) = broker.sends_back(&headers, StatusCode::BAD_REQUEST) {
        return sent_back;
    }
    let Some(thumbprint) = broker.authenticate("/par", &headers, &form) else {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", "client");
    };
    let jar = form["request"].as_str().unwrap();
    match ConsentRequest::verify(jar, &broker.issuer, &broker.trust, broker.clock.now()) {
        Ok(request) => {
            assert_eq!(request.object().dpop_jkt, thumbprint);
            broker.desk().request = Some(request);
            let uri = "urn:ietf:params:oauth:request_uri:abc";
            let body = Json(json!({"request_uri": uri, "expires_in": 300}));
            (StatusCode::CREATED, body).into_response()
        }
        Err(error) => refused(
            StatusCode::BAD_REQUEST,
            "invalid_authorization_details",
            error.reason(),
        ),
    }
}

async fn token(
    State(broker): State<Broker>,
    headers: HeaderMap,
    Form(form): Form<Value>,
) -> Response {
    let Some(thumbprint) = broker.authenticate("/token", &headers, &form) else {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", "client");
    };
    let mut desk = broker.desk();
    let request = desk.request.clone().unwrap();
    let object = request.object();
    let allowed = match form["grant_type"].as_str() {
        Some("authorization_code") => {
            let verifier = form["code_verifier"].as_str().unwrap();
            form["code"] == "the-code"
                && form["redirect_uri"] == REDIRECT
                && pkce::matches(verifier, &object.code_challenge)
        }
        Some("refresh_token") => form["refresh_token"] == "refresh",
        _ => false,
    };
    if !allowed || desk.ended || object.dpop_jkt != thumbprint {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant", "grant");
    }
    desk.tokens_given += 1;
    let details = desk.granted.clone().unwrap();
    let first = form["grant_type"] == "authorization_code";
    Json(TokenResponse {
        access_token: format!("access-{}", desk.tokens_given),
        token_type: "DPoP".into(),
        expires_in: desk.expires_in,
        refresh_token: first.then(|| "refresh".to_owned()),
        grant_id: Some(details.grant_id),
        authorization_details: vec![details],
    })
    .into_response()
}

async fn read(
    State(broker): State<Broker>,
    Path(id): Path<GrantId>,
    headers: HeaderMap,
) -> Response {
    if let Some(sent_back) = broker.sends_back(&headers, StatusCode::UNAUTHORIZED) {
        return sent_back;
    }
    let header = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
    let mut desk = broker.desk();
    let token = header("authorization")
        .strip_prefix("DPoP ")
        .unwrap()
        .to_owned();
    let url = format!("{}/mailbox/{id}", broker.issuer);
    let proof = dpop::check(
        &header("dpop"),
        "GET",
        &url,
        Some(&token),
        broker.clock.now(),
    )
    .unwrap();
    desk.reads.push((header("read-id"), proof.id().to_owned()));
    if desk.break_connections > 0 {
        desk.break_connections -= 1;
        drop(desk);
        panic!("the connection breaks before an answer");
    }
    let current = format!("access-{}", desk.tokens_given);
    let granted = desk.granted.as_ref().map(|details| details.grant_id);
    if desk.ended || token != current || granted != Some(id) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_token", "token");
    }
    if desk.paused {
        return refused(StatusCode::FORBIDDEN, "access_denied", "grant_paused");
    }
    ([("content-type", "application/jose")], desk.deposit.clone()).into_response()
}

async fn receipts(
    State(broker): State<Broker>,
    headers: HeaderMap,
    Form(form): Form<Value>,
) -> Response {
    if broker.authenticate("/receipts", &headers, &form).is_none() {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", "client");
    }
    Json(json!({"receipts": broker.desk().receipts.clone()})).into_response()
}

async fn page(
    State(broker): State<Broker>,
    headers: HeaderMap,
    Form(form): Form<Value>,
) -> Response {
    if broker
        .authenticate("/recipient/page", &headers, &form)
        .is_none()
    {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client", "client");
    }
    let desk = broker.desk();
    let origin = desk.page_origin.as_deref().unwrap_or(&broker.issuer);
    Json(json!({"page_url": format!("{origin}/recipient/enter/x"), "expires_in": 600}))
        .into_response()
}

/// What the person grants: everything that was asked, for sixty days.
pub(super) fn grant(asked: &crate::recipient::PendingRequest) -> GrantedDetails {
    let id = GrantId::random(&SystemRng::default()).unwrap();
    let until = noon() + TimeDelta::days(60);
    asked.details().granted(id, CLIENT, until, &[]).unwrap()
}
