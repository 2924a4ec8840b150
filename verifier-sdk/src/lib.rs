//! verifier-sdk
#[cfg(feature = "http")]
pub mod http;
