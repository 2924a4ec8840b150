//! The Finnish personal identity code (henkilötunnus): recognised so that it can be kept out.
//!
//! Form: `ddmmyy`, a mark of the century, three digits, a check character (Government Decree
//! 128/2010 section 2; the further marks of the century since 2023). A code is looked at where a
//! source gives no date of birth, and nowhere kept.

use chrono::NaiveDate;

const LENGTH: usize = 11;
const CHECK: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";

/// The date of birth that a code with a correct check character holds.
///
/// ```
/// use credential_core::record::identity_code::birthdate;
/// assert_eq!(birthdate("010203A9024").map(|d| d.to_string()).as_deref(), Some("2003-02-01"));
/// assert_eq!(birthdate("010203A9025"), None);
/// ```
#[must_use]
pub fn birthdate(code: &str) -> Option<NaiveDate> {
    let parts = Parts::of(code.as_bytes())?;
    let remainder = usize::try_from(parts.number % 31).ok()?;
    (CHECK.get(remainder) == Some(&parts.check)).then_some(parts.birthdate)
}

/// Whether a code stands anywhere in the text, alone or between other characters than letters and
/// digits. The check character is not verified: a mistyped code is as private as a correct one.
#[must_use]
pub fn appears_in(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(LENGTH).enumerate().any(|(start, window)| {
        let neighbour = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_alphanumeric)
        };
        !neighbour(start.checked_sub(1))
            && !neighbour(Some(start + LENGTH))
            && Parts::of(window).is_some()
    })
}

struct Parts {
    birthdate: NaiveDate,
    number: u32,
    check: u8,
}

impl Parts {
    fn of(code: &[u8]) -> Option<Self> {
        let code: &[u8; LENGTH] = code.try_into().ok()?;
        let [d1, d2, m1, m2, y1, y2, mark, n1, n2, n3, check] = *code;
        let day = decimal(&[d1, d2])?;
        let month = decimal(&[m1, m2])?;
        let year = century(mark)? + i32::try_from(decimal(&[y1, y2])?).ok()?;
        let check = check.to_ascii_uppercase();
        let check = CHECK.contains(&check).then_some(check)?;
        Some(Self {
            birthdate: NaiveDate::from_ymd_opt(year, month, day)?,
            number: decimal(&[d1, d2, m1, m2, y1, y2, n1, n2, n3])?,
            check,
        })
    }
}

fn century(mark: u8) -> Option<i32> {
    match mark.to_ascii_uppercase() {
        b'+' => Some(1800),
        b'-' | b'U'..=b'Y' => Some(1900),
        b'A'..=b'F' => Some(2000),
        _ => None,
    }
}

fn decimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u32::from(digit - b'0'))
    })
}
