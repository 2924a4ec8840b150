//! The consent broker: an authorization server by the FAPI 2.0 Security Profile, and a mailbox that
//! cannot read what it keeps.
//!
//! A recipient pushes a signed request ([`endpoints::par`]), a person's wallet opens and decides it
//! ([`endpoints::wallet`]), and the recipient reads the sealed deposit ([`endpoints::mailbox`]) for as
//! long as the grant lives. [`router`] makes the server from an [`AppState`], whose parts can each be
//! replaced. [`registrar`] is the offline side that signs who may ask for what; it shares nothing with
//! the server but this crate.
//!
//! What is deliberately absent: any key or code that opens a deposit, any name of a person, a table of
//! tokens, and any request made to an address that somebody sent.
#![deny(missing_docs)]

pub mod control;
pub mod endpoints;
mod error;
pub mod exhibit;
mod extract;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod grant;
pub mod handles;
pub mod interaction;
mod keys;
mod limits;
pub mod log_check;
pub mod notary;
mod pages;
pub mod registrar;
mod router;
mod state;
pub mod storage;
#[cfg(test)]
mod tests;
mod trust;

pub use error::RouteError;
pub use keys::{BrokerKeys, KeyFileError};
pub use router::router;
pub use state::AppState;
pub use trust::{TrustHandle, TrustSnapshot};
