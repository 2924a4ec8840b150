//! Whom a verifier trusts beside the registrar's list, by its own configuration: issuers that it pinned, federations
//! (OpenID Federation 1.0), and certificate authorities.
//!
//! ```
//! use verifier_sdk::registry::Registries;
//! let none = Registries::from_json(b"{}")?;
//! assert!(none.is_empty());
//! # Ok::<(), verifier_sdk::registry::RegistriesError>(())
//! ```
//!
//! They are asked in this order, after the list, and the first that knows an issuer's name decides. That a federation
//! could not be asked is an answer too: what stands behind it makes nobody trusted then, and the report names it
//! ([`Registry`]).

pub use crate::checks::registry::{
    CertificateAuthority, FederationAnchor, PinnedIssuer, Registries, RegistriesConfig,
    RegistriesError, Registry, RegistryKind,
};
