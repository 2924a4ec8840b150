//! The audit file: who did what and when, one line of JSON each, in a chain of hashes. It names offers,
//! status indexes and keys, never a holder.
//!
//! `{"prev": SHA-256 of the line before, "at": …, "who": …, "event": {…}}`; hashes are base64url, taken
//! over the octets of a line without its end, and the first line's `prev` is that of no octets.
//!
//! # What the chain shows, and what not
//! A line that was altered, taken out of the middle or put in breaks it. Lines taken off the end do
//! not: whoever writes down the last hash from time to time, elsewhere, can check that it is still in
//! the chain ([`check`]). Whoever may write the file can also write a new one from its beginning; only
//! a hash that was written down elsewhere tells.
//!
//! A line that a crash cut off was not acknowledged; the next writer takes it away.

mod check;
mod line;
#[cfg(test)]
mod tests;

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Utc};

pub use check::{AuditProblem, Checked, check};
use line::hash_of;
pub use line::{AuditEvent, AuditLine, MAX_LINE, MAX_REASON, NOTHING_BEFORE};

/// The file's name in the institution's folder.
pub const FILE: &str = "audit.jsonl";
/// Longest name of who did something, in characters.
const MAX_WHO: usize = 64;

/// The audit file, for whoever adds to it. Several programs may: each line is added under a lock.
#[derive(Debug)]
pub struct AuditLog {
    path: PathBuf,
    who: String,
    last: Mutex<Option<Last>>,
}

/// Where the file ended when this program wrote to it last, and the hash there.
#[derive(Debug, Clone)]
struct Last {
    length: u64,
    hash: String,
}

impl AuditLog {
    /// The file in `folder`, to which `who` adds. It is made with the first line.
    #[must_use]
    pub fn in_folder(folder: &Path, who: &str) -> Self {
        let who: String = who
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_WHO)
            .collect();
        Self {
            path: folder.join(FILE),
            who,
            last: Mutex::default(),
        }
    }

    /// Adds events in one go; they last through a power failure.
    ///
    /// # Errors
    /// What the system says; then some or none of the events may be in the file.
    pub fn append(&self, at: DateTime<Utc>, events: &[AuditEvent]) -> io::Result<()> {
        if events.is_empty() {
            return Ok(());
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        // Held until the file is closed.
        file.lock()?;
        let mut end = match last.take() {
            Some(known) if known.length == file.metadata()?.len() => known,
            _ => end_of(&mut file)?,
        };
        let mut text = String::new();
        for event in events {
            let line = AuditLine {
                prev: std::mem::take(&mut end.hash),
                at,
                who: self.who.clone(),
                event: event.clone(),
            };
            let line = serde_json::to_string(&line)?;
            end.hash = hash_of(line.as_bytes());
            text.push_str(&line);
            text.push('\n');
        }
        file.seek(SeekFrom::Start(end.length))?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        end.length += text.len() as u64;
        *last = Some(end);
        Ok(())
    }
}

/// The end of the last whole line, and its hash; what a crash left behind it is cut off.
fn end_of(file: &mut File) -> io::Result<Last> {
    let length = file.metadata()?.len();
    // Two lines at most are looked at: a whole one and a broken one.
    let window = length.min(2 * MAX_LINE as u64 + 2);
    file.seek(SeekFrom::Start(length - window))?;
    let mut octets = Vec::new();
    file.take(window).read_to_end(&mut octets)?;
    let whole = octets.iter().rposition(|octet| *octet == b'\n');
    let Some(whole) = whole else {
        if window < length {
            return Err(io::Error::from(io::ErrorKind::InvalidData));
        }
        file.set_len(0)?;
        return Ok(Last {
            length: 0,
            hash: NOTHING_BEFORE.into(),
        });
    };
    let body = octets.get(..whole).unwrap_or_default();
    let start = body.iter().rposition(|octet| *octet == b'\n');
    let line = body.get(start.map_or(0, |at| at + 1)..).unwrap_or_default();
    let end = length - window + whole as u64 + 1;
    file.set_len(end)?;
    Ok(Last {
        length: end,
        hash: hash_of(line),
    })
}
