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
//! tokens, and any request made to an address that somebody sent. The connections that the broker
//! opens itself are the [`Messenger`]'s, to addresses that the registrar lists, and the [`LogKeeper`]'s, to
//! witnesses that the operator names.
#![deny(missing_docs)]

mod admin;
mod api;
mod audience;
pub mod backup;
mod callers;
mod challenge;
mod clock_guard;
mod clock_watch;
pub mod control;
pub mod deposit_check;
mod digits;
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
mod known_decisions;
mod limits;
pub mod log_check;
mod log_keeper;
pub mod message_check;
mod messenger;
pub mod metrics;
mod nonces;
pub mod notary;
pub mod notice;
mod pages;
pub mod registrar;
mod router;
mod state;
pub mod storage;
mod surroundings;
pub mod suspension;
#[cfg(test)]
mod tests;
mod trace;
mod trust;
mod waiting;

pub use admin::admin_router;
pub use callers::{NotAProxy, TrustedProxies, TrustedProxy};
pub use clock_watch::{ClockWatch, MachineSteadyClock, SteadyClock};
pub use error::RouteError;
pub use keys::{BrokerKeys, KeyFileError, KeyFolder, KeyRole, KeyRow, RetireError};
pub use log_keeper::{LogKeeper, LogKeeperError, WitnessAt, WitnessAtError};
pub use messenger::Messenger;
pub use router::{openapi, router, router_behind, router_within};
pub use state::AppState;
pub use surroundings::Surroundings;
pub use trust::{ImportError, TrustHandle, TrustSnapshot};
