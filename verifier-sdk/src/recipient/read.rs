//! Reading: one deposit, fetched with a proof of possession and opened at once.

use credential_core::{id::ReadId, oauth::token::TokenResponse};

use super::{CallError, HeldGrant, Recipient, TokenSet, json, oauth_error, refusal};
use crate::{
    http::{Answer, Body, HttpError},
    open::{OpenError, OpenedPresentation, SealedDeposit},
};

/// The media type of a deposit (RFC 7515 section 9.2.1).
const MEDIA_TYPE: &str = "application/jose";

/// Nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The share has ended: withdrawn, expired, or read as often as allowed. The broker does not say
    /// which.
    #[error("the sharing has ended")]
    Ended,
    /// The deposit could not be opened, or is not the one expected.
    #[error("the deposit: {0}")]
    Deposit(#[from] OpenError),
    /// The grant is another broker's.
    #[error("the grant belongs to another broker")]
    OtherBroker,
    /// The broker refused for another reason, or did not answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl ReadError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Ended => "share_ended",
            Self::Deposit(error) => error.reason(),
            Self::OtherBroker => "grant_other_broker",
            Self::Call(error) => error.reason(),
        }
    }
}

impl Recipient {
    /// Reads and opens the grant's deposit, renewing the access token when needed. The person sees
    /// this reading. `grant` keeps the highest sequence seen: store it again afterwards.
    ///
    /// When the connection breaks, the same reading (same `Read-Id`) is asked for once more, which
    /// the broker does not count again.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn read(&self, grant: &mut HeldGrant) -> Result<OpenedPresentation, ReadError> {
        if grant.broker != self.endpoints.issuer {
            return Err(ReadError::OtherBroker);
        }
        let read_id = ReadId::random(&*self.rng).map_err(|_error| CallError::Unavailable)?;
        let fresh = grant.tokens.is_stale(self.clock.now());
        if fresh {
            self.refresh(grant).await?;
        }
        let mut answer = self.fetch_twice(grant, read_id).await?;
        if answer.status == 401 && !fresh {
            self.refresh(grant).await?;
            answer = self.fetch_twice(grant, read_id).await?;
        }
        let deposit = deposit(&answer)?;
        let expected = self.expectation(grant);
        let sealed = SealedDeposit::parse(deposit)?;
        let key = self.key_named(&sealed.header().kid);
        let opened = sealed.open(key, &expected, self.clock.now())?;
        grant.last_sequence = opened.sequence();
        Ok(opened)
    }

    /// Gets a new access token with the refresh token, which stays the same.
    ///
    /// # Errors
    /// [`ReadError::Ended`] when the grant has ended.
    pub async fn refresh(&self, grant: &mut HeldGrant) -> Result<(), ReadError> {
        let refresh_token = grant.tokens.refresh_token.clone().ok_or(ReadError::Ended)?;
        let parameters = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.reveal()),
        ];
        let answer = self.post(&self.endpoints.token, &parameters).await?;
        if oauth_error(&answer).as_deref() == Some("invalid_grant") {
            return Err(ReadError::Ended);
        }
        let response: TokenResponse = json(&answer)?;
        let granted = &response.authorization_details;
        if granted.iter().any(|details| *details != grant.details) {
            return Err(CallError::Malformed("authorization_details").into());
        }
        grant.tokens = TokenSet::new(&response, self.clock.now(), Some(refresh_token))?;
        Ok(())
    }

    async fn fetch_twice(&self, grant: &HeldGrant, id: ReadId) -> Result<Answer, CallError> {
        match self.fetch(grant, id).await {
            Err(CallError::Http(HttpError::Unreachable { .. } | HttpError::Timeout { .. })) => {
                self.fetch(grant, id).await
            }
            other => other,
        }
    }

    async fn fetch(&self, grant: &HeldGrant, id: ReadId) -> Result<Answer, CallError> {
        let url = self.endpoints.beside(&format!("mailbox/{}", grant.id()));
        let token = grant.tokens.access_token.reveal();
        let proof = self.proof("GET", &url, Some(token))?;
        let authorization = zeroize::Zeroizing::new(format!("DPoP {token}"));
        let id = id.to_string();
        let headers = [
            ("authorization", authorization.as_str()),
            ("dpop", &proof),
            ("read-id", &id),
            ("accept", MEDIA_TYPE),
        ];
        Ok(self.http.send(&url, &headers, Body::None).await?)
    }
}

fn deposit(answer: &Answer) -> Result<&str, ReadError> {
    match answer.status {
        200 => {}
        401 => return Err(ReadError::Ended),
        _ => return Err(refusal(answer).into()),
    }
    let media_type = answer
        .header("content-type")
        .and_then(|v| v.split(';').next());
    if media_type.is_none_or(|found| found.trim() != MEDIA_TYPE) {
        return Err(CallError::Malformed("content-type").into());
    }
    std::str::from_utf8(&answer.body).map_err(|_error| CallError::Malformed("deposit").into())
}
