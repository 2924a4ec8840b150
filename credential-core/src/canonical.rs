//! JSON hashed the same everywhere: JCS (RFC 8785), restricted to integers and strings.
//!
//! Numbers with a fraction or an exponent are refused, so that no two implementations can disagree
//! on how one is printed. Member names are sorted by their UTF-16 code units (section 3.2.3).
//!
//! [`whole_jcs`] is JCS with all its numbers, for what others sign in that form.

mod number;

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::encoding::sha256;

/// A value has no canonical form here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotCanonical {
    /// A number that is not an integer within ±(2^53 − 1).
    #[error("only whole numbers within ±(2^53 − 1) can be hashed")]
    Number,
    /// The type does not serialize to JSON.
    #[error("the value is not JSON")]
    NotJson,
}

/// The canonical text of any serializable value.
///
/// # Errors
/// [`NotCanonical`] when the value holds a fraction or does not serialize.
pub fn to_string(value: &impl Serialize) -> Result<String, NotCanonical> {
    let value = serde_json::to_value(value).map_err(|_error| NotCanonical::NotJson)?;
    let mut out = String::with_capacity(512);
    write_value(&value, write_integer, &mut out)?;
    Ok(out)
}

/// The canonical text of a value as others write it, fractions included (RFC 8785 section 3.2.2.3).
///
/// # Errors
/// [`NotCanonical::Number`] for a whole number beyond ±(2^53 − 1), which JCS would round.
pub fn whole_jcs(value: &Value) -> Result<String, NotCanonical> {
    let mut out = String::with_capacity(2048);
    write_value(value, number::write, &mut out)?;
    Ok(out)
}

/// SHA-256 of the canonical text.
///
/// # Errors
/// [`NotCanonical`] as [`to_string`].
pub fn hash(value: &impl Serialize) -> Result<[u8; 32], NotCanonical> {
    Ok(sha256(to_string(value)?))
}

type WriteNumber = fn(&serde_json::Number, &mut String) -> Result<(), NotCanonical>;

fn write_value(
    value: &Value,
    write_number: WriteNumber,
    out: &mut String,
) -> Result<(), NotCanonical> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(number, out)?,
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(item, write_number, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (index, (name, item)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(name, out);
                out.push(':');
                write_value(item, write_number, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn write_integer(number: &serde_json::Number, out: &mut String) -> Result<(), NotCanonical> {
    // 2^53 - 1: the largest integer that every JSON implementation keeps exactly.
    const MAX: i64 = (1 << 53) - 1;
    let integer = number
        .as_i64()
        .filter(|n| (-MAX..=MAX).contains(n))
        .ok_or(NotCanonical::Number)?;
    write!(out, "{integer}").map_err(|_infallible| NotCanonical::NotJson)
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => {
                let code = u32::from(control);
                out.push_str("\\u00");
                for digit in [code >> 4, code & 15] {
                    out.push(char::from_digit(digit, 16).unwrap_or('0'));
                }
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests;
