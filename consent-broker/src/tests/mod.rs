//! The broker as clients meet it: every test drives the public router over a loopback socket.

mod asking;
mod browser;
mod client_authentication;
mod deciding;
mod limits;
mod openapi;
mod pages_and_metadata;
mod races;
mod reading;
pub(crate) mod support;
mod tokens;
mod wallet;
