//! Ed25519 keys of logs and witnesses, and their names (C2SP signed-note and tlog-cosignature).

use std::{fmt, str::FromStr};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use ring::{
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use zeroize::Zeroizing;

use super::{
    checkpoint::Checkpoint,
    note::{Note, NoteError, Signature},
};
use crate::{encoding::sha256, jose::SignError};

/// Longest name of a key, in octets.
const MAX_NAME: usize = 255;

/// What a key signs. The numbers are C2SP's signature types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum KeyKind {
    /// A log's key: the note's text.
    Log = 1,
    /// A witness's key: the note's text with the time it was seen.
    Witness = 4,
}

/// A public key with its name: `name+id+key`, the id in hexadecimal, the key in base64.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VerifierKey {
    name: String,
    kind: KeyKind,
    public: [u8; 32],
}

/// Why a text is no verifier key, or a name none of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteKeyError {
    /// The name is empty, longer than 255 octets, or holds spaces, `+` or control characters.
    #[error("a key's name is 1 to 255 octets without spaces, plus signs and control characters")]
    Name,
    /// Not `name+id+key`.
    #[error("a verifier key is name+id+key, as the log or witness prints it")]
    Malformed,
    /// The key is neither an Ed25519 log key nor an Ed25519 witness key.
    #[error("the key is of a type that is not supported")]
    Type,
    /// The id is not that of the key and its name: one of them was mistyped.
    #[error("the key does not belong to the name")]
    Mismatch,
}

impl NoteKeyError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Name => "note_key_name",
            Self::Malformed => "note_key_malformed",
            Self::Type => "note_key_type",
            Self::Mismatch => "note_key_mismatch",
        }
    }
}

/// Whether a key can have this name.
#[must_use]
pub fn is_key_name(name: &str) -> bool {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    !name.is_empty() && name.len() <= MAX_NAME && name.chars().all(is_plain)
}

impl VerifierKey {
    /// The key's name; for a log its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it signs.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// SHA-256(name ‖ newline ‖ type ‖ key), the first four octets.
    #[must_use]
    pub fn id(&self) -> [u8; 4] {
        let named = [
            self.name.as_bytes(),
            &[b'\n', self.kind as u8],
            &self.public,
        ];
        let [a, b, c, d, ..] = sha256(named.concat());
        [a, b, c, d]
    }

    /// Whether this log has signed the note.
    ///
    /// # Errors
    /// [`NoteError::NotSigned`]; [`NoteError::WrongSignature`] when a line that names this key is wrong,
    /// whatever others say.
    pub fn verify(&self, note: &Note) -> Result<(), NoteError> {
        if self.kind != KeyKind::Log {
            return Err(NoteError::NotSigned);
        }
        let mut is_signed = false;
        for signature in self.own(note) {
            self.check(note.text().as_bytes(), signature.octets())?;
            is_signed = true;
        }
        is_signed.then_some(()).ok_or(NoteError::NotSigned)
    }

    /// When this witness has seen the note; the latest time, when it has cosigned it more than once.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_cosignature(&self, note: &Note) -> Result<DateTime<Utc>, NoteError> {
        if self.kind != KeyKind::Witness {
            return Err(NoteError::NotSigned);
        }
        let mut latest = None;
        for signature in self.own(note) {
            let (time, signed) = signature
                .octets()
                .split_first_chunk()
                .ok_or(NoteError::WrongSignature)?;
            let at = i64::try_from(u64::from_be_bytes(*time))
                .ok()
                .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
                .ok_or(NoteError::WrongSignature)?;
            self.check(cosigned(note.text(), at).as_bytes(), signed)?;
            latest = latest.max(Some(at));
        }
        latest.ok_or(NoteError::NotSigned)
    }

    /// The lines that name this key.
    pub(super) fn own<'n>(&self, note: &'n Note) -> impl Iterator<Item = &'n Signature> {
        let (name, id) = (self.name.clone(), self.id());
        note.signatures()
            .iter()
            .filter(move |line| line.name() == name && line.id() == id)
    }

    fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), NoteError> {
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(message, signature)
            .map_err(|ring::error::Unspecified| NoteError::WrongSignature)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let key = STANDARD.encode([[self.kind as u8].as_slice(), &self.public].concat());
        write!(f, "{}+{id:08x}+{key}", self.name)
    }
}

impl FromStr for VerifierKey {
    type Err = NoteKeyError;

    fn from_str(text: &str) -> Result<Self, NoteKeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(_id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteKeyError::Malformed);
        };
        if !is_key_name(name) {
            return Err(NoteKeyError::Name);
        }
        let key = STANDARD
            .decode(key)
            .map_err(|_error| NoteKeyError::Malformed)?;
        let (kind, public) = key.split_first().ok_or(NoteKeyError::Malformed)?;
        let kind = match kind {
            1 => KeyKind::Log,
            4 => KeyKind::Witness,
            _ => return Err(NoteKeyError::Type),
        };
        let public = public
            .try_into()
            .map_err(|_length| NoteKeyError::Malformed)?;
        let key = Self {
            name: name.into(),
            kind,
            public,
        };
        // One way to write a key: also the id in lower case.
        if key.to_string() == text {
            Ok(key)
        } else {
            Err(NoteKeyError::Mismatch)
        }
    }
}

impl Serialize for VerifierKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for VerifierKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(feature = "schema")]
crate::schema::text!(
    VerifierKey,
    "A verifier key of C2SP signed-note: name+id+key.",
    r"^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$"
);

/// What a witness signs (C2SP tlog-cosignature).
fn cosigned(text: &str, at: DateTime<Utc>) -> String {
    format!("cosignature/v1\ntime {}\n{text}", at.timestamp())
}

/// The private key of a log. `Debug` shows the public half only.
pub struct LogSigner(Pair);

/// The private key of a witness. `Debug` shows the public half only.
pub struct WitnessSigner(Pair);

struct Pair {
    pair: Ed25519KeyPair,
    key: VerifierKey,
}

impl Pair {
    fn generate() -> Result<Zeroizing<Vec<u8>>, SignError> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|ring::error::Unspecified| SignError::Unavailable)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// A name that no key can have is refused as a damaged key: it is checked where it comes from.
    fn load(name: &str, kind: KeyKind, pkcs8: &[u8]) -> Result<Self, SignError> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_error| SignError::DamagedKey)?;
        let public = pair
            .public_key()
            .as_ref()
            .try_into()
            .map_err(|_length| SignError::DamagedKey)?;
        if !is_key_name(name) {
            return Err(SignError::DamagedKey);
        }
        let key = VerifierKey {
            name: name.into(),
            kind,
            public,
        };
        Ok(Self { pair, key })
    }
}

macro_rules! signers {
    ($($signer:ident is $kind:ident),+) => {$(
        impl $signer {
            /// A new key in its PKCS #8 form (RFC 8410), which is wiped when dropped.
            ///
            /// # Errors
            /// [`SignError::Unavailable`] when the system's generator does not answer.
            pub fn generate() -> Result<Zeroizing<Vec<u8>>, SignError> {
                Pair::generate()
            }

            /// The key of a PKCS #8 document, under this name.
            ///
            /// # Errors
            /// [`SignError::DamagedKey`] when the octets are no Ed25519 key or no key can be called so.
            pub fn from_pkcs8(name: &str, pkcs8: &[u8]) -> Result<Self, SignError> {
                Pair::load(name, KeyKind::$kind, pkcs8).map(Self)
            }

            /// The public key, to be given to everybody.
            #[must_use]
            pub fn verifier(&self) -> &VerifierKey {
                &self.0.key
            }
        }

        impl fmt::Debug for $signer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($signer)).field(&self.0.key.to_string()).finish()
            }
        }
    )+};
}

signers!(LogSigner is Log, WitnessSigner is Witness);

impl LogSigner {
    /// The signed note of a checkpoint of this log.
    ///
    /// # Errors
    /// [`NoteError::Malformed`] when the checkpoint is of another log.
    pub fn sign(&self, checkpoint: &Checkpoint) -> Result<Note, NoteError> {
        if checkpoint.origin != self.0.key.name {
            return Err(NoteError::Malformed);
        }
        let note = Note::unsigned(&checkpoint.to_string())?;
        let octets = self.0.pair.sign(note.text().as_bytes()).as_ref().to_vec();
        Ok(note.with(Signature::new(&self.0.key.name, self.0.key.id(), octets)))
    }
}

impl WitnessSigner {
    /// The line that says: this checkpoint was the newest of its log at `at`, and everything seen before
    /// is its beginning.
    #[must_use]
    pub fn cosign(&self, note: &Note, at: DateTime<Utc>) -> Signature {
        let message = cosigned(note.text(), at);
        let signed = self.0.pair.sign(message.as_bytes());
        let time = u64::try_from(at.timestamp()).unwrap_or_default();
        let octets = [time.to_be_bytes().as_slice(), signed.as_ref()].concat();
        Signature::new(&self.0.key.name, self.0.key.id(), octets)
    }
}
