//! What a person's wallet asks. It is known by a pairwise key alone.

/// The resource that a wallet's own token is for, relative to the issuer.
pub const RESOURCE: &str = "/wallet";

pub mod changes;
pub mod decisions;
pub mod deposits;
pub mod ending;
pub mod events;
pub mod grant_view;
pub mod grants;
pub mod inclusion;
pub mod log;
pub mod messages;
pub mod receipts;
pub mod requests;
pub mod token;
