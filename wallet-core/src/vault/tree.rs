//! Typed trees: which keys and values belong together, and how one record is laid out.
//!
//! ```text
//! record   = u32 |key| ‖ u32 |value| ‖ key ‖ value ‖ zeros, up to a multiple of 256 octets
//! key      = JCS (RFC 8785), so that equal keys are equal octets
//! value    = JSON (RFC 8259)
//! ```
//!
//! The key is repeated inside, because its blinded form cannot be turned back. The padding leaves a
//! thief of the folder sizes in steps of 256 octets only.

use std::{fmt, io, marker::PhantomData};

use credential_core::canonical;
use serde::{Serialize, de::DeserializeOwned};

use super::{VaultError, plaintext::Plaintext};

/// The longest key, in octets of its JSON.
pub const MAX_KEY: usize = 1024;
/// The largest value, in octets of its JSON.
pub const MAX_VALUE: usize = 8 * 1024 * 1024;
const MAX_NAME: usize = 32;
const PADDING: usize = 256;

/// A kind of record: the name under which it is kept, the type of its keys, the type of its values.
///
/// Declared as a constant, and used with every operation of a [`Vault`](super::Vault). Two trees of
/// the same name hold the same records, so a name is declared once.
///
/// ```
/// use wallet_core::vault::Tree;
/// const NOTES: Tree<String, Vec<String>> = Tree::new("notes");
/// ```
///
/// A name that is empty, longer than 32 octets or not of `a-z 0-9 - _` does not compile:
///
/// ```compile_fail,E0080
/// use wallet_core::vault::Tree;
/// const NOTES: Tree<String, String> = Tree::new("Notes");
/// # let _ = NOTES;
/// ```
pub struct Tree<K, V> {
    name: &'static str,
    types: PhantomData<fn(K) -> V>,
}

impl<K, V> Tree<K, V> {
    /// Names a tree. In a constant, a name that is not allowed is an error of compilation.
    ///
    /// # Panics
    /// Outside a constant, when the name is not allowed.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        assert!(is_name(name), "1 to 32 octets of a-z 0-9 - _");
        Self {
            name,
            types: PhantomData,
        }
    }

    /// The tree's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<K, V> Clone for Tree<K, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K, V> Copy for Tree<K, V> {}

impl<K, V> fmt::Debug for Tree<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tree").field(&self.name).finish()
    }
}

const fn is_name(name: &str) -> bool {
    let mut rest = name.as_bytes();
    let length = rest.len();
    while let [first, tail @ ..] = rest {
        if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') {
            return false;
        }
        rest = tail;
    }
    0 < length && length <= MAX_NAME
}

impl<K: Serialize, V> Tree<K, V> {
    /// The key's octets.
    pub(super) fn key(&self, key: &K) -> Result<Plaintext, VaultError> {
        let text = canonical::to_string(key)
            .map_err(|_error| VaultError::NotSerializable { tree: self.name })?;
        if text.len() > MAX_KEY {
            return Err(VaultError::TooLarge { limit: MAX_KEY });
        }
        Ok(Plaintext::from(text.into_bytes()))
    }
}

impl<K, V: Serialize> Tree<K, V> {
    /// Lays out a record.
    pub(super) fn record(&self, key: &[u8], value: &V) -> Result<Plaintext, VaultError> {
        let mut record = Plaintext::with_capacity(4096);
        record.append(&[0; 8]);
        record.append(key);
        let mut bounded = Bounded {
            into: &mut record,
            room: MAX_VALUE,
        };
        serde_json::to_writer(&mut bounded, value).map_err(|error| match error.is_io() {
            true => VaultError::TooLarge { limit: MAX_VALUE },
            false => VaultError::NotSerializable { tree: self.name },
        })?;
        let lengths = [key.len(), MAX_VALUE - bounded.room].map(|length| length as u32);
        for (into, length) in record.chunks_exact_mut(4).zip(lengths) {
            into.copy_from_slice(&length.to_be_bytes());
        }
        record.resize(record.len().next_multiple_of(PADDING));
        Ok(record)
    }
}

impl<K, V: DeserializeOwned> Tree<K, V> {
    /// Reads the value of an authentic record.
    pub(super) fn value(&self, record: &[u8]) -> Result<V, VaultError> {
        split(record)
            .and_then(|(_key, value)| serde_json::from_slice(value).ok())
            .ok_or(VaultError::OtherType { tree: self.name })
    }
}

impl<K: DeserializeOwned, V: DeserializeOwned> Tree<K, V> {
    /// Reads key and value of an authentic record.
    pub(super) fn pair(&self, record: &[u8]) -> Result<(K, V), VaultError> {
        split(record)
            .and_then(|(key, _value)| serde_json::from_slice(key).ok())
            .ok_or(VaultError::OtherType { tree: self.name })
            .and_then(|key| Ok((key, self.value(record)?)))
    }
}

fn split(record: &[u8]) -> Option<(&[u8], &[u8])> {
    let (key, rest) = record.split_first_chunk()?;
    let (value, rest) = rest.split_first_chunk()?;
    let [key, value] = [key, value].map(|length| u32::from_be_bytes(*length) as usize);
    let (key, rest) = rest.split_at_checked(key)?;
    Some((key, rest.get(..value)?))
}

/// Writes up to a limit. Nothing else that is written here can fail.
struct Bounded<'a> {
    into: &'a mut Plaintext,
    room: usize,
}

impl io::Write for Bounded<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let room = self.room.checked_sub(octets.len());
        self.room = room.ok_or(io::ErrorKind::WriteZero)?;
        self.into.append(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
