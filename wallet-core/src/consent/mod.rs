//! Sharing: a recipient's request is opened, shown, answered, deposited, watched and stopped.

pub mod approve;
pub mod broker;
pub mod browser;
pub mod deposit;
pub mod global_log;
pub mod log;
pub mod messages;
pub mod omission;
pub mod receipts;
pub mod renewal;
pub mod request;
pub mod share;
