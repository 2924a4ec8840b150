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
//! | the proof, of a [`Suite`] that is known | [`SecuredDocument::verify`], [`secure`] | any other suite or purpose, a method that is not the issuer's, a key of another kind |
//!
//! The suites `…-jcs-…` sign the text in one order of members (RFC 8785) and need no statements; what is
//! refused of a text is the same.
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
//! The same credentials come as JWTs ([`SecuredJwt`]): there the signature covers the octets.
//!
//! # Incomplete support
//! Documents are signed with one suite. Of several proofs one by the issuer is enough, and what others say is
//! not looked at; chains of proofs are not known. Presentations are not read. Credentials that stand inside
//! a credential ([`VerifiedDocument::parts`]) are part of what is signed; whoever asks verifies their own proofs.

mod canonical;
mod context;
mod document;
mod error;
mod expand;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod jwt;
mod jwt_claims;
mod multikey;
mod parts;
mod proof;
mod secured;
mod statements;
mod subject;
mod suite;
#[cfg(test)]
mod tests;
mod verified;

pub use context::PinnedContext;
pub use error::LinkedDataError;
pub use jwt::SecuredJwt;
pub use multikey::{NotAMultikey, from_multikey, multikey};
pub use parts::{MAX_PARTS, Part, PartForm, PartKind, Parts};
pub use proof::{CRYPTOSUITE, ProofOptions};
pub use secured::{SecuredDocument, secure};
pub use subject::{Aboutness, KnownBy};
pub use suite::Suite;
pub use verified::VerifiedDocument;

/// The longest text read, in octets.
pub const MAX_LENGTH: usize = 256 << 10;
/// The most objects and lists inside each other.
pub const MAX_DEPTH: usize = 24;
/// The most statements of one document.
pub const MAX_STATEMENTS: usize = 8192;
