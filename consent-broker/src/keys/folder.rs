//! The keys' folder: a file for each secret, and `keys.json`, which says what each is for and from when.
//! A folder without it has one key of each kind.
//!
//! A new secret is on the disk before it is named, and an old one is named no more before it is removed:
//! whatever is interrupted leaves a folder that works.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use credential_core::{
    encoding::base64url,
    jose::{Jwk, Signer},
    rng::{Rng, random},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    KeyFileError, KeySet, MOST_KEYS, Timed, create_log_key, create_signing_key, io, load_log_key,
    load_signing_key, read_secret, signing_jwk, write_secret,
};
use crate::handles::HandleKey;

const SIGNING_FILE: &str = "signing-key.p8";
const SEALING_FILE: &str = "handle-key";
const LOG_FILE: &str = "log-key.p8";
const MANIFEST: &str = "keys.json";
const FORMAT: u32 = 1;
/// Most retired keys that are still published.
const MOST_RETIRED: usize = 64;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRole {
    /// Signs receipts, log heads and notices.
    Signing,
    /// Seals codes, tokens and one-time addresses.
    Sealing,
}

/// A key as its operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    /// Names the key; for a signing key its `kid`.
    pub id: String,
    /// What it is for.
    pub role: KeyRole,
    /// From when it is used; none for the first.
    pub from: Option<DateTime<Utc>>,
    /// Whether only its public half is left.
    pub is_retired: bool,
}

/// A key was not retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RetireError {
    /// There is no such key, or it is retired.
    #[error("there is no such key")]
    Unknown,
    /// Nothing newer is in use yet.
    #[error("no newer key is in use yet")]
    InUse,
    /// The folder.
    #[error(transparent)]
    Folder(#[from] KeyFileError),
}

/// The keys of a folder, before they are loaded.
#[derive(Debug)]
pub struct KeyFolder {
    folder: PathBuf,
    manifest: Manifest,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    signing: Vec<Entry>,
    sealing: Vec<Entry>,
    /// The file of the key from which names are made.
    names: String,
    retired: Vec<Jwk>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    from: Option<DateTime<Utc>>,
}

impl Entry {
    fn first(file: &str) -> Self {
        Self {
            file: file.into(),
            from: None,
        }
    }

    fn begins(&self) -> DateTime<Utc> {
        self.from.unwrap_or(DateTime::<Utc>::MIN_UTC)
    }
}

impl KeyFolder {
    /// Makes the first keys in an existing folder.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn create(folder: &Path, rng: &dyn Rng) -> Result<(), KeyFileError> {
        create_signing_key(&folder.join(SIGNING_FILE))?;
        let secret = Zeroizing::new(random::<32>(rng)?);
        write_secret(&folder.join(SEALING_FILE), secret.as_slice())?;
        create_log_key(&folder.join(LOG_FILE)).map(drop)
    }

    /// Reads what the folder says about its keys.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn open(folder: &Path) -> Result<Self, KeyFileError> {
        let manifest = match fs::read(folder.join(MANIFEST)) {
            Ok(octets) => read_manifest(&octets)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Manifest {
                format: FORMAT,
                signing: vec![Entry::first(SIGNING_FILE)],
                sealing: vec![Entry::first(SEALING_FILE)],
                names: SEALING_FILE.into(),
                retired: Vec::new(),
            },
            Err(error) => return Err(io(&error)),
        };
        Ok(Self {
            folder: folder.to_owned(),
            manifest,
        })
    }

    /// All keys.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn rows(&self) -> Result<Vec<KeyRow>, KeyFileError> {
        let mut rows = Vec::new();
        for entry in &self.manifest.signing {
            let key = load_signing_key(&self.folder.join(&entry.file))?;
            rows.push(row(kid(&signing_jwk(&key)), KeyRole::Signing, entry.from));
        }
        for entry in &self.manifest.sealing {
            let id = self.sealing_id(entry)?;
            rows.push(row(id, KeyRole::Sealing, entry.from));
        }
        rows.extend(self.manifest.retired.iter().map(|key| KeyRow {
            is_retired: true,
            ..row(kid(key), KeyRole::Signing, None)
        }));
        Ok(rows)
    }

    /// Makes a new key that is used from a moment on; gives its row.
    ///
    /// # Errors
    /// [`KeyFileError`]; the folder stays as it was.
    pub fn rotate(
        &mut self,
        role: KeyRole,
        from: DateTime<Utc>,
        rng: &dyn Rng,
    ) -> Result<KeyRow, KeyFileError> {
        let entries = match role {
            KeyRole::Signing => &self.manifest.signing,
            KeyRole::Sealing => &self.manifest.sealing,
        };
        // Used in their order: one that would be overtaken at once is a mistake.
        let is_last = entries.last().is_none_or(|last| last.begins() < from);
        if entries.len() >= MOST_KEYS || !is_last {
            return Err(KeyFileError::TooMany);
        }
        self.add(role, from, rng)
    }

    fn add(
        &mut self,
        role: KeyRole,
        from: DateTime<Utc>,
        rng: &dyn Rng,
    ) -> Result<KeyRow, KeyFileError> {
        let name = base64url(random::<9>(rng)?);
        let from = Some(from);
        let (file, id) = match role {
            KeyRole::Signing => {
                let file = format!("signing-key-{name}.p8");
                let key = create_signing_key(&self.folder.join(&file))?;
                (file, kid(&signing_jwk(&key)))
            }
            KeyRole::Sealing => {
                let file = format!("handle-key-{name}");
                let secret = Zeroizing::new(random::<32>(rng)?);
                write_secret(&self.folder.join(&file), secret.as_slice())?;
                let entry = Entry {
                    file: file.clone(),
                    from,
                };
                (file, self.sealing_id(&entry)?)
            }
        };
        let entries = match role {
            KeyRole::Signing => &mut self.manifest.signing,
            KeyRole::Sealing => &mut self.manifest.sealing,
        };
        entries.push(Entry { file, from });
        self.write_manifest()?;
        Ok(row(id, role, from))
    }

    /// The files that the folder lives by.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        let entries = self.manifest.signing.iter().chain(&self.manifest.sealing);
        let mut files: BTreeSet<String> = entries.map(|entry| entry.file.clone()).collect();
        files.insert(self.manifest.names.clone());
        if self.folder.join(MANIFEST).exists() {
            files.insert(MANIFEST.to_owned());
        }
        files
    }

    /// Makes a sealing key that is used from now on, whatever others are waiting.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub(crate) fn supersede_sealing(
        &mut self,
        now: DateTime<Utc>,
        rng: &dyn Rng,
    ) -> Result<KeyRow, KeyFileError> {
        self.add(KeyRole::Sealing, now, rng)
    }

    /// Removes the private half of a key that a newer one has replaced by now. The public half of a signing
    /// key stays published, for what it has signed, unless `is_distrusted`.
    ///
    /// # Errors
    /// [`RetireError`].
    pub fn retire(
        &mut self,
        id: &str,
        now: DateTime<Utc>,
        is_distrusted: bool,
    ) -> Result<KeyRole, RetireError> {
        let (role, at) = self.find(id)?;
        let entries = match role {
            KeyRole::Signing => &mut self.manifest.signing,
            KeyRole::Sealing => &mut self.manifest.sealing,
        };
        let mut newer = entries.iter().skip(at + 1);
        if !newer.any(|entry| entry.begins() <= now) {
            return Err(RetireError::InUse);
        }
        let entry = entries.remove(at);
        if role == KeyRole::Signing && !is_distrusted {
            let key = load_signing_key(&self.folder.join(&entry.file))?;
            self.manifest.retired.push(signing_jwk(&key));
            let most = self.manifest.retired.len().saturating_sub(MOST_RETIRED);
            self.manifest.retired.drain(..most);
        }
        self.write_manifest()?;
        // The key of names opens nothing any more once it is no sealing key.
        if entry.file != self.manifest.names {
            fs::remove_file(self.folder.join(&entry.file)).map_err(|error| io(&error))?;
            sync(&self.folder)?;
        }
        Ok(role)
    }

    fn find(&self, id: &str) -> Result<(KeyRole, usize), RetireError> {
        for (at, entry) in self.manifest.signing.iter().enumerate() {
            let key = load_signing_key(&self.folder.join(&entry.file))?;
            if kid(&signing_jwk(&key)) == id {
                return Ok((KeyRole::Signing, at));
            }
        }
        for (at, entry) in self.manifest.sealing.iter().enumerate() {
            if self.sealing_id(entry)? == id {
                return Ok((KeyRole::Sealing, at));
            }
        }
        Err(RetireError::Unknown)
    }

    /// The keys themselves.
    pub(super) fn load(&self) -> Result<KeySet, KeyFileError> {
        let mut signing: Vec<Timed<Arc<dyn Signer>>> = Vec::new();
        for entry in &self.manifest.signing {
            signing.push(Timed {
                key: Arc::new(load_signing_key(&self.folder.join(&entry.file))?),
                from: entry.begins(),
            });
        }
        let mut sealing = Vec::new();
        for entry in &self.manifest.sealing {
            sealing.push(Timed {
                key: self.handle_key(&entry.file)?,
                from: entry.begins(),
            });
        }
        let oldest = signing.first().map(|one| Arc::clone(&one.key));
        Ok(KeySet {
            oldest: oldest.ok_or(KeyFileError::Damaged)?,
            signing,
            sealing,
            names: self.handle_key(&self.manifest.names)?,
            retired: self.manifest.retired.clone(),
            log: load_log_key(&self.folder.join(LOG_FILE))?,
        })
    }

    fn handle_key(&self, file: &str) -> Result<HandleKey, KeyFileError> {
        let octets = read_secret(&self.folder.join(file))?;
        let octets = octets.as_slice().try_into();
        let octets = octets.map_err(|_length| KeyFileError::Damaged)?;
        Ok(HandleKey::new(Zeroizing::new(octets)))
    }

    /// A name for a secret that tells nothing about it.
    fn sealing_id(&self, entry: &Entry) -> Result<String, KeyFileError> {
        let key = self.handle_key(&entry.file)?;
        let derived = key.derive(&[b"key id"]).ok_or(KeyFileError::Damaged)?;
        let short = derived.first_chunk::<12>().ok_or(KeyFileError::Damaged)?;
        Ok(base64url(short))
    }

    fn write_manifest(&self) -> Result<(), KeyFileError> {
        let octets = serde_json::to_vec_pretty(&self.manifest);
        let octets = octets.map_err(|_error| KeyFileError::Damaged)?;
        let next = self.folder.join("keys.json.next");
        let written = File::create(&next).and_then(|mut file| {
            file.write_all(&octets)?;
            file.sync_all()?;
            fs::rename(&next, self.folder.join(MANIFEST))
        });
        written.map_err(|error| io(&error))?;
        sync(&self.folder)
    }
}

fn read_manifest(octets: &[u8]) -> Result<Manifest, KeyFileError> {
    #[derive(Deserialize)]
    struct OfFormat {
        format: u32,
    }
    let damaged = |_error| KeyFileError::Damaged;
    let OfFormat { format } = serde_json::from_slice(octets).map_err(damaged)?;
    if format > FORMAT {
        return Err(KeyFileError::NewerFormat);
    }
    let manifest: Manifest = serde_json::from_slice(octets).map_err(damaged)?;
    let entries = manifest.signing.iter().chain(&manifest.sealing);
    let names = entries.map(|entry| &entry.file).chain([&manifest.names]);
    let is_plain = |name: &String| !name.is_empty() && !name.contains(['/', '\\']) && name != "..";
    let are_plain = names.into_iter().all(is_plain);
    let is_whole = !manifest.signing.is_empty() && !manifest.sealing.is_empty();
    let is_small = manifest.signing.len().max(manifest.sealing.len()) <= MOST_KEYS;
    if !are_plain || !is_whole || !is_small || manifest.retired.len() > MOST_RETIRED {
        return Err(KeyFileError::Damaged);
    }
    Ok(manifest)
}

fn row(id: String, role: KeyRole, from: Option<DateTime<Utc>>) -> KeyRow {
    KeyRow {
        id,
        role,
        from,
        is_retired: false,
    }
}

fn kid(key: &Jwk) -> String {
    key.kid.clone().unwrap_or_else(|| key.thumbprint())
}

/// What a folder lists lasts only once the folder itself does.
fn sync(folder: &Path) -> Result<(), KeyFileError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| io(&error))
}
