//! The wallet that a person holds: an encrypted store, credentials that were verified on arrival,
//! and shares that the person decides about, watches and stops.
//!
//! The person's data is in one place, [`vault`], and leaves in one way, [`consent::deposit::seal`]:
//! encrypted to a recipient whose key the registrar certified, under a grant the person signed.
#![deny(missing_docs)]

pub mod badges;
pub mod consent;
pub mod credentials;
pub mod disclosure;
mod error;
pub mod issuance;
mod keys;
mod refusal;
#[cfg(test)]
mod test_support;
mod trust;
pub mod vault;
mod wallet;
pub mod words;

pub use error::Error;
pub use wallet::{Surroundings, Wallet};
