//! What somebody handed over, by its content. The name of a file says nothing.

use credential_core::{baked, encoding::from_base64url, pades};
use serde_json::Value;

/// What a file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FileForm {
    /// A PDF document.
    Pdf,
    /// A credential of the W3C data model: JSON with a proof in it, or a compact JWT, perhaps with disclosures.
    Linked(String),
    /// An SD-JWT VC, or something that is read as one and refused.
    SdJwt(String),
    /// Something that is signed, or could be, in a way that is not built; with a stable code for it.
    NotSupported(&'static str),
    /// A document without any signature, with a stable code for what was met.
    NotSigned(&'static str),
    /// Nothing that a credential could be, with a stable code.
    Malformed(&'static str),
}

impl FileForm {
    /// The form of these octets.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        if pades::is_pdf(bytes) {
            return Self::Pdf;
        }
        if baked::is_picture(bytes) {
            return match baked::baked(bytes) {
                Ok(text) => Self::of_baked(&text),
                Err(error @ baked::BakedError::NoBadge) => Self::NotSigned(error.reason()),
                Err(error) => Self::Malformed(error.reason()),
            };
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::of_text(text.trim_start_matches('\u{feff}').trim()),
            Err(_other) => Self::Malformed("file_not_text"),
        }
    }

    /// What was baked into a picture: the badge itself, or (2.0) only its address.
    fn of_baked(text: &[u8]) -> Self {
        match std::str::from_utf8(text).map(str::trim) {
            Ok(text) if text.starts_with("http") => Self::NotSupported("open_badges_2_hosted"),
            Ok(text) => Self::of_text(text),
            Err(_other) => Self::Malformed("baked_damaged"),
        }
    }

    fn of_text(text: &str) -> Self {
        if text.starts_with('{') {
            return match jose_json(text) {
                Some(code) => Self::NotSupported(code),
                None => Self::Linked(text.to_owned()),
            };
        }
        if text.starts_with('<') {
            return match text.contains("http://www.w3.org/2000/09/xmldsig#") {
                true => Self::NotSupported("xml_signature_not_supported"),
                false => Self::NotSigned("xml_without_signature"),
            };
        }
        match typ(text).as_deref() {
            Some("vc+sd-jwt") if is_of_data_model(text) => Self::Linked(text.to_owned()),
            _ if !text.contains('~') && text.split('.').count() == 3 => {
                Self::Linked(text.to_owned())
            }
            _ => Self::SdJwt(text.to_owned()),
        }
    }
}

/// The JSON serializations of JWS (RFC 7515 section 7.2), in which JAdES (ETSI TS 119 182-1) seals stand.
fn jose_json(text: &str) -> Option<&'static str> {
    if text.len() > credential_core::linked_data::MAX_LENGTH * 4 {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let is_signed = value.get("signatures").is_some() || value.get("protected").is_some();
    (is_signed && value.get("payload").is_some()).then_some("jades_not_supported")
}

fn typ(compact: &str) -> Option<String> {
    let header = part(compact.split('.').next()?)?;
    header.get("typ")?.as_str().map(str::to_owned)
}

/// `vc+sd-jwt` was once the type of what is `dc+sd-jwt` now; only a payload with contexts is a credential of the
/// data model.
fn is_of_data_model(compact: &str) -> bool {
    let payload = compact.split('.').nth(1).and_then(part);
    payload.is_some_and(|payload| payload.get("@context").is_some())
}

fn part(encoded: &str) -> Option<Value> {
    if encoded.len() > 2 * credential_core::linked_data::MAX_LENGTH {
        return None;
    }
    serde_json::from_slice(&from_base64url(encoded).ok()?).ok()
}

#[cfg(test)]
mod tests;
