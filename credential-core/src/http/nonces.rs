//! The last DPoP nonce of each server (RFC 9449 section 8.2). Kept in memory only.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use url::{Origin, Url};

/// Most servers that are remembered; beyond that, all are asked anew.
const MAX_SERVERS: usize = 64;
/// Longest nonce that is sent back, in octets.
const MAX_LENGTH: usize = 256;

/// Nonces by origin; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Nonces(Arc<Mutex<HashMap<Origin, String>>>);

impl Nonces {
    pub(super) fn of(&self, url: &str) -> Option<String> {
        let origin = Url::parse(url).ok()?.origin();
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&origin).cloned()
    }

    /// What is no nonce (section 8.1) is not sent back.
    pub(super) fn keep(&self, origin: Origin, nonce: &str) {
        if !is_nonce(nonce) {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_SERVERS && !known.contains_key(&origin) {
            known.clear();
        }
        known.insert(origin, nonce.to_owned());
    }
}

/// `1*NQCHAR` (RFC 6749 appendix A), of a length that fits into a header.
fn is_nonce(text: &str) -> bool {
    let is_allowed = |octet: u8| octet.is_ascii_graphic() && octet != b'"' && octet != b'\\';
    (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests;
