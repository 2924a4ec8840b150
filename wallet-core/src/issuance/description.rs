//! What an issuer says of itself: signed where it can, and then only by a key that the trust list has.

use credential_core::{
    jose::JwkSet,
    oid4vci::metadata::{CredentialIssuer, WELL_KNOWN, well_known},
};
use verifier_sdk::http::Body;

use super::{IssuanceError, understand};
use crate::Wallet;

const ACCEPT: &str = "application/jwt, application/json;q=0.9";

impl Wallet {
    /// The metadata of a listed issuer. The address that the description was asked for at is the issuer's
    /// own, so plain JSON is as good as the connection; what is signed has to be signed by one of `keys`.
    pub(super) async fn issuer_metadata(
        &self,
        issuer: &str,
        keys: &JwkSet,
    ) -> Result<CredentialIssuer, IssuanceError> {
        let place = well_known(issuer, WELL_KNOWN).ok_or(IssuanceError::Metadata)?;
        let answer = self.call(&place, &[("accept", ACCEPT)], Body::None).await?;
        let media_type = answer.header("content-type").unwrap_or_default();
        if !answer.is_success() || !media_type.starts_with("application/jwt") {
            return understand(&answer);
        }
        let signed = std::str::from_utf8(&answer.body);
        let signed = signed.map_err(|_not_text| IssuanceError::NotUnderstood)?;
        let metadata = CredentialIssuer::verify(signed.trim(), issuer, keys, self.now())?;
        Ok(metadata)
    }
}
