//! Reading: a record is looked up in the catalogue, and opened as what the catalogue says it is.

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Damage, RecordDamage, Tree, TreeDamage, Vault, VaultError,
    catalogue::Listing,
    part::{self, PART, Part},
    plaintext::Plaintext,
    seal::{Blinded, OVERHEAD, Unsealable},
};

impl Vault {
    /// The value of `key`, if there is one.
    ///
    /// # Errors
    /// [`VaultError::Damaged`], [`VaultError::OtherType`], [`VaultError::Io`], or what is wrong
    /// with the key: [`VaultError::NotSerializable`], [`VaultError::TooLarge`].
    pub fn get<K, V>(&self, tree: &Tree<K, V>, key: &K) -> Result<Option<V>, VaultError>
    where
        K: Serialize,
        V: DeserializeOwned,
    {
        self.refuse_when_stopped()?;
        let record = self.blind(tree, key)?;
        let catalogue = self.catalogue();
        let Some(listing) = catalogue.listing(&record) else {
            return Ok(None);
        };
        let plaintext = self.read(tree.name(), &record, listing)?;
        tree.value(&plaintext).map(Some)
    }

    /// Whether `key` has a value.
    ///
    /// # Errors
    /// [`VaultError::NotSerializable`] or [`VaultError::TooLarge`] for the key, or
    /// [`VaultError::Stopped`].
    pub fn contains<K, V>(&self, tree: &Tree<K, V>, key: &K) -> Result<bool, VaultError>
    where
        K: Serialize,
    {
        self.refuse_when_stopped()?;
        let record = self.blind(tree, key)?;
        Ok(self.catalogue().listing(&record).is_some())
    }

    /// How many records a tree has.
    #[must_use]
    pub fn count<K, V>(&self, tree: &Tree<K, V>) -> usize {
        self.catalogue().of_tree(tree.name()).count()
    }

    /// All records of a tree, in the order of their keys.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn list<K, V>(&self, tree: &Tree<K, V>) -> Result<Vec<(K, V)>, VaultError>
    where
        K: DeserializeOwned + Ord,
        V: DeserializeOwned,
    {
        let mut pairs = self.list_except(tree, |_record| false)?;
        pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(pairs)
    }

    /// A tree's records without those that `skip` names, in no order.
    pub(super) fn list_except<K, V>(
        &self,
        tree: &Tree<K, V>,
        skip: impl Fn(&Blinded) -> bool,
    ) -> Result<Vec<(K, V)>, VaultError>
    where
        K: DeserializeOwned,
        V: DeserializeOwned,
    {
        self.refuse_when_stopped()?;
        self.catalogue()
            .of_tree(tree.name())
            .filter(|(record, _listing)| !skip(record))
            .map(|(record, listing)| tree.pair(&self.read(tree.name(), record, listing)?))
            .collect()
    }

    /// Opens a record. The caller holds the catalogue, so that no write comes between.
    fn read(
        &self,
        tree: &str,
        record: &Blinded,
        listing: &Listing,
    ) -> Result<Plaintext, VaultError> {
        let affected = |missing, altered| {
            let tree = tree.to_owned();
            let trees = vec![TreeDamage {
                tree,
                missing,
                altered,
            }];
            Damage::Records(RecordDamage { trees, unlisted: 0 })
        };
        let room = usize::from(listing.parts) * (PART + OVERHEAD);
        let mut plaintext = Plaintext::with_capacity(room);
        for number in 0..listing.parts {
            let part = Part {
                tree,
                record,
                part: number,
                parts: listing.parts,
            };
            let sealed = self
                .engine
                .entry(&part::entry(record, number))?
                .ok_or_else(|| affected(1, 0))?;
            part.open(&self.keys, listing.version, &sealed, &mut plaintext)
                .map_err(|Unsealable| affected(0, 1))?;
        }
        Ok(plaintext)
    }

    /// The name under which a record stands on disk.
    pub(super) fn blind<K: Serialize, V>(
        &self,
        tree: &Tree<K, V>,
        key: &K,
    ) -> Result<Blinded, VaultError> {
        Ok(self.keys.blind(tree.name(), &tree.key(key)?))
    }
}
