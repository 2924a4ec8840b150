//! The same status lists for badges: one bit a purpose, in a credential signed with the key of badges
//! (Bitstring Status List 1.0). A badge has the same place in both lists and in the registry.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use credential_core::{
    credential::CredentialType,
    status_list::bitstring::{self, BitstringEntry, BitstringError, Publication, Purpose},
};

use super::{
    HolderMatch, IssuerState, RegistryError,
    registry::parts,
    status::{FRESH, LIFE, TTL},
};

/// What was signed last of each list and purpose.
#[derive(Debug, Default)]
pub(super) struct PublishedBitstrings(Mutex<HashMap<(usize, Purpose), Signed>>);

#[derive(Debug)]
struct Signed {
    version: u64,
    at: DateTime<Utc>,
    text: Arc<str>,
}

/// The place of a badge, for its `credentialStatus`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadgePlace {
    /// The index in the registry, by which it is revoked.
    pub index: u32,
    /// Its place in the list of revocations, and in that of suspensions.
    pub entries: Vec<BitstringEntry>,
}

impl IssuerState {
    /// Records badges of these types, which are handed over as files, and gives each a place.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub fn places_for_badges(
        &self,
        kinds: &[CredentialType],
        matched: HolderMatch,
    ) -> Result<Vec<BadgePlace>, RegistryError> {
        let indexes = self.registry().give_places(kinds, matched, self.now())?;
        let places = indexes.into_iter().map(|index| BadgePlace {
            index,
            entries: Purpose::ALL
                .map(|purpose| self.bitstring_entry(index, purpose))
                .into(),
        });
        Ok(places.collect())
    }

    fn bitstring_entry(&self, index: u32, purpose: Purpose) -> BitstringEntry {
        let (list, place) = parts(index);
        BitstringEntry {
            purpose,
            list: self.bitstring_address(list, purpose),
            index: place.into(),
        }
    }

    fn bitstring_address(&self, number: usize, purpose: Purpose) -> String {
        format!("{}/{}", self.status_list_address(number), purpose.name())
    }

    /// The signed list of this number, from 0, as it is now; none when there is no such list, or no key of
    /// badges.
    pub(super) fn bitstring(
        &self,
        number: usize,
        purpose: Purpose,
    ) -> Result<Option<Arc<str>>, BitstringError> {
        let now = self.now();
        let Some(version) = self.registry().list_version(number) else {
            return Ok(None);
        };
        let mut last = self
            .bitstrings()
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(signed) = last.get(&(number, purpose))
            && signed.version == version
            && (chrono::TimeDelta::zero()..FRESH).contains(&(now - signed.at))
        {
            return Ok(Some(Arc::clone(&signed.text)));
        }
        let signed = self.sign_bitstring(number, purpose, now)?;
        let text = signed.as_ref().map(|signed| Arc::clone(&signed.text));
        last.extend(signed.map(|signed| ((number, purpose), signed)));
        Ok(text)
    }

    fn sign_bitstring(
        &self,
        number: usize,
        purpose: Purpose,
        now: DateTime<Utc>,
    ) -> Result<Option<Signed>, BitstringError> {
        let (Some((version, list)), Some(signer)) =
            (self.registry().status_list(number), self.badge_signer())
        else {
            return Ok(None);
        };
        let issuer = self.profile().identifier();
        let kid = signer.public_jwk().kid.as_deref().unwrap_or_default();
        let publication = Publication {
            issuer,
            url: &self.bitstring_address(number, purpose),
            purpose,
            valid: (now, now + LIFE),
            ttl: TTL,
            verification_method: &format!("{issuer}#{kid}"),
        };
        let document = bitstring::sign(&list, &publication, signer)?;
        Ok(Some(Signed {
            version,
            at: now,
            text: document.to_json().to_string().into(),
        }))
    }
}
