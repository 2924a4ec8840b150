//! What a resource server learns of a token (RFC 7662), plain or as a signed answer (RFC 9701).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    consent::details::GrantedDetails,
    id::GrantId,
    jose::{
        SignError, Signer,
        jws::{self, KeyReference},
    },
};

/// The header's `typ` of a signed answer.
pub const TYP: &str = "token-introspection+jwt";
/// The media type of a signed answer.
pub const MEDIA_TYPE: &str = "application/token-introspection+jwt";

/// The answer. For a token that is not active, for whatever reason, it is `{"active":false}` and nothing
/// else (RFC 7662 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Introspection {
    active: bool,
    #[serde(default, flatten)]
    token: Option<ActiveToken>,
}

/// What is said of an active token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ActiveToken {
    /// The broker's issuer identifier.
    pub iss: String,
    /// The resource that the token is for.
    pub aud: String,
    /// The recipient's client id.
    pub client_id: String,
    /// Until when the token works, seconds since 1970.
    pub exp: i64,
    /// When it was made.
    pub iat: i64,
    /// Always `DPoP`.
    pub token_type: String,
    /// The key it is bound to.
    pub cnf: Confirmation,
    /// What it is good for, as far as it concerns this resource server (RFC 9396 section 9.2).
    pub authorization_details: Vec<GrantedDetails>,
    /// The grant it was made under.
    pub grant_id: GrantId,
}

/// The key of a bound token (RFC 9449 section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Confirmation {
    /// RFC 7638 thumbprint.
    pub jkt: String,
}

/// The claims of a signed answer (RFC 9701 section 5). What is said of the token stands in one member,
/// so that the whole can never be taken for a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedIntrospection {
    /// The broker's issuer identifier.
    pub iss: String,
    /// The resource server that asked.
    pub aud: String,
    /// When, seconds since 1970.
    pub iat: i64,
    /// The answer.
    pub token_introspection: Introspection,
}

impl Introspection {
    /// The answer for an active token, or for any other.
    #[must_use]
    pub fn new(token: Option<ActiveToken>) -> Self {
        Self {
            active: token.is_some(),
            token,
        }
    }

    /// What is said of the token, when it is active.
    #[must_use]
    pub fn active(&self) -> Option<&ActiveToken> {
        self.token.as_ref().filter(|_token| self.active)
    }

    /// Signs the answer for the resource server that asked.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn sign(
        self,
        issuer: &str,
        resource_server: &str,
        now: DateTime<Utc>,
        signer: &dyn Signer,
    ) -> Result<String, SignError> {
        let claims = SignedIntrospection {
            iss: issuer.into(),
            aud: resource_server.into(),
            iat: now.timestamp(),
            token_introspection: self,
        };
        jws::sign(TYP, &claims, signer, KeyReference::Kid)
    }
}
