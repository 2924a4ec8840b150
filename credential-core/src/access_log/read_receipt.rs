//! What a recipient gets with every reading: the broker's signed word that the reading stands in the
//! person's log, at which place and with which leaf. A recipient that holds one which the person's log
//! does not have proves that the broker left the reading out.

use serde::{Deserialize, Serialize};

use super::{
    entry::{Entry, Kind, Outcome},
    tree::Hash,
};
use crate::{
    encoding::{base64url, sha256_base64url},
    id::{GrantId, ReadId},
    jose::{
        SignError, Signer, VerifyingKey,
        jws::{self, JwsError, KeyReference, Unverified},
    },
};

/// The header's `typ`.
const TYP: &str = "read-receipt+jwt";
/// The longest receipt that is read, in octets.
pub(super) const MAX_LENGTH: usize = 4 * 1024;

/// The claims of a read receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadReceiptClaims {
    /// The broker's issuer identifier.
    pub iss: String,
    /// The recipient's client id.
    pub aud: String,
    /// When it was signed, seconds since 1970.
    pub iat: i64,
    /// The grant that was read.
    pub grant_id: GrantId,
    /// The recipient's own name for the reading.
    pub read_id: ReadId,
    /// base64url SHA-256 of the deposit that was read.
    pub deposit_hash: String,
    /// The person's log, by a name made for this grant alone: 16 octets as base64url.
    pub log_id: String,
    /// The place of the reading in it.
    pub seq: u64,
    /// base64url of the reading's leaf.
    pub leaf: String,
}

impl ReadReceiptClaims {
    /// Signs with the broker's key.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, SignError> {
        jws::sign(TYP, self, signer, KeyReference::Kid)
    }
}

/// A receipt that the broker signed.
///
/// ```compile_fail
/// use credential_core::access_log::{ReadReceipt, ReadReceiptClaims};
/// fn forge(claims: ReadReceiptClaims) -> ReadReceipt {
///     ReadReceipt { claims, hash: String::new() }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadReceipt {
    claims: ReadReceiptClaims,
    hash: String,
}

/// Why a read receipt is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadReceiptError {
    /// The signed object itself.
    #[error("the read receipt: {0}")]
    Jws(#[from] JwsError),
    /// Another broker than the one whose key was asked for.
    #[error("the read receipt is of another broker")]
    OtherBroker,
}

impl ReadReceiptError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::OtherBroker => "read_receipt_other_broker",
        }
    }
}

impl ReadReceipt {
    /// Who claims to have signed, before any check: for finding the key only.
    ///
    /// # Errors
    /// [`ReadReceiptError::Jws`].
    pub fn claimed_issuer(compact: &str) -> Result<(String, Option<String>), ReadReceiptError> {
        let unverified = Unverified::parse_within(compact, TYP, MAX_LENGTH)?;
        let claims: ReadReceiptClaims = unverified.untrusted_payload()?;
        Ok((claims.iss, unverified.header().kid.clone()))
    }

    /// Checks who signed.
    ///
    /// # Errors
    /// [`ReadReceiptError`] names the first rule that is broken.
    pub fn verify(
        compact: &str,
        key: &VerifyingKey,
        issuer: &str,
    ) -> Result<Self, ReadReceiptError> {
        let unverified = Unverified::parse_within(compact, TYP, MAX_LENGTH)?;
        let claims: ReadReceiptClaims = unverified.verify(key)?;
        if claims.iss != issuer {
            return Err(ReadReceiptError::OtherBroker);
        }
        let hash = sha256_base64url(compact);
        Ok(Self { claims, hash })
    }

    /// What it says.
    #[must_use]
    pub fn claims(&self) -> &ReadReceiptClaims {
        &self.claims
    }

    /// base64url SHA-256 of the receipt as it was signed.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Whether it is about this reading by this recipient, of the deposit with this hash.
    #[must_use]
    pub fn is_of(&self, client_id: &str, grant: GrantId, read: ReadId, deposit_hash: &str) -> bool {
        let claims = &self.claims;
        claims.aud == client_id
            && claims.grant_id == grant
            && claims.read_id == read
            && claims.deposit_hash == deposit_hash
    }

    /// Whether this entry is the one that the receipt speaks of: at its place, with its leaf, and about
    /// the very reading, as a leaf alone could be that of anything. Any other entry at that place, and none
    /// where the log is long enough, shows that the broker has signed two different histories.
    #[must_use]
    pub fn is_for(&self, entry: &Entry) -> bool {
        let claims = &self.claims;
        let leaf = |leaf: Hash| base64url(leaf) == claims.leaf;
        let is_a_reading = matches!(entry.kind, Kind::Read | Kind::ReadRepeated);
        is_a_reading
            && entry.outcome == Outcome::Done
            && entry.seq == claims.seq
            && entry.grant_id == claims.grant_id
            && entry.recipient == claims.aud
            && entry.deposit_hash.as_ref() == Some(&claims.deposit_hash)
            && entry.leaf().is_ok_and(leaf)
    }
}
