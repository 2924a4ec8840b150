//! Data, formats and messages shared by the wallet, the consent broker, issuers and verifiers.
//!
//! This crate does no input or output (but for the guarded client behind the feature `http`), never asks the time, and stores nothing: whoever calls it
//! passes in time ([`clock::Clock`]) and randomness ([`rng::Rng`]). It follows one way through:
//!
//! | stage | type | module |
//! |---|---|---|
//! | a register's record, understood | [`record::LearningRecord`] | [`record`] |
//! | what a credential will say | [`credential::CredentialClaims`] | [`credential`] |
//! | a signed SD-JWT VC | [`sd_jwt::IssuedCredential`] | [`sd_jwt`] |
//! | a signed credential of the W3C data model | `linked_data::VerifiedDocument` | `linked_data` (feature `linked-data`) |
//! | what a recipient asks for | [`consent::request::ConsentRequest`] | [`consent`] |
//! | what the person decided, signed | [`consent::decision::SignedDecision`] | [`consent`] |
//! | a sealed presentation, as the broker sees it | [`mailbox::DepositHeader`] | [`mailbox`] |
//! | what happened, in an order nobody can change | [`access_log`] | [`access_log`] |
//! | that nobody else's log was changed either | [`transparency::SignedCheckpoint`] | [`transparency`] |
//! | that something became of a share | [`notices::Notice`] | [`notices`] |
//! | who may issue and who may ask | [`trust::TrustList`] | [`trust`] |
//! | that somebody belongs to a federation | [`federation::TrustChain`] | [`federation`] |
#![deny(missing_docs)]

pub mod access_log;
#[cfg(feature = "baked")]
pub mod baked;
pub mod canonical;
pub mod catalog;
pub mod clock;
pub mod consent;
pub mod credential;
pub mod dcql;
mod der;
pub mod did;
pub mod encoding;
pub mod evidence;
pub mod federation;
#[cfg(feature = "http")]
pub mod http;
pub mod id;
pub mod jose;
#[cfg(feature = "linked-data")]
pub mod linked_data;
pub mod mailbox;
pub mod message;
pub mod network;
pub mod notices;
pub mod oauth;
pub mod oid4vci;
#[cfg(feature = "pades")]
pub mod pades;
pub mod record;
pub mod rng;
#[cfg(feature = "schema")]
mod schema;
pub mod sd_jwt;
pub mod status_list;
mod strict_json;
pub mod text;
pub mod transparency;
pub mod trust;
#[cfg(feature = "x509")]
pub mod x509;
