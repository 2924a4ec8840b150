//! One line of the log and its leaf hash: SHA-256(00 ‖ deterministic CBOR) with integer keys.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::tree::Hash;
use crate::{
    consent::details::LegalBasis,
    encoding::{from_base64url, sha256},
    id::GrantId,
};

/// What happened. The numbers are part of the leaf and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Kind {
    /// The person shared.
    ConsentGiven = 1,
    /// The person refused.
    ConsentRefused = 2,
    /// The wallet put a deposit into the mailbox.
    Deposit = 3,
    /// The recipient got an access token.
    TokenIssued = 4,
    /// The recipient read.
    Read = 5,
    /// The recipient read the same again with the same read id; not counted.
    ReadRepeated = 6,
    /// A read was refused.
    ReadRefused = 7,
    /// The person stopped the share.
    Withdrawn = 8,
    /// The share came to its end date.
    Expired = 9,
    /// The last allowed read was made.
    Exhausted = 10,
    /// The person held the share back.
    Paused = 11,
    /// The person let a paused share go on.
    Resumed = 12,
    /// The person shares less than before.
    Narrowed = 13,
    /// The person shares the same for longer.
    Renewed = 14,
    /// The person stopped the share with the account's own key.
    Stopped = 15,
    /// The recipient's registered key has changed: the wallet is asked to seal anew.
    KeyChanged = 16,
    /// The recipient left a message for the person.
    MessageLeft = 17,
    /// The recipient was told that the share ended, pauses or was renewed.
    Notified = 18,
    /// The recipient gave the share up.
    GivenUp = 19,
    /// The recipient gave its tokens back.
    TokensRevoked = 20,
    /// The recipient has confirmed a read with its signature.
    ReadAcknowledged = 21,
    /// The broker's operator looked at what is held about the share.
    OperatorAccess = 22,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Outcome {
    /// It was done.
    Done = 1,
    /// It was refused because the grant had ended.
    GrantEnded = 2,
    /// It was refused because there was no valid deposit.
    NothingDeposited = 3,
    /// It was refused because the token or proof was wrong.
    NotAuthorized = 4,
    /// It was refused because the person holds the share back.
    GrantPaused = 5,
    /// It was refused because the broker's operator has suspended the recipient.
    RecipientSuspended = 6,
}

/// One entry, as broker and wallet exchange it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The person's log at this broker: 16 octets as base64url.
    pub log_id: String,
    /// Place, from 0, without gaps.
    pub seq: u64,
    /// When, to the millisecond.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: Kind,
    /// How it ended.
    pub outcome: Outcome,
    /// Which share.
    pub grant_id: GrantId,
    /// Who, as client id.
    pub recipient: String,
    /// On what basis the data was asked for.
    pub legal_basis: LegalBasis,
    /// base64url SHA-256 of the canonical granted details; absent for a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details_hash: Option<String>,
    /// base64url SHA-256 of the deposit or message that was put, left or read, or of the acknowledgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposit_hash: Option<String>,
    /// 32 random octets as base64url.
    pub salt: String,
}

/// An entry has no leaf: one of its parts is malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a log entry is malformed")]
pub struct EntryError;

impl From<crate::encoding::NotBase64Url> for EntryError {
    fn from(_error: crate::encoding::NotBase64Url) -> Self {
        Self
    }
}

impl<E> From<minicbor::encode::Error<E>> for EntryError {
    fn from(_error: minicbor::encode::Error<E>) -> Self {
        Self
    }
}

impl Entry {
    /// The version of the leaf's layout.
    const VERSION: u8 = 1;

    /// SHA-256(00 ‖ CBOR), the leaf of RFC 6962 section 2.1.
    ///
    /// # Errors
    /// [`EntryError`] when an id, hash or salt does not have its length, or the time is
    /// before 1970 or not of whole milliseconds.
    pub fn leaf(&self) -> Result<Hash, EntryError> {
        let mut leaf = vec![0];
        leaf.extend(self.to_cbor()?);
        Ok(sha256(leaf))
    }

    /// Deterministic CBOR (RFC 8949 section 4.2.1): a map with integer keys 0 to 11 in order, absent
    /// hashes as null.
    pub(super) fn to_cbor(&self) -> Result<Vec<u8>, EntryError> {
        let time = self.at.timestamp_millis();
        // What is read must be what is hashed: no two times are one leaf.
        if DateTime::from_timestamp_millis(time) != Some(self.at) {
            return Err(EntryError);
        }
        let time = u64::try_from(time).map_err(|_negative| EntryError)?;
        let mut encoder = minicbor::Encoder::new(Vec::with_capacity(320));
        encoder
            .map(12)?
            .u8(0)?
            .u8(Self::VERSION)?
            .u8(1)?
            .bytes(&octets(&self.log_id, 16)?)?
            .u8(2)?
            .u64(self.seq)?
            .u8(3)?
            .u64(time)?
            .u8(4)?
            .u8(self.kind as u8)?
            .u8(5)?
            .u8(self.outcome as u8)?
            .u8(6)?
            .bytes(self.grant_id.as_bytes())?
            .u8(7)?
            .str(&self.recipient)?;
        for (key, hash) in [(8, &self.details_hash), (9, &self.deposit_hash)] {
            encoder.u8(key)?;
            match hash {
                Some(hash) => encoder.bytes(&octets(hash, 32)?)?,
                None => encoder.null()?,
            };
        }
        encoder.u8(10)?.bytes(&octets(&self.salt, 32)?)?;
        encoder.u8(11)?.u8(basis_number(self.legal_basis))?;
        Ok(encoder.into_writer())
    }
}

/// Part of the leaf; never changes.
fn basis_number(basis: LegalBasis) -> u8 {
    match basis {
        LegalBasis::Consent => 1,
        LegalBasis::Statutory => 2,
        LegalBasis::OwnExport => 3,
    }
}

fn octets(text: &str, length: usize) -> Result<Vec<u8>, EntryError> {
    from_base64url(text)
        .ok()
        .filter(|octets| octets.len() == length)
        .ok_or(EntryError)
}
