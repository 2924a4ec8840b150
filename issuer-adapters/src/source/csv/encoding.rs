//! How the characters of a table are encoded.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1252};

/// A table as text, without byte order mark.
pub(crate) struct Decoded<'b> {
    pub(crate) text: Cow<'b, str>,
    /// Nothing in the document says how it is encoded, and it is not UTF-8.
    pub(crate) is_assumed: bool,
}

/// UTF-8 or UTF-16 by the byte order mark, or UTF-8, or Windows-1252, in which nearly all octets mean
/// something. `None` for what is no text in any of them: it has characters that no text has.
pub(crate) fn decode(bytes: &[u8]) -> Option<Decoded<'_>> {
    let (text, is_assumed) = if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(mark..)?;
        let text = encoding.decode_without_bom_handling_and_without_replacement(rest)?;
        (text, false)
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        (Cow::Borrowed(text), false)
    } else {
        (WINDOWS_1252.decode_without_bom_handling(bytes).0, true)
    };
    let is_text = !text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'));
    is_text.then_some(Decoded { text, is_assumed })
}
