//! What all sources share.

pub(crate) mod corpus;
mod coverage;
mod coverage_page;
pub(crate) mod examples;
mod forms;
mod registry;
pub(super) mod support;
