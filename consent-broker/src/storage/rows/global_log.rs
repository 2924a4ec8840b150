//! The global log: entries in their order, the hashes of the tiles above them, and signed heads. Tiles
//! of level 0 are computed from the entries; those above from what the tree completed as it grew.

use std::sync::Arc;

use credential_core::{
    access_log::{Frontier, Hash},
    encoding::from_base64url,
    id::SubjectId,
    transparency::{
        BlindingKey, Checkpoint, LogSigner, Note, ProofError, Resource, SignedCheckpoint, Tile,
        TiledTree, bundle, leaf_hash,
    },
};
use serde::{Deserialize, Serialize};

use super::{RowStore, keys, log, tx::Tx};
use crate::{
    notary::Notary,
    storage::{
        Advanced, Answer, Checkpoints, Cosigned, GlobalLog, LogProof, PlaceInLog, StorageError,
        engine::Engine,
    },
};

/// The head of the global log. Whoever appends compares and sets it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GlobalHead {
    frontier: Frontier,
    checkpoint: String,
}

/// The newest checkpoint that witnesses have cosigned.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CosignedRow {
    size: u64,
    pub(super) checkpoint: String,
}

/// Which head of a person was appended last.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Included {
    index: u64,
    size: u64,
    root: Hash,
}

impl<E: Engine> GlobalLog for RowStore<E> {
    fn give_log_key(&self, subject: SubjectId, key: BlindingKey) -> Answer<'_, ()> {
        self.write(move |tx| give_key(tx, subject, &key))
    }

    fn advance_log(
        &self,
        most: usize,
        notary: &Notary,
        signer: &Arc<LogSigner>,
    ) -> Answer<'_, Advanced> {
        let (notary, signer) = (notary.clone(), Arc::clone(signer));
        self.write(move |tx| advance(tx, most, &notary, &signer))
    }

    fn checkpoints(&self) -> Answer<'_, Option<Checkpoints>> {
        self.look(checkpoints)
    }

    fn log_tile(&self, resource: Resource) -> Answer<'_, Option<Vec<u8>>> {
        self.look(move |tx| served(tx, resource))
    }

    fn keep_cosignature(&self, cosigned: Cosigned) -> Answer<'_, bool> {
        self.write(move |tx| keep_cosignature(tx, &cosigned))
    }

    fn place_in_global_log(&self, subject: SubjectId) -> Answer<'_, Option<PlaceInLog>> {
        self.look(move |tx| Ok(place(tx, subject)?.map(|(place, _head)| place)))
    }

    fn prove_in_global_log(&self, subject: SubjectId, known: u64) -> Answer<'_, Option<LogProof>> {
        self.look(move |tx| prove(tx, subject, known))
    }

    fn prove_growth(&self, older: u64, newer: u64) -> Answer<'_, Option<Vec<Hash>>> {
        self.look(move |tx| {
            let size = head(tx)?.map_or(0, |head| head.frontier.size());
            if older > newer || newer > size {
                return Ok(None);
            }
            tree(tx, newer)
                .consistency(older)
                .map(Some)
                .map_err(unproved)
        })
    }

    fn erase_log(&self, subject: SubjectId) -> Answer<'_, u64> {
        self.write(move |tx| log::erase(tx, subject))
    }
}

fn give_key(tx: &mut Tx<'_>, subject: SubjectId, key: &BlindingKey) -> Result<(), StorageError> {
    let Some(mut head) = tx.row::<log::Head>(&keys::head(subject))? else {
        return Ok(());
    };
    if head.log_key.is_none() {
        head.log_key = Some(key.clone());
        tx.set(keys::head(subject), &head)?;
    }
    Ok(())
}

fn head(tx: &Tx<'_>) -> Result<Option<GlobalHead>, StorageError> {
    let Some(head) = tx.row::<GlobalHead>(&keys::global_head())? else {
        return Ok(None);
    };
    // A head that does not say what was signed is not gone on from.
    let signed = checkpoint(&head.checkpoint)?;
    if (signed.size, signed.root) != (head.frontier.size(), head.frontier.root()) {
        tracing::error!("the head of the global log is not what was signed");
        return Err(StorageError::Damaged);
    }
    Ok(Some(head))
}

pub(super) fn checkpoint(note: &str) -> Result<Checkpoint, StorageError> {
    Note::parse(note)
        .ok()
        .and_then(|note| Checkpoint::parse(note.text()).ok())
        .ok_or(StorageError::Damaged)
}

fn advance(
    tx: &mut Tx<'_>,
    most: usize,
    notary: &Notary,
    signer: &LogSigner,
) -> Result<Advanced, StorageError> {
    let known = head(tx)?;
    let is_first = known.is_none();
    if is_first {
        // What was logged before there was a global log.
        for subject in log::subjects(tx)? {
            tx.set_bytes(keys::moved(subject), Vec::new());
        }
    }
    let mut frontier = known.map(|head| head.frontier).unwrap_or_default();
    let moved = tx.first(&[keys::MOVED], most)?;
    let mut appended = 0;
    for (key, _empty) in &moved {
        let subject = keys::subject(key).ok_or(StorageError::Damaged)?;
        tx.remove(key.clone());
        appended += append(tx, subject, &mut frontier, notary)?;
    }
    let advanced = Advanced {
        appended,
        size: frontier.size(),
        is_more: moved.len() == most,
    };
    if appended > 0 || is_first {
        let (origin, size) = (signer.verifier().name(), frontier.size());
        let signed = signer
            .sign(&Checkpoint::new(origin, size, frontier.root()))
            .map_err(|_error| StorageError::Damaged)?;
        let row = GlobalHead {
            frontier,
            checkpoint: signed.to_string(),
        };
        tx.set(keys::global_head(), &row)?;
    }
    Ok(advanced)
}

/// Appends the head of one person, if it is new; gives how many entries that are.
fn append(
    tx: &mut Tx<'_>,
    subject: SubjectId,
    frontier: &mut Frontier,
    notary: &Notary,
) -> Result<u64, StorageError> {
    let mut head = log::head(tx, subject)?;
    let (size, root) = (head.frontier.size(), head.frontier.root());
    let known: Option<Included> = tx.row(&keys::included(subject))?;
    if size == 0 || known.is_some_and(|known| known.size == size) {
        return Ok(0);
    }
    let key = match &head.log_key {
        Some(key) => key.clone(),
        None => {
            let drawn = notary.log_key()?;
            head.log_key = Some(drawn.clone());
            head.is_key_drawn = true;
            tx.set(keys::head(subject), &head)?;
            drawn
        }
    };
    let entry = key.entry(&octets(&head.log_id)?, size, &root);
    let index = frontier.size();
    let mut completed = Vec::new();
    frontier.append_seeing(leaf_hash(&entry), |height, hash| {
        if height.is_multiple_of(8) {
            completed.push((height, *hash));
        }
    });
    tx.set_bytes(keys::global_entry(index), entry.to_vec());
    for (height, hash) in completed {
        let level = u8::try_from(height / 8).map_err(|_error| StorageError::Damaged)?;
        tx.set_bytes(keys::global_node(level, index >> height), hash.to_vec());
    }
    tx.set(keys::included(subject), &Included { index, size, root })?;
    Ok(1)
}

fn octets(log_id: &str) -> Result<[u8; 16], StorageError> {
    from_base64url(log_id)
        .ok()
        .and_then(|octets| octets.try_into().ok())
        .ok_or(StorageError::Damaged)
}

pub(super) fn checkpoints(tx: &Tx<'_>) -> Result<Option<Checkpoints>, StorageError> {
    let Some(head) = head(tx)? else {
        return Ok(None);
    };
    let cosigned = tx.row::<CosignedRow>(&keys::cosigned())?;
    let is_newest = |row: &CosignedRow| row.size == head.frontier.size();
    Ok(Some(Checkpoints {
        newest: match &cosigned {
            Some(row) if is_newest(row) => row.checkpoint.clone(),
            _ => head.checkpoint,
        },
        cosigned: cosigned.map(|row| row.checkpoint),
    }))
}

fn keep_cosignature(tx: &mut Tx<'_>, cosigned: &Cosigned) -> Result<bool, StorageError> {
    let newest = head(tx)?.map_or(0, |head| head.frontier.size());
    let size = checkpoint(&cosigned.checkpoint)?.size;
    let known = tx.row::<CosignedRow>(&keys::cosigned())?;
    if size > newest || known.as_ref().is_some_and(|known| known.size > size) {
        return Ok(false);
    }
    let same = known.filter(|known| known.size == size);
    let base = same.map_or(cosigned.checkpoint.clone(), |known| known.checkpoint);
    let merged = SignedCheckpoint::verify(&base, &cosigned.log)
        .ok()
        .and_then(|signed| signed.cosigned_by(&cosigned.witness, &cosigned.lines).ok());
    let Some(merged) = merged else {
        return Ok(false);
    };
    let row = CosignedRow {
        size,
        checkpoint: merged.note().to_string(),
    };
    tx.set(keys::cosigned(), &row)?;
    Ok(true)
}

fn place(tx: &Tx<'_>, subject: SubjectId) -> Result<Option<(PlaceInLog, log::Head)>, StorageError> {
    let Some(included) = tx.row::<Included>(&keys::included(subject))? else {
        return Ok(None);
    };
    let head = log::head(tx, subject)?;
    let key = head.log_key.as_ref().ok_or(StorageError::Damaged)?;
    let Included { index, size, root } = included;
    let entry = key.entry(&octets(&head.log_id)?, size, &root);
    let place = PlaceInLog {
        index,
        size,
        root,
        entry,
    };
    Ok(Some((place, head)))
}

fn prove(tx: &Tx<'_>, subject: SubjectId, known: u64) -> Result<Option<LogProof>, StorageError> {
    let Some((place, person)) = place(tx, subject)? else {
        return Ok(None);
    };
    let head = head(tx)?.ok_or(StorageError::Damaged)?;
    let cosigned = tx.row::<CosignedRow>(&keys::cosigned())?;
    let is_enough = |row: &CosignedRow| row.size > place.index && row.size >= known;
    let (size, checkpoint) = match cosigned.filter(is_enough) {
        Some(row) => (row.size, row.checkpoint),
        None => (head.frontier.size(), head.checkpoint),
    };
    let mut tree = tree(tx, size);
    Ok(Some(LogProof {
        inclusion: tree.inclusion(place.index).map_err(unproved)?,
        // To a wallet that knows more than there is nothing can be proved; it says so itself.
        consistency: tree.consistency(known.min(size)).map_err(unproved)?,
        checkpoint,
        drawn_key: person.log_key.filter(|_key| person.is_key_drawn),
        place,
    }))
}

fn tree<'t>(
    tx: &'t Tx<'_>,
    size: u64,
) -> TiledTree<impl FnMut(Tile) -> Result<Vec<Hash>, StorageError> + 't> {
    TiledTree::new(size, |tile| hashes(tx, tile))
}

fn unproved(error: ProofError<StorageError>) -> StorageError {
    match error {
        ProofError::Fetch(error) => error,
        _ => StorageError::Damaged,
    }
}

fn served(tx: &Tx<'_>, resource: Resource) -> Result<Option<Vec<u8>>, StorageError> {
    let size = head(tx)?.map_or(0, |head| head.frontier.size());
    let (Resource::Hashes(tile) | Resource::Entries(tile)) = resource;
    if !tile.is_in(size) {
        return Ok(None);
    }
    match resource {
        Resource::Hashes(tile) => Ok(Some(hashes(tx, tile)?.concat())),
        Resource::Entries(tile) => bundle(values(tx, tile, keys::global_entry)?)
            .map(Some)
            .map_err(|_error| StorageError::Damaged),
    }
}

fn hashes(tx: &Tx<'_>, tile: Tile) -> Result<Vec<Hash>, StorageError> {
    if tile.level == 0 {
        let entries = values(tx, tile, keys::global_entry)?;
        return Ok(entries.iter().map(|entry| leaf_hash(entry)).collect());
    }
    let nodes = values(tx, tile, |place| keys::global_node(tile.level, place))?;
    let hashes = nodes.into_iter().map(TryInto::try_into);
    hashes
        .collect::<Result<_, _>>()
        .map_err(|_length| StorageError::Damaged)
}

fn values(
    tx: &Tx<'_>,
    tile: Tile,
    key: impl Fn(u64) -> keys::Key,
) -> Result<Vec<Vec<u8>>, StorageError> {
    let (from, width) = (tile.first(), usize::from(tile.width));
    let to = from.saturating_add(tile.width.into());
    let rows = tx.stored_range(&key(from), &key(to), width)?;
    if rows.len() != width {
        return Err(StorageError::Damaged);
    }
    Ok(rows.into_iter().map(|(_key, value)| value).collect())
}
