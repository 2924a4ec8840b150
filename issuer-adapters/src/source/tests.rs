//! What all sources share.

mod coverage;
mod coverage_page;
pub(crate) mod examples;
mod forms;
mod registry;
pub(super) mod support;
