//! Which octets a signature covers: all from the first one on, but its own `/Contents`.

use super::{finding::NotCheckable, signature::Signature};

/// The octets that a signature covers, and the signed data in the gap between them.
pub(super) struct Covered<'b> {
    before: &'b [u8],
    after: &'b [u8],
    /// The first octet that is not covered.
    pub(super) end: usize,
    pub(super) contents: Vec<u8>,
}

impl Covered<'_> {
    /// What was digested.
    pub(super) fn octets(&self) -> Vec<u8> {
        [self.before, self.after].concat()
    }
}

/// Checks `/ByteRange`: from the beginning, and around the hexadecimal string of `/Contents` and nothing
/// else. Where it ends is the end of the document as it was signed, which ends with `%%EOF`.
pub(super) fn covered<'b>(
    bytes: &'b [u8],
    signature: &Signature,
) -> Result<Covered<'b>, NotCheckable> {
    let [start, length, second, rest] = signature.byte_range;
    let gap = &signature.contents.span;
    if start != 0 || length != gap.start || second != gap.end {
        return Err(NotCheckable::NotWhole);
    }
    let end = second.checked_add(rest).ok_or(NotCheckable::NotWhole)?;
    let before = bytes.get(..length).ok_or(NotCheckable::NotWhole)?;
    let after = bytes.get(second..end).ok_or(NotCheckable::NotWhole)?;
    if !after.trim_ascii_end().ends_with(b"%%EOF") {
        return Err(NotCheckable::NotWhole);
    }
    let contents = octets(&signature.contents.digits, gap.len())?;
    Ok(Covered {
        before,
        after,
        end,
        contents,
    })
}

/// The digits alone fill the gap: white space in it would be octets that nobody signed.
fn octets(digits: &[u8], gap: usize) -> Result<Vec<u8>, NotCheckable> {
    let (pairs, odd) = digits.as_chunks::<2>();
    if digits.len() + 2 != gap || !odd.is_empty() {
        return Err(NotCheckable::Malformed);
    }
    let octet = |pair: &[u8; 2]| {
        let text = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(text, 16).ok()
    };
    let octets: Option<Vec<u8>> = pairs.iter().map(octet).collect();
    octets.ok_or(NotCheckable::Malformed)
}
