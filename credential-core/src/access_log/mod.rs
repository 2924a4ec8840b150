//! The access log of one person: an RFC 6962 Merkle tree whose head the wallet keeps.
//!
//! Every entry is hashed with a salt of its own, so that erasing an entry's text and salt leaves a
//! hash that says nothing, and every proof still holds.

mod entry;
mod head;
pub mod read_ack;
mod read_receipt;
#[cfg(test)]
mod tests;
mod tree;

pub use entry::{Entry, EntryError, Kind, Outcome};
pub use head::{HeadError, LogPage, SignedHead, TreeHead};
pub use read_ack::{ReadAckClaims, ReadAckError};
pub use read_receipt::{ReadReceipt, ReadReceiptClaims, ReadReceiptError};
pub(crate) use tree::node;
pub use tree::{
    Frontier, Hash, consistency_proof, inclusion_proof, root, verify_consistency, verify_inclusion,
};
