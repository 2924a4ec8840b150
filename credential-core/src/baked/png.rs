//! The text chunks of a PNG picture (PNG third edition, sections 5 and 11.3.3). The picture itself is
//! never decoded.

use std::io::Read as _;

use flate2::{Crc, read::ZlibDecoder};

use super::BakedError;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Most chunks of one picture.
const MAX_CHUNKS: usize = 10_000;
/// Keywords of Open Badges 3.0 (section 5.3) and 2.0 (Baking Specification 2.0).
const KEYWORDS: [&[u8]; 2] = [b"openbadgecredential", b"openbadges"];

struct Chunk<'b> {
    kind: &'b [u8],
    data: &'b [u8],
}

/// Whether these octets begin as a PNG picture does.
#[must_use]
pub fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// What was baked into the picture, at most `longest` octets of it.
///
/// # Errors
/// [`BakedError`].
pub(super) fn baked(bytes: &[u8], longest: usize) -> Result<Vec<u8>, BakedError> {
    let mut found = None;
    for chunk in chunks(bytes)? {
        let Some(text) = badge_text(&chunk, longest) else {
            continue;
        };
        if found.replace(text?).is_some() {
            return Err(BakedError::Several);
        }
    }
    found.ok_or(BakedError::NoBadge)
}

/// All chunks to the end of the picture, each with its length and check sum (CRC-32) verified.
fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>, BakedError> {
    let mut rest = bytes.get(SIGNATURE.len()..).unwrap_or_default();
    let mut chunks: Vec<Chunk<'_>> = Vec::new();
    loop {
        let (chunk, after) = next_chunk(rest).ok_or(BakedError::Damaged)?;
        let is_first = chunks.is_empty();
        if is_first != (chunk.kind == b"IHDR") {
            return Err(BakedError::Damaged);
        }
        if chunk.kind == b"IEND" {
            return Ok(chunks);
        }
        if chunks.len() == MAX_CHUNKS {
            return Err(BakedError::TooManyParts);
        }
        chunks.push(chunk);
        rest = after;
    }
}

fn next_chunk(bytes: &[u8]) -> Option<(Chunk<'_>, &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (checked, rest) = rest.split_at_checked(length.checked_add(4)?)?;
    let (sum, rest) = rest.split_first_chunk::<4>()?;
    let mut crc = Crc::new();
    crc.update(checked);
    let (kind, data) = checked.split_at_checked(4)?;
    (crc.sum() == u32::from_be_bytes(*sum)).then_some((Chunk { kind, data }, rest))
}

/// The text of a chunk that carries a badge; `None` of every other chunk.
fn badge_text(chunk: &Chunk<'_>, longest: usize) -> Option<Result<Vec<u8>, BakedError>> {
    if !matches!(chunk.kind, b"iTXt" | b"tEXt" | b"zTXt") {
        return None;
    }
    let (keyword, rest) = split_at_zero(chunk.data)?;
    if !KEYWORDS.contains(&keyword) {
        return None;
    }
    Some(match chunk.kind {
        b"tEXt" => plain(rest, longest),
        b"zTXt" => match rest.split_first() {
            Some((0, packed)) => inflate(packed, longest),
            _ => Err(BakedError::Damaged),
        },
        _international => international(rest, longest),
    })
}

/// The text of `iTXt` after its keyword (11.3.3.4): flag, method, language, translated keyword, text.
fn international(rest: &[u8], longest: usize) -> Result<Vec<u8>, BakedError> {
    let after_names = || {
        let (_language, rest) = split_at_zero(rest.get(2..)?)?;
        let (_keyword, text) = split_at_zero(rest)?;
        Some(text)
    };
    let text = after_names().ok_or(BakedError::Damaged)?;
    match (rest.first(), rest.get(1)) {
        (Some(0), _) => plain(text, longest),
        (Some(1), Some(0)) => inflate(text, longest),
        _ => Err(BakedError::Damaged),
    }
}

fn plain(text: &[u8], longest: usize) -> Result<Vec<u8>, BakedError> {
    match text.len() <= longest {
        true => Ok(text.to_vec()),
        false => Err(BakedError::TooLarge),
    }
}

fn inflate(packed: &[u8], longest: usize) -> Result<Vec<u8>, BakedError> {
    let mut unpacked = Vec::new();
    ZlibDecoder::new(packed)
        .take(u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1))
        .read_to_end(&mut unpacked)
        .map_err(|_damaged| BakedError::Damaged)?;
    if unpacked.len() > longest {
        return Err(BakedError::TooLarge);
    }
    Ok(unpacked)
}

fn split_at_zero(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let zero = bytes.iter().position(|b| *b == 0)?;
    Some((bytes.get(..zero)?, bytes.get(zero + 1..)?))
}
