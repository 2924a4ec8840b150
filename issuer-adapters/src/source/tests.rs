//! What all sources share.

mod coverage;
mod forms;
mod registry;
