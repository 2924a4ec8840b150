//! One file a noun.

pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod participant;
pub(crate) mod serve;
pub(crate) mod trust_list;
