//! What all sources share.

pub(crate) mod corpus;
mod coverage;
#[cfg(feature = "pdf")]
mod coverage_page;
pub(crate) mod examples;
mod forms;
mod registry;
pub(super) mod support;
