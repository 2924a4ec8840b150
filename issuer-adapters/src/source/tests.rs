//! What all sources share.

mod coverage;
mod forms;
mod registry;
pub(super) mod support;
