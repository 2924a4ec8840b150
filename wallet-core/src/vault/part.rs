//! One part of a record, as the engine keeps it: under which key, and bound to what.
//!
//! ```text
//! entry    02 ‖ blinded ‖ u16 part
//! value    seal(K_record, tree ‖ 00 ‖ blinded ‖ u16 part ‖ u16 parts, v, octets of the record)
//! ```

use credential_core::rng::Rng;

use super::{
    VaultError,
    engine::MAX_ENTRY,
    plaintext::Plaintext,
    seal::{Blinded, Keys, OVERHEAD, Unsealable, Version},
};

/// A record is kept in parts of this many octets, the last one shorter.
pub(super) const PART: usize = 4096;
const _: () = assert!(PART + OVERHEAD <= MAX_ENTRY);
/// The first octet of every part's key.
pub(super) const PREFIX: u8 = 2;

/// Which part of which record, and of how many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) tree: &'a str,
    pub(super) record: &'a Blinded,
    pub(super) part: u16,
    pub(super) parts: u16,
}

impl Part<'_> {
    pub(super) fn seal(
        &self,
        keys: &Keys,
        version: Version,
        octets: &[u8],
        rng: &dyn Rng,
    ) -> Result<Vec<u8>, VaultError> {
        self.within_context(|context| keys.record.seal(context, version, octets, rng))
    }

    /// Appends the part's octets to `into`.
    pub(super) fn open(
        &self,
        keys: &Keys,
        version: Version,
        sealed: &[u8],
        into: &mut Plaintext,
    ) -> Result<(), Unsealable> {
        self.within_context(|context| keys.record.open(context, version, sealed, into))
    }

    fn within_context<T>(&self, run: impl FnOnce(&[&[u8]]) -> T) -> T {
        let [part, parts] = [self.part, self.parts].map(u16::to_be_bytes);
        run(&[self.tree.as_bytes(), &[0], &self.record.0, &part, &parts])
    }
}

/// Under which key the engine keeps a part of a record.
pub(super) fn entry(record: &Blinded, part: u16) -> [u8; 19] {
    let mut entry = [PREFIX; 19];
    for (to, from) in entry
        .iter_mut()
        .skip(1)
        .zip(record.0.into_iter().chain(part.to_be_bytes()))
    {
        *to = from;
    }
    entry
}

/// Reverses [`entry`].
pub(super) fn parse(key: &[u8]) -> Option<(Blinded, u16)> {
    let (record, part) = key.strip_prefix(&[PREFIX])?.split_first_chunk()?;
    let part = u16::from_be_bytes(part.try_into().ok()?);
    Some((Blinded(*record), part))
}

#[cfg(test)]
mod tests;
