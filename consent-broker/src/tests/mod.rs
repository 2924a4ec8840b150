//! The broker as clients meet it: every test drives the public router over a loopback socket.

mod asking;
mod browser;
mod client_authentication;
mod deciding;
mod details_schema;
mod ending;
mod forgeries;
mod introspection;
mod limits;
mod narrowing;
mod nonces;
mod pages_and_metadata;
mod profile;
mod proofs;
mod races;
mod reading;
pub(crate) mod support;
mod tokens;
mod wallet;
