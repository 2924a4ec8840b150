//! The files of a closed store in hands that know what they do.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Changes rows, and leaves the store as one from before there was a sum over them: whoever can write
/// the files can make everything fit.
pub(super) fn edit(folder: &Path, change: impl FnOnce(&::sled::Db)) {
    change_only(folder, |rows| {
        change(rows);
        rows.remove(b"=").unwrap();
    });
    fs::remove_file(folder.join("mark")).unwrap();
}

/// Changes rows and nothing else.
pub(super) fn change_only(folder: &Path, change: impl FnOnce(&::sled::Db)) {
    let rows = opened(folder);
    change(&rows);
    rows.flush().unwrap();
}

/// The engine's own threads hold its lock a moment longer than a handle lives.
fn opened(folder: &Path) -> ::sled::Db {
    for _try in 0..100 {
        match ::sled::open(folder) {
            Ok(rows) => return rows,
            Err(_locked) => std::thread::sleep(std::time::Duration::from_millis(20)),
        }
    }
    ::sled::open(folder).unwrap()
}

/// The files of a folder and those below it.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found.sort();
    found
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}
