//! Folders of servers whose process is gone: a shared server is never dropped, so the next run tidies up.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const NAME: &str = "private-postgres-";

/// The folder of this process's server of this number.
pub(crate) fn folder(number: u32) -> PathBuf {
    std::env::temp_dir().join(format!("{NAME}{}-{number}", std::process::id()))
}

/// Removes the folders of processes that have ended.
pub(crate) fn remove() {
    let found = fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten();
    for folder in found.map(|entry| entry.path()) {
        let name = folder
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let process = name
            .strip_prefix(NAME)
            .and_then(|rest| rest.split_once('-'));
        if process.is_some_and(|(id, _)| !Path::new("/proc").join(id).exists()) {
            remove_one(&folder);
        }
    }
}

/// Removes a folder, and the piece of shared memory that a killed server left.
pub(crate) fn remove_one(folder: &Path) {
    let told = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    let segment = told
        .lines()
        .nth(6)
        .and_then(|line| line.split_whitespace().nth(1));
    if let Some(segment) = segment {
        let _done = Command::new("ipcrm").args(["-m", segment]).output();
    }
    let _done = fs::remove_dir_all(folder);
}
