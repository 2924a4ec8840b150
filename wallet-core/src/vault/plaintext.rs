//! A buffer that leaves nothing behind: wiped when it is dropped, and when it grows.
//!
//! `Zeroizing<Vec<u8>>` wipes octet by octet, a microsecond for a record, and leaves what it held when
//! it grows. Filling with zeros before `zeroize`'s barrier is as certain, at the speed of `memset`.

/// Octets that nobody else should see.
pub(super) struct Plaintext(Vec<u8>);

impl Plaintext {
    pub(super) fn with_capacity(octets: usize) -> Self {
        Self(Vec::with_capacity(octets))
    }

    /// Adds octets at the end.
    pub(super) fn append(&mut self, octets: &[u8]) {
        self.reserve(octets.len());
        self.0.extend_from_slice(octets);
    }

    /// Adds zeros, or forgets octets, at the end.
    pub(super) fn resize(&mut self, length: usize) {
        self.reserve(length.saturating_sub(self.0.len()));
        self.0.resize(length, 0);
    }

    fn reserve(&mut self, more: usize) {
        let wanted = self.0.len() + more;
        if wanted > self.0.capacity() {
            let mut roomier = Self::with_capacity(wanted.next_power_of_two());
            roomier.0.extend_from_slice(&self.0);
            *self = roomier;
        }
    }
}

impl From<Vec<u8>> for Plaintext {
    fn from(octets: Vec<u8>) -> Self {
        Self(octets)
    }
}

impl std::ops::Deref for Plaintext {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl std::ops::DerefMut for Plaintext {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Plaintext {
    fn drop(&mut self) {
        self.0.clear();
        self.0.resize(self.0.capacity(), 0);
        zeroize::optimization_barrier(self.0.as_slice());
    }
}

impl std::fmt::Debug for Plaintext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plaintext(..)")
    }
}

#[cfg(test)]
mod tests;
