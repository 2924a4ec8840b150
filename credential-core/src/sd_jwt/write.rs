//! JSON and compact JWS written by hand into one buffer: issuing has fourteen microseconds beside its
//! signature, and most of what a general serializer does is allocate.

use std::fmt::Write as _;

use crate::{
    encoding::base64url_into,
    jose::{SignError, Signer},
};

/// Appends a JSON string.
pub(super) fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(must_be_escaped) {
        let (plain, tail) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        escape(tail.as_bytes().first().copied().unwrap_or_default(), out);
        rest = tail.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    out.push('"');
}

/// Appends a member whose value is a string.
pub(super) fn member(name: &str, value: &str, out: &mut String) {
    separate(out);
    string(name, out);
    out.push(':');
    string(value, out);
}

/// Appends a member whose value is an integer.
pub(super) fn integer_member(name: &str, value: i64, out: &mut String) {
    separate(out);
    string(name, out);
    out.push(':');
    integer(value, out);
}

/// Appends an integer.
pub(super) fn integer(value: i64, out: &mut String) {
    // Writing to a String cannot fail.
    let _infallible = write!(out, "{value}");
}

/// Appends a comma unless an object or array was only just opened.
pub(super) fn separate(out: &mut String) {
    if !out.ends_with(['{', '[']) {
        out.push(',');
    }
}

/// Appends the compact JWS of `payload` (RFC 7515 section 3.1) and signs it.
pub(super) fn sign(
    typ: &str,
    kid: Option<&str>,
    payload: &str,
    signer: &dyn Signer,
    out: &mut String,
) -> Result<(), SignError> {
    let mut header = String::with_capacity(128);
    header.push('{');
    member("alg", signer.algorithm().name(), &mut header);
    member("typ", typ, &mut header);
    if let Some(kid) = kid {
        member("kid", kid, &mut header);
        certificates(signer.certificates(), &mut header);
    }
    header.push('}');
    let start = out.len();
    base64url_into(header, out);
    out.push('.');
    base64url_into(payload, out);
    let signature = signer.sign(out.get(start..).unwrap_or_default().as_bytes())?;
    out.push('.');
    base64url_into(signature, out);
    Ok(())
}

/// The chain of an issuer's key (RFC 7515 section 4.1.6); a holder's key, which has no key id, has none.
fn certificates(chain: &[String], out: &mut String) {
    if chain.is_empty() {
        return;
    }
    separate(out);
    string("x5c", out);
    out.push_str(":[");
    for certificate in chain {
        separate(out);
        string(certificate, out);
    }
    out.push(']');
}

fn must_be_escaped(byte: u8) -> bool {
    byte < b' ' || byte == b'"' || byte == b'\\'
}

fn escape(byte: u8, out: &mut String) {
    match byte {
        b'"' => out.push_str("\\\""),
        b'\\' => out.push_str("\\\\"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b'\t' => out.push_str("\\t"),
        control => {
            let _infallible = write!(out, "\\u{control:04x}");
        }
    }
}
