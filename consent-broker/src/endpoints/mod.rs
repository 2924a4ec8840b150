//! One file an endpoint: its path, its handler, and the steps of its standard in order.

pub mod acks;
pub mod authorize;
pub mod complete;
pub mod details_types;
pub mod digits;
pub mod grants;
pub mod health;
pub mod introspect;
pub mod jwks;
pub mod log;
pub mod mailbox;
pub mod messages;
pub mod metadata;
pub mod notices;
pub mod openapi;
pub mod par;
pub mod receipts;
pub mod recipient;
pub mod revoke;
pub mod style;
pub mod token;
pub mod trust_list;
pub mod wallet;
