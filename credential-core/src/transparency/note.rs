//! Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::keys::is_key_name;

/// Longest note that is read, in octets.
pub const MAX_NOTE: usize = 32 * 1024;
/// Most signatures of one note; the standard asks for at least 16.
const MAX_SIGNATURES: usize = 32;
/// Longest signature, in octets; post-quantum ones of keys that we do not know included.
const MAX_SIGNATURE: usize = 8 * 1024;
const DASH: &str = "\u{2014} ";

/// A note whose form is right. Nothing of it is believed until a key has verified it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// One line of a note: who says to have signed, by name and key id, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    name: String,
    id: [u8; 4],
    octets: Vec<u8>,
}

/// Why a note is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Longer than [`MAX_NOTE`] octets, or more than 32 signatures.
    #[error("the note is too long or has too many signatures")]
    TooLong,
    /// No note by C2SP signed-note.
    #[error("this is no signed note")]
    Malformed,
    /// The key that is trusted has not signed it.
    #[error("the note is not signed by the key that is trusted")]
    NotSigned,
    /// A line that names the trusted key is not its signature.
    #[error("a signature of the note is wrong")]
    WrongSignature,
}

impl NoteError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "note_too_long",
            Self::Malformed => "note_malformed",
            Self::NotSigned => "note_not_signed",
            Self::WrongSignature => "note_wrong_signature",
        }
    }
}

impl Note {
    /// Reads a note. Every note that is read is written again with the same octets.
    ///
    /// # Errors
    /// [`NoteError::TooLong`], [`NoteError::Malformed`].
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE {
            return Err(NoteError::TooLong);
        }
        let end = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, signatures) = note.split_at(end + 1);
        let signatures = signatures.strip_prefix('\n').unwrap_or_default();
        if signatures.is_empty() {
            return Err(NoteError::Malformed);
        }
        Self::unsigned(text)?.with_lines(signatures)
    }

    /// A text that is to be signed: it ends with a newline and holds no other control characters.
    ///
    /// # Errors
    /// [`NoteError::TooLong`], [`NoteError::Malformed`].
    pub fn unsigned(text: &str) -> Result<Self, NoteError> {
        if text.len() > MAX_NOTE {
            return Err(NoteError::TooLong);
        }
        let is_plain = !text.chars().any(|c| c < ' ' && c != '\n');
        if !text.ends_with('\n') || !is_plain {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            text: text.into(),
            signatures: Vec::new(),
        })
    }

    /// This note with the signatures of these lines too, each ended by a newline.
    ///
    /// # Errors
    /// [`NoteError::TooLong`], [`NoteError::Malformed`].
    pub fn with_lines(mut self, lines: &str) -> Result<Self, NoteError> {
        let lines = match lines.strip_suffix('\n') {
            Some(lines) => lines,
            None if lines.is_empty() => return Ok(self),
            None => return Err(NoteError::Malformed),
        };
        for line in lines.split('\n') {
            self.signatures.push(Signature::parse(line)?);
            if self.signatures.len() > MAX_SIGNATURES {
                return Err(NoteError::TooLong);
            }
        }
        Ok(self)
    }

    /// This note with one more signature.
    #[must_use]
    pub fn with(mut self, signature: Signature) -> Self {
        self.signatures.push(signature);
        self
    }

    /// What is signed, with its last newline.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signature lines, of whatever key.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }
}

/// The note as it travels.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|line| write!(f, "{line}"))
    }
}

impl Signature {
    pub(super) fn new(name: &str, id: [u8; 4], octets: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            id,
            octets,
        }
    }

    fn parse(line: &str) -> Result<Self, NoteError> {
        let malformed = NoteError::Malformed;
        let (name, encoded) = line
            .strip_prefix(DASH)
            .and_then(|line| line.split_once(' '))
            .filter(|(name, _)| is_key_name(name))
            .ok_or(malformed)?;
        if encoded.len() > MAX_SIGNATURE.div_ceil(3) * 4 {
            return Err(NoteError::TooLong);
        }
        let octets = STANDARD.decode(encoded).map_err(|_error| malformed)?;
        let (id, octets) = octets.split_first_chunk().ok_or(malformed)?;
        if octets.is_empty() {
            return Err(malformed);
        }
        Ok(Self::new(name, *id, octets.to_vec()))
    }

    /// The key's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }
}

/// The line, with its newline.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoded = STANDARD.encode([self.id.as_slice(), &self.octets].concat());
        writeln!(f, "{DASH}{} {encoded}", self.name)
    }
}
