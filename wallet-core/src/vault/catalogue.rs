//! The catalogue: every record's version, sealed, and changed in the transaction that changes records.
//!
//! ```text
//! entry    00                 root     = seal(K_catalogue, "root", v, digest ‖ names)
//! entry    01 ‖ u16 page      page     = seal(K_catalogue, "page" ‖ u16 page, v, listings)
//! listing  blinded ‖ u8 tree ‖ v ‖ u16 parts      (tree: its position in names, a JSON array)
//! digest   SHA-256 of 64 group digests; a group digest: SHA-256 of the versions of 64 pages
//!          (zeros for a page that is not there)
//! ```
//!
//! A record lists in the page that the first twelve bits of its blinded key name. A write seals the
//! records it changes, the pages they list in and the root: one page is 100 octets with 10,000
//! records, 900 with 100,000. All carry the write's version, which is authenticated, so a record,
//! page or root that is missing, moved or taken from another time does not fit. That the root itself
//! is the last one is what the mark says.

use std::collections::{BTreeMap, BTreeSet};

use credential_core::{encoding::sha256, rng::Rng};

use super::{
    Damage, VaultError,
    engine::{Changes, Engine},
    page::{PAGES, PAGES_OF_GROUP, Page, group_of, page_entry, page_of},
    seal::{Blinded, Keys, Unsealable, Version},
};

/// The most records: four pages of them fit one entry of the engine.
pub(super) const MAX_RECORDS: usize = 1 << 17;
const MAX_TREES: usize = 64;
const ROOT_CONTEXT: &[&[u8]] = &[b"root"];
/// The key of the root's entry.
pub(super) const ROOT: [u8; 1] = [0];

/// One record: where it belongs and as what it was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) tree: u8,
    pub(super) version: Version,
    pub(super) parts: u16,
}

/// The whole catalogue, in memory while the vault is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Catalogue {
    version: Version,
    names: Vec<String>,
    pages: Vec<Page>,
    groups: Vec<[u8; 32]>,
    count: usize,
}

/// What a catalogue becomes with some edits: prepared first, adopted once it is on disk.
#[derive(Debug)]
pub(super) struct Revision {
    version: Version,
    names: Vec<String>,
    edits: BTreeMap<Blinded, Option<Listing>>,
    pages: BTreeMap<u16, Page>,
    groups: Vec<[u8; 32]>,
    count: usize,
}

impl Catalogue {
    /// No records yet.
    pub(super) fn empty() -> Self {
        let pages = vec![Page::default(); PAGES.into()];
        let groups = pages.chunks(PAGES_OF_GROUP).map(digest).collect();
        Self {
            version: Version::default(),
            names: Vec::new(),
            pages,
            groups,
            count: 0,
        }
    }

    /// The version of the last write.
    pub(super) fn version(&self) -> Version {
        self.version
    }

    pub(super) fn listing(&self, record: &Blinded) -> Option<&Listing> {
        self.pages
            .get(usize::from(page_of(record)))?
            .listing(record)
    }

    pub(super) fn listings(&self) -> impl Iterator<Item = &(Blinded, Listing)> {
        self.pages.iter().flat_map(Page::listings)
    }

    /// The records of one tree.
    pub(super) fn of_tree(&self, name: &str) -> impl Iterator<Item = &(Blinded, Listing)> {
        let position = self.names.iter().position(|known| known == name);
        self.listings()
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
            edits: BTreeMap::new(),
            pages: BTreeMap::new(),
            groups: self.groups.clone(),
            count: self.count,
        }
    }

    /// Takes over a revision that is on disk.
    pub(super) fn adopt(&mut self, revision: Revision) {
        self.version = revision.version;
        self.names = revision.names;
        self.groups = revision.groups;
        self.count = revision.count;
        for (number, page) in revision.pages {
            if let Some(place) = self.pages.get_mut(usize::from(number)) {
                *place = page;
            }
        }
    }

    /// Reads and checks the catalogue.
    ///
    /// # Errors
    /// [`Damage::Catalogue`] when root and pages do not fit together.
    pub(super) fn read(engine: &Engine, keys: &Keys) -> Result<Self, VaultError> {
        let root = engine.entry(&ROOT)?.ok_or(Damage::Catalogue)?;
        let (version, root) = keys
            .catalogue
            .open_any(ROOT_CONTEXT, &root)
            .map_err(|Unsealable| Damage::Catalogue)?;
        let (expected, names) = root.split_first_chunk().ok_or(Damage::Catalogue)?;
        let mut catalogue = Self::empty();
        catalogue.version = version;
        catalogue.names = serde_json::from_slice(names).map_err(|_error| Damage::Catalogue)?;
        for (number, page) in (0..).zip(&mut catalogue.pages) {
            if let Some(sealed) = engine.entry(&page_entry(number))? {
                *page = Page::open(number, &sealed, keys)?;
            }
        }
        let groups = catalogue.pages.chunks(PAGES_OF_GROUP);
        catalogue.groups = groups.map(digest).collect();
        catalogue.count = catalogue.listings().count();
        if sha256(catalogue.groups.as_flattened()) == *expected {
            Ok(catalogue)
        } else {
            Err(Damage::Catalogue.into())
        }
    }
}

impl Revision {
    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// Lists a record of `tree`, made of `parts` parts.
    pub(super) fn list(
        &mut self,
        record: Blinded,
        tree: &str,
        parts: u16,
    ) -> Result<(), VaultError> {
        let listing = Listing {
            tree: self.position(tree)?,
            version: self.version,
            parts,
        };
        self.edits.insert(record, Some(listing));
        Ok(())
    }

    /// No longer lists a record.
    pub(super) fn strike(&mut self, record: Blinded) {
        self.edits.insert(record, None);
    }

    /// Edits the pages, and adds them and the root to `changes`.
    pub(super) fn seal(
        &mut self,
        before: &Catalogue,
        keys: &Keys,
        rng: &dyn Rng,
        changes: &mut Changes,
    ) -> Result<(), VaultError> {
        self.edit_pages(before)?;
        for (number, page) in &self.pages {
            let sealed = page.seal(*number, keys, rng)?;
            changes.push((page_entry(*number).to_vec(), sealed));
        }
        self.digest_groups(before);
        let mut root = sha256(self.groups.as_flattened()).to_vec();
        serde_json::to_writer(&mut root, &self.names).map_err(|_error| Damage::Catalogue)?;
        let sealed = keys
            .catalogue
            .seal(ROOT_CONTEXT, self.version, &root, rng)?;
        changes.push((ROOT.to_vec(), Some(sealed)));
        Ok(())
    }

    fn edit_pages(&mut self, before: &Catalogue) -> Result<(), VaultError> {
        for (record, listing) in &self.edits {
            let number = page_of(record);
            let page = self.pages.entry(number).or_insert_with(|| {
                let page = before.pages.get(usize::from(number));
                page.cloned().unwrap_or_default()
            });
            let was_there = page.set(*record, *listing, self.version);
            self.count += usize::from(listing.is_some());
            self.count -= usize::from(was_there);
        }
        if self.count > MAX_RECORDS && self.count > before.count {
            return Err(VaultError::Full { limit: MAX_RECORDS });
        }
        Ok(())
    }

    fn digest_groups(&mut self, before: &Catalogue) {
        let touched: BTreeSet<usize> = self.pages.keys().map(|page| group_of(*page)).collect();
        for group in touched {
            let first = group * PAGES_OF_GROUP;
            let now = (first..first + PAGES_OF_GROUP).filter_map(|number| {
                let edited = self.pages.get(&(number as u16));
                edited.or_else(|| before.pages.get(number))
            });
            let digest = digest(now);
            if let Some(place) = self.groups.get_mut(group) {
                *place = digest;
            }
        }
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

/// The digest of a group of pages.
fn digest<'a>(pages: impl IntoIterator<Item = &'a Page>) -> [u8; 32] {
    let mut versions = Vec::with_capacity(PAGES_OF_GROUP * Version::LEN);
    for page in pages {
        versions.extend_from_slice(&page.version().to_octets());
    }
    sha256(versions)
}

#[cfg(test)]
mod tests;
