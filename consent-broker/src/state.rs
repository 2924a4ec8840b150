//! What the server is made of. Handlers take the parts they use, not the whole.

use std::sync::Arc;

use axum::extract::FromRef;
use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    jose::{Jwk, JwkSet, SignError, Signer},
    rng::Rng,
    transparency::{LogSigner, origin_of},
};

use crate::{
    handles::Handles, keys::BrokerKeys, notary::Notary, storage::Store, trust::TrustHandle,
};

/// Everything a running broker is made of. Each part can be wrapped or replaced.
#[derive(Debug, Clone)]
pub struct AppState {
    /// The issuer identifier: the origin under which clients reach this server, without a trailing
    /// slash. Proofs are checked against it, never against the Host header.
    pub issuer: String,
    /// Where grants, deposits and logs are.
    pub store: Arc<dyn Store>,
    /// The broker's own keys.
    pub keys: BrokerKeys,
    /// The registrar's list.
    pub trust: TrustHandle,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
}

/// The issuer identifier, as handlers take it.
#[derive(Debug, Clone)]
pub(crate) struct Issuer(String);

impl Issuer {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of one of our own paths.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.0.trim_end_matches('/'))
    }
}

impl FromRef<AppState> for Issuer {
    fn from_ref(state: &AppState) -> Self {
        Self(state.issuer.clone())
    }
}

impl FromRef<AppState> for Arc<dyn Store> {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.store)
    }
}

impl FromRef<AppState> for Arc<dyn Clock> {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.clock)
    }
}

impl FromRef<AppState> for Arc<dyn Rng> {
    fn from_ref(state: &AppState) -> Self {
        Self::clone(&state.rng)
    }
}

impl FromRef<AppState> for BrokerKeys {
    fn from_ref(state: &AppState) -> Self {
        state.keys.clone()
    }
}

impl FromRef<AppState> for TrustHandle {
    fn from_ref(state: &AppState) -> Self {
        state.trust.clone()
    }
}

impl FromRef<AppState> for Handles {
    fn from_ref(state: &AppState) -> Self {
        let keys = state.keys.current().handle_keys(state.clock.now());
        Self::of(keys, Arc::clone(&state.rng))
    }
}

impl FromRef<AppState> for Notary {
    fn from_ref(state: &AppState) -> Self {
        state.notary()
    }
}

impl AppState {
    /// Signs the checkpoints of this broker's global log.
    ///
    /// # Errors
    /// [`SignError::DamagedKey`], also when the issuer cannot be the name of a log.
    pub fn log_signer(&self) -> Result<LogSigner, SignError> {
        self.keys.log_signer(&origin_of(&self.issuer))
    }

    /// Writes log entries and receipts in this broker's name; for calling the store directly.
    #[must_use]
    pub fn notary(&self) -> Notary {
        let signer = self.signer(self.clock.now());
        Notary::new(&self.issuer, signer, Arc::clone(&self.rng))
    }

    /// The key that signs in this broker's name now: as far as can be, one that the registrar lists.
    fn signer(&self, now: DateTime<Utc>) -> Arc<dyn Signer> {
        let trust = self.trust.current();
        let list = trust.list(now);
        let listed = list.and_then(|list| list.broker(&self.issuer));
        self.keys.signer_at(now, |key| {
            listed.is_some_and(|(broker, _role)| is_among(key, &broker.keys))
        })
    }

    /// The id of the key that signs now.
    pub(crate) fn signing_kid(&self, now: DateTime<Utc>) -> String {
        let signer = self.signer(now);
        let key = signer.public_jwk();
        key.kid.clone().unwrap_or_else(|| key.thumbprint())
    }

    /// Whether the registrar's list names this broker with the key that signs now. Wallets take the key
    /// from the list: without it there, no receipt can be checked.
    #[must_use]
    pub fn is_listed(&self, now: DateTime<Utc>) -> bool {
        let trust = self.trust.current();
        let list = trust.list(now);
        let listed = list.and_then(|list| list.broker(&self.issuer));
        let signer = self.signer(now);
        listed.is_some_and(|(broker, _role)| is_among(signer.public_jwk(), &broker.keys))
    }
}

fn is_among(key: &Jwk, keys: &JwkSet) -> bool {
    keys.keys.iter().any(|listed| listed.bare() == key.bare())
}
