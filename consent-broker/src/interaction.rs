//! One pushed request and what became of it: pushed → shown → opened by a wallet → decided → completed.
//!
//! Pure steps on one row; each either moves it forward or says why not.

mod cross_device;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::id::{GrantId, RequestId, SubjectId};
use serde::{Deserialize, Serialize};

pub use cross_device::{AwaitedDigits, DIGITS_LIFE, MAX_TRIES, Typed, Way, WayBack};

/// How long a pushed request waits for its first use (RFC 9126 section 2.2), in seconds.
pub const REQUEST_LIFE_SECONDS: u32 = 300;
/// How long a person may take, from the first use to the end.
pub const INTERACTION_LIFE: TimeDelta = TimeDelta::minutes(60);

/// The row of a pushed request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interaction {
    /// The request.
    pub request_id: RequestId,
    /// Who pushed it.
    pub client_id: String,
    /// Where and how the answer goes.
    pub callback: Callback,
    /// When it was pushed.
    pub pushed_at: DateTime<Utc>,
    /// When it was first shown in a browser.
    pub shown_at: Option<DateTime<Utc>>,
    /// Whose wallet has it, and which browser it came from.
    pub opened: Option<Opened>,
    /// What was decided.
    pub decided: Option<Decided>,
    /// When the browser went back to the recipient.
    pub completed_at: Option<DateTime<Utc>>,
}

/// The members of the signed request that the answer needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Callback {
    /// Registered address, letter by letter.
    pub redirect_uri: String,
    /// Returned unchanged, unless it is empty.
    pub state: String,
    /// RFC 7636, S256.
    pub code_challenge: String,
    /// The key the code is bound to.
    pub dpop_jkt: String,
}

/// A request in a wallet's hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// The account.
    pub subject_id: SubjectId,
    /// base64url SHA-256 of the cookie of the browser whose ticket was used.
    pub session: String,
    /// Whether the wallet is where that browser is.
    #[serde(default)]
    pub way: Way,
}

/// The decision on a request, as far as its repetition and completion need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// base64url SHA-256 over decision and deposit: the same again gets the same answer.
    pub digest: String,
    /// The grant, or the name under which the refusal is known.
    pub grant_id: GrantId,
    /// Whether the person shared.
    pub approved: bool,
    /// How the answer gets back to the browser. Good for nothing without the browser's cookie.
    pub completion: WayBack,
    /// Size of the person's log after this.
    pub log_size: u64,
}

/// Why an interaction does not go on. The reason codes are for the log and the wallet; browsers get
/// one page for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InteractionError {
    /// The client has pushed a request with the same PKCE challenge before.
    #[error("the code challenge was used before; each request needs one of its own")]
    ChallengeUsed,
    /// Never pushed, or already forgotten.
    #[error("there is no such request")]
    Unknown,
    /// Not used in time, or taken too long over.
    #[error("the time for this request is over")]
    Over,
    /// Another account, or another browser's ticket, was first.
    #[error("the request is in other hands")]
    TakenByOther,
    /// No wallet has opened it.
    #[error("the request was not opened by this account")]
    NotOpened,
    /// It was decided already, and differently.
    #[error("the request has been decided")]
    Decided,
    /// The grant's name is in use.
    #[error("the grant id is already in use")]
    GrantIdTaken,
    /// It is not decided yet.
    #[error("the request has not been decided")]
    NotDecided,
    /// Not the browser the ticket was shown in.
    #[error("another browser began this")]
    OtherBrowser,
    /// The browser has already gone back to the recipient.
    #[error("the request is completed")]
    Completed,
    /// The wallet is on the browser's own device, so there are no digits to type.
    #[error("this request is not finished with digits")]
    NoDigits,
    /// The digits were not typed in time, or wrongly too often.
    #[error("the time or the tries for the digits are over")]
    DigitsOver,
    /// The browser goes back only once the digits are typed.
    #[error("the digits have not been typed")]
    DigitsMissing,
}

impl InteractionError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::ChallengeUsed => "code_challenge_used",
            Self::Unknown => "request_unknown",
            Self::Over => "request_over",
            Self::TakenByOther => "request_taken",
            Self::NotOpened => "request_not_opened",
            Self::Decided => "request_decided",
            Self::GrantIdTaken => "grant_id_taken",
            Self::NotDecided => "request_not_decided",
            Self::OtherBrowser => "other_browser",
            Self::Completed => "request_completed",
            Self::NoDigits => "request_without_digits",
            Self::DigitsOver => "digits_over",
            Self::DigitsMissing => "digits_missing",
        }
    }
}

impl Interaction {
    /// The page is shown in a browser: allowed again and again until the decision, so that a reload
    /// or a preview does no harm (RFC 9126 section 7.3).
    ///
    /// # Errors
    /// [`InteractionError::Decided`] or [`InteractionError::Over`].
    pub fn show(&mut self, now: DateTime<Utc>) -> Result<(), InteractionError> {
        if self.decided.is_some() {
            return Err(InteractionError::Decided);
        }
        if now >= self.ends_at() {
            return Err(InteractionError::Over);
        }
        self.shown_at.get_or_insert(now);
        Ok(())
    }

    /// A wallet opens it with a ticket. The first one has it; the same one may ask again with a
    /// ticket of the same browser and way.
    ///
    /// # Errors
    /// [`InteractionError`] says who is in the way.
    pub fn open(&mut self, opened: Opened, now: DateTime<Utc>) -> Result<(), InteractionError> {
        match &self.opened {
            Some(first) if *first != opened => return Err(InteractionError::TakenByOther),
            _ if self.decided.is_some() => return Err(InteractionError::Decided),
            _ if self.shown_at.is_none() || now >= self.ends_at() => {
                return Err(InteractionError::Over);
            }
            _ => self.opened = Some(opened),
        }
        Ok(())
    }

    /// Whether this account may decide now: gives the earlier answer when it decided the same.
    ///
    /// # Errors
    /// [`InteractionError`] says why not.
    pub fn may_decide(
        &self,
        subject_id: SubjectId,
        digest: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<&Decided>, InteractionError> {
        if !self.is_opened_by(subject_id) {
            return Err(InteractionError::NotOpened);
        }
        match &self.decided {
            Some(earlier) if earlier.digest == digest => Ok(Some(earlier)),
            Some(_other) => Err(InteractionError::Decided),
            None if now >= self.ends_at() => Err(InteractionError::Over),
            None => Ok(None),
        }
    }

    /// The browser goes back to the recipient, once.
    ///
    /// # Errors
    /// [`InteractionError`] says why not.
    pub fn complete(
        &mut self,
        session: &str,
        now: DateTime<Utc>,
    ) -> Result<&Decided, InteractionError> {
        let opened = self.opened.as_ref().ok_or(InteractionError::NotOpened)?;
        if !same_secret(&opened.session, session) {
            return Err(InteractionError::OtherBrowser);
        }
        let decided = self.decided.as_ref().ok_or(InteractionError::NotDecided)?;
        if self.completed_at.is_some() {
            return Err(InteractionError::Completed);
        }
        if !decided.completion.is_cleared() {
            return Err(InteractionError::DigitsMissing);
        }
        self.completed_at = Some(now);
        Ok(decided)
    }

    /// Whether this account's wallet has the request.
    #[must_use]
    pub fn is_opened_by(&self, subject_id: SubjectId) -> bool {
        self.opened
            .as_ref()
            .is_some_and(|opened| opened.subject_id == subject_id)
    }

    fn ends_at(&self) -> DateTime<Utc> {
        match self.shown_at {
            None => self.pushed_at + TimeDelta::seconds(REQUEST_LIFE_SECONDS.into()),
            Some(shown_at) => shown_at + INTERACTION_LIFE,
        }
    }
}

/// Compares without telling by its duration where the two differ.
fn same_secret(ours: &str, theirs: &str) -> bool {
    let differing = ours
        .bytes()
        .zip(theirs.bytes())
        .fold(0, |difference, (a, b)| difference | (a ^ b));
    ours.len() == theirs.len() && differing == 0
}
