//! Refusals over HTTP: each has a status, a registered OAuth code, a neutral sentence and a stable
//! reason. What a prober could tell apart without having a right to is one and the same answer.

mod response;

use axum::http::StatusCode;
use credential_core::{
    access_log::{ReadAckError, ReadReceiptError},
    consent::{decision::DecisionError, request::RequestError},
    jose::{SignError, dpop::DpopError},
    mailbox::DepositError,
    message::HeaderError,
    oauth::client_assertion::AssertionError,
    trust::TrustError,
};

use crate::{
    deposit_check::DepositRefused, grant::ChangeError, handles::HandleError,
    interaction::InteractionError, message_check::MessageRefused, notary::NotaryError,
    storage::StorageError, suspension::SuspensionError,
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
    /// The proof is good but for the server's nonce, at an authorization server endpoint.
    #[error("a current nonce of this server is needed in the proof")]
    ProofNonce,
    /// The proof is good but for the server's nonce, where a token is used.
    #[error("a current nonce of this server is needed in the proof")]
    ResourceProofNonce,
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
    /// The request object has a member that none may have; the text is the reason code.
    #[error("the request object is not acceptable ({0})")]
    RequestObject(&'static str),
    /// `authorization_details` are not of the form of their type.
    #[error("authorization_details are not of the form of their type")]
    Details,
    /// The wanted details do not narrow what was granted, or cannot be narrowed; the text is the reason
    /// code.
    #[error("authorization_details can only leave out what was granted ({0})")]
    Narrowing(&'static str),
    /// The wanted resource is none of ours, or nothing granted concerns it; the text is the reason code.
    #[error("there can be no token for this resource ({0})")]
    Target(&'static str),
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
    /// The change does not fit how the grant stands.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// The registrar does not list the recipient, or not for what would be renewed.
    #[error("the recipient is not registered for this any more")]
    NotRegistered,
    /// The person holds the share back.
    #[error("the person holds this share back for now")]
    Paused,
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
    /// What is said to be our receipt of a reading is none.
    #[error(transparent)]
    ReadReceipt(#[from] ReadReceiptError),
    /// The acknowledgement of a reading is not acceptable.
    #[error(transparent)]
    ReadAck(#[from] ReadAckError),
    /// This account has no such grant.
    #[error("there is no such grant")]
    UnknownGrant,
    /// The global log has no head of this account yet.
    #[error("the global log does not have this log's head yet")]
    NotYetIncluded,
    /// What the entries said was erased; their leaves alone are left.
    #[error("entries of this log were erased")]
    Erased,
    /// The broker's operator has suspended the recipient, which has authenticated.
    #[error("the recipient is suspended by the operator of this broker")]
    Suspended,
    /// The same where a token is used.
    #[error("the recipient is suspended by the operator of this broker")]
    SuspendedReader,
    /// An operator's order is malformed.
    #[error(transparent)]
    Order(#[from] SuspensionError),
    /// No participant of this name is on the trust list.
    #[error("no such participant is on the trust list")]
    UnknownParticipant,
    /// An operator's trust list is not accepted.
    #[error(transparent)]
    TrustList(#[from] TrustError),
    /// The registrar's list has expired and no newer one was imported.
    #[error("the trust list has expired")]
    TrustExpired,
    /// The operator's copy was not made; the text is the reason code.
    #[error("the copy was not made ({0})")]
    NotCopied(&'static str),
    /// The store has tools of its own for copies.
    #[error("this store is copied with the tools of its database")]
    NoCopies,
    /// The machine's clock has jumped, and nobody has said that it is right now.
    #[error("the clock of the server has jumped")]
    ClockJumped,
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
            | Self::RequestObject(reason)
            | Self::Narrowing(reason)
            | Self::Target(reason)
            | Self::DepositUnfit(reason)
            | Self::NotCopied(reason)
            | Self::MessageUnfit(reason) => reason,
            Self::NoCopies => "backup_not_here",
            Self::TooLarge => "body_too_large",
            Self::TooOften { .. } => "too_many_requests",
            Self::NotHere(_) => "not_here",
            Self::ProofNonce | Self::ResourceProofNonce => "dpop_nonce_needed",
            Self::Token => "token_not_accepted",
            Self::Grant => "grant_not_accepted",
            Self::GrantType => "grant_type_unsupported",
            Self::Request(error) => error.reason(),
            Self::Details => "request_details_invalid",
            Self::Interaction(error) => error.reason(),
            Self::Decision(error) => error.reason(),
            Self::Deposit(error) => error.reason(),
            Self::Change(error) => error.reason(),
            Self::NotRegistered => "recipient_not_registered",
            Self::Paused => "grant_paused",
            Self::DepositRefused(refused) => refused.reason(),
            Self::Message(error) => error.reason(),
            Self::MessageRefused(refused) => refused.reason(),
            Self::ReadReceipt(error) => error.reason(),
            Self::ReadAck(error) => error.reason(),
            Self::UnknownGrant => "grant_unknown",
            Self::NotYetIncluded => "log_not_included_yet",
            Self::Erased => "log_entries_erased",
            Self::Suspended | Self::SuspendedReader => "recipient_suspended",
            Self::Order(error) => error.reason(),
            Self::UnknownParticipant => "participant_unknown",
            Self::TrustList(error) => error.reason(),
            Self::TrustExpired => "trust_list_expired",
            Self::ClockJumped => "clock_jumped",
            Self::Storage(error) => error.reason(),
            Self::NotMade => "server_error",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotHere(status) => *status,
            Self::Client(_) | Self::ResourceProof(_) | Self::ResourceProofNonce | Self::Token => {
                StatusCode::UNAUTHORIZED
            }
            Self::UnknownGrant | Self::UnknownParticipant | Self::NotYetIncluded => {
                StatusCode::NOT_FOUND
            }
            Self::Erased => StatusCode::GONE,
            Self::SuspendedReader | Self::Paused => StatusCode::FORBIDDEN,
            Self::Interaction(InteractionError::Decided | InteractionError::GrantIdTaken)
            | Self::Decision(DecisionError::OutOfOrder)
            | Self::Change(_)
            | Self::NotRegistered
            | Self::DepositRefused(DepositRefused::OutOfOrder | DepositRefused::Ended)
            | Self::MessageRefused(MessageRefused::IdTaken) => StatusCode::CONFLICT,
            Self::DepositRefused(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MessageRefused(MessageRefused::TooManyWaiting | MessageRefused::TooManyToday) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::TrustExpired | Self::ClockJumped | Self::Storage(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::NotMade => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The registered error code (RFC 6749, RFC 8628, RFC 8707, RFC 9101, RFC 9396, RFC 9449).
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Client(_) => "invalid_client",
            Self::Proof(_) | Self::ResourceProof(_) => "invalid_dpop_proof",
            Self::ProofNonce | Self::ResourceProofNonce => "use_dpop_nonce",
            Self::Target(_) => "invalid_target",
            Self::Token => "invalid_token",
            Self::Paused => "access_denied",
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
            Self::RequestObject(_) => "invalid_request_object",
            Self::Details | Self::Narrowing(_) => "invalid_authorization_details",
            Self::Suspended => "unauthorized_client",
            Self::SuspendedReader => "access_denied",
            Self::TrustExpired | Self::ClockJumped => "temporarily_unavailable",
            Self::Storage(_) | Self::NotMade => "server_error",
            _ => "invalid_request",
        }
    }
}
