//! The global log: one tree over the heads of all persons' logs, which anybody can follow and nobody
//! can read.
//!
//! Its entries are blinded ([`BlindingKey`]), its hashes are served as tiles ([`Tile`], C2SP tlog-tiles),
//! its head is a signed note ([`SignedCheckpoint`], C2SP signed-note and tlog-checkpoint), and independent
//! witnesses cosign it ([`WitnessSigner`], C2SP tlog-cosignature and tlog-witness). The trees themselves
//! are those of [`crate::access_log`].

mod blinded;
mod checkpoint;
mod head_proof;
mod keys;
mod note;
mod proof;
#[cfg(test)]
mod tests;
mod tile;
mod witnessing;

pub use blinded::{BlindingKey, MalformedKey, leaf_hash};
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint, origin_of};
pub use head_proof::{Expected, HeadProof, HeadProofError};
pub use keys::{KeyKind, LogSigner, NoteKeyError, VerifierKey, WitnessSigner, is_key_name};
pub use note::{MAX_NOTE, Note, NoteError, Signature};
pub use proof::{ProofError, TiledTree};
pub use tile::{
    FULL_WIDTH, MalformedBundle, MalformedTile, Resource, Tile, bundle, hashes_of, unbundle,
};
pub use witnessing::{AddCheckpoint, MAX_PROOF, MAX_REQUEST, Refusal, Seen, judge};
