//! The keys of an issuer that the verifier pinned.

use std::sync::Arc;

use credential_core::{
    did::{self, DidDocument},
    jose::VerifyingKey,
};

use super::{PinnedIssuer, Reason, among};
use crate::checks::identity::{KeyName, NoKey, of_document};

impl PinnedIssuer {
    /// Whether its keys are in the document of its DID, which has to be fetched.
    pub(crate) fn has_document(&self) -> bool {
        self.jwks.is_none() && self.id.starts_with("did:web:")
    }
}

/// The key that is named: of the pinned ones; without any, of the document; without that, the DID.
pub(super) fn key(
    pinned: &PinnedIssuer,
    document: Option<&Result<Arc<DidDocument>, NoKey>>,
    named: KeyName<'_>,
) -> Result<VerifyingKey, NoKey> {
    match (&pinned.jwks, document) {
        (Some(jwks), _) => {
            let kid = match pinned.id.starts_with("did:") {
                true => named.kid.and_then(|kid| did::fragment(&pinned.id, kid)),
                false => named.kid,
            };
            among(jwks, kid, named)
        }
        (None, Some(Ok(document))) => of_document(document, named),
        (None, Some(Err(why))) => Err(*why),
        (None, None) => {
            let jwk = did::key_of_name(&pinned.id, named.kid).ok();
            let key = jwk.and_then(|jwk| VerifyingKey::try_from(&jwk).ok());
            key.ok_or(Reason::IssuerKeyUnknown.into())
        }
    }
}
