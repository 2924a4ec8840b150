//! One file for each noun of the command line, and the reading of a record, which some of them share.

pub(crate) mod audit;
pub(crate) mod badge;
mod coverage;
pub(crate) mod credential;
pub(crate) mod evidence;
pub(crate) mod export;
mod files;
pub(crate) mod init;
pub(crate) mod issue;
pub(crate) mod key;
pub(crate) mod map;
mod matched;
pub(crate) mod metadata;
pub(crate) mod offer;
mod progress;
pub(crate) mod serve;
pub(crate) mod template;

use std::{fs::File, io::Read as _, path::Path};

use credential_core::record::LearningRecord;
use issuer_adapters::source::{self, MAX_BYTES, Understood};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Reads one person's record, of any kind of document that is known.
fn read_record(path: &Path) -> Result<LearningRecord, Failure> {
    understand(path)?
        .into_record()
        .map_err(|error| Failure::record(path, &error))
}

/// Reads a document of any kind that is known.
fn understand(path: &Path) -> Result<Understood, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    // One octet more than allowed, so that the reader itself says it is too large.
    let limit = MAX_BYTES as u64 + 1;
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| Failure::file(path, &error))?;
    source::understand(&bytes).map_err(|error| Failure::record(path, &error))
}
