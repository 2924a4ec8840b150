//! When the wallet is on another device than the browser that began: the wallet's answer brings six
//! digits, and the person types them into that browser.
//!
//! The digits show that whoever decided in the wallet also sits at the browser. Without them, somebody
//! could begin a request, send the code on the page to another person, and take the answer home.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Decided, Interaction, InteractionError, same_secret};

/// How long the digits work after the decision.
pub const DIGITS_LIFE: TimeDelta = TimeDelta::minutes(10);
/// How often wrong digits may be typed.
pub const MAX_TRIES: u8 = 5;

/// Where the wallet is, as the ticket says that it opened the request with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Where the browser is: a link leads there and back.
    #[default]
    SameDevice,
    /// Somewhere else: the person carries the answer over.
    CrossDevice,
}

/// How the wallet's answer gets back to the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WayBack {
    /// By a sealed completion handle that the wallet opens in the browser.
    Link(String),
    /// By digits that the person types into the browser.
    Digits(AwaitedDigits),
}

/// The digits of one decision, and how often somebody has tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwaitedDigits {
    /// A keyed hash: a copy of the row does not tell the digits.
    pub hash: String,
    /// The first moment in which they no longer work.
    pub until: DateTime<Utc>,
    /// Wrong digits so far.
    pub wrong: u8,
    /// When they were typed.
    pub typed_at: Option<DateTime<Utc>>,
}

/// What typing has led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// The browser may go back.
    Right,
    /// There are tries left.
    Wrong,
    /// That was the last try.
    Over,
}

impl AwaitedDigits {
    /// Digits of a decision made now, by their hash.
    #[must_use]
    pub fn new(hash: String, now: DateTime<Utc>) -> Self {
        Self {
            hash,
            until: now + DIGITS_LIFE,
            wrong: 0,
            typed_at: None,
        }
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.typed_at.is_none() && (self.wrong >= MAX_TRIES || now >= self.until)
    }

    fn try_hash(&mut self, hash: &str, now: DateTime<Utc>) -> Typed {
        if same_secret(&self.hash, hash) {
            self.typed_at.get_or_insert(now);
            return Typed::Right;
        }
        if self.typed_at.is_none() {
            self.wrong += 1;
        }
        if self.is_over(now) {
            Typed::Over
        } else {
            Typed::Wrong
        }
    }
}

impl WayBack {
    /// Whether nothing but the browser's cookie is needed any more.
    pub(super) fn is_cleared(&self) -> bool {
        match self {
            Self::Link(_) => true,
            Self::Digits(awaited) => awaited.typed_at.is_some(),
        }
    }
}

impl Interaction {
    /// Whether the browser `session` is the one into which digits are to be typed now.
    ///
    /// # Errors
    /// [`InteractionError`] says why not.
    pub fn awaits_digits(&self, session: &str, now: DateTime<Utc>) -> Result<(), InteractionError> {
        let opened = self.opened.as_ref().ok_or(InteractionError::NotOpened)?;
        if !same_secret(&opened.session, session) {
            return Err(InteractionError::OtherBrowser);
        }
        if opened.way == Way::SameDevice {
            return Err(InteractionError::NoDigits);
        }
        let decided = self.decided.as_ref().ok_or(InteractionError::NotDecided)?;
        match &decided.completion {
            WayBack::Link(_) => Err(InteractionError::NoDigits),
            WayBack::Digits(_) if self.completed_at.is_some() => Err(InteractionError::Completed),
            WayBack::Digits(awaited) if awaited.is_over(now) => Err(InteractionError::DigitsOver),
            WayBack::Digits(_) => Ok(()),
        }
    }

    /// Digits, by their hash, are typed into the browser `session`. Wrong ones are counted; before the
    /// decision there are none to be wrong about.
    ///
    /// # Errors
    /// As [`Self::awaits_digits`].
    pub fn type_digits(
        &mut self,
        session: &str,
        hash: &str,
        now: DateTime<Utc>,
    ) -> Result<Typed, InteractionError> {
        self.awaits_digits(session, now)?;
        match &mut self.decided {
            Some(Decided {
                completion: WayBack::Digits(awaited),
                ..
            }) => Ok(awaited.try_hash(hash, now)),
            _ => Err(InteractionError::NoDigits),
        }
    }
}
