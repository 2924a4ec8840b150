//! The broker as clients meet it: every test drives the public router over a loopback socket.

mod asking;
mod browser;
mod client_authentication;
mod cross_device;
mod deciding;
mod details_schema;
mod ending;
mod forgeries;
mod introspection;
mod limits;
mod limits_by_caller;
mod narrowing;
mod nonces;
mod page_security;
mod pages_and_metadata;
mod profile;
mod proofs;
mod races;
mod reading;
mod recipient_page;
mod registrar;
pub(crate) mod support;
mod suspension;
mod tokens;
mod wallet;
