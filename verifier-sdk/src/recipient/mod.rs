//! The recipient's side of the wire: asking, redeeming the answer, reading, and receipts.
//!
//! ```no_run
//! # async fn example(
//! #     recipient: verifier_sdk::recipient::Recipient,
//! #     template: verifier_sdk::recipient::RequestTemplate,
//! #     answer: String,
//! # ) -> Result<(), Box<dyn std::error::Error>> {
//! let pending = recipient.push(&template).await?;
//! println!("open {}", pending.link());
//! // The browser comes back to the redirect address with `?code=…&state=…&iss=…`.
//! let mut grant = recipient.redeem(&pending, &answer).await?;
//! let opened = recipient.read(&mut grant).await?;
//! # Ok(()) }
//! ```
//!
//! FAPI 2.0 Security Profile: pushed and signed requests, PKCE, `private_key_jwt`, DPoP, `iss`.

mod acknowledge;
#[cfg(feature = "callback")]
pub mod callback;
mod grant;
mod messages;
mod notices;
mod page;
mod push;
mod read;
mod receipts;
pub(crate) mod redeem;
mod secret;
mod terms;
#[cfg(feature = "callback")]
#[cfg(test)]
mod tests;

use std::sync::Arc;

use credential_core::{
    clock::Clock,
    jose::{Signer, dpop},
    oauth::{
        client_assertion,
        error::ErrorBody,
        metadata::{AUTHORIZATION_SERVER_PATH, AuthorizationServer},
    },
    rng::Rng,
};
use serde::de::DeserializeOwned;
use url::Url;

pub use acknowledge::{AcknowledgeError, ReceiptOfReading};
pub use grant::{HeldGrant, ReplyAddress, Standing, TokenSet};
pub use messages::{Message, SendError};
pub use notices::PolledNotices;
pub use page::PageLink;
pub use push::{PendingRequest, PushError, RequestTemplate};
pub use read::ReadError;
pub use receipts::{ReceiptsError, ReceivedReceipt};
pub use redeem::RedeemError;
pub use secret::Secret;

use crate::{
    RecipientKey,
    http::{Answer, Body, HttpClient, HttpError},
    open::GrantExpectation,
};

/// Largest JSON answer of a broker, in octets.
const MAX_JSON: usize = 256 * 1024;

/// Who the recipient is: its registration and its three keys, each for one use.
#[derive(Debug, Clone)]
pub struct Identity {
    /// `openid_federation:` and the entity id.
    pub client_id: String,
    /// Signs requests and client assertions; registered.
    pub signing_key: Arc<dyn Signer>,
    /// Binds tokens (RFC 9449); not registered.
    pub dpop_key: Arc<dyn Signer>,
    /// Opens deposits; registered.
    pub encryption_key: Arc<RecipientKey>,
    /// Where the browser comes back to; registered, letter by letter.
    pub redirect_uri: String,
}

/// A recipient that knows its broker's endpoints.
#[derive(Debug, Clone)]
pub struct Recipient {
    identity: Identity,
    former_keys: Vec<Arc<RecipientKey>>,
    endpoints: Endpoints,
    http: HttpClient,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
}

#[derive(Debug, Clone)]
struct Endpoints {
    issuer: String,
    authorization: String,
    par: String,
    token: String,
}

/// A call to the broker did not give what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The broker refused.
    #[error("the broker refused: {code}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The broker's own reason code, or else the OAuth error code.
        code: String,
        /// What the broker says about it.
        description: Option<String>,
    },
    /// The answer is not what the protocol says.
    #[error("the broker's answer is not in order ({0})")]
    Malformed(&'static str),
    /// A key did not sign, or there was no randomness.
    #[error("a key or the random generator did not answer")]
    Unavailable,
}

impl CallError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Http(error) => error.reason(),
            Self::Refused { .. } => "broker_refused",
            Self::Malformed(_) => "broker_answer_malformed",
            Self::Unavailable => "key_unavailable",
        }
    }
}

impl Recipient {
    /// Fetches the broker's metadata (RFC 8414) and checks that it is this broker's, that it offers
    /// what this client needs, and that no endpoint leads elsewhere.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn connect(
        identity: Identity,
        broker: &str,
        http: HttpClient,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, CallError> {
        let address = metadata_address(broker).ok_or(CallError::Malformed("issuer"))?;
        let answer = http.send(&address, &[], Body::None).await?;
        Ok(Self {
            endpoints: Endpoints::checked(broker, json(&answer)?)?,
            identity,
            former_keys: Vec::new(),
            http,
            clock,
            rng,
        })
    }

    /// The same with keys that were registered before the present one. A deposit that was sealed to one
    /// of them is opened for as long as it may be read, which is 30 days at most.
    #[must_use]
    pub fn with_former_keys(self, former_keys: Vec<Arc<RecipientKey>>) -> Self {
        Self {
            former_keys,
            ..self
        }
    }

    /// The own key with this id; the present one when none has it.
    fn key_named(&self, kid: &str) -> &RecipientKey {
        let named = |key: &&Arc<RecipientKey>| key.public_jwk().kid.as_deref() == Some(kid);
        self.former_keys
            .iter()
            .find(named)
            .unwrap_or(&self.identity.encryption_key)
    }

    /// Who the recipient is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The broker's issuer identifier.
    #[must_use]
    pub fn broker(&self) -> &str {
        &self.endpoints.issuer
    }

    /// What this recipient expects of a deposit under `grant`.
    #[must_use]
    pub fn expectation<'a>(&'a self, grant: &'a HeldGrant) -> GrantExpectation<'a> {
        grant.expectation(&self.identity.client_id, &self.endpoints.issuer)
    }

    /// A form POST, authenticated by assertion (RFC 7523) and bound by DPoP; sent once more when the
    /// broker wants a newer nonce in the proof.
    async fn post(&self, url: &str, parameters: &[(&str, &str)]) -> Result<Answer, CallError> {
        self.post_by(&self.http, url, parameters).await
    }

    async fn post_by(
        &self,
        http: &HttpClient,
        url: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Answer, CallError> {
        let answer = self.post_once(http, url, parameters).await?;
        if answer.wants_nonce() {
            return self.post_once(http, url, parameters).await;
        }
        Ok(answer)
    }

    async fn post_once(
        &self,
        http: &HttpClient,
        url: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Answer, CallError> {
        let assertion = client_assertion::sign_for_client(
            &self.identity.client_id,
            &self.endpoints.issuer,
            self.clock.now(),
            &*self.identity.signing_key,
            &*self.rng,
        )
        .map_err(|_error| CallError::Unavailable)?;
        let proof = self.proof("POST", url, None)?;
        let mut form = vec![
            ("client_id", self.identity.client_id.as_str()),
            ("client_assertion_type", client_assertion::TYPE),
            ("client_assertion", &assertion),
        ];
        form.extend_from_slice(parameters);
        let headers = [("dpop", proof.as_str()), ("accept", "application/json")];
        Ok(http.send(url, &headers, Body::Form(&form)).await?)
    }

    fn proof(&self, method: &str, url: &str, token: Option<&str>) -> Result<String, CallError> {
        let (key, nonce) = (&*self.identity.dpop_key, self.http.nonce(url));
        let bound = (token, nonce.as_deref());
        dpop::prove_with_nonce(method, url, bound, self.clock.now(), key, &*self.rng)
            .map_err(|_error| CallError::Unavailable)
    }
}

impl Endpoints {
    fn checked(broker: &str, metadata: AuthorizationServer) -> Result<Self, CallError> {
        let malformed = CallError::Malformed;
        if metadata.issuer != broker {
            return Err(malformed("issuer"));
        }
        if !metadata.authorization_response_iss_parameter_supported {
            return Err(malformed("authorization_response_iss_parameter_supported"));
        }
        let methods = &metadata.code_challenge_methods_supported;
        if !methods.iter().any(|method| method == "S256") {
            return Err(malformed("code_challenge_methods_supported"));
        }
        let here = Url::parse(broker).map_err(|_error| malformed("issuer"))?;
        let same_origin = |url: Option<String>, name| {
            url.filter(|url| Url::parse(url).is_ok_and(|url| url.origin() == here.origin()))
                .ok_or(CallError::Malformed(name))
        };
        let par = metadata.pushed_authorization_request_endpoint;
        Ok(Self {
            issuer: broker.to_owned(),
            authorization: same_origin(metadata.authorization_endpoint, "authorization_endpoint")?,
            par: same_origin(par, "pushed_authorization_request_endpoint")?,
            token: same_origin(Some(metadata.token_endpoint), "token_endpoint")?,
        })
    }

    /// An address of the broker that its metadata does not list.
    fn beside(&self, path: &str) -> String {
        format!("{}/{path}", self.issuer.trim_end_matches('/'))
    }
}

/// The well-known path stands between host and path (RFC 8414 section 3.1).
fn metadata_address(issuer: &str) -> Option<String> {
    let mut url = Url::parse(issuer).ok()?;
    if url.query().is_some() || url.fragment().is_some() {
        return None;
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{AUTHORIZATION_SERVER_PATH}{path}"));
    Some(url.into())
}

/// The JSON body of a successful answer, or the refusal.
fn json<T: DeserializeOwned>(answer: &Answer) -> Result<T, CallError> {
    json_within(answer, MAX_JSON)
}

fn json_within<T: DeserializeOwned>(answer: &Answer, longest: usize) -> Result<T, CallError> {
    if !answer.is_success() {
        return Err(refusal(answer));
    }
    if answer.body.len() > longest {
        return Err(CallError::Malformed("size"));
    }
    serde_json::from_slice(&answer.body).map_err(|_error| CallError::Malformed("json"))
}

/// What a refusal says, shortened and without anything that could steer a terminal.
fn refusal(answer: &Answer) -> CallError {
    let body: Option<ErrorBody> = serde_json::from_slice(&answer.body).ok();
    let short = |text: &str| -> String {
        let printable = |letter: &char| letter.is_ascii_graphic() || *letter == ' ';
        text.chars().filter(printable).take(200).collect()
    };
    let (code, description) = match &body {
        Some(body) => (
            short(body.reason.as_ref().unwrap_or(&body.error)),
            body.error_description.as_deref().map(short),
        ),
        None => ("no_error_code".to_owned(), None),
    };
    CallError::Refused {
        status: answer.status,
        code,
        description,
    }
}

/// The OAuth error code of a refusal.
fn oauth_error(answer: &Answer) -> Option<String> {
    let body: ErrorBody = serde_json::from_slice(&answer.body).ok()?;
    Some(body.error.into_owned())
}
