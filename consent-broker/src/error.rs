//! Refusals over HTTP: each has a status, a registered OAuth code, a neutral sentence and a stable
//! reason. What a prober could tell apart without having a right to is one and the same answer.

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use credential_core::{
    consent::{decision::DecisionError, request::RequestError},
    jose::{SignError, dpop::DpopError},
    mailbox::DepositError,
    message::HeaderError,
    oauth::{client_assertion::AssertionError, error::ErrorBody},
};

use crate::{
    deposit_check::DepositRefused, handles::HandleError, interaction::InteractionError,
    message_check::MessageRefused, notary::NotaryError, storage::StorageError,
};

/// Why a request was refused. Each variant says who has to act: the sender, for the `4xx`, or us.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// A parameter is missing, doubled or malformed; the text is the reason code.
    #[error("the request is malformed ({0})")]
    Malformed(&'static str),
    /// The body is larger than this endpoint takes.
    #[error("the body is too large")]
    TooLarge,
    /// The caller came too often.
    #[error("too many requests: wait and try again")]
    TooOften {
        /// How long to wait.
        seconds: u64,
    },
    /// There is nothing at this address, or not for this method.
    #[error("there is nothing here")]
    NotHere(StatusCode),
    /// The client did not authenticate; the text is the reason code.
    #[error("the client is not authenticated ({0})")]
    Client(&'static str),
    /// The DPoP proof is missing or wrong at an authorization server endpoint.
    #[error("the proof of possession is not accepted ({0})")]
    Proof(&'static str),
    /// The DPoP proof is missing or wrong where a token is used.
    #[error("the proof of possession is not accepted ({0})")]
    ResourceProof(&'static str),
    /// The token does not work here, whatever the cause.
    #[error("the access token is not accepted")]
    Token,
    /// The code, refresh token or assertion does not work, whatever the cause.
    #[error("the grant is not accepted")]
    Grant,
    /// A grant type we do not know.
    #[error("the grant type is not supported")]
    GrantType,
    /// The pushed request is not acceptable.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// `authorization_details` are not of the form of their type.
    #[error("authorization_details are not of the form of their type")]
    Details,
    /// The interaction does not go on.
    #[error(transparent)]
    Interaction(#[from] InteractionError),
    /// The decision is not acceptable.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// The deposit is not acceptable.
    #[error(transparent)]
    Deposit(#[from] DepositError),
    /// The deposit does not belong to the decision; the text is the reason code.
    #[error("the deposit does not fit the decision ({0})")]
    DepositUnfit(&'static str),
    /// The deposits are in order and still cannot be taken.
    #[error(transparent)]
    DepositRefused(#[from] DepositRefused),
    /// The message is not acceptable.
    #[error(transparent)]
    Message(#[from] HeaderError),
    /// The message does not belong here; the text is the reason code.
    #[error("the message does not fit ({0})")]
    MessageUnfit(&'static str),
    /// The message is in order and still cannot be taken.
    #[error(transparent)]
    MessageRefused(#[from] MessageRefused),
    /// This account has no such grant.
    #[error("there is no such grant")]
    UnknownGrant,
    /// The registrar's list has expired and no newer one was imported.
    #[error("the trust list has expired")]
    TrustExpired,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Something could not be signed or sealed.
    #[error("an answer could not be signed or sealed")]
    NotMade,
}

impl From<AssertionError> for RouteError {
    fn from(error: AssertionError) -> Self {
        Self::Client(error.reason())
    }
}

impl From<DpopError> for RouteError {
    fn from(error: DpopError) -> Self {
        Self::Proof(error.reason())
    }
}

impl From<HandleError> for RouteError {
    fn from(error: HandleError) -> Self {
        match error {
            HandleError::NotMade => Self::NotMade,
            HandleError::Foreign | HandleError::Expired => Self::Token,
        }
    }
}

impl From<NotaryError> for RouteError {
    fn from(_error: NotaryError) -> Self {
        Self::NotMade
    }
}

impl From<SignError> for RouteError {
    fn from(_error: SignError) -> Self {
        Self::NotMade
    }
}

impl RouteError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Malformed(reason)
            | Self::Client(reason)
            | Self::Proof(reason)
            | Self::ResourceProof(reason)
            | Self::DepositUnfit(reason)
            | Self::MessageUnfit(reason) => reason,
            Self::TooLarge => "body_too_large",
            Self::TooOften { .. } => "too_many_requests",
            Self::NotHere(_) => "not_here",
            Self::Token => "token_not_accepted",
            Self::Grant => "grant_not_accepted",
            Self::GrantType => "grant_type_unsupported",
            Self::Request(error) => error.reason(),
            Self::Details => "request_details_invalid",
            Self::Interaction(error) => error.reason(),
            Self::Decision(error) => error.reason(),
            Self::Deposit(error) => error.reason(),
            Self::DepositRefused(refused) => refused.reason(),
            Self::Message(error) => error.reason(),
            Self::MessageRefused(refused) => refused.reason(),
            Self::UnknownGrant => "grant_unknown",
            Self::TrustExpired => "trust_list_expired",
            Self::Storage(_) | Self::NotMade => "server_error",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotHere(status) => *status,
            Self::Client(_) | Self::ResourceProof(_) | Self::Token => StatusCode::UNAUTHORIZED,
            Self::UnknownGrant => StatusCode::NOT_FOUND,
            Self::Interaction(InteractionError::Decided | InteractionError::GrantIdTaken) => {
                StatusCode::CONFLICT
            }
            Self::DepositRefused(DepositRefused::OutOfOrder | DepositRefused::Ended)
            | Self::MessageRefused(MessageRefused::IdTaken) => StatusCode::CONFLICT,
            Self::DepositRefused(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MessageRefused(MessageRefused::TooManyWaiting | MessageRefused::TooManyToday) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::TrustExpired | Self::Storage(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotMade => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The registered error code (RFC 6749, RFC 8628, RFC 9101, RFC 9396, RFC 9449).
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Client(_) => "invalid_client",
            Self::Proof(_) | Self::ResourceProof(_) => "invalid_dpop_proof",
            Self::Token => "invalid_token",
            Self::Grant => "invalid_grant",
            Self::TooOften { .. } => "slow_down",
            Self::GrantType => "unsupported_grant_type",
            Self::Request(error) => match error {
                RequestError::Details(_)
                | RequestError::PurposeNotRegistered
                | RequestError::OverAsking { .. }
                | RequestError::BeyondLimits
                | RequestError::OtherEncryptionKey => "invalid_authorization_details",
                RequestError::UnknownRecipient => "invalid_client",
                RequestError::UnknownRedirect | RequestError::MissingProtection => {
                    "invalid_request"
                }
                _ => "invalid_request_object",
            },
            Self::Details => "invalid_authorization_details",
            Self::TrustExpired => "temporarily_unavailable",
            Self::Storage(_) | Self::NotMade => "server_error",
            _ => "invalid_request",
        }
    }

    /// A sentence in ASCII; of what was sent, only a claim's path is ever repeated, cleaned.
    fn description(&self) -> String {
        match self {
            Self::Storage(_) => "the server cannot answer now".into(),
            other => other
                .to_string()
                .chars()
                .filter(is_harmless)
                .take(300)
                .collect(),
        }
    }

    fn body(&self) -> ErrorBody {
        // Finer reasons would tell a prober what exists.
        let reason = match self {
            Self::Token | Self::Grant => None,
            other => Some(other.reason().into()),
        };
        ErrorBody {
            error: self.code().into(),
            error_description: Some(self.description().into()),
            reason,
        }
    }
}

/// RFC 6749 section 5.2: printable ASCII without quotation mark and backslash; and nothing that could
/// begin markup.
fn is_harmless(character: &char) -> bool {
    matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '<' | '>' | '&')
}

const TOKEN_CHALLENGE: HeaderValue =
    HeaderValue::from_static(r#"DPoP error="invalid_token", algs="ES256 EdDSA""#);
const PROOF_CHALLENGE: HeaderValue =
    HeaderValue::from_static(r#"DPoP error="invalid_dpop_proof", algs="ES256 EdDSA""#);

impl IntoResponse for RouteError {
    fn into_response(self) -> Response {
        if self.status().is_server_error() {
            tracing::error!(reason = self.reason(), error = %self, "a request could not be answered");
        } else {
            tracing::debug!(reason = self.reason(), "a request was refused");
        }
        let mut response = (self.status(), Json(self.body())).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::Token => {
                headers.insert(WWW_AUTHENTICATE, TOKEN_CHALLENGE);
            }
            Self::ResourceProof(_) => {
                headers.insert(WWW_AUTHENTICATE, PROOF_CHALLENGE);
            }
            Self::TooOften { seconds } => {
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            _ => {}
        }
        response
    }
}
