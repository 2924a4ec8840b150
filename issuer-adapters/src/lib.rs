//! issuer-adapters
