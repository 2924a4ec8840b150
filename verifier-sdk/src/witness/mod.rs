//! A witness of other people's logs (C2SP tlog-witness): it remembers the last head of each log, and
//! cosigns a newer one only when the older is its beginning. Who trusts it learns that everybody is
//! shown one log.

mod folder;
mod server;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use credential_core::{
    clock::Clock,
    transparency::{
        AddCheckpoint, KeyKind, Refusal, Seen, SignedCheckpoint, VerifierKey, WitnessSigner, judge,
    },
};

pub use folder::{FolderError, WitnessFolder};
pub use server::witness_router;

/// Most logs of one witness.
pub const MAX_LOGS: usize = 1024;

/// A witness at work; clones share it. What it has cosigned last, it has on disk.
#[derive(Debug, Clone)]
pub struct Witness(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    signer: WitnessSigner,
    logs: BTreeMap<String, VerifierKey>,
    clock: Arc<dyn Clock>,
    // Checking and keeping are one step: C2SP tlog-witness describes the race.
    folder: Mutex<WitnessFolder>,
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError {
    /// The log's fault, with its HTTP status.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The witness's own: what it has cosigned last cannot be read or kept, so it signs nothing.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

impl WitnessError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.reason(),
            Self::Folder(error) => error.reason(),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Refused(refusal) => refusal.status(),
            Self::Folder(_) => 500,
        }
    }
}

impl Witness {
    /// The witness of this folder, for these logs. What was cosigned of each is read at once, so that a
    /// damaged folder is found out before anything is asked.
    ///
    /// # Errors
    /// [`FolderError`]; [`FolderError::Logs`] when there is none, two of one origin, too many, or a key
    /// that is no log's. [`FolderError::InUse`] when the folder was opened only to look.
    pub fn new(
        folder: WitnessFolder,
        logs: Vec<VerifierKey>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, FolderError> {
        if !folder.is_ours() {
            return Err(FolderError::InUse);
        }
        let count = logs.len();
        let are_logs = logs.iter().all(|key| key.kind() == KeyKind::Log);
        let logs: BTreeMap<_, _> = logs
            .into_iter()
            .map(|key| (key.name().to_owned(), key))
            .collect();
        if !are_logs || logs.len() != count || !(1..=MAX_LOGS).contains(&count) {
            return Err(FolderError::Logs);
        }
        for origin in logs.keys() {
            folder.seen(origin)?;
        }
        Ok(Self(Arc::new(Parts {
            signer: folder.signer()?,
            logs,
            clock,
            folder: Mutex::new(folder),
        })))
    }

    /// The key that others trust.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        self.0.signer.verifier()
    }

    /// Answers one `add-checkpoint`: the line with the cosignature. The head is on disk when it returns.
    /// Blocks while it is being written.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn add_checkpoint(&self, body: &str) -> Result<String, WitnessError> {
        let request = AddCheckpoint::parse(body)?;
        let parts = &*self.0;
        // A panic under the lock leaves the file as it was or as it is to be.
        let folder = parts.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = |origin: &str| folder.seen(origin).map_err(WitnessError::from);
        let (signed, _seen): (SignedCheckpoint, Seen) =
            judge(&request, |origin| parts.logs.get(origin), seen)?;
        let line = parts.signer.cosign(signed.note(), parts.clock.now());
        folder.keep(&signed.checkpoint().origin, signed.note())?;
        Ok(line.to_string())
    }
}

/// Makes a witness in `folder` under this name, and gives the key that others trust.
///
/// # Errors
/// [`FolderError`]; an existing witness is never overwritten.
pub fn create(folder: &Path, name: &str) -> Result<VerifierKey, FolderError> {
    let folder = WitnessFolder::create(folder, name)?;
    Ok(folder.signer()?.verifier().clone())
}
