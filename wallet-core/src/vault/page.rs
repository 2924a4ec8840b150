//! A page of the catalogue: the listings of the records whose blinded keys begin alike.

use credential_core::rng::Rng;

use super::{
    Damage, VaultError,
    catalogue::{Listing, MAX_RECORDS},
    engine::MAX_ENTRY,
    seal::{Blinded, Keys, OVERHEAD, Unsealable, Version},
};

/// How many pages there are.
pub(super) const PAGES: u16 = 4096;
/// How many of them are digested together.
pub(super) const PAGES_OF_GROUP: usize = 64;
/// The first octet of every page's key.
pub(super) const PREFIX: u8 = 1;
const LISTING: usize = 16 + 1 + Version::LEN + 2;
// Records spread evenly, since blinded keys look random: no page comes near four times the average.
const _: () = assert!(4 * (MAX_RECORDS / PAGES as usize) * LISTING + OVERHEAD <= MAX_ENTRY);

/// Some listings, in the order of their blinded keys, and when they last changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Page {
    version: Version,
    listings: Vec<(Blinded, Listing)>,
}

impl Page {
    /// Zero for a page that is not there, which is how a page without listings is kept.
    pub(super) fn version(&self) -> Version {
        self.version
    }

    pub(super) fn listings(&self) -> std::slice::Iter<'_, (Blinded, Listing)> {
        self.listings.iter()
    }

    pub(super) fn listing(&self, record: &Blinded) -> Option<&Listing> {
        let place = self.place(record).ok()?;
        self.listings.get(place).map(|(_record, listing)| listing)
    }

    /// Sets or removes a listing in the write that makes `version`; says whether one was there.
    pub(super) fn set(
        &mut self,
        record: Blinded,
        listing: Option<Listing>,
        version: Version,
    ) -> bool {
        let place = self.place(&record);
        if let Ok(place) = place {
            self.listings.remove(place);
        }
        let (Ok(at) | Err(at)) = place;
        if let Some(listing) = listing {
            self.listings.insert(at, (record, listing));
        }
        self.version = match self.listings.is_empty() {
            true => Version::default(),
            false => version,
        };
        place.is_ok()
    }

    /// The sealed page; `None` when there is nothing to keep.
    pub(super) fn seal(
        &self,
        number: u16,
        keys: &Keys,
        rng: &dyn Rng,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        if self.listings.is_empty() {
            return Ok(None);
        }
        let mut octets = Vec::with_capacity(self.listings.len() * LISTING);
        for (record, listing) in &self.listings {
            octets.extend_from_slice(&record.0);
            octets.push(listing.tree);
            octets.extend_from_slice(&listing.version.to_octets());
            octets.extend_from_slice(&listing.parts.to_be_bytes());
        }
        let context = [b"page".as_slice(), &number.to_be_bytes()];
        let sealed = keys.catalogue.seal(&context, self.version, &octets, rng)?;
        Ok(Some(sealed))
    }

    /// Opens a page. Whether it is the newest one, the root's digest says.
    pub(super) fn open(number: u16, sealed: &[u8], keys: &Keys) -> Result<Self, Damage> {
        let context = [b"page".as_slice(), &number.to_be_bytes()];
        let (version, octets) = keys
            .catalogue
            .open_any(&context, sealed)
            .map_err(|Unsealable| Damage::Catalogue)?;
        let (octets, rest) = octets.as_chunks::<LISTING>();
        let listings: Option<Vec<_>> = octets.iter().map(listing_from).collect();
        match (listings, rest) {
            (Some(listings), []) => Ok(Self { version, listings }),
            _torn => Err(Damage::Catalogue),
        }
    }

    fn place(&self, record: &Blinded) -> Result<usize, usize> {
        self.listings
            .binary_search_by_key(record, |(record, _listing)| *record)
    }
}

/// The page that lists a record.
pub(super) fn page_of(record: &Blinded) -> u16 {
    let [first, second, ..] = record.0;
    u16::from_be_bytes([first, second]) >> (16 - PAGES.ilog2())
}

/// The group that a page is digested in.
pub(super) fn group_of(page: u16) -> usize {
    usize::from(page) / PAGES_OF_GROUP
}

/// Under which key the engine keeps a page.
pub(super) fn page_entry(page: u16) -> [u8; 3] {
    let [high, low] = page.to_be_bytes();
    [PREFIX, high, low]
}

fn listing_from(octets: &[u8; LISTING]) -> Option<(Blinded, Listing)> {
    let (record, rest) = octets.split_first_chunk()?;
    let ([tree], rest) = rest.split_first_chunk()?;
    let (version, rest) = rest.split_first_chunk()?;
    let listing = Listing {
        tree: *tree,
        version: Version::from_octets(*version),
        parts: u16::from_be_bytes(*rest.first_chunk()?),
    };
    Some((Blinded(*record), listing))
}

#[cfg(test)]
mod tests;
