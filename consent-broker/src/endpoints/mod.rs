//! One file an endpoint: its path, its handler, and the steps of its standard in order.

pub mod authorize;
pub mod complete;
pub mod health;
pub mod jwks;
pub mod mailbox;
pub mod messages;
pub mod metadata;
pub mod par;
pub mod receipts;
pub mod style;
pub mod token;
pub mod trust_list;
pub mod wallet;
