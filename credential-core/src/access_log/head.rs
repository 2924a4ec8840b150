//! A tree head as the broker signs it, and one page of the log as the wallet gets it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    entry::{Entry, EntryError},
    tree::{Frontier, Hash, root, verify_consistency},
};
use crate::{
    encoding::{base64url, from_base64url},
    jose::{
        SignError, Signer, VerifyingKey,
        jws::{self, JwsError, KeyReference, Unverified},
    },
};

/// The header's `typ`.
const TYP: &str = "log-head+jwt";

/// Size and root of a person's log at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeHead {
    /// The broker's issuer identifier.
    pub iss: String,
    /// The person's log: 16 octets as base64url.
    pub log_id: String,
    /// How many entries.
    pub size: u64,
    /// base64url of the root.
    pub root: String,
    /// When it was signed, seconds since 1970.
    pub iat: i64,
}

impl TreeHead {
    /// The head of a frontier.
    #[must_use]
    pub fn of(frontier: &Frontier, issuer: &str, log_id: &str, now: DateTime<Utc>) -> Self {
        Self {
            iss: issuer.into(),
            log_id: log_id.into(),
            size: frontier.size(),
            root: base64url(frontier.root()),
            iat: now.timestamp(),
        }
    }

    /// Signs with the broker's key.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn sign(&self, signer: &dyn Signer) -> Result<String, SignError> {
        jws::sign(TYP, self, signer, KeyReference::Kid)
    }
}

/// What the broker answers to "what happened since": entries, the signed head and the proof that the
/// head the wallet knew is the beginning of this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LogPage {
    /// The signed head.
    pub head: String,
    /// The entries from the size the wallet named up to the head.
    pub entries: Vec<Entry>,
    /// Consistency proof, base64url hashes.
    pub consistency: Vec<String>,
}

/// A head the wallet has checked; it keeps the last one to check the next against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    head: TreeHead,
    signed: String,
    frontier: Frontier,
}

/// What is wrong with a page of the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeadError {
    /// The head's signature.
    #[error("the log's head: {0}")]
    Jws(#[from] JwsError),
    /// The head is of another log or broker.
    #[error("the head belongs to another log")]
    OtherLog,
    /// An entry is malformed.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// Entries are missing, doubled or out of order, or the log has become shorter.
    #[error("entries of the log are missing or out of order")]
    Gap,
    /// The log was changed: entries and head do not give the same root, or the older head is not the
    /// beginning of the newer one.
    #[error("the log was changed after the fact")]
    Changed,
}

impl HeadError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::OtherLog => "log_other",
            Self::Entry(_) => "log_entry_malformed",
            Self::Gap => "log_gap",
            Self::Changed => "log_changed",
        }
    }
}

impl SignedHead {
    /// Checks a page against the last head that was checked: the broker's signature, the order of the
    /// entries, the consistency proof, and the root recomputed from the entries themselves.
    ///
    /// # Errors
    /// [`HeadError`]; the caller keeps both heads as evidence and tells the person.
    pub fn advance(
        known: Option<&Self>,
        page: &LogPage,
        broker: &VerifyingKey,
        issuer: &str,
    ) -> Result<Self, HeadError> {
        let head: TreeHead = Unverified::parse(&page.head, TYP)?.verify(broker)?;
        if head.iss != issuer || known.is_some_and(|known| known.head.log_id != head.log_id) {
            return Err(HeadError::OtherLog);
        }
        let mut frontier = known
            .map(|known| known.frontier.clone())
            .unwrap_or_default();
        let (old_size, old_root) = (frontier.size(), frontier.root());
        for entry in &page.entries {
            if entry.seq != frontier.size() {
                return Err(HeadError::Gap);
            }
            if entry.log_id != head.log_id {
                return Err(HeadError::OtherLog);
            }
            frontier.append(entry.leaf()?);
        }
        if frontier.size() != head.size {
            return Err(HeadError::Gap);
        }
        let new_root = hash(&head.root)?;
        let proof = page
            .consistency
            .iter()
            .map(|h| hash(h))
            .collect::<Result<Vec<_>, _>>()?;
        let consistent = verify_consistency((old_size, &old_root), (head.size, &new_root), &proof);
        if !consistent || frontier.root() != new_root {
            return Err(HeadError::Changed);
        }
        Ok(Self {
            head,
            signed: page.head.clone(),
            frontier,
        })
    }

    /// The head itself.
    #[must_use]
    pub fn head(&self) -> &TreeHead {
        &self.head
    }

    /// The head as the broker signed it: the evidence to keep.
    #[must_use]
    pub fn signed(&self) -> &str {
        &self.signed
    }
}

impl LogPage {
    /// The page for a wallet that knows the first `known` of these leaves.
    #[must_use]
    pub fn new(head: String, leaves: &[Hash], entries: Vec<Entry>, known: usize) -> Self {
        let consistency = super::tree::consistency_proof(leaves, known).unwrap_or_default();
        debug_assert_eq!(
            entries.len(),
            leaves.len().saturating_sub(known),
            "{:?}",
            root(leaves)
        );
        Self {
            head,
            entries,
            consistency: consistency.iter().map(base64url).collect(),
        }
    }
}

fn hash(text: &str) -> Result<Hash, HeadError> {
    from_base64url(text)
        .ok()
        .and_then(|h| h.try_into().ok())
        .ok_or(HeadError::Changed)
}
