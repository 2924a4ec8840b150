//! The server over real HTTP on loopback. Requirements are named by number (`c05_…`).

mod attestation;
mod authorizing;
mod bitstring;
mod deferred;
mod encryption;
mod handles;
mod issuance;
mod metadata;
mod minimal;
mod notification;
mod possession;
mod redeeming;
mod refusals;
mod registry;
mod signed_metadata;
mod status;
mod world;
