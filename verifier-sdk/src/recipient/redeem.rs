//! The answer: what came back to the redirect address becomes a grant, or a refusal.

use chrono::TimeDelta;
use credential_core::{consent::details::GrantedDetails, oauth::token::TokenResponse};
use url::form_urlencoded;

use super::{CallError, HeldGrant, PendingRequest, Recipient, Standing, TokenSet, json};

/// How far the person's clock, from which the end was counted, may be ahead of ours.
pub(super) const SKEW: TimeDelta = TimeDelta::minutes(5);
/// Longest query string read, in octets.
const MAX_QUERY: usize = 8192;

/// No grant came of a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedeemError {
    /// The person does not share.
    #[error("the person did not share")]
    Refused,
    /// `state` is not that of this request: an answer to another one, or forged.
    #[error("the answer belongs to another request")]
    OtherState,
    /// `iss` is missing or names another broker (RFC 9207).
    #[error("the answer comes from another broker")]
    OtherIssuer,
    /// The request was pushed through another broker or redirect address than this recipient uses.
    #[error("the request was made under other settings")]
    OtherSettings,
    /// The broker could not go on.
    #[error("the broker gave up: {0}")]
    Failed(String),
    /// A parameter is missing or given twice.
    #[error("the answer is not well formed")]
    Malformed,
    /// What was granted is not a narrowing of what was asked.
    #[error("the broker granted other terms than were asked for")]
    OtherTerms,
    /// The code was not accepted, or nobody answered.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl RedeemError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Refused => "access_denied",
            Self::OtherState => "answer_other_state",
            Self::OtherIssuer => "answer_other_issuer",
            Self::OtherSettings => "answer_other_settings",
            Self::Failed(_) => "answer_error",
            Self::Malformed => "answer_malformed",
            Self::OtherTerms => "grant_other_terms",
            Self::Call(error) => error.reason(),
        }
    }
}

#[derive(Debug, Default)]
struct Answer {
    state: Option<String>,
    iss: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

impl Recipient {
    /// Checks the answer (`iss`, `state`) and exchanges the code for tokens. What was granted must be
    /// a narrowing of what was asked.
    ///
    /// # Errors
    /// [`RedeemError`]; a person who does not share is [`RedeemError::Refused`].
    pub async fn redeem(
        &self,
        pending: &PendingRequest,
        callback_query: &str,
    ) -> Result<HeldGrant, RedeemError> {
        let code = self.checked_code(pending, callback_query)?;
        let parameters = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &pending.redirect_uri),
            ("code_verifier", pending.code_verifier.reveal()),
        ];
        let answer = self.post(&self.endpoints.token, &parameters).await?;
        let response: TokenResponse = json(&answer)?;
        let now = self.clock.now();
        Ok(HeldGrant {
            tokens: TokenSet::new(&response, now, None)?,
            details: self.checked_details(pending, response)?,
            request: pending.request.clone(),
            broker: self.endpoints.issuer.clone(),
            last_sequence: 0,
            standing: Standing::default(),
            last_notice: None,
            reply: None,
            last_reading: None,
            last_place: None,
        })
    }

    fn checked_code(&self, pending: &PendingRequest, query: &str) -> Result<String, RedeemError> {
        if pending.broker != self.endpoints.issuer
            || pending.redirect_uri != self.identity.redirect_uri
        {
            return Err(RedeemError::OtherSettings);
        }
        let answer = Answer::read(query)?;
        if answer.state.as_ref() != Some(&pending.state) {
            return Err(RedeemError::OtherState);
        }
        if answer.iss.as_ref() != Some(&self.endpoints.issuer) {
            return Err(RedeemError::OtherIssuer);
        }
        match (answer.error.as_deref(), answer.code) {
            (None, Some(code)) => Ok(code),
            (Some("access_denied"), None) => Err(RedeemError::Refused),
            (Some(error), None) => Err(RedeemError::Failed(printable(error))),
            _ => Err(RedeemError::Malformed),
        }
    }

    fn checked_details(
        &self,
        pending: &PendingRequest,
        response: TokenResponse,
    ) -> Result<GrantedDetails, RedeemError> {
        let [details] = <[GrantedDetails; 1]>::try_from(response.authorization_details)
            .map_err(|_count| CallError::Malformed("authorization_details"))?;
        let ours = response.grant_id == Some(details.grant_id)
            && details.recipient == self.identity.client_id
            && details.narrows(&pending.details, self.clock.now() + SKEW);
        if ours {
            Ok(details)
        } else {
            Err(RedeemError::OtherTerms)
        }
    }
}

impl Answer {
    fn read(query: &str) -> Result<Self, RedeemError> {
        if query.len() > MAX_QUERY {
            return Err(RedeemError::Malformed);
        }
        let mut answer = Self::default();
        for (name, value) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
            let place = match &*name {
                "state" => &mut answer.state,
                "iss" => &mut answer.iss,
                "code" => &mut answer.code,
                "error" => &mut answer.error,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(RedeemError::Malformed);
            }
        }
        Ok(answer)
    }
}

#[cfg(feature = "fuzzing")]
pub(crate) fn read_answer(query: &str) -> Result<[Option<String>; 4], RedeemError> {
    let answer = Answer::read(query)?;
    Ok([answer.state, answer.iss, answer.code, answer.error])
}

fn printable(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_graphic)
        .take(64)
        .collect()
}
