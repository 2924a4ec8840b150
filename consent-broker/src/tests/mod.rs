//! The broker as clients meet it: every test drives the public router over a loopback socket.

mod asking;
mod browser;
mod changing;
mod client_authentication;
mod deciding;
mod ending;
mod limits;
mod pages_and_metadata;
mod race_to_stop;
mod races;
mod reading;
pub(crate) mod support;
mod tokens;
mod wallet;
