//! What a log asks of a witness and when the witness does it (C2SP tlog-witness, `add-checkpoint`).

use std::fmt;

use super::{
    checkpoint::{Checkpoint, SignedCheckpoint, decimal, hash, hash_text},
    keys::VerifierKey,
    note::{MAX_NOTE, Note},
};
use crate::access_log::{Hash, verify_consistency};

/// Most hashes of one proof.
pub const MAX_PROOF: usize = 63;
/// Longest request that is read, in octets.
pub const MAX_REQUEST: usize = MAX_NOTE + (MAX_PROOF + 1) * 45 + 64;

/// The body of `POST /add-checkpoint`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the witness has cosigned last, as the log believes.
    pub old_size: u64,
    /// The proof that the tree of that size is the beginning of the new one.
    pub proof: Vec<Hash>,
    /// The new checkpoint, a signed note.
    pub checkpoint: String,
}

/// What a witness remembers of a log: the last head it has cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The request is not of the agreed form, or its old size is above its new one.
    #[error("the request is malformed")]
    Malformed,
    /// The log is none of this witness's.
    #[error("the log is not known here")]
    UnknownOrigin,
    /// The log has not signed the checkpoint.
    #[error("the log has not signed the checkpoint")]
    NotSigned,
    /// The log's last checkpoint was another: this is the size that was cosigned.
    #[error("the last checkpoint that was cosigned has {size} entries")]
    Conflict {
        /// The size that was cosigned last.
        size: u64,
    },
    /// The proof does not hold: what was cosigned before is not the beginning of this.
    #[error("the log is not consistent with what was cosigned before")]
    Inconsistent,
}

impl Refusal {
    /// The HTTP status of C2SP tlog-witness.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotSigned => 403,
            Self::UnknownOrigin => 404,
            Self::Conflict { .. } => 409,
            Self::Inconsistent => 422,
        }
    }

    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "witness_malformed",
            Self::NotSigned => "witness_not_signed",
            Self::UnknownOrigin => "witness_unknown_log",
            Self::Conflict { .. } => "witness_conflict",
            Self::Inconsistent => "witness_inconsistent",
        }
    }
}

impl AddCheckpoint {
    /// Reads the body.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn parse(body: &str) -> Result<Self, Refusal> {
        let read = || {
            let (head, checkpoint) = body
                .get(..)
                .filter(|body| body.len() <= MAX_REQUEST)?
                .split_once("\n\n")?;
            let mut lines = head.split('\n');
            let old_size = decimal(lines.next()?.strip_prefix("old ")?)?;
            let proof: Vec<Hash> = lines.map(hash).collect::<Option<_>>()?;
            (proof.len() <= MAX_PROOF).then(|| Self {
                old_size,
                proof,
                checkpoint: checkpoint.into(),
            })
        };
        read().ok_or(Refusal::Malformed)
    }
}

/// The body as it travels.
impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        for hash in &self.proof {
            writeln!(f, "{}", hash_text(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Decides about a request: `log` gives the key of a known origin, `seen` what was cosigned of it last.
/// What is accepted must be kept, and last, before it is cosigned; both in one step with this.
///
/// The proof is checked from what the witness has stored, never from what the request says.
///
/// # Errors
/// [`Refusal`].
pub fn judge<'k, E: From<Refusal>>(
    request: &AddCheckpoint,
    log: impl FnOnce(&str) -> Option<&'k VerifierKey>,
    seen: impl FnOnce(&str) -> Result<Option<Seen>, E>,
) -> Result<(SignedCheckpoint, Seen), E> {
    let note = Note::parse(&request.checkpoint).map_err(|_error| Refusal::Malformed)?;
    let asked = Checkpoint::parse(note.text()).map_err(|_error| Refusal::Malformed)?;
    let key = log(&asked.origin).ok_or(Refusal::UnknownOrigin)?;
    let signed =
        SignedCheckpoint::verify(&request.checkpoint, key).map_err(|_error| Refusal::NotSigned)?;
    if request.old_size > asked.size {
        return Err(Refusal::Malformed.into());
    }
    let (old_size, old_root) = match seen(&asked.origin)? {
        Some(seen) => (seen.size, seen.root),
        None => (0, crate::encoding::sha256([])),
    };
    let is_same_size = old_size == asked.size;
    if request.old_size != old_size || (is_same_size && old_root != asked.root) {
        return Err(Refusal::Conflict { size: old_size }.into());
    }
    let newer = (asked.size, &asked.root);
    if !verify_consistency((old_size, &old_root), newer, &request.proof) {
        return Err(Refusal::Inconsistent.into());
    }
    let seen = Seen {
        size: asked.size,
        root: asked.root,
    };
    Ok((signed, seen))
}
