//! The recipient's folder. Everything in it is for its owner's eyes only.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use credential_core::{
    encoding::base64url,
    id::GrantId,
    jose::{Es256Key, Jwk},
    rng::{Rng, random},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use verifier_sdk::{
    RecipientKey,
    recipient::{HeldGrant, PendingRequest},
};
use zeroize::Zeroizing;

use crate::failure::{Failure, Kind};

/// Largest file read, in octets: a trust list of twenty thousand participants fits.
const MAX_FILE: u64 = 32 << 20;

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct Store(PathBuf);

/// Who the recipient is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Profile {
    pub(crate) entity: String,
    pub(crate) redirect_uri: String,
}

impl Profile {
    pub(crate) fn client_id(&self) -> String {
        format!("openid_federation:{}", self.entity)
    }
}

/// Where the trust list comes from, whose key is pinned, and the newest list seen.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustSource {
    pub(crate) source: String,
    pub(crate) registrar: Jwk,
    pub(crate) sequence: u64,
    pub(crate) hash: String,
}

/// The keys, one for each use.
#[derive(Debug, Clone, Copy)]
pub(crate) enum KeyName {
    Signing,
    Dpop,
    Encryption,
}

impl Store {
    /// A new folder; an existing one is left alone.
    pub(crate) fn create(folder: &Path) -> Result<Self, Failure> {
        let store = Self(folder.to_owned());
        if store.profile_path().exists() {
            let detail = folder.display().to_string();
            return Err(Failure::new(Kind::Refused, "folder_in_use", detail));
        }
        for part in ["", "keys", "requests", "grants", "receipts"] {
            make_folder(&folder.join(part))?;
        }
        Ok(store)
    }

    pub(crate) fn open(folder: &Path) -> Result<Self, Failure> {
        let store = Self(folder.to_owned());
        if store.profile_path().exists() {
            Ok(store)
        } else {
            Err(Failure::new(
                Kind::NotFound,
                "folder_not_found",
                folder.display().to_string(),
            ))
        }
    }

    pub(crate) fn profile(&self) -> Result<Profile, Failure> {
        read_json(&self.profile_path())
    }

    pub(crate) fn save_profile(&self, profile: &Profile) -> Result<(), Failure> {
        write_json(&self.profile_path(), profile)
    }

    pub(crate) fn signing_key(&self, name: KeyName) -> Result<Es256Key, Failure> {
        let path = self.key_path(name);
        Es256Key::from_pkcs8(&read_file(&path)?).map_err(|_error| {
            Failure::new(Kind::Damaged, "key_damaged", path.display().to_string())
        })
    }

    pub(crate) fn encryption_key(&self) -> Result<RecipientKey, Failure> {
        let pkcs8 = read_file(&self.key_path(KeyName::Encryption))?;
        Ok(RecipientKey::from_pkcs8(&pkcs8)?)
    }

    /// Keys that were registered before the present one: what the operator put beside it as
    /// `former-….p8` when the key was changed.
    pub(crate) fn former_keys(&self) -> Result<Vec<RecipientKey>, Failure> {
        let mut keys = Vec::new();
        for entry in fs::read_dir(self.0.join("keys"))? {
            let name = entry?.file_name().into_string().unwrap_or_default();
            if name.starts_with("former-") && name.ends_with(".p8") {
                let pkcs8 = read_file(&self.0.join("keys").join(name))?;
                keys.push(RecipientKey::from_pkcs8(&pkcs8)?);
            }
        }
        Ok(keys)
    }

    pub(crate) fn save_key(&self, name: KeyName, pkcs8: &[u8]) -> Result<(), Failure> {
        write_file(&self.key_path(name), pkcs8)
    }

    pub(crate) fn trust(&self) -> Result<Option<TrustSource>, Failure> {
        let path = self.trust_path();
        path.exists().then(|| read_json(&path)).transpose()
    }

    pub(crate) fn save_trust(&self, trust: &TrustSource) -> Result<(), Failure> {
        write_json(&self.trust_path(), trust)
    }

    pub(crate) fn pending(&self, state: &str) -> Result<PendingRequest, Failure> {
        read_json(&self.pending_path(state)?)
    }

    pub(crate) fn save_pending(&self, pending: &PendingRequest) -> Result<(), Failure> {
        write_json(&self.pending_path(pending.state())?, pending)
    }

    /// A request is dropped once it was answered: its code verifier is of no more use.
    pub(crate) fn drop_pending(&self, state: &str) -> Result<(), Failure> {
        Ok(fs::remove_file(self.pending_path(state)?)?)
    }

    pub(crate) fn grant(&self, id: GrantId) -> Result<HeldGrant, Failure> {
        read_json(&self.grant_path(id))
    }

    pub(crate) fn save_grant(&self, grant: &HeldGrant) -> Result<(), Failure> {
        write_json(&self.grant_path(grant.id()), grant)
    }

    /// A grant that may not be in this folder.
    pub(crate) fn grant_if_any(&self, id: GrantId) -> Result<Option<HeldGrant>, Failure> {
        let path = self.grant_path(id);
        path.exists().then(|| read_json(&path)).transpose()
    }

    pub(crate) fn save_receipt(&self, id: &str, signed: &str) -> Result<(), Failure> {
        write_file(
            &self.0.join("receipts").join(format!("{id}.jwt")),
            signed.as_bytes(),
        )
    }

    fn profile_path(&self) -> PathBuf {
        self.0.join("recipient.json")
    }

    fn trust_path(&self) -> PathBuf {
        self.0.join("trust.json")
    }

    fn key_path(&self, name: KeyName) -> PathBuf {
        self.0.join("keys").join(match name {
            KeyName::Signing => "signing.p8",
            KeyName::Dpop => "dpop.p8",
            KeyName::Encryption => "encryption.p8",
        })
    }

    /// A state comes from outside: only what this program itself makes names a file.
    fn pending_path(&self, state: &str) -> Result<PathBuf, Failure> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if state.is_empty() || state.len() > 64 || !state.bytes().all(plain) {
            return Err(Failure::new(Kind::NotFound, "request_unknown", "state"));
        }
        Ok(self.0.join("requests").join(format!("{state}.json")))
    }

    fn grant_path(&self, id: GrantId) -> PathBuf {
        self.0.join("grants").join(format!("{id}.json"))
    }
}

/// A file, read completely and wiped when dropped. `-` is standard input.
pub(crate) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = if path == Path::new("-") {
        io::stdin()
            .lock()
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| about(path, error))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Failure::new(
            Kind::Damaged,
            "file_too_large",
            path.display().to_string(),
        ));
    }
    Ok(bytes)
}

pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    String::from_utf8(read_file(path)?.to_vec())
        .map_err(|_error| Failure::new(Kind::Damaged, "file_not_text", path.display().to_string()))
}

pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    serde_json::from_slice(&read_file(path)?).map_err(|error| {
        let detail = format!("{}: {error}", path.display());
        Failure::new(Kind::Damaged, "file_not_json", detail)
    })
}

fn write_json(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let bytes = serde_json::to_vec_pretty(value).context("a file's content")?;
    write_file(path, &Zeroizing::new(bytes))
}

/// Writes beside the place and moves there, so that no half-written file is ever read.
fn write_file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let rng = credential_core::rng::SystemRng::default();
    let mark = random::<8>(&rng as &dyn Rng).context("randomness")?;
    let beside = path.with_extension(format!("{}.new", base64url(mark)));
    let written = create_private(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| about(path, error))
}

fn about(path: &Path, error: io::Error) -> Failure {
    let failure = Failure::from(error);
    Failure {
        detail: format!("{}: {}", path.display(), failure.detail),
        ..failure
    }
}

#[cfg(unix)]
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

#[cfg(not(unix))]
pub(crate) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn make_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}
