//! A real institution: the issuing server of `issuer-adapters` on loopback, its offers, and a person with
//! a browser.

use std::sync::Arc;

use credential_core::{
    clock::FixedClock,
    credential::CredentialClaims,
    did::WebDid,
    jose::{Algorithm, Jwk, JwkSet, SignError, Signer},
    network::Network,
    rng::SystemRng,
    trust::IssuerRole,
};
use issuer_adapters::server::{
    Confirmation, HolderMatch, IssuerState, Lifetimes, Offer, Profile, Registry, SealingKey, Setup,
    router,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;
use verifier_sdk::http::{Answer, HttpClient};

use super::*;
use crate::test_support::noon;

pub(super) const CALLBACK: &str = "http://127.0.0.1:47211/callback";

/// The key that the trust list names.
pub(super) struct IssuerKey(pub(super) Arc<Parties>);

impl std::fmt::Debug for IssuerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IssuerKey")
    }
}

impl Signer for IssuerKey {
    fn public_jwk(&self) -> &Jwk {
        self.0.issuer.public_jwk()
    }

    fn algorithm(&self) -> Algorithm {
        self.0.issuer.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.0.issuer.sign(message)
    }
}

pub(super) struct Institution {
    pub(super) parties: Arc<Parties>,
    pub(super) url: String,
    pub(super) state: IssuerState,
    pub(super) clock: FixedClock,
    role: IssuerRole,
    _folder: TempDir,
}

/// As whom an institution signs, and what the registrar lists of it.
pub(super) struct Dress {
    pub(super) signer: Arc<dyn Signer>,
    pub(super) did: Option<WebDid>,
    pub(super) role: IssuerRole,
}

impl Institution {
    pub(super) async fn open() -> Self {
        Self::dressed(|parties, _url| Dress {
            signer: Arc::new(IssuerKey(Arc::clone(parties))),
            did: None,
            role: IssuerRole::default(),
        })
        .await
    }

    /// With an identity of its own kind; its address has a host's name.
    pub(super) async fn dressed(dress: impl FnOnce(&Arc<Parties>, &str) -> Dress) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let url = format!("http://localhost:{port}");
        let (parties, folder) = (Arc::new(Parties::new()), tempfile::tempdir().unwrap());
        let (clock, rng) = (FixedClock::at(noon()), Arc::new(SystemRng::default()));
        let sealing = SealingKey::generate(&*rng).unwrap();
        let registry = Registry::create(&folder.path().join("r"), &sealing, rng.clone()).unwrap();
        let Dress { signer, did, role } = dress(&parties, &url);
        let name = Text::new("Esimerkkiopisto", "Exempelinstitutet", "Example College");
        let setup = Setup {
            profile: Profile::new(&url, name, Network::Loopback).unwrap(),
            lifetimes: Lifetimes::default(),
            signer,
            attesters: JwkSet::default(),
            encryption_required: false,
            registry,
            clock: Arc::new(clock.clone()),
            rng,
        };
        let state = IssuerState::new(setup, &sealing).unwrap();
        let state = match did {
            Some(did) => state.called(did),
            None => state,
        };
        let app = router(state.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            parties,
            url,
            state,
            clock,
            role,
            _folder: folder,
        }
    }

    /// A wallet that follows the registrar which lists this institution.
    pub(super) fn wallet(&self) -> (Wallet, TempDir) {
        let (wallet, _clock, folder) = self.wallet_and_clock();
        (wallet, folder)
    }

    pub(super) fn wallet_and_clock(&self) -> (Wallet, FixedClock, TempDir) {
        let (wallet, clock, folder) = self.parties.wallet();
        let (query, role) = (school::wanted(), self.role.clone());
        let list = self.parties.list_with(1, &self.url, &query, role);
        wallet.import_trust_list(&list).unwrap();
        (wallet, clock, folder)
    }

    pub(super) fn offer(&self, types: &[CredentialType]) -> Offer {
        let claims = types.iter().map(|kind| claims(*kind)).collect();
        let by = Confirmation::TransactionCode;
        let offered = self.state.offer(claims, HolderMatch::InPerson, by);
        offered.unwrap().remove(0)
    }
}

/// What a fictional person achieved.
fn claims(kind: CredentialType) -> CredentialClaims {
    let mut claims: Value = json!({
        "family_name": "Esimerkki-Lahti", "given_name": "Aino Orvokki", "birthdate": "2001-02-03",
        "title": {"fi": "Lähihoitaja", "sv": "Närvårdare"}, "awarding_date": "2026-05-20"
    });
    if kind == CredentialType::Transcript {
        claims["achievements"] = json!([{"title": {"fi": "Kasvun tukeminen"}}]);
    }
    CredentialClaims::new(kind, claims.as_object().unwrap().clone(), None).unwrap()
}

/// What the browser does: opens the link, types, and is sent to an address.
pub(super) async fn browse(link: &str, typed: &[(&str, &str)]) -> String {
    let http = HttpClient::new(Network::Loopback).unwrap();
    let page = http.send(link, &[], Body::None).await.unwrap();
    let cookie = page
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let text = String::from_utf8(page.body.clone()).unwrap();
    let (_, rest) = text.split_once(r#"name="form" value=""#).unwrap();
    let sealed = rest.split('"').next().unwrap();
    let mut form = vec![("form", sealed)];
    form.extend(typed);
    if !typed.iter().any(|(name, _)| *name == "decision") {
        form.push(("decision", "give"));
    }
    let url = Url::parse(link).unwrap();
    let action = format!("{}/authorize", url.origin().ascii_serialization());
    let headers = [("cookie", cookie)];
    let sent = http.send(&action, &headers, Body::Form(&form)).await;
    let answer: Answer = sent.unwrap();
    assert_eq!(answer.status, 303);
    answer.header("location").unwrap().to_owned()
}
