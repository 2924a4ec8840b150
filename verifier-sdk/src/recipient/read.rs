//! Reading: one deposit, fetched with a proof of possession and opened at once.

use credential_core::{
    id::ReadId,
    oauth::{error::ErrorBody, token::TokenResponse},
};

use super::{
    CallError, HeldGrant, Recipient, TokenSet, acknowledge::LastReading, json, oauth_error, refusal,
};
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
    /// The person holds the share back for now; it may go on later.
    #[error("the person holds the share back for now")]
    Paused,
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
            Self::Paused => "share_paused",
            Self::Deposit(error) => error.reason(),
            Self::OtherBroker => "grant_other_broker",
            Self::Call(error) => error.reason(),
        }
    }
}

impl Recipient {
    /// Reads and opens the grant's deposit, renewing the access token when needed. The person sees
    /// this reading, and [`Self::acknowledge_reading`] confirms it. `grant` keeps the highest sequence seen, and follows when the person has narrowed or
    /// renewed it: store it again afterwards.
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
        if answer.status == 401 && !answer.wants_nonce() && !fresh {
            self.refresh(grant).await?;
            answer = self.fetch_twice(grant, read_id).await?;
        }
        let (compact, now) = (deposit(&answer)?, self.clock.now());
        // It was read, and logged, whether it can be opened or not.
        let receipt = answer.header("log-receipt");
        grant.last_reading = Some(LastReading::new(read_id, compact, receipt));
        let sealed = SealedDeposit::parse(compact)?;
        let key = self.key_named(&sealed.header().kid);
        if let Some(terms) = sealed.other_terms(key, &self.expectation(grant)) {
            // What does not follow is refused below, as a deposit of other terms.
            grant.adopt(&terms, now);
        }
        let opened = sealed.open(key, &self.expectation(grant), now)?;
        grant.last_sequence = opened.sequence();
        Ok(opened)
    }

    /// Gets a new access token with the refresh token, which stays the same as long as the grant ends no
    /// later. The answer may name terms that the person has narrowed or renewed.
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
        let (now, malformed) = (
            self.clock.now(),
            CallError::Malformed("authorization_details"),
        );
        let tokens = TokenSet::new(&response, now, Some(refresh_token))?;
        let follows = match response.authorization_details.as_slice() {
            [] => true,
            [named] => grant.adopt(named, now),
            _ => false,
        };
        if !follows {
            return Err(malformed.into());
        }
        grant.tokens = tokens;
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

    /// One read; asked for again, as the same read, when the broker wants a newer nonce in the proof.
    async fn fetch(&self, grant: &HeldGrant, id: ReadId) -> Result<Answer, CallError> {
        let answer = self.fetch_once(grant, id).await?;
        if answer.wants_nonce() {
            return self.fetch_once(grant, id).await;
        }
        Ok(answer)
    }

    async fn fetch_once(&self, grant: &HeldGrant, id: ReadId) -> Result<Answer, CallError> {
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

fn is_paused(answer: &Answer) -> bool {
    let body: Option<ErrorBody> = serde_json::from_slice(&answer.body).ok();
    body.is_some_and(|body| body.reason.as_deref() == Some("grant_paused"))
}

fn deposit(answer: &Answer) -> Result<&str, ReadError> {
    match answer.status {
        200 => {}
        401 if !answer.wants_nonce() => return Err(ReadError::Ended),
        403 if is_paused(answer) => return Err(ReadError::Paused),
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
