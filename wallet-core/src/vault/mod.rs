//! The person's encrypted store: typed records in one folder that only a passphrase opens.
//!
//! ```
//! # use std::sync::Arc;
//! use credential_core::rng::SystemRng;
//! use wallet_core::vault::{KdfCost, Passphrase, Tree, Vault};
//!
//! const NOTES: Tree<String, String> = Tree::new("notes");
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("vault");
//! # let cost = KdfCost::danger_cheap_for_tests();
//! let passphrase = Passphrase::from(String::from("a long sentence that only I know"));
//! let vault = Vault::create(&path, &passphrase, cost, Arc::new(SystemRng::default()))?;
//! vault.put(&NOTES, &"first".into(), &"hello".into())?;
//! assert_eq!(vault.get(&NOTES, &"first".into())?, Some("hello".into()));
//! # Ok(())
//! # }
//! ```
//!
//! # What is on disk
//!
//! A folder with a header (format, Argon2id cost, wrapped data key), a mark of the last write, and
//! sled's files. `passphrase`, `header` and `seal` say how keys are made and what is sealed with
//! them, `catalogue` and `tree` how records are laid out, in notation first.
//!
//! # What is noticed
//!
//! Opening reads everything. A record that is missing, altered, swapped or from another time, and a
//! store that went back behind its last acknowledged write, is [`Damage`]. A wrong passphrase, a
//! damaged file and a newer format are three different errors.
//!
//! # Limits
//!
//! Not noticed here: a whole folder put back as it was. [`Vault::epoch`] is what somebody else, a
//! broker or a backup, can compare with. A thief of the folder sees how many records there are, how
//! large to 256 octets, and in which order they were written. sled's recovery writes to the files
//! that it reads, so a damaged folder should be copied before it is opened again.

mod catalogue;
mod check;
mod engine;
mod error;
mod folder;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod header;
mod mark;
mod page;
mod part;
mod passphrase;
mod plaintext;
mod read;
mod seal;
mod tree;
mod write;

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock, RwLockReadGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use credential_core::{
    encoding::base64url,
    rng::{Rng, random},
};

pub use error::{Damage, RecordDamage, TreeDamage, VaultError};
pub use passphrase::{KdfCost, Passphrase};
pub use tree::{MAX_KEY, MAX_VALUE, Tree};
pub use write::{MAX_WRITE, Transaction};

use catalogue::Catalogue;
use engine::{Changes, Engine};
use folder::Folder;
use header::Header;
use mark::{Mark, NextMark};
use seal::{Keys, Version};

/// An open vault. It may be shared between threads; dropping it closes and unlocks the folder.
pub struct Vault {
    // Fields close in this order: the engine, the mark after it, the lock last.
    engine: Engine,
    mark: Mutex<Mark>,
    catalogue: RwLock<Catalogue>,
    keys: Keys,
    rng: Arc<dyn Rng>,
    stopped: AtomicBool,
    _folder: Folder,
}

impl Vault {
    /// Makes a new vault at `path`, where nothing or an empty folder is, and opens it.
    ///
    /// The vault appears at `path` complete or not at all.
    ///
    /// # Errors
    /// [`VaultError::AlreadyExists`], [`VaultError::Io`], [`VaultError::Randomness`], or
    /// [`VaultError::OutOfMemory`] when the cost cannot be paid.
    pub fn create(
        path: &Path,
        passphrase: &Passphrase,
        cost: KdfCost,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, VaultError> {
        refuse_occupied(path)?;
        let (header, data_key) = Header::new(passphrase, cost, &*rng)?;
        let keys = Keys::derive(&data_key, header.id()).map_err(|_unsealable| Damage::Header)?;
        let unfinished = unfinished_path(path, &*rng)?;
        let folder = prepare(&unfinished, &header, &keys, &*rng)
            .and_then(|folder| folder.publish(path))
            .inspect_err(|_error| {
                // Ours alone, by its random name; what cannot be removed does no harm.
                let _removed = fs::remove_dir_all(&unfinished);
            })?;
        Self::start(folder, keys, rng)
    }

    /// Opens the vault at `path` and checks every record in it.
    ///
    /// # Errors
    /// [`VaultError::NotAVault`], [`VaultError::NewerVersion`], [`VaultError::InUse`],
    /// [`VaultError::WrongPassphrase`], [`VaultError::Damaged`] with what is affected,
    /// [`VaultError::Io`], or [`VaultError::OutOfMemory`].
    pub fn open(
        path: &Path,
        passphrase: &Passphrase,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, VaultError> {
        // Read twice: nothing is created in a folder that is no vault, and what counts is what the
        // header says once nobody else can change it.
        Header::read(path)?;
        let folder = Folder::open(path)?;
        let header = Header::read(path)?;
        let data_key = header.unwrap_key(passphrase)?;
        let keys = Keys::derive(&data_key, header.id()).map_err(|_unsealable| Damage::Header)?;
        Self::start(folder, keys, rng)
    }

    fn start(folder: Folder, keys: Keys, rng: Arc<dyn Rng>) -> Result<Self, VaultError> {
        let engine = Engine::open(&folder.store())?;
        folder.make_private()?;
        folder.sync_names()?;
        let catalogue = Catalogue::read(&engine, &keys)?;
        let (mut mark, acknowledged) = Mark::open(folder.path(), &keys.catalogue)?;
        check::last_write(catalogue.version(), acknowledged)?;
        check::records(&engine, &keys, &catalogue)?;
        if catalogue.version() != acknowledged {
            // What a crash kept from being acknowledged is there all the same.
            engine.sync()?;
            mark.write(&NextMark::new(catalogue.version(), &keys.catalogue, &*rng)?)?;
        }
        Ok(Self {
            engine,
            mark: Mutex::new(mark),
            catalogue: RwLock::new(catalogue),
            keys,
            rng,
            stopped: AtomicBool::new(false),
            _folder: folder,
        })
    }

    /// How many writes the vault has seen in its life. An older copy has a lower epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.catalogue().version().epoch
    }

    /// Reads everything again, as opening did.
    ///
    /// # Errors
    /// [`VaultError::Damaged`] with what is affected; [`VaultError::Stopped`].
    pub fn check(&self) -> Result<(), VaultError> {
        self.refuse_when_stopped()?;
        let catalogue = self.catalogue();
        if Catalogue::read(&self.engine, &self.keys)? != *catalogue {
            return Err(Damage::Catalogue.into());
        }
        check::records(&self.engine, &self.keys, &catalogue)
    }

    /// The catalogue is only ever replaced by our own code, which does not panic.
    fn catalogue(&self) -> RwLockReadGuard<'_, Catalogue> {
        self.catalogue
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn refuse_when_stopped(&self) -> Result<(), VaultError> {
        match self.stopped.load(Ordering::Acquire) {
            true => Err(VaultError::Stopped),
            false => Ok(()),
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault")
            .field("epoch", &self.epoch())
            .finish_non_exhaustive()
    }
}

/// Makes everything that a vault without records has, durably, and closes the engine again.
fn prepare(path: &Path, header: &Header, keys: &Keys, rng: &dyn Rng) -> Result<Folder, VaultError> {
    let folder = Folder::create(path)?;
    header.write(path)?;
    let engine = Engine::create(&folder.store())?;
    let empty = Catalogue::empty();
    let version = Version::of(0, rng)?;
    let mut changes = Changes::new();
    empty
        .revise(version)
        .seal(&empty, keys, rng, &mut changes)?;
    engine.apply(changes)?;
    engine.sync()?;
    Mark::create(path, version, &keys.catalogue, rng)?;
    folder.sync_names()?;
    Ok(folder)
}

fn refuse_occupied(path: &Path) -> Result<(), VaultError> {
    match fs::read_dir(path).map(|mut entries| entries.next()) {
        Ok(None) => Ok(()),
        Ok(Some(_entry)) => Err(VaultError::AlreadyExists),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound => Ok(()),
            io::ErrorKind::NotADirectory => Err(VaultError::AlreadyExists),
            other => Err(VaultError::Io(other)),
        },
    }
}

/// A sibling of `path` with a name that nothing else has.
fn unfinished_path(path: &Path, rng: &dyn Rng) -> Result<PathBuf, VaultError> {
    let mut name: OsString = path.file_name().ok_or(VaultError::AlreadyExists)?.into();
    name.push(".unfinished-");
    name.push(base64url(random::<9>(rng)?));
    Ok(path.with_file_name(name))
}

#[cfg(test)]
mod tests;
