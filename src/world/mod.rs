//! The roles of one demonstration, started on free loopback ports with a throw-away folder.

pub mod parties;
mod servers;

use std::{net::SocketAddr, path::Path, sync::Arc};

use consent_broker::{
    AppState, BrokerKeys, KeyFolder, KeyRole, LogKeeper, TrustHandle, WitnessAt,
    registrar::{self, Entry, Registry, RegistryFolder},
    storage::LocalStore,
};
use credential_core::{
    clock::Clock,
    jose::{Es256Key, Jwk, JwkSet, KeyUse, Signer as _},
    network::Network,
    rng::Rng,
    trust::{self, TrustList},
};
use issuer_adapters::server::{self, IssuerState, Lifetimes, Profile, SealingKey, Setup};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use verifier_sdk::{
    RecipientKey,
    http::HttpClient,
    recipient::{Identity, Recipient, callback::CallbackServer},
};
use wallet_core::{
    Surroundings, Wallet,
    vault::{KdfCost, Passphrase},
};

pub use servers::Server;
use servers::listen;

/// The trust list, in the world's folder.
const LIST_FILE: &str = "trust-list.jwt";
/// The broker's keys, there too.
const KEYS_FOLDER: &str = "broker-keys";

/// What a world is made with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// The broker's address as everybody knows it, when something stands in front of the broker.
    pub broker_front: Option<String>,
    /// Who cosigns the broker's global log: listed by the registrar, and asked by the broker.
    pub witnesses: Vec<WitnessAt>,
}

/// Registrar, issuer, broker and recipient, running. Dropping it stops the servers and removes the
/// folder.
#[derive(Debug)]
pub struct World {
    folder: TempDir,
    options: Options,
    registrar_key: Jwk,
    registrar_signer: Es256Key,
    registry: Registry,
    trust_list: String,
    servers: Vec<Server>,
    keeper: JoinHandle<()>,
    issuer: IssuerState,
    broker: AppState,
    identity: Identity,
    callback: CallbackServer,
    http: HttpClient,
}

/// Ports first: every address has to be known before the registrar can sign who is where.
struct Places {
    registrar: servers::Place,
    issuer: servers::Place,
    broker: servers::Place,
}

impl Drop for World {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl World {
    /// Starts everything.
    ///
    /// # Errors
    /// When a port or the temporary folder cannot be had, or a key cannot be made.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        Self::start_with(options, |_redirect_uri| Vec::new()).await
    }

    /// Starts everything, with other participants on the trust list; answers to those who ask arrive at
    /// the redirect address that is passed in.
    ///
    /// # Errors
    /// As [`Self::start`], and when the registrar refuses an entry.
    pub async fn start_with(
        options: Options,
        others: impl FnOnce(&str) -> Vec<Entry>,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("osaamislompakko-")
            .tempdir()?;
        let places = Places {
            registrar: listen().await?,
            issuer: listen().await?,
            broker: listen().await?,
        };
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let (callback, redirect_uri) = CallbackServer::bind(local).await?;
        let http = HttpClient::new(Network::Loopback)?;

        let registrar_signer = Es256Key::generate()?.0;
        let registrar_key = registrar_signer.public_jwk().bare();
        let issuer_key = Arc::new(Es256Key::generate()?.0);
        let broker_keys = broker_keys(folder.path(), &*options.rng)?;
        let broker_url = options
            .broker_front
            .clone()
            .unwrap_or_else(|| places.broker.url());
        let identity = identity(redirect_uri)?;

        let issuer_jwk = issuer_key.public_jwk().clone().with_use(KeyUse::Sig);
        let mut registry = Registry::new(parties::REGISTRAR);
        let ours = [
            parties::issuer(&places.issuer.url(), issuer_jwk),
            parties::broker(&broker_url, &broker_keys, &options.witnesses)?,
            parties::recipient(&identity),
        ];
        for entry in ours.into_iter().chain(others(&identity.redirect_uri)) {
            registry.add(entry, Network::Loopback)?;
        }
        let now = options.clock.now();
        let trust_list = registry.publish(now, trust::MAX_LIFE, &registrar_signer)?;
        let list_file = folder.path().join(LIST_FILE);
        RegistryFolder::write_list(&list_file, &trust_list)?;

        let issuer = issuer(&options, folder.path(), &places.issuer.url(), issuer_key)?;
        let broker = AppState {
            issuer: broker_url,
            store: Arc::new(LocalStore::open(&folder.path().join("broker"))?),
            keys: broker_keys,
            trust: TrustHandle::new(registrar_key.clone(), &trust_list, now)?,
            clock: Arc::clone(&options.clock),
            rng: Arc::clone(&options.rng),
        };
        let keeper = LogKeeper::new(broker.clone(), Network::Loopback, options.witnesses.clone())?;
        let servers = vec![
            places
                .registrar
                .serve("registrar", registrar::list_router(list_file)),
            places
                .issuer
                .serve("issuer", server::router(issuer.clone())),
            places
                .broker
                .serve("broker", consent_broker::router(broker.clone())),
        ];
        Ok(Self {
            folder,
            options,
            registrar_key,
            registrar_signer,
            registry,
            trust_list,
            servers,
            keeper: tokio::spawn(keeper.run()),
            issuer,
            broker,
            identity,
            callback,
            http,
        })
    }

    /// The throw-away folder with everybody's files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The registrar's public key, which wallet, broker and recipient pin.
    #[must_use]
    pub fn registrar_key(&self) -> &Jwk {
        &self.registrar_key
    }

    /// The signed trust list.
    #[must_use]
    pub fn trust_list(&self) -> &str {
        &self.trust_list
    }

    /// The trust list, verified.
    ///
    /// # Errors
    /// When it has expired under the world's clock.
    pub fn trust(&self) -> anyhow::Result<TrustList> {
        let now = self.options.clock.now();
        Ok(TrustList::verify(
            &self.trust_list,
            &self.registrar_key,
            None,
            now,
        )?)
    }

    /// The running servers, in the order registrar, issuer, broker.
    #[must_use]
    pub fn servers(&self) -> &[Server] {
        &self.servers
    }

    /// The issuing server's state, for making offers.
    #[must_use]
    pub fn issuer(&self) -> &IssuerState {
        &self.issuer
    }

    /// The broker's state, for looking at what it holds.
    #[must_use]
    pub fn broker(&self) -> &AppState {
        &self.broker
    }

    /// Who the recipient is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The recipient gets another encryption key: the registrar lists it, signs the next list, and the
    /// broker imports that. Gives the key that was listed before, which opens what was sealed to it.
    ///
    /// # Errors
    /// When a key cannot be made or the list cannot be signed or written.
    pub fn rekey_recipient(&mut self) -> anyhow::Result<Arc<RecipientKey>> {
        let fresh = Arc::new(RecipientKey::generate()?);
        let former = std::mem::replace(&mut self.identity.encryption_key, fresh);
        let entry = parties::recipient(&self.identity);
        self.registry.add(entry, Network::Loopback)?;
        let now = self.options.clock.now();
        let signed = self
            .registry
            .publish(now, trust::MAX_LIFE, &self.registrar_signer)?;
        RegistryFolder::write_list(&self.folder.path().join(LIST_FILE), &signed)?;
        self.broker.trust.import(&signed, now)?;
        self.trust_list = signed;
        Ok(former)
    }

    /// The broker gets new keys beside the old ones, to be used from now on; the registrar lists the new
    /// signing key and signs the next list, which the broker imports.
    ///
    /// # Errors
    /// When a key cannot be made or the list cannot be signed or written.
    pub fn rotate_broker_keys(&mut self) -> anyhow::Result<()> {
        let (now, rng) = (self.options.clock.now(), &*self.options.rng);
        let keys = self.folder.path().join(KEYS_FOLDER);
        let mut folder = KeyFolder::open(&keys)?;
        folder.rotate(KeyRole::Signing, now, rng)?;
        folder.rotate(KeyRole::Sealing, now, rng)?;
        self.broker.keys.reload(&keys)?;
        let (broker, witnesses) = (&self.broker, &self.options.witnesses);
        let entry = parties::broker(&broker.issuer, &broker.keys, witnesses)?;
        self.registry.add(entry, Network::Loopback)?;
        let signed = self
            .registry
            .publish(now, trust::MAX_LIFE, &self.registrar_signer)?;
        RegistryFolder::write_list(&self.folder.path().join(LIST_FILE), &signed)?;
        self.broker.trust.import(&signed, now)?;
        self.trust_list = signed;
        Ok(())
    }

    /// Where the registrar serves its list.
    #[must_use]
    pub fn trust_list_address(&self) -> String {
        let registrar = self.servers.first().map(Server::url).unwrap_or_default();
        format!("{registrar}/trust-list")
    }

    /// The recipient's own server, where answers arrive.
    pub fn callback(&mut self) -> &mut CallbackServer {
        &mut self.callback
    }

    /// Where the recipient's server listens.
    #[must_use]
    pub fn recipient_address(&self) -> SocketAddr {
        self.callback.address()
    }

    /// The guarded client, bound to loopback.
    #[must_use]
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// The time.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.options.clock)
    }

    /// The recipient, connected to the broker.
    ///
    /// # Errors
    /// When the broker's metadata is not in order.
    pub async fn recipient(&self) -> anyhow::Result<Recipient> {
        let (clock, rng) = (self.clock(), Arc::clone(&self.options.rng));
        let broker = &self.broker.issuer;
        Ok(
            Recipient::connect(self.identity.clone(), broker, self.http.clone(), clock, rng)
                .await?,
        )
    }

    /// Makes a wallet in the folder, with the registrar pinned and its list fetched.
    ///
    /// # Errors
    /// When the folder cannot be written or the list does not hold.
    pub async fn wallet(
        &self,
        name: &str,
        passphrase: &Passphrase,
        cost: KdfCost,
    ) -> anyhow::Result<Wallet> {
        let surroundings = Surroundings {
            clock: self.clock(),
            rng: Arc::clone(&self.options.rng),
            http: self.http.clone(),
        };
        let path = self.folder.path().join(name);
        let key = self.registrar_key.clone();
        // Stretching the passphrase takes half a second on purpose: not on a server's thread.
        let passphrase = passphrase.clone();
        let wallet = tokio::task::spawn_blocking(move || {
            Wallet::create(&path, &passphrase, cost, &key, surroundings)
        })
        .await??;
        wallet.fetch_trust_list(&self.trust_list_address()).await?;
        Ok(wallet)
    }
}

fn identity(redirect_uri: String) -> anyhow::Result<Identity> {
    Ok(Identity {
        client_id: parties::RECIPIENT_CLIENT.into(),
        signing_key: Arc::new(Es256Key::generate()?.0),
        dpop_key: Arc::new(Es256Key::generate()?.0),
        encryption_key: Arc::new(RecipientKey::generate()?),
        redirect_uri,
    })
}

/// On disk, as a broker that is operated has them.
fn broker_keys(folder: &Path, rng: &dyn Rng) -> anyhow::Result<BrokerKeys> {
    let keys = folder.join(KEYS_FOLDER);
    std::fs::create_dir(&keys)?;
    Ok(BrokerKeys::create(&keys, rng)?)
}

fn issuer(
    options: &Options,
    folder: &Path,
    url: &str,
    signer: Arc<Es256Key>,
) -> anyhow::Result<IssuerState> {
    let sealing = SealingKey::generate(&*options.rng)?;
    let registry =
        server::Registry::create(&folder.join("issuer"), &sealing, Arc::clone(&options.rng))?;
    let setup = Setup {
        profile: Profile::new(url, parties::issuer_name(), Network::Loopback)?,
        lifetimes: Lifetimes::default(),
        encryption_required: false,
        signer,
        attesters: JwkSet::default(),
        registry,
        clock: Arc::clone(&options.clock),
        rng: Arc::clone(&options.rng),
    };
    Ok(IssuerState::new(setup, &sealing)?)
}
