//! Decimal amounts kept as text, because a credential hashes integers and strings only.

use std::{fmt, str::FromStr};

/// A decimal number without sign, in its shortest form: `180`, `1.5`, `0.25`.
///
/// At most nine digits stand before the point and six after it.
///
/// ```
/// use credential_core::record::Amount;
/// assert_eq!("180.0".parse::<Amount>()?.as_str(), "180");
/// assert_eq!("1.5e1".parse::<Amount>()?.as_str(), "15");
/// # Ok::<(), credential_core::record::NotAnAmount>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Amount(String);

/// The text is not a decimal number without sign, or has too many digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an amount with at most nine digits before the point and six after it")]
pub struct NotAnAmount;

const MAX_WHOLE: usize = 9;
const MAX_FRACTION: usize = 6;

impl Amount {
    /// The shortest decimal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The exact sum; `None` for no amounts, or when the sum has too many digits.
    pub fn sum<'a>(amounts: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut sum = None;
        for amount in amounts {
            sum = Some(sum.unwrap_or(0_u64).checked_add(amount.millionths()?)?);
        }
        let sum = sum?;
        let (whole, fraction) = (sum / 1_000_000, sum % 1_000_000);
        format!("{whole}.{fraction:06}").parse().ok()
    }

    /// Whether it is `whole` or more.
    #[must_use]
    pub fn is_at_least(&self, whole: u32) -> bool {
        let least = u64::from(whole) * 1_000_000;
        self.millionths().is_some_and(|amount| amount >= least)
    }

    fn millionths(&self) -> Option<u64> {
        let (whole, fraction) = self.0.split_once('.').unwrap_or((&self.0, ""));
        format!("{whole}{fraction:0<6}").parse().ok()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads the text of a JSON number (RFC 8259 section 6), exponent included.
impl FromStr for Amount {
    type Err = NotAnAmount;
    fn from_str(text: &str) -> Result<Self, NotAnAmount> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let is_number = |digits: &str| {
            (1..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
        };
        if !is_number(whole) || !is_number(fraction) {
            return Err(NotAnAmount);
        }
        shift(whole, fraction, exponent)
    }
}

fn parse_exponent(text: &str) -> Result<i32, NotAnAmount> {
    text.parse()
        .ok()
        .filter(|exponent| (-32..=32).contains(exponent))
        .ok_or(NotAnAmount)
}

/// Moves the decimal point `exponent` places to the right and drops zeros that say nothing.
fn shift(whole: &str, fraction: &str, exponent: i32) -> Result<Amount, NotAnAmount> {
    let padding = "0".repeat(32);
    let digits = format!("{padding}{whole}{fraction}{padding}");
    let point = i32::try_from(padding.len() + whole.len()).map_err(|_long| NotAnAmount)? + exponent;
    let point = usize::try_from(point).map_err(|_negative| NotAnAmount)?;
    let (whole, fraction) = digits.split_at_checked(point).ok_or(NotAnAmount)?;
    let (whole, fraction) = (
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    );
    if whole.len() > MAX_WHOLE || fraction.len() > MAX_FRACTION {
        return Err(NotAnAmount);
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok(Amount(if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }))
}
