//! The broker as clients meet it: every test drives the public router over a loopback socket.

mod asking;
mod browser;
mod client_authentication;
mod deciding;
mod deposits;
mod limits;
mod messages;
mod pages_and_metadata;
mod races;
mod reading;
pub(crate) mod support;
mod tokens;
mod wallet;
