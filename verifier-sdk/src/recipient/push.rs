//! Asking: a signed request object, pushed to the broker (RFC 9101, RFC 9126).

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{
        details::{
            ClaimReason, ClaimRef, DetailsError, LegalBasis, Mode, Purpose, RequestedDetails, TYPE,
        },
        period::Period,
        request::{MAX_LIFE, RequestObject},
    },
    dcql::Query,
    encoding::base64url,
    oauth::{pkce, token::PushedResponse},
    rng::{NoRandomness, random},
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{CallError, Recipient, Secret, json};

/// What a recipient asks for, without what is fresh in every request (nonce and keys).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestTemplate {
    /// The credentials and claims.
    pub dcql_query: Query,
    /// Claims the person may leave out.
    #[serde(default)]
    pub optional: Vec<ClaimRef>,
    /// Why each claim that cannot be left out is needed.
    #[serde(default)]
    pub reasons: Vec<ClaimReason>,
    /// Why, in the registered words.
    pub purpose: Purpose,
    /// On what basis.
    pub legal_basis: LegalBasis,
    /// Once or standing.
    pub mode: Mode,
    /// The last moment; give this or `duration`.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    /// How long from the decision; give this or `until`.
    #[serde(default)]
    pub duration: Option<Period>,
    /// Most reads.
    #[serde(default)]
    pub max_reads: Option<u32>,
    /// How long the recipient keeps what it read.
    pub retention: Period,
}

/// A request that waits for the person's decision. Serialized, it holds the code verifier: keep it
/// where only the recipient reads, and drop it once redeemed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingRequest {
    pub(super) link: String,
    pub(super) state: String,
    pub(super) request: String,
    pub(super) details: RequestedDetails,
    pub(super) code_verifier: Secret,
    pub(super) broker: String,
    pub(super) redirect_uri: String,
    pub(super) made_at: DateTime<Utc>,
}

/// A request was not pushed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// What is asked for breaks a rule; nothing was sent.
    #[error("the request: {0}")]
    Details(#[from] DetailsError),
    /// The broker refused, or did not answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl PushError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Details(_) => "request_details_invalid",
            Self::Call(error) => error.reason(),
        }
    }
}

impl From<NoRandomness> for PushError {
    fn from(_error: NoRandomness) -> Self {
        Self::Call(CallError::Unavailable)
    }
}

impl PendingRequest {
    /// Where the person's browser goes. It may be opened for 300 seconds.
    #[must_use]
    pub fn link(&self) -> &str {
        &self.link
    }

    /// The value that comes back with the answer; names this request.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// What is asked for.
    #[must_use]
    pub fn details(&self) -> &RequestedDetails {
        &self.details
    }

    /// The signed request.
    #[must_use]
    pub fn request(&self) -> &str {
        &self.request
    }

    /// The broker it was pushed to.
    #[must_use]
    pub fn broker(&self) -> &str {
        &self.broker
    }

    /// When it was made.
    #[must_use]
    pub fn made_at(&self) -> DateTime<Utc> {
        self.made_at
    }
}

impl Recipient {
    /// Signs a request with fresh nonce, state and PKCE verifier, and pushes it.
    ///
    /// # Errors
    /// [`PushError`]; asking for more than registered is [`CallError::Refused`] with the broker's
    /// reason `over_asking`.
    pub async fn push(&self, template: &RequestTemplate) -> Result<PendingRequest, PushError> {
        let now = self.clock.now();
        let details = self.details(template)?;
        details.check(now)?;
        let code_verifier = pkce::verifier(&*self.rng)?;
        let object = self.request_object(details, &code_verifier, now)?;
        let request = object
            .sign(&*self.identity.signing_key)
            .map_err(|_error| CallError::Unavailable)?;
        let answer = self
            .post(&self.endpoints.par, &[("request", &request)])
            .await?;
        let pushed: PushedResponse = json(&answer)?;
        let [details] = <[RequestedDetails; 1]>::try_from(object.authorization_details)
            .map_err(|_count| CallError::Malformed("authorization_details"))?;
        Ok(PendingRequest {
            link: self.link(&pushed.request_uri)?,
            state: object.state,
            request,
            details,
            code_verifier: Secret::new(code_verifier.to_string()),
            broker: self.endpoints.issuer.clone(),
            redirect_uri: object.redirect_uri,
            made_at: now,
        })
    }

    fn details(&self, template: &RequestTemplate) -> Result<RequestedDetails, NoRandomness> {
        let asked = template.clone();
        Ok(RequestedDetails {
            kind: TYPE.to_owned(),
            dcql_query: asked.dcql_query,
            optional: asked.optional,
            reasons: asked.reasons,
            purpose: asked.purpose,
            legal_basis: asked.legal_basis,
            mode: asked.mode,
            until: asked.until,
            duration: asked.duration,
            max_reads: asked.max_reads,
            retention: asked.retention,
            nonce: base64url(random::<32>(&*self.rng)?),
            enc_jwk_thumbprint: self.identity.encryption_key.thumbprint(),
        })
    }

    fn request_object(
        &self,
        details: RequestedDetails,
        code_verifier: &str,
        now: DateTime<Utc>,
    ) -> Result<RequestObject, NoRandomness> {
        let identity = &self.identity;
        Ok(RequestObject {
            iss: identity.client_id.clone(),
            aud: self.endpoints.issuer.clone(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + MAX_LIFE).timestamp(),
            jti: base64url(random::<16>(&*self.rng)?),
            client_id: identity.client_id.clone(),
            response_type: "code".to_owned(),
            redirect_uri: identity.redirect_uri.clone(),
            state: base64url(random::<16>(&*self.rng)?),
            code_challenge: pkce::challenge(code_verifier),
            code_challenge_method: "S256".to_owned(),
            dpop_jkt: identity.dpop_key.public_jwk().thumbprint(),
            authorization_details: vec![details],
        })
    }

    fn link(&self, request_uri: &str) -> Result<String, CallError> {
        let mut link = Url::parse(&self.endpoints.authorization)
            .map_err(|_error| CallError::Malformed("authorization_endpoint"))?;
        link.query_pairs_mut()
            .append_pair("client_id", &self.identity.client_id)
            .append_pair("request_uri", request_uri);
        Ok(link.into())
    }
}
