//! The same status lists for badges: one bit a purpose, in a credential signed with the key of badges
//! (Bitstring Status List 1.0). A badge has the same place in both lists and in the registry.

use std::sync::Arc;

use credential_core::{
    credential::CredentialType,
    status_list::bitstring::{self, BitstringEntry, BitstringError, Publication, Purpose},
};

use super::{
    HolderMatch, IssuerState, RegistryError,
    registry::parts,
    status::{LIFE, TTL},
};

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
        let Some(signer) = self.badge_signer() else {
            return Ok(None);
        };
        let issuer = self.profile().identifier();
        let kid = signer.public_jwk().kid.as_deref().unwrap_or_default();
        self.signed_list(number, Some(purpose), |list, now| {
            let publication = Publication {
                issuer,
                url: &self.bitstring_address(number, purpose),
                purpose,
                valid: (now, now + LIFE),
                ttl: TTL,
                verification_method: &format!("{issuer}#{kid}"),
            };
            let document = bitstring::sign(list, &publication, signer)?;
            Ok(document.to_json().to_string())
        })
    }
}
