//! The institution's issuing server: OpenID for Verifiable Credential Issuance 1.0 with the
//! pre-authorised code flow (section 3.5) and the authorization code flow (section 3.4) as HAIP 1.0
//! section 4 wants it, and the lists of status of what it issued.
//!
//! | what | where |
//! |---|---|
//! | everything a handler may use | [`IssuerState`] |
//! | all addresses on one screen | [`router()`] |
//! | offers, issued credentials, their status | [`Registry`] |
//! | who the institution is | [`Profile`] |
//!
//! Claims are prepared from a record, wait sealed in the registry, and are deleted when they are
//! collected. What stays is pseudonymous: offer, status index, type, time, status.
//!
//! # A lost answer
//! A credential is handed out once. When the answer is lost on the way, the wallet may ask again with
//! the same access token and fresh proofs of the same keys, and gets the same octets, as long as the
//! token lives and the server was not restarted; any other second request is refused. After that the
//! institution makes a new offer and revokes the index that nobody holds.

mod access;
mod answer;
mod attestation;
mod authorization;
mod batch;
mod bitstring;
mod dpop;
mod endpoints;
mod envelope;
mod evidence;
mod form;
mod handles;
mod issuance;
mod mark;
mod notified;
mod offering;
mod pages;
mod profile;
mod published;
mod reference;
mod registry;
mod router;
mod seal;
mod session;
mod state;
mod status;
mod store;
#[cfg(test)]
mod tests;
mod witnessed;

pub use batch::{LONGEST_OFFER, MAX_ROWS, OpenOffer, RowClaims, RowOffer, RowTerms};
pub use bitstring::BadgePlace;
pub use evidence::EvidenceRefused;
pub use offering::{Confirmation, Offer, OfferRefused};
pub use profile::{Profile, ProfileError};
pub use published::PublishedDocuments;
pub use reference::reference;
pub use registry::{
    CredentialStatus, HolderMatch, IssuedEntry, LIST_CAPACITY, MAX_WRONG_CODES, OfferState,
    Registry, RegistryError, StatusChange, WaitingOffer,
};
pub use router::router;
pub(crate) use seal::Sealer;
pub use seal::{SealError, SealingKey};
pub use state::{IssuerState, Lifetimes, Setup};
pub use store::StoreError;
