//! What all sources share.

mod coverage;
pub(crate) mod examples;
mod forms;
mod registry;
pub(super) mod support;
