//! Getting a credential: OpenID4VCI 1.0, by a pre-authorised code with a transaction code, or by an
//! authorization code that a browser brings back ([`authorization`]).
//!
//! An offer is nobody's word: its issuer has to be on the trust list, and what arrives is verified
//! with the code an employer uses before it is stored.

mod admission;
mod answer;
pub mod authorization;
mod awaited;
mod collecting;
mod description;
mod token;

use credential_core::{
    credential::CredentialType,
    oauth::metadata::AUTHORIZATION_SERVER_PATH,
    oid4vci::{
        authorization::IssuanceServer,
        metadata::{CredentialIssuer, SignedMetadataError, well_known},
        offer::{CredentialOffer, OfferLink},
    },
    text::{Language, Text},
    trust::TrustList,
};
use serde::de::DeserializeOwned;
use verifier_sdk::{
    BuildError, Verifier,
    http::{Answer, Body, HttpError},
};

use self::token::Token;
pub use awaited::AwaitedCredential;

use crate::{Error, Wallet, credentials::HeldCredential, refusal::Refusal};

/// Why a credential did not come into the wallet. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssuanceError {
    /// The issuer could not be reached.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The issuer is not on the trust list.
    #[error("the issuer {issuer} is not on the trust list")]
    UnknownIssuer {
        /// Its identifier, as the offer names it.
        issuer: String,
    },
    /// Metadata of another issuer than the offer names, or without what was offered.
    #[error("the issuer's own description does not fit the offer")]
    Metadata,
    /// The offer needs the code that the issuer gave separately.
    #[error("the code that came with the offer is needed")]
    CodeNeeded,
    /// Neither offer nor server knows the way that was chosen.
    #[error("the issuer does not give its certificates in this way")]
    NoSuchGrant,
    /// The address is no answer to what this wallet asked, or is another server's.
    #[error("the address is not the answer to what this wallet asked")]
    OtherAnswer,
    /// The issuer refused; with status 0 through the browser.
    #[error("the issuer refused: {description}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The registered error code.
        code: String,
        /// The issuer's own reason code.
        reason: Option<String>,
        /// One sentence.
        description: String,
    },
    /// An answer is not of the agreed form.
    #[error("the issuer's answer could not be understood")]
    NotUnderstood,
    /// The credential did not pass the wallet's own check.
    #[error("the certificate did not pass the check: {reason}")]
    NotVerified {
        /// The check's reason code.
        reason: String,
    },
    /// The issuer signs its description with a key that the trust list does not have for it, or it is not
    /// of now.
    #[error(transparent)]
    SignedMetadata(#[from] SignedMetadataError),
    /// The issuer wants everything encrypted, in a way that this wallet cannot.
    #[error("the issuer wants its messages encrypted in a way this wallet does not know")]
    Encryption,
    /// The credential is bound to another key, or of another type than was asked for.
    #[error("the certificate is not the one that was asked for")]
    NotAsAsked,
}

impl IssuanceError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Http(error) => error.reason(),
            Self::UnknownIssuer { .. } => "issuer_unknown",
            Self::Metadata => "issuer_metadata_mismatch",
            Self::CodeNeeded => "offer_code_needed",
            Self::NoSuchGrant => "issuance_no_such_grant",
            Self::OtherAnswer => "authorization_other_answer",
            Self::Refused { .. } => "issuer_refused",
            Self::NotUnderstood => "issuer_answer_not_understood",
            Self::NotVerified { .. } => "credential_not_verified",
            Self::SignedMetadata(error) => error.reason(),
            Self::Encryption => "issuer_encryption_unknown",
            Self::NotAsAsked => "credential_not_as_asked",
        }
    }
}

/// An offer, opened: who offers what, and where a code would be sent.
#[derive(Debug, Clone)]
pub struct OpenOffer {
    offer: CredentialOffer,
    issuer_name: Text,
    metadata: CredentialIssuer,
    server: IssuanceServer,
}

impl OpenOffer {
    /// The issuer's legal name, from the trust list.
    #[must_use]
    pub fn issuer_name(&self) -> &Text {
        &self.issuer_name
    }

    /// What is offered, in words.
    #[must_use]
    pub fn offered(&self, language: Language) -> Vec<String> {
        let vct = |id: &String| self.metadata.credential_configurations_supported.get(id);
        let names = self
            .offer
            .credential_configuration_ids
            .iter()
            .filter_map(vct);
        names
            .map(|configuration| {
                let kind = CredentialType::from_vct(&configuration.vct);
                kind.and_then(|k| k.name(language))
                    .unwrap_or(&configuration.vct)
                    .to_owned()
            })
            .collect()
    }

    /// Whether the code that the issuer gave separately is needed.
    #[must_use]
    pub fn needs_code(&self) -> bool {
        self.offer.needs_tx_code()
    }

    /// Whether the offer can be collected here and now, by its own code.
    #[must_use]
    pub fn is_pre_authorized(&self) -> bool {
        self.offer.grants.pre_authorized.is_some()
    }

    /// Whether the offer can be collected through the issuer's page: it says so, or it says nothing at all
    /// (section 4.1.1).
    #[must_use]
    pub fn may_authorize(&self) -> bool {
        let grants = &self.offer.grants;
        grants.authorization_code.is_some() || grants.pre_authorized.is_none()
    }

    /// Where the code would be sent; shown before it is typed.
    #[must_use]
    pub fn code_goes_to(&self) -> &str {
        &self.server.server.token_endpoint
    }
}

impl Wallet {
    /// Opens an offer link. Nothing is accepted by opening.
    ///
    /// # Errors
    /// [`Error::Offer`], [`Error::Issuance`].
    pub async fn open_offer(&self, link: &str) -> Result<OpenOffer, Error> {
        let offer = match OfferLink::parse(link)? {
            OfferLink::Inline(offer) => *offer,
            OfferLink::Reference(uri) => self.fetch(&uri).await?,
        };
        offer.check()?;
        self.opened(offer).await
    }

    /// The issuer is on the trust list, its description fits, and its authorization server is found.
    async fn opened(&self, offer: CredentialOffer) -> Result<OpenOffer, Error> {
        let issuer = &offer.credential_issuer;
        let trust = self.trust()?;
        let (participant, _) =
            trust
                .issuer(issuer)
                .ok_or_else(|| IssuanceError::UnknownIssuer {
                    issuer: issuer.clone(),
                })?;
        let metadata = self.issuer_metadata(issuer, &trust).await?;
        let offered = &offer.credential_configuration_ids;
        let fits = metadata.credential_issuer == *issuer
            && offered.iter().all(|id| {
                metadata
                    .credential_configurations_supported
                    .contains_key(id)
            });
        if !fits {
            return Err(IssuanceError::Metadata.into());
        }
        let chosen = server_of(&offer, &metadata)?;
        let place = well_known(chosen, AUTHORIZATION_SERVER_PATH).ok_or(IssuanceError::Metadata)?;
        let server: IssuanceServer = self.fetch(&place).await?;
        if server.server.issuer != *chosen {
            return Err(IssuanceError::Metadata.into());
        }
        Ok(OpenOffer {
            issuer_name: participant.name.clone(),
            server,
            metadata,
            offer,
        })
    }

    /// Accepts an offer: gets each credential bound to fresh keys, verifies it, stores it, and tells the
    /// issuer. Where the issuer gives several copies the wallet takes four, so that recipients cannot
    /// recognise a person by the key or the signature they were shown. What the issuer has not released yet
    /// is not among what is given back: [`Self::awaited`] has it.
    ///
    /// # Errors
    /// [`Error::Issuance`]; credentials that arrived before the failure stay in the wallet.
    pub async fn accept_offer(
        &self,
        open: &OpenOffer,
        code: Option<&str>,
    ) -> Result<Vec<HeldCredential>, Error> {
        let code = code.map(str::trim).filter(|code| !code.is_empty());
        if open.needs_code() && code.is_none() {
            return Err(IssuanceError::CodeNeeded.into());
        }
        let Some(grant) = &open.offer.grants.pre_authorized else {
            return Err(IssuanceError::NoSuchGrant.into());
        };
        let token = self.pre_authorized_token(open, grant, code).await?;
        self.receive_all(open, &token).await
    }

    async fn receive_all(
        &self,
        open: &OpenOffer,
        token: &Token,
    ) -> Result<Vec<HeldCredential>, Error> {
        let mut received = Vec::new();
        for configuration in &open.offer.credential_configuration_ids {
            received.extend(self.receive(open, configuration, token).await?);
        }
        Ok(received)
    }

    /// The checks an employer makes, by this wallet's list, clock and network.
    pub(crate) fn verifier(&self, trust: TrustList) -> Result<Verifier, BuildError> {
        Verifier::builder()
            .trust(trust)
            .clock(self.clock())
            .http(self.http().clone())
            .build()
    }

    async fn fetch<T: DeserializeOwned>(&self, url: &str) -> Result<T, Error> {
        Ok(understand(&self.call(url, &[], Body::None).await?)?)
    }

    async fn call(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Body<'_>,
    ) -> Result<Answer, IssuanceError> {
        Ok(self.http().send(url, headers, body).await?)
    }
}

/// The authorization server to use: the one that the offer names, or else the first of the issuer's; one
/// that the issuer does not name is nobody's.
fn server_of<'a>(
    offer: &'a CredentialOffer,
    metadata: &'a CredentialIssuer,
) -> Result<&'a String, IssuanceError> {
    let own = std::slice::from_ref(&metadata.credential_issuer);
    let servers = match metadata.authorization_servers.as_slice() {
        [] => own,
        named => named,
    };
    let grants = &offer.grants;
    let coded = grants.pre_authorized.as_ref();
    let coded = coded.and_then(|grant| grant.authorization_server.as_ref());
    let authorized = grants.authorization_code.as_ref();
    let authorized = authorized.and_then(|grant| grant.authorization_server.as_ref());
    let named = match (coded, authorized) {
        (Some(one), Some(other)) if one != other => return Err(IssuanceError::Metadata),
        (one, other) => one.or(other),
    };
    let mut fitting = servers
        .iter()
        .filter(|server| named.is_none_or(|named| named == *server));
    fitting.next().ok_or(IssuanceError::Metadata)
}

fn understand<T: DeserializeOwned>(answer: &Answer) -> Result<T, IssuanceError> {
    if answer.is_success() {
        return serde_json::from_slice(&answer.body).map_err(|_error| IssuanceError::NotUnderstood);
    }
    let refusal = Refusal::read(answer).ok_or(IssuanceError::NotUnderstood)?;
    Err(IssuanceError::Refused {
        status: answer.status,
        code: refusal.code,
        reason: refusal.reason,
        description: refusal.description,
    })
}

#[cfg(test)]
mod tests;
