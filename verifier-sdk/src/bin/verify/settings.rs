//! What the commands share: the folder, the network policy, and the recipient made of them.

use std::sync::Arc;

use credential_core::{
    clock::{Clock, SystemClock},
    network::Network,
    rng::SystemRng,
    trust::TrustList,
};
use verifier_sdk::{
    Verifier, VerifierBuilder,
    http::HttpClient,
    recipient::{Identity, Recipient},
    registry::Registries,
};

use crate::{
    args::Common,
    failure::{Failure, Kind},
    store::{KeyName, Store, read_file},
};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings<'a> {
    pub(crate) common: &'a Common,
}

impl Settings<'_> {
    pub(crate) fn network(&self) -> Network {
        if self.common.development {
            Network::Loopback
        } else {
            Network::Public
        }
    }

    pub(crate) fn store(&self) -> Result<Store, Failure> {
        self.store_if_any()?
            .ok_or_else(|| Failure::new(Kind::Usage, "folder_missing", "--data"))
    }

    pub(crate) fn store_if_any(&self) -> Result<Option<Store>, Failure> {
        self.common.data.as_deref().map(Store::open).transpose()
    }

    /// The recipient of the folder, at this broker.
    pub(crate) async fn recipient(&self, broker: &str) -> Result<Recipient, Failure> {
        let store = self.store()?;
        let profile = store.profile()?;
        let identity = Identity {
            client_id: profile.client_id(),
            signing_key: Arc::new(store.signing_key(KeyName::Signing)?),
            dpop_key: Arc::new(store.signing_key(KeyName::Dpop)?),
            encryption_key: Arc::new(store.encryption_key()?),
            redirect_uri: profile.redirect_uri,
        };
        let http = HttpClient::new(self.network())?;
        let (clock, rng) = (Arc::new(SystemClock), Arc::new(SystemRng::default()));
        let former = store.former_keys()?;
        let recipient = Recipient::connect(identity, broker, http, clock, rng).await?;
        Ok(recipient.with_former_keys(former.into_iter().map(Arc::new).collect()))
    }

    /// A verifier that asks for status lists over the network.
    pub(crate) fn verifier(&self, trust: TrustList) -> Result<Verifier, Failure> {
        let builder = Verifier::builder().http(HttpClient::new(self.network())?);
        self.built(builder, trust, SystemClock)
    }

    pub(crate) fn built(
        &self,
        builder: VerifierBuilder,
        trust: TrustList,
        clock: impl Clock + 'static,
    ) -> Result<Verifier, Failure> {
        let builder = builder.registries(self.registries()?);
        builder.trust(trust).clock(clock).build().map_err(|error| {
            Failure::new(Kind::Unexpected, "verifier_not_built", error.to_string())
        })
    }

    fn registries(&self) -> Result<Registries, Failure> {
        let Some(path) = &self.common.registries else {
            return Ok(Registries::default());
        };
        Registries::from_json(&read_file(path)?).map_err(|error| {
            let detail = format!("{}: {error}", path.display());
            Failure::new(Kind::Damaged, error.reason(), detail)
        })
    }
}
