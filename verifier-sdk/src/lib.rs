//! verifier-sdk
