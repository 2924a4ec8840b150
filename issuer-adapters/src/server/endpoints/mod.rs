//! One file for each address of the server.

pub(super) mod authorize;
pub(super) mod challenge;
pub(super) mod credential;
pub(super) mod deferred;
pub(super) mod did;
pub(super) mod health;
pub(super) mod jwks;
pub(super) mod metadata;
pub(super) mod nonce;
pub(super) mod notification;
pub(super) mod oauth_metadata;
pub(super) mod offer;
pub(super) mod par;
pub(super) mod status_list;
pub(super) mod token;
mod token_by_code;
pub(super) mod type_metadata;
