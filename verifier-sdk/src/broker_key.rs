//! The key that a broker signs with, from the trust list.

use credential_core::{jose::VerifyingKey, trust::TrustList};

/// Why there is none.
pub(crate) enum NoKey {
    /// The broker is not on the list.
    UnknownBroker,
    /// The broker has no such key.
    UnknownKey,
}

/// The key that `issuer` lists under this name.
pub(crate) fn broker_key(
    trust: &TrustList,
    issuer: &str,
    kid: Option<&str>,
) -> Result<VerifyingKey, NoKey> {
    let (broker, _role) = trust.broker(issuer).ok_or(NoKey::UnknownBroker)?;
    kid.and_then(|kid| broker.keys.find(kid))
        .and_then(|jwk| VerifyingKey::try_from(jwk).ok())
        .ok_or(NoKey::UnknownKey)
}
