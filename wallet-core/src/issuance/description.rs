//! What an issuer says of itself: signed where it can, and then only by a key that the trust list has.

use credential_core::{
    jose::jws::Header,
    oid4vci::metadata::{CredentialIssuer, WELL_KNOWN, well_known},
    trust::TrustList,
};
use verifier_sdk::{http::Body, listed_key};

use super::{IssuanceError, understand};
use crate::Wallet;

const ACCEPT: &str = "application/jwt, application/json;q=0.9";

impl Wallet {
    /// The metadata of a listed issuer. The address that the description was asked for at is the issuer's
    /// own, so plain JSON is as good as the connection; what is signed has to be signed as the list says.
    pub(super) async fn issuer_metadata(
        &self,
        issuer: &str,
        trust: &TrustList,
    ) -> Result<CredentialIssuer, IssuanceError> {
        let place = well_known(issuer, WELL_KNOWN).ok_or(IssuanceError::Metadata)?;
        let answer = self.call(&place, &[("accept", ACCEPT)], Body::None).await?;
        let media_type = answer.header("content-type").unwrap_or_default();
        if !answer.is_success() || !media_type.starts_with("application/jwt") {
            return understand(&answer);
        }
        let signed = std::str::from_utf8(&answer.body);
        let signed = signed.map_err(|_not_text| IssuanceError::NotUnderstood)?;
        let now = self.now();
        // The issuer signs under its own address, or under the DID that is listed for it.
        let did = trust
            .issuer(issuer)
            .and_then(|(listed, _role)| listed.did());
        let key_of = |header: &Header| {
            let names = [Some(issuer), did].into_iter().flatten();
            let mut keys = names.map(|name| listed_key(trust, name, header, now));
            keys.find_map(Result::ok)
        };
        Ok(CredentialIssuer::verify(
            signed.trim(),
            issuer,
            key_of,
            now,
        )?)
    }
}
