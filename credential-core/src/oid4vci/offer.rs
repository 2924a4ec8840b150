//! Credential offers (section 4.1): what an issuer hands to a person as a link or a QR code.

use serde::{Deserialize, Serialize};
use url::Url;

use super::PRE_AUTHORIZED_GRANT;

/// The scheme of an offer link.
pub const SCHEME: &str = "openid-credential-offer";
/// Longest link that is read, in octets.
const MAX_LINK: usize = 8192;

/// An offer of one or more credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialOffer {
    /// The issuer's identifier; nothing is trusted because it is named here.
    pub credential_issuer: String,
    /// What is offered.
    pub credential_configuration_ids: Vec<String>,
    /// How to get it.
    pub grants: Grants,
}

/// Grants of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grants {
    /// The pre-authorized code grant.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:pre-authorized_code")]
    pub pre_authorized: PreAuthorized,
}

/// The pre-authorized code and whether a transaction code is needed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreAuthorized {
    /// Single use, short-lived.
    #[serde(rename = "pre-authorized_code")]
    pub code: String,
    /// Present, even if empty: a transaction code is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tx_code: Option<TxCode>,
}

impl std::fmt::Debug for PreAuthorized {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreAuthorized")
            .field("tx_code", &self.tx_code)
            .finish_non_exhaustive()
    }
}

/// What the transaction code looks like, to help the person type it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TxCode {
    /// `numeric` or `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_mode: Option<String>,
    /// Number of characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u8>,
    /// At most 300 characters, shown as plain text only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// An offer link: the offer itself, or where to fetch it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferLink {
    /// `credential_offer`
    Inline(Box<CredentialOffer>),
    /// `credential_offer_uri`
    Reference(String),
}

/// Why a link is not an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfferError {
    /// Not an `openid-credential-offer://` link.
    #[error("this is not a credential offer link")]
    NotAnOffer,
    /// Both or neither of `credential_offer` and `credential_offer_uri`.
    #[error("the link must carry exactly one offer")]
    NotExactlyOne,
    /// The offer inside is not of the required form.
    #[error("the offer is not of the required form")]
    Malformed,
}

impl OfferError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotAnOffer => "offer_not_a_link",
            Self::NotExactlyOne => "offer_not_exactly_one",
            Self::Malformed => "offer_malformed",
        }
    }
}

impl OfferLink {
    /// Reads a link of at most 8,192 octets.
    ///
    /// # Errors
    /// [`OfferError`].
    pub fn parse(link: &str) -> Result<Self, OfferError> {
        if link.len() > MAX_LINK {
            return Err(OfferError::NotAnOffer);
        }
        let url = Url::parse(link.trim()).map_err(|_error| OfferError::NotAnOffer)?;
        if url.scheme() != SCHEME {
            return Err(OfferError::NotAnOffer);
        }
        let named = |name: &str| {
            let mut values = url
                .query_pairs()
                .filter(|(n, _)| n == name)
                .map(|(_, v)| v.into_owned());
            (values.next(), values.next().is_some())
        };
        match (named("credential_offer"), named("credential_offer_uri")) {
            ((Some(offer), false), (None, _)) => {
                let offer: CredentialOffer =
                    serde_json::from_str(&offer).map_err(|_error| OfferError::Malformed)?;
                offer.check()?;
                Ok(Self::Inline(Box::new(offer)))
            }
            ((None, _), (Some(uri), false)) => Ok(Self::Reference(uri)),
            _ => Err(OfferError::NotExactlyOne),
        }
    }

    /// The link that refers to an offer at `uri`.
    #[must_use]
    pub fn to_reference(uri: &str) -> String {
        let encoded: String = url::form_urlencoded::byte_serialize(uri.as_bytes()).collect();
        format!("{SCHEME}://?credential_offer_uri={encoded}")
    }
}

impl CredentialOffer {
    /// An offer for a pre-authorized code.
    #[must_use]
    pub fn pre_authorized(
        issuer: &str,
        configurations: Vec<String>,
        code: String,
        tx_code: Option<TxCode>,
    ) -> Self {
        Self {
            credential_issuer: issuer.into(),
            credential_configuration_ids: configurations,
            grants: Grants {
                pre_authorized: PreAuthorized { code, tx_code },
            },
        }
    }

    /// Checks sizes: at least one and at most 32 configurations, a code, a short description.
    ///
    /// # Errors
    /// [`OfferError::Malformed`].
    pub fn check(&self) -> Result<(), OfferError> {
        let ids = &self.credential_configuration_ids;
        let described = self
            .grants
            .pre_authorized
            .tx_code
            .as_ref()
            .and_then(|t| t.description.as_deref());
        let acceptable = (1..=32).contains(&ids.len())
            && ids.iter().all(|id| (1..=256).contains(&id.len()))
            && (1..=1024).contains(&self.grants.pre_authorized.code.len())
            && described.is_none_or(|text| text.chars().count() <= 300);
        if acceptable {
            Ok(())
        } else {
            Err(OfferError::Malformed)
        }
    }

    /// The grant type of the token request that answers this offer.
    #[must_use]
    pub fn grant_type(&self) -> &'static str {
        PRE_AUTHORIZED_GRANT
    }
}
