//! What the store does for the global log: one tree over the blinded heads of all persons' logs.

use std::sync::Arc;

use credential_core::{
    access_log::Hash,
    id::SubjectId,
    transparency::{BlindingKey, LogSigner, Resource, VerifierKey},
};

use super::Answer;
use crate::notary::Notary;

/// The rows of the global log. Every operation is one transaction, as those of [`super::Store`].
pub trait GlobalLog {
    /// Gives a person's log the key under which its heads are blinded, unless it has one already or there
    /// is no such account. Chosen by the wallet; the broker draws one where none was given.
    fn give_log_key(&self, subject: SubjectId, key: BlindingKey) -> Answer<'_, ()>;

    /// Appends the heads that have moved, those of at most so many persons, and signs the new checkpoint.
    /// Also nodes that do it at once append each head once: the log's head is compared and set.
    fn advance_log(
        &self,
        most: usize,
        notary: &Notary,
        signer: &Arc<LogSigner>,
    ) -> Answer<'_, Advanced>;

    /// The newest checkpoint, and the newest that a witness has cosigned. None before the log was advanced
    /// for the first time.
    fn checkpoints(&self) -> Answer<'_, Option<Checkpoints>>;

    /// A tile or a bundle of entries as C2SP tlog-tiles serves it; none beyond the log's end.
    fn log_tile(&self, resource: Resource) -> Answer<'_, Option<Vec<u8>>>;

    /// Keeps what a witness has cosigned, together with what other witnesses have said of the same
    /// checkpoint; an older one than is kept already is not. Answers whether it was kept: not when the
    /// lines are not this witness's.
    fn keep_cosignature(&self, cosigned: Cosigned) -> Answer<'_, bool>;

    /// Where the newest head of a person stands that the global log has; none when it has none.
    fn place_in_global_log(&self, subject: SubjectId) -> Answer<'_, Option<PlaceInLog>>;

    /// The proof of that place, and that a log of `known` entries is the beginning of this one, both to the
    /// newest checkpoint that witnesses have seen if it is new enough for both, else to the newest.
    fn prove_in_global_log(&self, subject: SubjectId, known: u64) -> Answer<'_, Option<LogProof>>;

    /// The proof that a log of `older` entries is the beginning of one of `newer` entries; none when there
    /// are not as many.
    fn prove_growth(&self, older: u64, newer: u64) -> Answer<'_, Option<Vec<Hash>>>;

    /// Erases what the entries of a person's log say, with their salts. Their leaves stay, so that every
    /// proof and every head holds as before. Answers how many were erased; again erases those since.
    fn erase_log(&self, subject: SubjectId) -> Answer<'_, u64>;
}

/// What became of one turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advanced {
    /// How many heads were appended.
    pub appended: u64,
    /// How many entries the log has now.
    pub size: u64,
    /// Whether there may be more to append.
    pub is_more: bool,
}

/// The log's signed heads, as notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoints {
    /// The newest, with what witnesses have said of it.
    pub newest: String,
    /// The newest that a witness has cosigned.
    pub cosigned: Option<String>,
}

/// A witness's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    /// The checkpoint that it was asked about, a note.
    pub checkpoint: String,
    /// The lines it answered with.
    pub lines: String,
    /// Its key.
    pub witness: VerifierKey,
    /// This log's key.
    pub log: VerifierKey,
}

/// Where a person's newest head stands in the global log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceInLog {
    /// The entry's place.
    pub index: u64,
    /// Size of the person's log then.
    pub size: u64,
    /// Root of the person's log then.
    pub root: Hash,
    /// The blinded entry of that head, computed again.
    pub entry: Hash,
}

/// What a wallet checks its own head with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogProof {
    /// The checkpoint that is proved to, a note.
    pub checkpoint: String,
    /// Where the entry is.
    pub place: PlaceInLog,
    /// The path to the checkpoint's root (RFC 6962 section 2.1.1).
    pub inclusion: Vec<Hash>,
    /// From the size that the wallet knows (RFC 6962 section 2.1.2).
    pub consistency: Vec<Hash>,
    /// The key of the entry, where the broker has drawn it itself.
    pub drawn_key: Option<BlindingKey>,
}
