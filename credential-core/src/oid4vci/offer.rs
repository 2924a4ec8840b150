//! Credential offers (section 4.1): what an issuer hands to a person as a link or a QR code.

use serde::{Deserialize, Serialize};
use url::Url;

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
    /// How to get it. Grants that are not known are ignored; when there is none, the issuer's metadata
    /// says how.
    #[serde(default)]
    pub grants: Grants,
}

/// Grants of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Grants {
    /// The authorization code grant: the person identifies at the issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_code: Option<AuthorizationCode>,
    /// The pre-authorized code grant: the person was identified before.
    #[serde(
        default,
        rename = "urn:ietf:params:oauth:grant-type:pre-authorized_code",
        skip_serializing_if = "Option::is_none"
    )]
    pub pre_authorized: Option<PreAuthorized>,
}

/// What goes into the authorization request. `Debug` does not show the state.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// Reminds the issuer of the offer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer_state: Option<String>,
    /// Which of the issuer's authorization servers to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_server: Option<String>,
}

impl std::fmt::Debug for AuthorizationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthorizationCode")
            .field("authorization_server", &self.authorization_server)
            .finish_non_exhaustive()
    }
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
    /// Which of the issuer's authorization servers to use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_server: Option<String>,
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
                authorization_code: None,
                pre_authorized: Some(PreAuthorized {
                    code,
                    tx_code,
                    authorization_server: None,
                }),
            },
        }
    }

    /// The same offer, which can also be collected by an authorization request with this state.
    #[must_use]
    pub fn or_authorized(mut self, issuer_state: String) -> Self {
        self.grants.authorization_code = Some(AuthorizationCode {
            issuer_state: Some(issuer_state),
            authorization_server: None,
        });
        self
    }

    /// Whether the pre-authorized code needs the code that the issuer gave separately.
    #[must_use]
    pub fn needs_tx_code(&self) -> bool {
        let pre_authorized = self.grants.pre_authorized.as_ref();
        pre_authorized.is_some_and(|grant| grant.tx_code.is_some())
    }

    /// Checks sizes: at least one and at most 32 configurations, codes and states that are neither empty
    /// nor long, a short description.
    ///
    /// # Errors
    /// [`OfferError::Malformed`].
    pub fn check(&self) -> Result<(), OfferError> {
        let ids = &self.credential_configuration_ids;
        let short = |text: &str| (1..=1024).contains(&text.len());
        let coded = |grant: &PreAuthorized| {
            let tx_code = grant.tx_code.as_ref();
            let described = tx_code.and_then(|tx_code| tx_code.description.as_deref());
            short(&grant.code) && described.is_none_or(|text| text.chars().count() <= 300)
        };
        let stated = |grant: &AuthorizationCode| grant.issuer_state.as_deref().is_none_or(short);
        let grants = &self.grants;
        let acceptable = (1..=32).contains(&ids.len())
            && ids.iter().all(|id| (1..=256).contains(&id.len()))
            && grants.pre_authorized.as_ref().is_none_or(coded)
            && grants.authorization_code.as_ref().is_none_or(stated);
        if acceptable {
            Ok(())
        } else {
            Err(OfferError::Malformed)
        }
    }
}
