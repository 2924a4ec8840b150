//! Everything a handler may use.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    clock::Clock,
    did::WebDid,
    id::OfferId,
    jose::{Jwk, JwkSet, Signer},
    rng::Rng,
};

use super::{
    IssuedEntry, Profile, Registry, RegistryError, SealError, SealingKey, StatusChange,
    dpop::Possession,
    envelope::Envelopes,
    handles::{Handles, Nonces},
    issuance::Answers,
    notified::NotificationIds,
    status::Published,
};
use crate::audit::AuditLog;

/// How long things live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// An offer, from the moment it is made.
    pub offer: TimeDelta,
    /// An access token. More than [`Self::LONGEST_TOKEN`] is cut to it.
    pub access_token: TimeDelta,
    /// A nonce.
    pub nonce: TimeDelta,
}

impl Lifetimes {
    /// A longer-lived token would have to be bound to a key (OpenID4VCI 1.0 section 13.10).
    pub const LONGEST_TOKEN: TimeDelta = TimeDelta::seconds(300);
    /// For how long a wallet may ask again for what is not released yet, with a token bound to its key.
    pub const LONGEST_WAIT: TimeDelta = TimeDelta::days(30);
}

/// Ten minutes for an offer, five for a token or a nonce.
impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            offer: TimeDelta::minutes(10),
            access_token: Self::LONGEST_TOKEN,
            nonce: TimeDelta::minutes(5),
        }
    }
}

/// What an issuing server is made of.
#[derive(Debug)]
pub struct Setup {
    /// Who the institution is.
    pub profile: Profile,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// Whether requests for credentials, and the answers, have to be encrypted beyond TLS.
    pub encryption_required: bool,
    /// The key that signs credentials and status lists; it has a key id.
    pub signer: Arc<dyn Signer>,
    /// The makers of wallets whose attestations are believed; may be empty.
    pub attesters: JwkSet,
    /// The registry, opened with the same sealing key.
    pub registry: Registry,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
}

/// A running issuer. Clones are the same issuer.
#[derive(Debug, Clone)]
pub struct IssuerState(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    setup: Setup,
    handles: Handles,
    nonces: Nonces,
    envelopes: Envelopes,
    notification_ids: NotificationIds,
    possession: Possession,
    answers: Mutex<Answers>,
    published: Published,
    /// Public keys that sign nothing more and still verify.
    retired: OnceLock<Vec<Jwk>>,
    audit: OnceLock<AuditLog>,
    /// Signs lists of status for badges, as it signs badges (Ed25519).
    badges: OnceLock<Arc<dyn Signer>>,
    /// As whom credentials and status lists are signed, when not by the identifier.
    did: OnceLock<WebDid>,
    /// Authorities (DER) whose certificates make somebody a maker of wallets.
    attester_authorities: OnceLock<Vec<Vec<u8>>>,
}

impl IssuerState {
    /// Puts an issuer together; codes and tokens are derived from `key`.
    ///
    /// # Errors
    /// [`SealError`] when the key cannot be used or there is no randomness.
    pub fn new(setup: Setup, key: &SealingKey) -> Result<Self, SealError> {
        Ok(Self(Arc::new(Inner {
            handles: Handles::new(key, Arc::clone(&setup.rng))?,
            nonces: Nonces::new(&*setup.rng)?,
            envelopes: Envelopes::new(setup.encryption_required)
                .map_err(|_no_key| SealError::Unusable)?,
            notification_ids: NotificationIds::new(key)?,
            possession: Possession::new(&*setup.rng)?,
            answers: Mutex::default(),
            published: Published::default(),
            retired: OnceLock::new(),
            audit: OnceLock::new(),
            badges: OnceLock::new(),
            did: OnceLock::new(),
            attester_authorities: OnceLock::new(),
            setup,
        })))
    }

    /// Publishes retired keys beside the one that signs, so that what they signed still verifies. Said
    /// once, before serving; later calls change nothing.
    #[must_use]
    pub fn publishing(self, retired: Vec<Jwk>) -> Self {
        let _first_stays = self.0.retired.set(retired);
        self
    }

    /// Publishes bitstring lists too, signed with the institution's key of badges. Said once; later calls
    /// change nothing.
    #[must_use]
    pub fn with_badges(self, key: Arc<dyn Signer>) -> Self {
        let _first_stays = self.0.badges.set(key);
        self
    }

    /// Signs credentials and status lists in the name of a DID, whose document is served too. The signer's key
    /// id has to be a DID URL of it. Said once; later calls change nothing.
    #[must_use]
    pub fn called(self, did: WebDid) -> Self {
        let _first_stays = self.0.did.set(did);
        self
    }

    /// Believes the attestations of every maker of wallets whom one of these authorities (DER) certified. Said
    /// once; later calls change nothing.
    #[must_use]
    pub fn believing(self, authorities: Vec<Vec<u8>>) -> Self {
        let _first_stays = self.0.attester_authorities.set(authorities);
        self
    }

    /// Writes what happens into the audit file. Said once; later calls change nothing.
    #[must_use]
    pub fn audited(self, audit: AuditLog) -> Self {
        let _first_stays = self.0.audit.set(audit);
        self
    }

    /// Who the institution is.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.0.setup.profile
    }

    /// Every issued credential, without names.
    ///
    /// # Errors
    /// [`RegistryError`] when the store does not answer.
    pub fn issued(&self) -> Result<Vec<IssuedEntry>, RegistryError> {
        self.registry().issued()
    }

    /// Revokes, suspends or resumes; the next fetch of the status list shows it.
    ///
    /// # Errors
    /// [`RegistryError`], [`RegistryError::NoSuchCredential`] among others.
    pub fn change_status(
        &self,
        index: u32,
        change: StatusChange,
    ) -> Result<IssuedEntry, RegistryError> {
        self.change_status_because(index, change, None)
    }

    /// The same, with the reason that goes into the audit file.
    ///
    /// # Errors
    /// [`RegistryError`], [`RegistryError::NoSuchCredential`] among others.
    pub fn change_status_because(
        &self,
        index: u32,
        change: StatusChange,
        reason: Option<&str>,
    ) -> Result<IssuedEntry, RegistryError> {
        let entry = self.registry().change_status(index, change, self.now())?;
        self.witness_change(index, change, reason);
        Ok(entry)
    }

    /// Lets the credentials of an offer wait until they are released: wallets are told to ask again later
    /// (OpenID4VCI 1.0 section 9). Gives whether there is such an offer.
    ///
    /// # Errors
    /// [`RegistryError`] when the store does not answer.
    pub fn hold(&self, offer: &OfferId) -> Result<bool, RegistryError> {
        self.registry().set_held(offer, true)
    }

    /// Releases what [`Self::hold`] let wait. Gives whether there is such an offer.
    ///
    /// # Errors
    /// [`RegistryError`] when the store does not answer.
    pub fn release(&self, offer: &OfferId) -> Result<bool, RegistryError> {
        self.registry().set_held(offer, false)
    }

    /// Removes offers that can no longer be used, with their claims; gives how many. To be called
    /// every minute or so.
    ///
    /// # Errors
    /// [`RegistryError`] when the store does not answer.
    pub fn forget_dead_offers(&self) -> Result<usize, RegistryError> {
        self.registry().forget_dead_offers(self.now())
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.setup.clock.now()
    }

    /// How long things live; an access token never longer than it may.
    pub(super) fn lifetimes(&self) -> Lifetimes {
        let chosen = self.0.setup.lifetimes;
        Lifetimes {
            access_token: chosen.access_token.min(Lifetimes::LONGEST_TOKEN),
            ..chosen
        }
    }

    /// How long the access token of an offer lives: longer than others when the offer waits to be released
    /// and the token is bound to a key.
    pub(super) fn token_life(
        &self,
        offer: &OfferId,
        is_bound: bool,
    ) -> Result<TimeDelta, RegistryError> {
        if is_bound && self.registry().is_held(offer)? {
            return Ok(Lifetimes::LONGEST_WAIT);
        }
        Ok(self.lifetimes().access_token)
    }

    pub(super) fn registry(&self) -> &Registry {
        &self.0.setup.registry
    }

    pub(super) fn signer(&self) -> &dyn Signer {
        &*self.0.setup.signer
    }

    /// The public key that verifies what is signed now, under its thumbprint.
    pub(super) fn public_key(&self) -> Jwk {
        self.signer().public_jwk().bare().with_thumbprint_kid()
    }

    pub(super) fn did(&self) -> Option<&WebDid> {
        self.0.did.get()
    }

    /// Who issues credentials (`iss`).
    pub(super) fn issuer(&self) -> &str {
        self.did()
            .map_or(self.profile().identifier(), WebDid::as_str)
    }

    pub(super) fn retired(&self) -> &[Jwk] {
        self.0.retired.get().map_or(&[], Vec::as_slice)
    }

    pub(super) fn badge_signer(&self) -> Option<&dyn Signer> {
        self.0.badges.get().map(|key| &**key)
    }

    pub(super) fn audit(&self) -> Option<&AuditLog> {
        self.0.audit.get()
    }

    pub(super) fn rng(&self) -> &dyn Rng {
        &*self.0.setup.rng
    }

    pub(super) fn handles(&self) -> &Handles {
        &self.0.handles
    }

    pub(super) fn nonces(&self) -> &Nonces {
        &self.0.nonces
    }

    pub(super) fn envelopes(&self) -> &Envelopes {
        &self.0.envelopes
    }

    pub(super) fn notification_ids(&self) -> &NotificationIds {
        &self.0.notification_ids
    }

    pub(super) fn attesters(&self) -> &[Jwk] {
        &self.0.setup.attesters.keys
    }

    pub(super) fn attester_authorities(&self) -> &[Vec<u8>] {
        let authorities = self.0.attester_authorities.get();
        authorities.map_or(&[], Vec::as_slice)
    }

    pub(super) fn possession(&self) -> &Possession {
        &self.0.possession
    }

    pub(super) fn answers(&self) -> MutexGuard<'_, Answers> {
        self.0
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn published(&self) -> &Published {
        &self.0.published
    }
}
