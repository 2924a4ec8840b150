//! Asking and answering: what a recipient may ask, what it asks, what the person decides, and the
//! receipt all sides keep.

pub mod decision;
pub mod details;
pub mod digits;
pub mod narrowing;
pub mod period;
pub mod receipt;
mod record;
pub mod request;
#[cfg(feature = "schema")]
pub mod schema;
#[cfg(test)]
mod tests;
