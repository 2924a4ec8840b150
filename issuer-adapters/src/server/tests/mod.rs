//! The server over real HTTP on loopback. Requirements are named by number (`c05_…`).

mod handles;
mod issuance;
mod metadata;
mod minimal;
mod redeeming;
mod refusals;
mod registry;
mod status;
mod world;
