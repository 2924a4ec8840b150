//! Linked data that somebody signed: W3C Verifiable Credentials (data model 2.0 and 1.1) with an
//! embedded proof, as Open Badges 3.0 use them.
//!
//! What is signed is not the text of such a credential but the statements that its JSON-LD contexts make
//! of it. Whoever reads the text must therefore be sure that text and statements say the same:
//!
//! | step | done by | refuses |
//! |---|---|---|
//! | strict JSON, members by their short names only | [`SecuredDocument::parse`] | doubles, `null`, full addresses or keywords as names, labels of blank nodes |
//! | contexts are the pinned octets of [`PinnedContext`] | the same | any other context, and any inside the document |
//! | statements (JSON-LD 1.1 API section 8.1) | `statements` | a name that no context defines, a relative address |
//! | one order and one text for them (RDF Dataset Canonicalization 1.0) | `canonical` | what would take too long |
//! | the proof, `eddsa-rdfc-2022` (Data Integrity EdDSA Cryptosuites 1.0 section 3.2) | [`SecuredDocument::verify`], [`secure`] | any other suite or purpose, a method that is not the issuer's |
//!
//! Nothing is fetched. Only [`SecuredDocument::verify`] and [`secure`] construct a [`VerifiedDocument`]:
//!
//! ```compile_fail,E0451
//! use credential_core::linked_data::VerifiedDocument;
//!
//! fn forge(honest: VerifiedDocument) -> VerifiedDocument {
//!     VerifiedDocument { ..honest }
//! }
//! ```
//!
//! # Incomplete support
//! One proof for each document, and one suite. Presentations are not read. Proofs of credentials that
//! stand inside a credential (endorsements) are part of what is signed and are not verified themselves.

mod canonical;
mod context;
mod document;
mod error;
mod multikey;
mod proof;
mod secured;
mod statements;
#[cfg(test)]
mod tests;
mod verified;

pub use context::PinnedContext;
pub use error::LinkedDataError;
pub use multikey::{NotAMultikey, from_multikey, multikey};
pub use proof::{CRYPTOSUITE, ProofOptions};
pub use secured::{SecuredDocument, secure};
pub use verified::VerifiedDocument;

/// The longest text read, in octets.
pub const MAX_LENGTH: usize = 256 << 10;
/// The most objects and lists inside each other.
pub const MAX_DEPTH: usize = 24;
/// The most statements of one document.
pub const MAX_STATEMENTS: usize = 8192;
