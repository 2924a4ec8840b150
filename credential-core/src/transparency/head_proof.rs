//! What a person's wallet gets from the broker about its own head, and checks by itself.

use serde::{Deserialize, Serialize};

use super::{
    blinded::{BlindingKey, leaf_hash},
    checkpoint::{CheckpointError, SignedCheckpoint},
    keys::VerifierKey,
    witnessing::{MAX_PROOF, Seen},
};
use crate::{
    access_log::{Hash, verify_consistency, verify_inclusion},
    encoding::{base64url, from_base64url},
};

/// That the global log has a head of a person's log, and that the log has only grown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HeadProof {
    /// The checkpoint that is proved to, a signed note with what witnesses have said.
    pub checkpoint: String,
    /// The entry's place in the global log.
    pub index: u64,
    /// How many entries the person's log had.
    pub size: u64,
    /// base64url of the person's root then.
    pub root: String,
    /// The path from the entry to the checkpoint's root, base64url hashes.
    pub inclusion: Vec<String>,
    /// Consistency proof from the size that was named as known, base64url hashes.
    pub consistency: Vec<String>,
    /// The key of the entry, where the broker has drawn it because the wallet had given none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_key: Option<BlindingKey>,
}

/// What a wallet knows and holds a proof against.
#[derive(Debug)]
pub struct Expected<'e> {
    /// The global log's key, from the trust list.
    pub log: &'e VerifierKey,
    /// The key of the person's entries.
    pub key: &'e BlindingKey,
    /// The person's log.
    pub log_id: &'e [u8; 16],
    /// The root that the person's own log had with as many entries as the proof says.
    pub root: &'e Hash,
    /// The last checkpoint that was checked.
    pub known: Option<Seen>,
}

/// Why a proof is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeadProofError {
    /// The checkpoint is not the log's.
    #[error("the global log's checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The proof has not the agreed form.
    #[error("the proof of the global log is malformed")]
    Malformed,
    /// The global log has another head of the person's log than the person has.
    #[error("the global log has another history of this log")]
    OtherHead,
    /// The entry is not in the tree that the log has signed.
    #[error("the global log does not have this log's head")]
    NotIncluded,
    /// The log has fewer entries than it had.
    #[error("the global log has become shorter")]
    RolledBack,
    /// What was known is not the beginning of what is shown now.
    #[error("the global log was changed after the fact")]
    Forked,
}

impl HeadProofError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Checkpoint(error) => error.reason(),
            Self::Malformed => "global_log_malformed",
            Self::OtherHead => "global_log_other_head",
            Self::NotIncluded => "global_log_not_included",
            Self::RolledBack => "global_log_rolled_back",
            Self::Forked => "global_log_forked",
        }
    }
}

impl HeadProof {
    /// Checks the log's signature, that it has only grown, and that it has this very head.
    ///
    /// # Errors
    /// [`HeadProofError`].
    pub fn verify(&self, expected: &Expected<'_>) -> Result<SignedCheckpoint, HeadProofError> {
        let signed = SignedCheckpoint::verify(&self.checkpoint, expected.log)?;
        let now = (signed.checkpoint().size, &signed.checkpoint().root);
        let consistency = hashes(&self.consistency)?;
        if let Some(known) = expected.known {
            if known.size > now.0 {
                return Err(HeadProofError::RolledBack);
            }
            if !verify_consistency((known.size, &known.root), now, &consistency) {
                return Err(HeadProofError::Forked);
            }
        }
        if hash(&self.root)? != *expected.root {
            return Err(HeadProofError::OtherHead);
        }
        let entry = expected
            .key
            .entry(expected.log_id, self.size, expected.root);
        let path = hashes(&self.inclusion)?;
        if !verify_inclusion(&leaf_hash(&entry), self.index, now.0, &path, now.1) {
            return Err(HeadProofError::NotIncluded);
        }
        Ok(signed)
    }

    /// The hashes of a proof as they travel.
    #[must_use]
    pub fn texts(hashes: &[Hash]) -> Vec<String> {
        hashes.iter().map(base64url).collect()
    }
}

fn hashes(texts: &[String]) -> Result<Vec<Hash>, HeadProofError> {
    if texts.len() > MAX_PROOF + 1 {
        return Err(HeadProofError::Malformed);
    }
    texts.iter().map(|text| hash(text)).collect()
}

fn hash(text: &str) -> Result<Hash, HeadProofError> {
    from_base64url(text)
        .ok()
        .and_then(|hash| hash.try_into().ok())
        .ok_or(HeadProofError::Malformed)
}
