//! The wallet: one vault, one guarded HTTP client, and time and randomness that were passed in.

use std::{path::Path, sync::Arc};

use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    jose::{Jwk, VerifyingKey},
    rng::Rng,
    trust::TrustError,
};
use verifier_sdk::http::HttpClient;

use crate::{
    Error,
    vault::{KdfCost, Passphrase, Vault},
};

/// What a wallet needs from outside.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives randomness.
    pub rng: Arc<dyn Rng>,
    /// Talks to issuers and brokers.
    pub http: HttpClient,
}

/// An open wallet.
#[derive(Debug)]
pub struct Wallet {
    vault: Vault,
    surroundings: Surroundings,
}

impl Wallet {
    /// Makes a new wallet at `path` and pins the registrar whose trust lists it will follow.
    ///
    /// # Errors
    /// [`Error::Vault`], or [`Error::Trust`] for a key that verifies nothing; then no wallet is made.
    pub fn create(
        path: &Path,
        passphrase: &Passphrase,
        cost: KdfCost,
        registrar: &Jwk,
        surroundings: Surroundings,
    ) -> Result<Self, Error> {
        VerifyingKey::try_from(registrar).map_err(|_unusable| TrustError::RegistrarKey)?;
        let vault = Vault::create(path, passphrase, cost, Arc::clone(&surroundings.rng))?;
        let wallet = Self {
            vault,
            surroundings,
        };
        wallet.pin_registrar(registrar)?;
        Ok(wallet)
    }

    /// Opens the wallet at `path`.
    ///
    /// # Errors
    /// [`Error::Vault`]; wrong passphrase, damage and a newer version are told apart.
    pub fn open(
        path: &Path,
        passphrase: &Passphrase,
        surroundings: Surroundings,
    ) -> Result<Self, Error> {
        let vault = Vault::open(path, passphrase, Arc::clone(&surroundings.rng))?;
        Ok(Self {
            vault,
            surroundings,
        })
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn http(&self) -> &HttpClient {
        &self.surroundings.http
    }

    pub(crate) fn rng(&self) -> &dyn Rng {
        &*self.surroundings.rng
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.surroundings.clock)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.surroundings.clock.now()
    }
}
