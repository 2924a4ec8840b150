//! Documents packed for the way: gzip (RFC 1952), and base64 (RFC 4648) of it, as EMREX sends ELMO.

use std::io::Read as _;

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use flate2::read::GzDecoder;

use super::{MAX_BYTES, SourceError};

const GZIP: &[u8] = b"\x1f\x8b";
/// How the first three octets of gzip (with its only method, deflate) look in base64.
const GZIP_IN_BASE64: &[u8] = b"H4sI";
/// Some senders leave the padding out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The unpacked octets; `None` when the document is not packed. At most [`MAX_BYTES`] come out,
/// however much is packed.
pub(super) fn unpack(bytes: &[u8]) -> Result<Option<Vec<u8>>, SourceError> {
    if bytes.starts_with(GZIP) {
        return gunzip(bytes).map(Some);
    }
    let start = bytes.trim_ascii_start();
    if !start.starts_with(GZIP_IN_BASE64) {
        return Ok(None);
    }
    let solid: Vec<u8> = start
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let packed = BASE64.decode(solid).map_err(|_not| SourceError::Packing)?;
    gunzip(&packed).map(Some)
}

fn gunzip(packed: &[u8]) -> Result<Vec<u8>, SourceError> {
    let mut unpacked = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    GzDecoder::new(packed)
        .take(limit)
        .read_to_end(&mut unpacked)
        .map_err(|_damaged| SourceError::Packing)?;
    if unpacked.len() > MAX_BYTES {
        return Err(SourceError::TooLarge);
    }
    Ok(unpacked)
}
