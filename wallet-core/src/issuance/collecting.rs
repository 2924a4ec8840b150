//! Asking for a credential: a proof for each fresh key, encrypted where the issuer can read that, and a
//! word to the issuer about what became of it.

use credential_core::{
    jose::jwe::OpeningKey,
    oid4vci::{
        CredentialRequest, CredentialResponse, IssuedItem, NonceResponse, Proofs,
        encryption::{MEDIA_TYPE, ResponseEncryption},
        metadata::CredentialIssuer,
        notification::{Event, Notification},
        proof,
    },
};
use serde::Serialize;
use verifier_sdk::http::{Answer, Body};

use super::{IssuanceError, OpenOffer, token::Token, understand};
use crate::{
    Error, Wallet,
    credentials::HeldCredential,
    keys::{KeyPurpose, NewKey},
};

/// How many copies of a credential the wallet takes where it can have several: as many recipients see
/// nothing in common but what was disclosed to them. More would cost the issuer's status list more.
const COPIES: usize = 4;

impl Wallet {
    /// Gets the credential of one configuration; none when it is not ready yet, and is [awaited](super::awaited).
    pub(super) async fn receive(
        &self,
        open: &OpenOffer,
        configuration: &str,
        token: &Token,
    ) -> Result<Option<HeldCredential>, Error> {
        let metadata = &open.metadata;
        let keys = fresh_keys(copies(metadata))?;
        let proofs = self.proofs(metadata, &keys).await?;
        let identifier = token.identifier(configuration)?;
        let request = |encryption| CredentialRequest {
            credential_configuration_id: identifier.is_none().then(|| configuration.into()),
            credential_identifier: identifier,
            proofs: Proofs { jwt: proofs },
            credential_response_encryption: encryption,
        };
        let endpoint = &metadata.credential_endpoint;
        let answer = self.ask(metadata, endpoint, token, request).await?;
        let offered = metadata
            .credential_configurations_supported
            .get(configuration);
        let vct = offered.map(|offered| &*offered.vct).unwrap_or_default();
        match answer {
            CredentialResponse::Issued {
                credentials,
                notification_id,
            } => {
                let came = (credentials, notification_id);
                let admitted = self.take_arrived(metadata, token, came, vct, keys).await?;
                Ok(Some(admitted))
            }
            CredentialResponse::Deferred {
                transaction_id,
                interval,
            } => {
                let wait = (transaction_id, interval);
                self.await_later(metadata, token, wait, vct, &keys)?;
                Ok(None)
            }
        }
    }

    /// Verifies and stores what came, and tells the issuer what became of it.
    pub(super) async fn take_arrived(
        &self,
        metadata: &CredentialIssuer,
        token: &Token,
        (credentials, notification_id): (Vec<IssuedItem>, Option<String>),
        vct: &str,
        keys: Vec<NewKey>,
    ) -> Result<HeldCredential, Error> {
        let texts = credentials.into_iter().map(|item| item.credential);
        let issuer = &metadata.credential_issuer;
        let admitted = self.admit(texts.collect(), vct, issuer, keys).await;
        if let Some(id) = notification_id {
            let event = match admitted {
                Ok(_) => Event::CredentialAccepted,
                Err(_) => Event::CredentialFailure,
            };
            self.tell(metadata, token, id, event).await;
        }
        admitted
    }

    /// A proof for each key, over one fresh nonce.
    async fn proofs(
        &self,
        metadata: &CredentialIssuer,
        keys: &[NewKey],
    ) -> Result<Vec<String>, Error> {
        let nonce = self
            .call(&metadata.nonce_endpoint, &[], Body::Json("{}"))
            .await?;
        let nonce: NonceResponse = understand(&nonce)?;
        let issuer = &metadata.credential_issuer;
        let sign = |key: &NewKey| proof::sign(issuer, &nonce.c_nonce, self.now(), &key.signer);
        Ok(keys.iter().map(sign).collect::<Result<_, _>>()?)
    }

    /// Sends a request to one of the credential endpoints, encrypted when the issuer has a key for that,
    /// and then with a key of ours for the answer.
    pub(super) async fn ask<R: Serialize>(
        &self,
        metadata: &CredentialIssuer,
        endpoint: &str,
        token: &Token,
        request: impl FnOnce(Option<ResponseEncryption>) -> R,
    ) -> Result<CredentialResponse, Error> {
        let Some(requests) = &metadata.credential_request_encryption else {
            let required = metadata.credential_response_encryption.as_ref();
            if required.is_some_and(|responses| responses.encryption_required) {
                return Err(IssuanceError::Encryption.into());
            }
            let json = to_json(&request(None))?;
            let answer = self.with_token(endpoint, token, Body::Json(&json)).await?;
            return Ok(understand(&answer)?);
        };
        let opening = OpeningKey::generate().map_err(|_no_key| IssuanceError::Encryption)?;
        let responses = metadata.credential_response_encryption.as_ref();
        let wanted = responses
            .and_then(|responses| responses.content_encryption())
            .map(|enc| ResponseEncryption::new(opening.public_jwk().clone(), enc));
        let is_wanted = wanted.is_some();
        let json = to_json(&request(wanted))?;
        let sealed = requests
            .seal(json.as_bytes())
            .map_err(|_no_common_way| IssuanceError::Encryption)?;
        let body = Body::Text {
            media_type: MEDIA_TYPE,
            text: &sealed,
        };
        let answer = self.with_token(endpoint, token, body).await?;
        if is_wanted && answer.is_success() {
            return Ok(opened(&answer, &opening)?);
        }
        Ok(understand(&answer)?)
    }

    /// Tells the issuer what became of its credentials. Nothing depends on whether it hears of it.
    async fn tell(&self, metadata: &CredentialIssuer, token: &Token, id: String, event: Event) {
        let notification = Notification {
            notification_id: id,
            event,
            event_description: None,
        };
        let (Some(endpoint), Ok(json)) = (&metadata.notification_endpoint, to_json(&notification))
        else {
            return;
        };
        let _heard = self.with_token(endpoint, token, Body::Json(&json)).await;
    }
}

/// How many copies to ask this issuer for.
fn copies(metadata: &CredentialIssuer) -> usize {
    let batch = metadata.batch_credential_issuance;
    batch.map_or(1, |batch| batch.batch_size.clamp(1, COPIES))
}

fn fresh_keys(count: usize) -> Result<Vec<NewKey>, Error> {
    let keys = (0..count).map(|_copy| NewKey::generate(KeyPurpose::Credential));
    Ok(keys.collect::<Result<_, _>>()?)
}

/// An answer that was to be encrypted and is not may be somebody else's.
fn opened(answer: &Answer, key: &OpeningKey) -> Result<CredentialResponse, IssuanceError> {
    let not_understood = |_any: ()| IssuanceError::NotUnderstood;
    let text = std::str::from_utf8(&answer.body).map_err(|_error| not_understood(()))?;
    let json = key.open(text.trim()).map_err(|_error| not_understood(()))?;
    serde_json::from_slice(&json).map_err(|_error| not_understood(()))
}

fn to_json(message: &impl Serialize) -> Result<String, IssuanceError> {
    serde_json::to_string(message).map_err(|_error| IssuanceError::NotUnderstood)
}
