//! The catalogue: every record's version, sealed, and changed in the transaction that changes records.
//!
//! ```text
//! entry    00                       root  = seal(K_catalogue, "root", v, digest ‖ names)
//! entry    01 ‖ u16 page            page  = seal(K_catalogue, "page" ‖ u16 page, v, listings)
//! entry    02 ‖ blinded ‖ u16 part  part  = seal(K_record, context, v, part of the record)
//! listing  blinded ‖ u8 tree ‖ v ‖ u16 parts           (tree: position in names)
//! context  tree ‖ 00 ‖ blinded ‖ u16 part ‖ u16 parts
//! digest   SHA-256 of all 1024 pages' versions (zeros for a page that is not there)
//! ```
//!
//! A record lists in the page that the first ten bits of its blinded key name. A write seals the
//! records it changes, the pages they list in, and the root: some 4 KiB with 100,000 records, 400
//! octets with 1,000. All carry the write's version, which is authenticated, so
//! a record, page or root that is missing, moved or taken from another time does not fit. That the
//! root itself is the last one is what the mark says.

use std::collections::BTreeMap;

use credential_core::{encoding::sha256, rng::Rng};

use super::{
    Damage, VaultError,
    engine::{Changes, Engine, MAX_ENTRY},
    seal::{Blinded, Keys, OVERHEAD, Unsealable, Version},
};

/// The most records: with more, pages outgrow what the engine keeps in its log.
pub(super) const MAX_RECORDS: usize = 1 << 17;
const MAX_TREES: usize = 64;
const PAGES: u16 = 1024;
const PAGE_SHIFT: u32 = 16 - PAGES.ilog2();
const LISTING: usize = 16 + 1 + Version::LEN + 2;
const ROOT_CONTEXT: &[u8] = b"root";

const ROOT: u8 = 0;
const PAGE: u8 = 1;
const PART: u8 = 2;

/// One record: where it belongs and as what it was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) tree: u8,
    pub(super) version: Version,
    pub(super) parts: u16,
}

/// Listings to set (`Some`) and to remove (`None`).
pub(super) type Edits = BTreeMap<Blinded, Option<Listing>>;

/// The whole catalogue, in memory while the vault is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Catalogue {
    version: Version,
    names: Vec<String>,
    pages: Vec<Version>,
    listings: BTreeMap<Blinded, Listing>,
}

/// What a catalogue becomes with some edits: prepared first, adopted once it is on disk.
#[derive(Debug)]
pub(super) struct Revision {
    version: Version,
    names: Vec<String>,
    pages: Vec<Version>,
    edits: Edits,
}

impl Catalogue {
    /// No records yet.
    pub(super) fn empty() -> Self {
        Self {
            version: Version::default(),
            names: Vec::new(),
            pages: vec![Version::default(); PAGES.into()],
            listings: BTreeMap::new(),
        }
    }

    /// The version of the last write.
    pub(super) fn version(&self) -> Version {
        self.version
    }

    pub(super) fn listing(&self, record: &Blinded) -> Option<&Listing> {
        self.listings.get(record)
    }

    pub(super) fn listings(&self) -> impl Iterator<Item = (&Blinded, &Listing)> {
        self.listings.iter()
    }

    /// The records of one tree.
    pub(super) fn of_tree(&self, name: &str) -> impl Iterator<Item = (&Blinded, &Listing)> {
        let position = self.names.iter().position(|known| known == name);
        self.listings
            .iter()
            .filter(move |(_record, listing)| Some(usize::from(listing.tree)) == position)
    }

    /// The name that a listing's tree stands for.
    pub(super) fn name(&self, tree: u8) -> &str {
        self.names.get(usize::from(tree)).map_or("", String::as_str)
    }

    /// Begins a revision that will be `version`.
    pub(super) fn revise(&self, version: Version) -> Revision {
        Revision {
            version,
            names: self.names.clone(),
            pages: self.pages.clone(),
            edits: Edits::new(),
        }
    }

    /// Takes over a revision that is on disk.
    pub(super) fn adopt(&mut self, revision: Revision) {
        self.version = revision.version;
        self.names = revision.names;
        self.pages = revision.pages;
        for (record, listing) in revision.edits {
            match listing {
                Some(listing) => self.listings.insert(record, listing),
                None => self.listings.remove(&record),
            };
        }
    }

    /// Reads and checks the catalogue.
    ///
    /// # Errors
    /// [`Damage::Catalogue`] when root and pages do not fit together.
    pub(super) fn read(engine: &Engine, keys: &Keys) -> Result<Self, VaultError> {
        let root = engine.entry(&[ROOT])?.ok_or(Damage::Catalogue)?;
        let (version, root) = keys
            .catalogue
            .open_any(ROOT_CONTEXT, &root)
            .map_err(damaged)?;
        let (digest, names) = root.split_first_chunk::<32>().ok_or(Damage::Catalogue)?;
        let names = serde_json::from_slice(names).map_err(|_error| Damage::Catalogue)?;
        let mut catalogue = Self::empty();
        catalogue.version = version;
        catalogue.names = names;
        for page in 0..PAGES {
            if let Some(sealed) = engine.entry(&page_entry(page))? {
                catalogue.read_page(page, &sealed, keys)?;
            }
        }
        let trees = catalogue.names.len();
        let named = |listing: &Listing| usize::from(listing.tree) < trees;
        if digest_of(&catalogue.pages) != *digest || !catalogue.listings.values().all(named) {
            return Err(Damage::Catalogue.into());
        }
        Ok(catalogue)
    }

    fn read_page(&mut self, page: u16, sealed: &[u8], keys: &Keys) -> Result<(), Damage> {
        let (version, listings) = keys
            .catalogue
            .open_any(&page_context(page), sealed)
            .map_err(damaged)?;
        *self
            .pages
            .get_mut(usize::from(page))
            .ok_or(Damage::Catalogue)? = version;
        let (listings, rest) = listings.as_chunks::<LISTING>();
        for octets in listings {
            let (record, listing) = listing_from(octets).ok_or(Damage::Catalogue)?;
            self.listings.insert(record, listing);
        }
        match rest {
            [] => Ok(()),
            _torn => Err(Damage::Catalogue),
        }
    }
}

impl Revision {
    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Lists a record of `tree`, made of `parts` parts, and gives its listing.
    pub(super) fn list(
        &mut self,
        record: Blinded,
        tree: &str,
        parts: u16,
    ) -> Result<Listing, VaultError> {
        let listing = Listing {
            tree: self.position(tree)?,
            version: self.version,
            parts,
        };
        self.edits.insert(record, Some(listing));
        Ok(listing)
    }

    /// No longer lists a record.
    pub(super) fn strike(&mut self, record: Blinded) {
        self.edits.insert(record, None);
    }

    /// Adds the changed pages and the root to `changes`.
    pub(super) fn seal(
        &mut self,
        before: &Catalogue,
        keys: &Keys,
        rng: &dyn Rng,
        changes: &mut Changes,
    ) -> Result<(), VaultError> {
        self.check_count(before)?;
        let mut touched: Vec<u16> = self.edits.keys().map(page_of).collect();
        touched.dedup();
        for page in touched {
            let listings = self.page(page, before);
            let (version, sealed) = if listings.is_empty() {
                (Version::default(), None)
            } else {
                let context = page_context(page);
                let sealed = keys
                    .catalogue
                    .seal(&context, self.version, &listings, rng)?;
                (self.version, Some(sealed))
            };
            *self
                .pages
                .get_mut(usize::from(page))
                .ok_or(Damage::Catalogue)? = version;
            changes.push((page_entry(page).to_vec(), sealed));
        }
        let mut root = digest_of(&self.pages).to_vec();
        serde_json::to_writer(&mut root, &self.names).map_err(|_error| Damage::Catalogue)?;
        let sealed = keys
            .catalogue
            .seal(ROOT_CONTEXT, self.version, &root, rng)?;
        changes.push((vec![ROOT], Some(sealed)));
        Ok(())
    }

    fn check_count(&self, before: &Catalogue) -> Result<(), VaultError> {
        let is_new = |(record, listing): &(&Blinded, &Option<Listing>)| {
            listing.is_some() && !before.listings.contains_key(record)
        };
        let new = self.edits.iter().filter(is_new).count();
        // Counted without what is removed in the same write: the limit is not a tight one.
        if new > 0 && before.listings.len() + new > MAX_RECORDS {
            return Err(VaultError::Full { limit: MAX_RECORDS });
        }
        Ok(())
    }

    /// The octets of a page as it will be.
    fn page(&self, page: u16, before: &Catalogue) -> Vec<u8> {
        let range = page_range(page);
        let unchanged = before
            .listings
            .range(range.clone())
            .filter(|(record, _listing)| !self.edits.contains_key(record));
        let changed = self
            .edits
            .range(range)
            .filter_map(|(record, listing)| Some((record, listing.as_ref()?)));
        unchanged.chain(changed).flat_map(octets_of).collect()
    }

    fn position(&mut self, tree: &str) -> Result<u8, VaultError> {
        let position = self.names.iter().position(|known| known == tree);
        let position = position.unwrap_or_else(|| {
            self.names.push(tree.to_owned());
            self.names.len() - 1
        });
        u8::try_from(position)
            .ok()
            .filter(|_fits| position < MAX_TREES)
            .ok_or(VaultError::Full { limit: MAX_TREES })
    }
}

/// What an entry of the engine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// Root or page; checked when the catalogue is read.
    Catalogue,
    /// One part of a record.
    Part(Blinded, u16),
    /// Nothing that this format has.
    Unknown,
}

impl Entry {
    /// Reads an entry's key.
    pub(super) fn parse(key: &[u8]) -> Self {
        match key {
            [ROOT] => Self::Catalogue,
            [PAGE, a, b] if u16::from_be_bytes([*a, *b]) < PAGES => Self::Catalogue,
            [PART, rest @ ..] => rest
                .split_first_chunk()
                .and_then(|(record, part)| Some((Blinded(*record), part.try_into().ok()?)))
                .map_or(Self::Unknown, |(record, part)| {
                    Self::Part(record, u16::from_be_bytes(part))
                }),
            _ => Self::Unknown,
        }
    }
}

/// Under which key the engine keeps a part of a record.
pub(super) fn part_entry(record: &Blinded, part: u16) -> Vec<u8> {
    [[PART].as_slice(), &record.0, &part.to_be_bytes()].concat()
}

/// What the sealing of a part is bound to, beside the version.
pub(super) fn part_context(tree: &str, record: &Blinded, part: u16, parts: u16) -> Vec<u8> {
    let (part, parts) = (part.to_be_bytes(), parts.to_be_bytes());
    [tree.as_bytes(), &[0], &record.0, &part, &parts].concat()
}

fn page_of(record: &Blinded) -> u16 {
    let [first, second, ..] = record.0;
    u16::from_be_bytes([first, second]) >> PAGE_SHIFT
}

fn page_range(page: u16) -> std::ops::RangeInclusive<Blinded> {
    let first = u128::from(page << PAGE_SHIFT) << 112;
    let last = first | (u128::MAX >> PAGES.ilog2());
    Blinded(first.to_be_bytes())..=Blinded(last.to_be_bytes())
}

fn page_entry(page: u16) -> [u8; 3] {
    let [a, b] = page.to_be_bytes();
    [PAGE, a, b]
}

fn page_context(page: u16) -> Vec<u8> {
    [b"page".as_slice(), &page.to_be_bytes()].concat()
}

fn digest_of(pages: &[Version]) -> [u8; 32] {
    let mut octets = Vec::with_capacity(pages.len() * Version::LEN);
    for page in pages {
        octets.extend_from_slice(&page.to_octets());
    }
    sha256(octets)
}

fn octets_of((record, listing): (&Blinded, &Listing)) -> Vec<u8> {
    [
        record.0.as_slice(),
        &[listing.tree],
        &listing.version.to_octets(),
        &listing.parts.to_be_bytes(),
    ]
    .concat()
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

fn damaged(_unsealable: Unsealable) -> Damage {
    Damage::Catalogue
}

// The average page of a full vault keeps the engine's leaves in its log.
const _: () = assert!(MAX_RECORDS / PAGES as usize * LISTING + OVERHEAD <= MAX_ENTRY);

#[cfg(test)]
mod tests;
