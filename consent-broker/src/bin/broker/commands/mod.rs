//! One file a noun.

pub(crate) mod backup;
pub(crate) mod config;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod key;
pub(crate) mod migrate;
pub(crate) mod node;
pub(crate) mod participant;
pub(crate) mod serve;
pub(crate) mod trust_list;
