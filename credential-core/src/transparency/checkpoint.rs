//! Checkpoints: size and root of a log as the text of a signed note (C2SP tlog-checkpoint).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};

use super::{
    keys::VerifierKey,
    note::{Note, NoteError},
};
use crate::{access_log::Hash, encoding::sha256};

/// Most extension lines that are read.
const MAX_EXTENSIONS: usize = 16;

/// The head of a log at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: its address without the scheme.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root of RFC 6962 section 2.1 over them.
    pub root: Hash,
    /// Lines that mean nothing here, of other people's logs.
    pub extensions: Vec<String>,
}

/// Why a checkpoint is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is no checkpoint.
    #[error("this is no checkpoint")]
    Malformed,
    /// It is of another log.
    #[error("the checkpoint is of another log")]
    OtherLog,
}

impl CheckpointError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Note(error) => error.reason(),
            Self::Malformed => "checkpoint_malformed",
            Self::OtherLog => "checkpoint_other_log",
        }
    }
}

impl Checkpoint {
    /// The checkpoint of a log without extension lines.
    #[must_use]
    pub fn new(origin: &str, size: u64, root: Hash) -> Self {
        Self {
            origin: origin.into(),
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// Reads the text of a note.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`]; also when an empty log has another root than the empty tree.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Malformed)?;
        let lines: Vec<&str> = lines.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else {
            return Err(CheckpointError::Malformed);
        };
        let has_empty = origin.is_empty() || extensions.iter().any(|line| line.is_empty());
        let size = decimal(size).ok_or(CheckpointError::Malformed)?;
        let root = hash(root).ok_or(CheckpointError::Malformed)?;
        let is_empty_log = size == 0;
        if has_empty || extensions.len() > MAX_EXTENSIONS || (is_empty_log && root != sha256([])) {
            return Err(CheckpointError::Malformed);
        }
        Ok(Self {
            origin: (*origin).into(),
            size,
            root,
            extensions: extensions.iter().map(|line| (*line).into()).collect(),
        })
    }
}

/// The text to be signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = STANDARD.encode(self.root);
        writeln!(f, "{}\n{}\n{root}", self.origin, self.size)?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// What the global log of this broker is called: its address without the scheme, and `/log`, where it is
/// served.
#[must_use]
pub fn origin_of(issuer: &str) -> String {
    let address = issuer
        .split_once("://")
        .map_or(issuer, |(_scheme, address)| address);
    format!("{}/log", address.trim_end_matches('/'))
}

/// A checkpoint that its log has signed.
///
/// ```compile_fail
/// let forged = credential_core::transparency::SignedCheckpoint { note, checkpoint };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

impl SignedCheckpoint {
    /// Reads a checkpoint and checks the log's signature. A log's key is called as its origin, as the
    /// standard recommends.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn verify(signed: &str, log: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = Note::parse(signed)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::OtherLog);
        }
        log.verify(&note)?;
        Ok(Self { note, checkpoint })
    }

    /// The head itself.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note with all its signatures: the evidence to keep.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Which of these witnesses have seen it, and when. A wrong line in a witness's name is as good as
    /// none.
    #[must_use]
    pub fn witnesses<'k>(
        &self,
        trusted: &'k [VerifierKey],
    ) -> Vec<(&'k VerifierKey, DateTime<Utc>)> {
        let seen = |key: &'k VerifierKey| Some((key, key.verify_cosignature(&self.note).ok()?));
        trusted.iter().filter_map(seen).collect()
    }

    /// This checkpoint with the cosignatures among `lines` that verify with `witness`; the same witness's
    /// earlier ones go, other lines are dropped.
    ///
    /// # Errors
    /// [`NoteError`] when the lines are no signatures, or none is this witness's.
    pub fn cosigned_by(self, witness: &VerifierKey, lines: &str) -> Result<Self, NoteError> {
        let answer = Note::unsigned(self.note.text())?.with_lines(lines)?;
        witness.verify_cosignature(&answer)?;
        let is_other = |name: &str, id| name != witness.name() || id != witness.id();
        let others = self.note.signatures().iter();
        let kept = others.filter(|line| is_other(line.name(), line.id()));
        let note = kept
            .chain(witness.own(&answer).last())
            .cloned()
            .fold(Note::unsigned(self.note.text())?, Note::with);
        // What is stored must be readable again.
        let note = Note::parse(&note.to_string())?;
        Ok(Self { note, ..self })
    }
}

/// Decimal digits without leading zeroes.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

pub(super) fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

pub(super) fn hash_text(hash: &Hash) -> String {
    STANDARD.encode(hash)
}
