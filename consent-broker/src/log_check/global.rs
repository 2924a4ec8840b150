//! Builds the global log again from its entries and holds it against everything that was published.

use std::collections::BTreeMap;

use credential_core::{
    access_log::{Frontier, Hash},
    id::SubjectId,
    transparency::{
        Checkpoint, Note, Resource, SignedCheckpoint, Tile, VerifierKey, leaf_hash, unbundle,
    },
};
use serde::{Deserialize, Serialize};

use crate::storage::{Checkpoints, StorageError, Store};

/// What the global log is held against beside its own rows.
#[derive(Debug, Clone, Default)]
pub struct Against {
    /// The key that has to have signed it; none where it is not at hand.
    pub log: Option<VerifierKey>,
    /// The witnesses that must have cosigned it, each at some size.
    pub witnesses: Vec<VerifierKey>,
    /// Checkpoints that somebody else has kept: notes.
    pub kept: Vec<String>,
}

/// What a check of the global log found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GlobalCheck {
    /// How many entries the tree was built from.
    pub entries: u64,
    /// How many persons' heads were looked for in it.
    pub heads: u64,
    /// What is not as it should be.
    pub faults: Vec<Fault>,
}

/// One thing that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The log's head cannot be read, or is not what was signed.
    HeadDamaged,
    /// Entries are missing or cannot be read, from this place on.
    EntriesMissing(u64),
    /// A tile, by its path, has other hashes than its entries give.
    TileDiffers(String),
    /// The tree is not the one that the newest checkpoint was signed for.
    NotAsSigned,
    /// The newest checkpoint is not signed with the log's key.
    NotSigned,
    /// The tree is not the one that witnesses have cosigned.
    NotAsCosigned,
    /// This witness has cosigned nothing of what is kept.
    NotCosigned(String),
    /// The tree is not the one of a checkpoint that somebody else has kept, by its size.
    NotAsKept(u64),
    /// What somebody else has kept is no checkpoint of this log.
    NoCheckpoint,
    /// The log does not have this person's head as it says, or the head is none of the person's log.
    HeadDiffers(SubjectId),
}

/// Builds the tree again.
///
/// # Errors
/// [`StorageError`] when the store does not answer. A damaged log is a finding, not an error.
pub async fn check_global_log(
    store: &dyn Store,
    against: &Against,
) -> Result<GlobalCheck, StorageError> {
    let mut found = GlobalCheck::default();
    let published = match store.checkpoints().await {
        Ok(published) => published,
        Err(StorageError::Damaged) => {
            found.faults.push(Fault::HeadDamaged);
            return Ok(found);
        }
        Err(error) => return Err(error),
    };
    let wanted = Wanted::of(published.as_ref(), against, &mut found.faults);
    let size = wanted.newest.as_ref().map_or(0, |newest| newest.size);
    let built = build(store, size, &wanted, &mut found).await?;
    wanted.compare(&built, &mut found.faults);
    Ok(found)
}

/// The roots of the tree at those sizes that something was published for.
type Roots = BTreeMap<u64, Hash>;

#[derive(Default)]
struct Wanted {
    newest: Option<Checkpoint>,
    cosigned: Option<Checkpoint>,
    kept: Vec<Checkpoint>,
}

impl Wanted {
    /// What was published, with the faults of its signatures.
    fn of(published: Option<&Checkpoints>, against: &Against, faults: &mut Vec<Fault>) -> Self {
        let mut wanted = Self::default();
        if let Some(published) = published {
            wanted.newest = read(&published.newest);
            wanted.cosigned = published.cosigned.as_deref().and_then(read);
            if let Some(log) = &against.log
                && SignedCheckpoint::verify(&published.newest, log).is_err()
            {
                faults.push(Fault::NotSigned);
            }
        }
        let note = published
            .and_then(|published| published.cosigned.as_deref())
            .and_then(|note| Note::parse(note).ok());
        for witness in &against.witnesses {
            let has_cosigned = |note: &Note| witness.verify_cosignature(note).is_ok();
            if !note.as_ref().is_some_and(has_cosigned) {
                faults.push(Fault::NotCosigned(witness.name().to_owned()));
            }
        }
        for text in &against.kept {
            let kept = match &against.log {
                Some(log) => SignedCheckpoint::verify(text, log)
                    .ok()
                    .map(|signed| signed.checkpoint().clone()),
                None => read(text),
            };
            match kept {
                Some(kept) => wanted.kept.push(kept),
                None => faults.push(Fault::NoCheckpoint),
            }
        }
        wanted
    }

    fn has(&self, size: u64) -> bool {
        let published = self.newest.iter().chain(&self.cosigned).chain(&self.kept);
        published.into_iter().any(|one| one.size == size)
    }

    fn compare(&self, built: &Roots, faults: &mut Vec<Fault>) {
        let differs = |published: &&Checkpoint| built.get(&published.size) != Some(&published.root);
        if self.newest.iter().any(|one| differs(&one)) {
            faults.push(Fault::NotAsSigned);
        }
        if self.cosigned.iter().any(|one| differs(&one)) {
            faults.push(Fault::NotAsCosigned);
        }
        let not_as_kept = self.kept.iter().filter(differs);
        faults.extend(not_as_kept.map(|one| Fault::NotAsKept(one.size)));
    }
}

fn read(note: &str) -> Option<Checkpoint> {
    Checkpoint::parse(Note::parse(note).ok()?.text()).ok()
}

/// Builds the tree from the entries, and compares every tile that is served with it.
async fn build(
    store: &dyn Store,
    size: u64,
    wanted: &Wanted,
    found: &mut GlobalCheck,
) -> Result<Roots, StorageError> {
    let mut frontier = Frontier::default();
    let mut roots = Roots::from([(0, frontier.root())]);
    let mut levels: BTreeMap<u8, Vec<Hash>> = BTreeMap::new();
    let mut index = 0;
    while let Some(tile) = Tile::of(0, index, size) {
        let Some(entries) = entries(store, tile).await? else {
            found.faults.push(Fault::EntriesMissing(frontier.size()));
            break;
        };
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        for leaf in &leaves {
            frontier.append_seeing(*leaf, |height, hash| {
                if let (0, Ok(level)) = (height % 8, u8::try_from(height / 8)) {
                    levels.entry(level).or_default().push(*hash);
                }
            });
            if wanted.has(frontier.size()) {
                roots.insert(frontier.size(), frontier.root());
            }
        }
        compare(store, tile, &leaves, found).await?;
        index += 1;
    }
    found.entries = frontier.size();
    for (level, hashes) in levels {
        for (index, hashes) in (0..).zip(hashes.chunks(256)) {
            if let Some(tile) = Tile::of(level, index, frontier.size()) {
                compare(store, tile, hashes, found).await?;
            }
        }
    }
    Ok(roots)
}

async fn entries(store: &dyn Store, tile: Tile) -> Result<Option<Vec<Vec<u8>>>, StorageError> {
    match store.log_tile(Resource::Entries(tile)).await {
        Ok(bundle) => Ok(bundle.and_then(|octets| unbundle(tile, &octets).ok())),
        Err(StorageError::Damaged) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn compare(
    store: &dyn Store,
    tile: Tile,
    hashes: &[Hash],
    found: &mut GlobalCheck,
) -> Result<(), StorageError> {
    let resource = Resource::Hashes(tile);
    let is_same = match store.log_tile(resource).await {
        Ok(served) => served.is_some_and(|octets| octets == hashes.concat()),
        Err(StorageError::Damaged) => false,
        Err(error) => return Err(error),
    };
    if !is_same {
        found.faults.push(Fault::TileDiffers(resource.to_string()));
    }
    Ok(())
}

/// Whether the log has the head that it says to have of a person, whose log had this root at the size in
/// question; none when it says to have none.
pub(super) async fn has_head(
    store: &dyn Store,
    subject: SubjectId,
    root_at: impl Fn(u64) -> Option<Hash>,
) -> Result<Option<bool>, StorageError> {
    let place = match store.place_in_global_log(subject).await {
        Ok(Some(place)) => place,
        Ok(None) => return Ok(None),
        Err(StorageError::Damaged) => return Ok(Some(false)),
        Err(error) => return Err(error),
    };
    // The tile that ends with the entry.
    let tile = Tile {
        level: 0,
        index: place.index >> 8,
        width: u16::try_from(place.index & 0xff).map_or(1, |before| before + 1),
    };
    let found = entries(store, tile).await?.and_then(|mut all| all.pop());
    let is_there = found.is_some_and(|entry| entry == place.entry);
    Ok(Some(is_there && root_at(place.size) == Some(place.root)))
}
