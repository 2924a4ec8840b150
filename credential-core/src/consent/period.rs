//! Durations as ISO 8601 text, limited to weeks, days and hours: their length never depends on the
//! calendar, so both sides compute the same end.

use std::{fmt, str::FromStr};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// A duration of whole hours: `P90D`, `P2W`, `PT12H`, `P1DT6H`. At most ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    hours: u32,
}

/// The text is not a duration of weeks, days and hours, or is zero or longer than ten years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a duration such as P90D or PT12H (weeks, days and hours only)")]
pub struct NotAPeriod;

const MAX_HOURS: u32 = 10 * 366 * 24;

impl Period {
    /// A number of days.
    ///
    /// # Errors
    /// [`NotAPeriod`] for zero days or more than ten years.
    pub fn days(days: u32) -> Result<Self, NotAPeriod> {
        Self::hours(days.checked_mul(24).ok_or(NotAPeriod)?)
    }

    fn hours(hours: u32) -> Result<Self, NotAPeriod> {
        if (1..=MAX_HOURS).contains(&hours) {
            Ok(Self { hours })
        } else {
            Err(NotAPeriod)
        }
    }

    /// The same as a length of time.
    #[must_use]
    pub fn as_delta(self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.hours))
    }

    /// Whole days, rounded up: what a person is told.
    #[must_use]
    pub fn in_days(self) -> u32 {
        self.hours.div_ceil(24)
    }
}

impl FromStr for Period {
    type Err = NotAPeriod;

    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let rest = text.strip_prefix('P').ok_or(NotAPeriod)?;
        let (date, time) = rest
            .split_once('T')
            .map_or((rest, None), |(d, t)| (d, Some(t)));
        let of_date = match date.strip_suffix('W') {
            Some(weeks) => number(weeks)?.checked_mul(7 * 24),
            None if date.is_empty() => Some(0),
            None => number(date.strip_suffix('D').ok_or(NotAPeriod)?)?.checked_mul(24),
        };
        let of_time = match time {
            Some(time) => number(time.strip_suffix('H').ok_or(NotAPeriod)?)?,
            None => 0,
        };
        Self::hours(
            of_date
                .and_then(|date| date.checked_add(of_time))
                .ok_or(NotAPeriod)?,
        )
    }
}

fn number(digits: &str) -> Result<u32, NotAPeriod> {
    if digits.is_empty() || digits.len() > 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotAPeriod);
    }
    digits.parse().map_err(|_too_large| NotAPeriod)
}

impl TryFrom<String> for Period {
    type Error = NotAPeriod;
    fn try_from(text: String) -> Result<Self, NotAPeriod> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.hours / 24, self.hours % 24) {
            (days, 0) => write!(f, "P{days}D"),
            (0, hours) => write!(f, "PT{hours}H"),
            (days, hours) => write!(f, "P{days}DT{hours}H"),
        }
    }
}

#[cfg(feature = "schema")]
crate::schema::text!(
    Period,
    "A duration of whole hours: weeks or days, and hours.",
    "^P([0-9]{1,6}[WD](T[0-9]{1,6}H)?|T[0-9]{1,6}H)$"
);
