//! Verify learning credentials, and read what a person shared with you.
//!
//! ```no_run
//! # async fn example(list: credential_core::trust::TrustList, text: String)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! use credential_core::{clock::SystemClock, text::Language};
//! use verifier_sdk::{Verifier, checks::Outcome};
//!
//! let verifier = Verifier::builder().trust(list).clock(SystemClock).offline().build()?;
//! let report = verifier.verify_file(&text).await?;
//! println!("{}", report.to_text(Language::Fi));
//! let genuine = report.verdict == Outcome::Valid;
//! # Ok(()) }
//! ```
//!
//! The way of a share, stage by stage, each a type of its own:
//!
//! | stage | type |
//! |---|---|
//! | a request, pushed to the broker | `recipient::PendingRequest` (feature `http`) |
//! | the person said yes | `recipient::HeldGrant` |
//! | ciphertext, as the broker has it | [`SealedDeposit`] |
//! | opened with our key | [`OpenedPresentation`] |
//! | checked | [`Report`], never a bare yes or no |
//!
//! What is not valid is a result ([`Report`]); an error means that the check could not even start.
//!
//! Issuers are those of the trust list, by the keys in it, by a certificate of an authority that it lists for them,
//! or under the `did:web` that it lists; and those whom the verifier's own [`registry`] configuration knows: pinned
//! issuers, members of federations, holders of certificates. Strangers who sign as did:key, did:jwk or did:web stay
//! strangers: their signature is checked, and the report says that nobody vouches for them.
//!
//! # Incomplete support
//! Credentials are SD-JWT VC, and those of the W3C data model with an embedded proof or as a JWT, baked into pictures
//! too; of PDF documents only the signature is checked, and nothing of their pages is read. Keys of RSA and on P-384 are
//! read where the trust list, a pin, a federation or a did:web document holds them; other kinds are "could not check", as
//! are selective proofs (`ecdsa-sd-2023`), JAdES and XML signatures. Status is a Token Status List or a Bitstring Status
//! List; other kinds are "could not check". Of a kind that is not ours the description is fetched from its address when
//! its issuer is known; how it is to be drawn (`rendering`) and its JSON schema are not looked at.
#![deny(missing_docs)]

mod broker_key;
pub mod checks;
mod evidence;
pub mod fetch;
mod file_form;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod key;
pub mod message;
pub mod notice;
mod open;
pub mod read_receipt;
pub mod receipt;
#[cfg(feature = "http")]
pub mod recipient;
pub mod registry;
pub mod report;
#[cfg(test)]
mod test_support;
mod verified;
mod verify;
#[cfg(feature = "witness")]
pub mod witness;
pub mod words;

pub use checks::identity::listed_key;
#[cfg(feature = "http")]
pub use credential_core::http;
pub use evidence::verify_by_evidence;
pub use key::{RecipientKey, RecipientKeyError};
pub use open::{GrantExpectation, OpenError, OpenedPresentation, SealedDeposit};
pub use report::{Report, SUMMARY_SCHEMA, Summary};
pub use verified::{Verified, VerifiedCredential};
pub use verify::{BuildError, Verifier, VerifierBuilder, VerifyError};
