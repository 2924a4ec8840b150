//! What a person's wallet asks. It is known by a pairwise key alone.

pub mod decisions;
pub mod deposits;
pub mod grants;
pub mod log;
pub mod messages;
pub mod receipts;
pub mod requests;
pub mod token;
