//! The six digits that lead an answer from the wallet's device to the browser that began on another:
//! the wallet shows them, the person types them.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many there are.
const COUNT: usize = 6;
/// The longest typed text that is looked at, in octets.
const LONGEST: usize = 32;

/// Exactly six decimal digits. `Debug` does not show them: who has them and the browser can finish.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(try_from = "String", into = "String")]
pub struct Digits(String);

/// The text is not six digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not six digits")]
pub struct NotSixDigits;

impl Digits {
    /// Six digits of random or derived octets; each of the million is as likely as any other to
    /// within one part in 10^13.
    #[must_use]
    pub fn of(octets: [u8; 8]) -> Self {
        Self(format!("{:06}", u64::from_be_bytes(octets) % 1_000_000))
    }

    /// What a person typed: spaces between the digits do not matter.
    ///
    /// # Errors
    /// [`NotSixDigits`].
    pub fn typed(text: &str) -> Result<Self, NotSixDigits> {
        if text.len() > LONGEST {
            return Err(NotSixDigits);
        }
        let close: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        close.try_into()
    }

    /// Without a space.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read them: `123 456`.
    #[must_use]
    pub fn spaced(&self) -> String {
        let (first, last) = self.0.split_at(COUNT / 2);
        format!("{first} {last}")
    }
}

impl TryFrom<String> for Digits {
    type Error = NotSixDigits;

    fn try_from(text: String) -> Result<Self, NotSixDigits> {
        let fits = text.len() == COUNT && text.bytes().all(|b| b.is_ascii_digit());
        fits.then_some(Self(text)).ok_or(NotSixDigits)
    }
}

impl From<Digits> for String {
    fn from(digits: Digits) -> Self {
        digits.0.clone()
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(..)")
    }
}

#[cfg(feature = "schema")]
crate::schema::text!(
    Digits,
    "Six digits, to be typed into the browser that began.",
    "^[0-9]{6}$"
);

#[cfg(test)]
mod tests;
