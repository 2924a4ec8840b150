//! base64url without padding (RFC 4648 section 5) and SHA-256, the two encodings everything uses.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Text was not base64url without padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not base64url without padding")]
pub struct NotBase64Url;

/// Encodes octets as base64url without padding.
#[must_use]
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the base64url form of `bytes` to `out` without another allocation.
pub fn base64url_into(bytes: impl AsRef<[u8]>, out: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, out);
}

/// Decodes base64url; padding, white space and non-canonical trailing bits are refused.
///
/// # Errors
/// [`NotBase64Url`].
pub fn from_base64url(text: impl AsRef<[u8]>) -> Result<Vec<u8>, NotBase64Url> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_invalid| NotBase64Url)
}

/// SHA-256 (FIPS 180-4).
#[must_use]
pub fn sha256(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, bytes.as_ref()).as_ref());
    hash
}

/// base64url of the SHA-256, the form in which hashes travel in JSON.
#[must_use]
pub fn sha256_base64url(bytes: impl AsRef<[u8]>) -> String {
    base64url(sha256(bytes))
}

/// Hexadecimal in lower case, two digits for each octet.
#[must_use]
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    let octets = bytes.as_ref().iter();
    octets
        .flat_map(|octet| [digit(octet >> 4), digit(octet & 15)])
        .collect()
}
