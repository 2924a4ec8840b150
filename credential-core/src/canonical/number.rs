//! Numbers as ECMAScript writes them (ECMA-262 section 6.1.6.1.20), which is how JCS does.

use std::fmt::Write as _;

use serde_json::Number;

use super::{NotCanonical, write_integer};

pub(super) fn write(number: &Number, out: &mut String) -> Result<(), NotCanonical> {
    if !number.is_f64() {
        return write_integer(number, out);
    }
    let (digits, exponent) = digits(number).ok_or(NotCanonical::Number)?;
    if number.as_f64().is_some_and(|value| value < 0.0) {
        out.push('-');
    }
    lay_out(&digits, exponent, out).map_err(|_infallible| NotCanonical::Number)
}

/// The shortest digits that read back as the same number, with the power of ten of the first: what
/// `serde_json` writes, laid out in one way. Of two that are as near it takes the even one, as ECMAScript
/// does and the standard library does not.
fn digits(number: &Number) -> Option<(String, i32)> {
    let written = number.to_string();
    let (mantissa, exponent) = match written.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (written.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.trim_start_matches('-');
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Some(("0".to_owned(), 0));
    }
    let leading = i32::try_from(all.len() - significant.len()).ok()?;
    let before_point = i32::try_from(whole.len()).ok()?;
    let digits = significant.trim_end_matches('0').to_owned();
    Some((
        digits,
        i32::checked_add(exponent, before_point - leading - 1)?,
    ))
}

/// Digits with the point after the first of them, times ten to the exponent.
fn lay_out(digits: &str, exponent: i32, out: &mut String) -> std::fmt::Result {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let (first, rest) = digits.split_at_checked(1).ok_or(std::fmt::Error)?;
    match exponent {
        0..21 if exponent + 1 >= count => {
            out.push_str(digits);
            out.extend(std::iter::repeat_n('0', places(exponent + 1 - count)));
        }
        0..21 => {
            let split = digits.split_at_checked(places(exponent + 1));
            let (whole, fraction) = split.ok_or(std::fmt::Error)?;
            write!(out, "{whole}.{fraction}")?;
        }
        -6..0 => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', places(-exponent - 1)));
            out.push_str(digits);
        }
        _ => {
            let point = if rest.is_empty() { "" } else { "." };
            write!(out, "{first}{point}{rest}e{exponent:+}")?;
        }
    }
    Ok(())
}

fn places(count: i32) -> usize {
    usize::try_from(count).unwrap_or(0)
}
