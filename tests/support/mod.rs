//! What the end-to-end tests share: a world at a fixed moment, and the way up to any stage.

pub(crate) mod front;
pub(crate) mod resource_server;
pub(crate) mod script;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use consent_broker::WitnessAt;
use credential_core::{
    clock::FixedClock,
    consent::details::{RequestedDetails, TYPE},
    credential::CredentialType,
    encoding::base64url,
    rng::{SystemRng, random},
    text::Language,
};
use osaamislompakko::{
    stages::{self, Chosen},
    world::{Options, World, parties},
};
use verifier_sdk::{
    RecipientKey,
    recipient::{HeldGrant, PendingRequest, Recipient, RequestTemplate},
};
use wallet_core::{
    Wallet,
    consent::{request::OpenRequest, share::Approved},
    vault::{KdfCost, Passphrase},
};

/// The invented record of the demonstration.
pub(crate) const SAMPLE: &str = include_str!("../fixtures/koski/ammatillinen-perustutkinto.json");

/// The moment at which every journey happens.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

/// A running world, with a clock that the test moves.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) clock: FixedClock,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::behind(None).await
    }

    /// A world whose broker asks these witnesses, which the registrar lists.
    pub(crate) async fn witnessed(witnesses: Vec<WitnessAt>) -> Self {
        Self::made(None, witnesses).await
    }

    /// A world whose broker is reached at another address than its own.
    pub(crate) async fn behind(broker_front: Option<String>) -> Self {
        Self::made(broker_front, Vec::new()).await
    }

    pub(crate) async fn made(broker_front: Option<String>, witnesses: Vec<WitnessAt>) -> Self {
        let clock = FixedClock::at(noon());
        let options = Options {
            clock: Arc::new(clock.clone()),
            rng: Arc::new(SystemRng::default()),
            broker_front,
            witnesses,
        };
        Self {
            world: World::start(options).await.unwrap(),
            clock,
        }
    }

    /// A wallet that holds the credentials of `record`.
    pub(crate) async fn wallet_with(&self, record: &str) -> Wallet {
        wallet_with(&self.world, record).await
    }

    /// The recipient's request for the wallet's newest kind of certificate.
    pub(crate) async fn pushed(&self, wallet: &Wallet) -> (Recipient, PendingRequest) {
        let recipient = self.world.recipient().await.unwrap();
        let held = wallet.credentials().unwrap();
        let qualification = held
            .iter()
            .find(|c| c.vct().contains("/qualification/"))
            .unwrap();
        let pending = stages::push(&recipient, qualification).await.unwrap();
        (recipient, pending)
    }

    /// The whole way to a share.
    pub(crate) async fn shared(&mut self, wallet: &Wallet) -> Shared {
        let (recipient, pending) = self.pushed(wallet).await;
        let open = wallet.open_request(pending.link()).await.unwrap();
        let chosen = stages::choose(wallet, &open, Language::En).unwrap();
        let answered = (&recipient, &pending);
        let (approved, grant) = stages::share(&mut self.world, wallet, &open, &chosen, answered)
            .await
            .unwrap();
        Shared {
            recipient,
            open,
            chosen,
            approved,
            grant,
        }
    }
}

/// A wallet of this world that holds the credentials of `record`.
pub(crate) async fn wallet_with(world: &World, record: &str) -> Wallet {
    let passphrase = Passphrase::from("koivu lumi silta aamu".to_owned());
    let cost = KdfCost::danger_cheap_for_tests();
    let wallet = world.wallet("wallet", &passphrase, cost).await.unwrap();
    let understood = stages::understand(record.as_bytes()).unwrap();
    let offer = stages::offer(world, &understood).unwrap();
    let open = wallet.open_offer(&offer.link).await.unwrap();
    wallet
        .accept_offer(&open, offer.tx_code.as_deref())
        .await
        .unwrap();
    wallet
}

/// What a recipient asks for with the demonstration's template, sealed to this key.
pub(crate) fn details_of(kind: CredentialType, opening: &RecipientKey) -> RequestedDetails {
    let RequestTemplate {
        dcql_query,
        optional,
        reasons,
        purpose,
        legal_basis,
        mode,
        until,
        duration,
        max_reads,
        retention,
    } = parties::request(kind).unwrap();
    RequestedDetails {
        kind: TYPE.into(),
        dcql_query,
        optional,
        reasons,
        purpose,
        legal_basis,
        mode,
        until,
        duration,
        max_reads,
        retention,
        nonce: base64url(random::<16>(&SystemRng::default()).unwrap()),
        enc_jwk_thumbprint: opening.thumbprint(),
    }
}

/// A share that stands.
pub(crate) struct Shared {
    pub(crate) recipient: Recipient,
    pub(crate) open: OpenRequest,
    pub(crate) chosen: Chosen,
    pub(crate) approved: Approved,
    pub(crate) grant: HeldGrant,
}
