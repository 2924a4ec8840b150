//! An institution on loopback, a wallet's keys, and answers in a form that a test can show.

use std::{
    path::Path,
    sync::{Arc, LazyLock},
};

use chrono::{DateTime, Utc};
use credential_core::{
    clock::FixedClock,
    credential::{CredentialClaims, CredentialType},
    jose::{Es256Key, Jwk, JwkSet, Signer as _, VerifyingKey},
    network::Network,
    oid4vci::{offer::OfferLink, proof},
    rng::SystemRng,
    sd_jwt::{SdJwt, VerifiedSdJwt},
    text::Text,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::server::{
    Confirmation, HolderMatch, IssuerState, Lifetimes, Offer, Profile, Registry, SealingKey, Setup,
    router,
};

pub(super) fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

/// An institution that listens on loopback while it lives.
pub(super) struct World {
    pub(super) state: IssuerState,
    pub(super) clock: FixedClock,
    pub(super) identifier: String,
    pub(super) folder: TempDir,
    http: reqwest::Client,
    server: JoinHandle<()>,
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl World {
    pub(super) async fn new() -> Self {
        Self::at("").await
    }

    /// With a path in its identifier.
    pub(super) async fn at(path: &str) -> Self {
        Self::made(path, false).await
    }

    /// Where everything has to be encrypted.
    pub(super) async fn with_required_encryption() -> Self {
        Self::made("", true).await
    }

    async fn made(path: &str, encryption_required: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let identifier = format!("http://{}{path}", listener.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let clock = FixedClock::at(noon());
        let state = issuer_with(&identifier, folder.path(), &clock, encryption_required);
        let app = router(state.clone());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            state,
            clock,
            identifier,
            folder,
            http: http(),
            server,
        }
    }

    /// Ends the server and closes its registry.
    pub(super) async fn stop(mut self) -> TempDir {
        self.server.abort();
        let _cancelled = (&mut self.server).await;
        let folder = std::mem::replace(&mut self.folder, tempfile::tempdir().unwrap());
        drop(self);
        folder
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.identifier))
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// An offer of these types with a transaction code.
    pub(super) fn offer(&self, types: &[CredentialType]) -> Offer {
        self.offer_with(types, Confirmation::TransactionCode)
    }

    pub(super) fn offer_with(&self, types: &[CredentialType], by: Confirmation) -> Offer {
        let credentials = types.iter().map(|kind| claims(*kind)).collect();
        let mut offers = self
            .state
            .offer(credentials, HolderMatch::InPerson, by)
            .unwrap();
        assert_eq!(offers.len(), 1);
        offers.remove(0)
    }

    /// The pre-authorised code, read from where the link points to.
    pub(super) async fn code(&self, offer: &Offer) -> String {
        let Ok(OfferLink::Reference(uri)) = OfferLink::parse(&offer.link) else {
            panic!("the link refers to the offer");
        };
        let answer = Answer::to(self.http.get(uri)).await;
        assert_eq!(answer.status, 200);
        let grant = &answer.body["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"];
        grant["pre-authorized_code"].as_str().unwrap().into()
    }

    pub(super) async fn token_with(&self, form: &[(&str, &str)]) -> Answer {
        Answer::to(self.request(Method::POST, "/token").form(form)).await
    }

    pub(super) async fn redeem(&self, code: &str, tx_code: Option<&str>) -> Answer {
        let grant = (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        );
        let mut form = vec![grant, ("pre-authorized_code", code)];
        form.extend(tx_code.map(|tx_code| ("tx_code", tx_code)));
        self.token_with(&form).await
    }

    /// An access token for an offer of these types.
    pub(super) async fn token(&self, types: &[CredentialType]) -> String {
        let offer = self.offer(types);
        let code = self.code(&offer).await;
        let answer = self.redeem(&code, offer.tx_code.as_deref()).await;
        answer.body["access_token"].as_str().unwrap().into()
    }

    pub(super) async fn nonce(&self) -> String {
        let answer = Answer::to(self.request(Method::POST, "/nonce")).await;
        answer.body["c_nonce"].as_str().unwrap().into()
    }

    /// A proof of a key, with a fresh nonce.
    pub(super) async fn proof(&self, key: &Es256Key) -> String {
        proof::sign(&self.identifier, &self.nonce().await, self.state.now(), key).unwrap()
    }

    pub(super) async fn credential(&self, token: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, "/credential");
        Answer::to(request.bearer_auth(token).json(body)).await
    }

    /// Asks for the credential of a configuration, bound to these keys.
    pub(super) async fn collect(&self, token: &str, what: &str, keys: &[&Es256Key]) -> Answer {
        let mut proofs = Vec::new();
        for key in keys {
            proofs.push(self.proof(key).await);
        }
        self.credential(token, &asking(what, &proofs)).await
    }

    /// One collected qualification, verified.
    pub(super) async fn qualification(&self) -> VerifiedSdJwt {
        let token = self.token(&[CredentialType::Qualification]).await;
        let answer = self.collect(&token, "qualification", &[&key()]).await;
        self.verified(&answer).remove(0)
    }

    /// The credentials of an answer, verified with the key of `/jwks`.
    pub(super) fn verified(&self, answer: &Answer) -> Vec<VerifiedSdJwt> {
        assert_eq!(answer.status, 200, "{}", answer.shown());
        let credentials = answer.body["credentials"].as_array().unwrap();
        let verify = |item: &Value| {
            let text = item["credential"].as_str().unwrap();
            SdJwt::parse(text).unwrap().verify(&self.key()).unwrap()
        };
        credentials.iter().map(verify).collect()
    }

    pub(super) fn key(&self) -> VerifyingKey {
        let jwk: &Jwk = self.state.signer().public_jwk();
        VerifyingKey::try_from(jwk).unwrap()
    }
}

pub(super) fn asking(what: &str, proofs: &[String]) -> Value {
    json!({"credential_configuration_id": what, "proofs": {"jwt": proofs}})
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) text: String,
    /// `null` when the body is not JSON.
    pub(super) body: Value,
}

impl Answer {
    pub(super) async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Self {
            status,
            headers,
            text,
            body,
        }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Status, code and reason: `400 invalid_grant (offer_dead)`.
    pub(super) fn shown(&self) -> String {
        let member = |name: &str| self.body[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} ({})", self.status, member("error"), member("reason"))
    }
}

/// A client without redirects and proxies.
pub(super) fn http() -> reqwest::Client {
    let _installed_before = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// An issuer over the registry in `folder`, which is made when it is not there.
pub(super) fn issuer(identifier: &str, folder: &Path, clock: &FixedClock) -> IssuerState {
    issuer_with(identifier, folder, clock, false)
}

fn issuer_with(
    identifier: &str,
    folder: &Path,
    clock: &FixedClock,
    encryption_required: bool,
) -> IssuerState {
    let rng = Arc::new(SystemRng::default());
    let sealing = sealing_key();
    let registry = match Registry::open(folder, &sealing, rng.clone()) {
        Ok(registry) => registry,
        Err(_missing) => Registry::create(folder, &sealing, rng.clone()).unwrap(),
    };
    let name = Text::new("Esimerkkiopisto", "Exempelinstitutet", "Example College");
    let setup = Setup {
        profile: Profile::new(identifier, name, Network::Loopback).unwrap(),
        lifetimes: Lifetimes::default(),
        encryption_required,
        signer: Arc::new(key()),
        attesters: JwkSet {
            keys: vec![attester().public_jwk().clone()],
        },
        registry,
        clock: Arc::new(clock.clone()),
        rng,
    };
    IssuerState::new(setup, &sealing).unwrap()
}

pub(super) fn sealing_key() -> SealingKey {
    SealingKey::from_bytes(&[7; 32]).unwrap()
}

/// The maker of wallets that is believed, always with the same key.
pub(super) fn attester() -> Es256Key {
    static PKCS8: LazyLock<Vec<u8>> = LazyLock::new(|| Es256Key::generate().unwrap().1.to_vec());
    Es256Key::from_pkcs8(&PKCS8).unwrap()
}

pub(super) fn key() -> Es256Key {
    Es256Key::generate().unwrap().0
}

/// What a fictional person achieved.
pub(super) fn claims(kind: CredentialType) -> CredentialClaims {
    let mut claims = json!({
        "family_name": "Esimerkki-Lahti",
        "given_name": "Aino Orvokki",
        "birthdate": "2001-02-03",
        "title": {"fi": "Lähihoitaja", "sv": "Närvårdare"},
        "awarding_date": "2026-05-20"
    });
    if kind == CredentialType::Transcript {
        claims["achievements"] = json!([{"title": {"fi": "Kasvun tukeminen"}}]);
    }
    let claims = claims.as_object().unwrap().clone();
    CredentialClaims::new(kind, claims, None).unwrap()
}
