//! What stands in the store: rows, their keys, and the words that others read from them.

use chrono::{DateTime, Utc};
use credential_core::{
    credential::CredentialType, id::OfferId, jose::Jwk, oid4vci::notification::Event,
    status_list::Status,
};
use serde::{Deserialize, Serialize};

use crate::server::store::StoreError;

/// How the institution made sure that the record is the holder's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HolderMatch {
    /// The person showed an identity document at the institution.
    InPerson,
    /// The person identified with a strong electronic means (bank, mobile or card certificate).
    StrongIdentification,
    /// The person was signed in with the institution's own account.
    SchoolAccount,
    /// Nobody was identified: an invented person on a development network.
    DemonstrationOnly,
}

/// Whether an issued credential is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CredentialStatus {
    /// Good.
    Valid,
    /// Withdrawn for good.
    Revoked,
    /// Not to be relied on for now.
    Suspended,
}

impl From<CredentialStatus> for Status {
    fn from(status: CredentialStatus) -> Self {
        match status {
            CredentialStatus::Valid => Self::Valid,
            CredentialStatus::Revoked => Self::Invalid,
            CredentialStatus::Suspended => Self::Suspended,
        }
    }
}

/// One issued credential, as the registry knows it: no name, no claim, no key of the holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IssuedEntry {
    /// Place in the status list; the credential's name in this registry.
    pub index: u32,
    /// The indexes of the other copies that the wallet got of it, each bound to another key. A change of
    /// status is a change of all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<u32>,
    /// The offer it was collected from.
    pub offer: OfferId,
    /// The credential type (`vct`).
    pub vct: String,
    /// How the holder was matched to the record.
    pub matched: HolderMatch,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Whether it is still good.
    pub status: CredentialStatus,
    /// When the status last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<DateTime<Utc>>,
    /// What the wallet said became of it, when it said anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallet_said: Option<Event>,
}

/// An offer that waits to be collected.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OfferRow {
    pub(super) expires_at: DateTime<Utc>,
    pub(super) tx_tag: Option<[u8; 32]>,
    /// For letters that are printed later. Whoever can read it here can also try all million codes
    /// against the tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tx_code: Option<String>,
    pub(super) wrong_codes: u8,
    /// Set when the code was redeemed: until when its access token lives.
    pub(super) redeemed_until: Option<DateTime<Utc>>,
    /// The authorization code it was redeemed by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) redeemed_by: Option<String>,
    pub(super) matched: HolderMatch,
    pub(super) items: Vec<ItemRow>,
    /// Whether the institution still has to release what is in it.
    #[serde(default)]
    pub(super) held: bool,
}

/// One credential of an offer. Its claims stand in `chunks` entries of their own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ItemRow {
    pub(super) vct: String,
    pub(super) chunks: u16,
    pub(super) collected: bool,
    /// The request that waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deferred: Option<DeferredRow>,
}

/// A request that was answered with "later".
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct DeferredRow {
    /// The transaction's id, 128 random bits.
    pub(super) id: [u8; 16],
    /// The proven keys, in the order of the proofs.
    pub(super) keys: Vec<Jwk>,
}

impl OfferRow {
    /// Whether the code can still be redeemed.
    pub(super) fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.redeemed_until.is_none() && now < self.expires_at
    }

    /// Whether the access token can still be used.
    pub(super) fn is_redeemed(&self, now: DateTime<Utc>) -> bool {
        self.redeemed_until.is_some_and(|until| now < until)
    }

    pub(super) fn types(&self) -> Result<Vec<CredentialType>, StoreError> {
        self.items
            .iter()
            .map(|item| CredentialType::from_vct(&item.vct).ok_or(StoreError::Newer))
            .collect()
    }
}

/// One issued credential, under its status index.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct IssuedRow {
    /// The indexes of its other copies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) copies: Vec<u32>,
    pub(super) offer: OfferId,
    pub(super) vct: String,
    pub(super) matched: HolderMatch,
    pub(super) issued_at: DateTime<Utc>,
    pub(super) status: CredentialStatus,
    pub(super) changed_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wallet_said: Option<Event>,
}

impl IssuedRow {
    pub(super) fn entry(self, index: u32) -> IssuedEntry {
        IssuedEntry {
            index,
            copies: self.copies,
            offer: self.offer,
            vct: self.vct,
            matched: self.matched,
            issued_at: self.issued_at,
            status: self.status,
            changed_at: self.changed_at,
            wallet_said: self.wallet_said,
        }
    }
}

/// What must be in the store: the engine may lose entries of a damaged file without a word, and a lost
/// one would give its index away again, or make a revoked credential valid.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct SummaryRow {
    pub(super) format: u32,
    pub(super) issued: u64,
    /// All issued entries' hashes, combined by exclusive or.
    pub(super) sum: [u8; 32],
}

pub(super) const SUMMARY: &[u8] = b"m";
pub(super) const OFFERS: &[u8] = b"o";
pub(super) const ISSUED: &[u8] = b"i";
pub(super) const JOURNAL: &[u8] = b"j";

pub(super) fn offer_key(offer: &OfferId) -> Vec<u8> {
    [OFFERS, offer.as_bytes()].concat()
}

/// The key of one piece of the claims of the offer's credential at `item`.
pub(super) fn claims_key(offer: &OfferId, item: u8, chunk: u16) -> Vec<u8> {
    [
        b"c",
        offer.as_bytes().as_slice(),
        &[item],
        &chunk.to_be_bytes(),
    ]
    .concat()
}

pub(super) fn issued_key(index: u32) -> Vec<u8> {
    [ISSUED, index.to_be_bytes().as_slice()].concat()
}

pub(super) fn index_of(key: &[u8]) -> Result<u32, StoreError> {
    key.strip_prefix(ISSUED)
        .and_then(|rest| <[u8; 4]>::try_from(rest).ok())
        .map(u32::from_be_bytes)
        .ok_or(StoreError::Damaged)
}

pub(super) fn offer_of(key: &[u8]) -> Result<OfferId, StoreError> {
    key.strip_prefix(OFFERS)
        .and_then(|rest| <[u8; 16]>::try_from(rest).ok())
        .map(OfferId::from_bytes)
        .ok_or(StoreError::Damaged)
}
