//! One line of the audit file.

use chrono::{DateTime, Utc};
use credential_core::{encoding::sha256_base64url, id::OfferId};
use serde::{Deserialize, Serialize};

use crate::server::{HolderMatch, StatusChange};

/// Longest line, in octets.
pub const MAX_LINE: usize = 4096;
/// Longest reason of a change, in characters.
pub const MAX_REASON: usize = 200;
/// The `prev` of the first line: SHA-256 of no octets.
pub const NOTHING_BEFORE: &str = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditLine {
    /// SHA-256 of the line before, base64url.
    pub prev: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whose program wrote it: an account of the machine.
    pub who: String,
    /// What.
    pub event: AuditEvent,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum AuditEvent {
    /// The institution's folder was made, with these keys.
    Initialised {
        /// Key ids.
        keys: Vec<String>,
    },
    /// An offer was made.
    OfferMade {
        /// Its id.
        offer: OfferId,
        /// How the holder was matched to the record.
        matched: HolderMatch,
    },
    /// An offer was taken back.
    OfferCancelled {
        /// Its id.
        offer: OfferId,
    },
    /// An offer was made anew; the old link is dead.
    OfferResent {
        /// The old one's id.
        offer: OfferId,
        /// The new one's.
        new_offer: OfferId,
        /// How the holder was matched to the record.
        matched: HolderMatch,
    },
    /// A credential was collected.
    Collected {
        /// From this offer.
        offer: OfferId,
        /// Its type.
        vct: String,
        /// The status index of each copy.
        indexes: Vec<u32>,
    },
    /// The status of a credential was changed.
    StatusChanged {
        /// Its status index.
        index: u32,
        /// How.
        change: StatusChange,
        /// Why; no names belong here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A new key signs.
    KeyRotated {
        /// Its id.
        kid: String,
    },
    /// A certificate of the key that signs was put in.
    CertificateInstalled {
        /// The key's id.
        kid: String,
    },
    /// Plain keys were encrypted with a passphrase.
    KeysProtected,
}

pub(super) fn hash_of(line: &[u8]) -> String {
    sha256_base64url(line)
}
