//! Documents that lie beside the project and are no part of it. Tests over them say that they were skipped
//! where they are not there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::examples::{checked, leaves};
use crate::source::{Document, understand};

/// Documents by their names.
pub(crate) type Documents = Vec<(String, Vec<u8>)>;

/// Every fixture of the project, with its path.
pub(crate) fn fixtures() -> Documents {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures");
    let mut files = Vec::new();
    for source in fs::read_dir(folder).unwrap() {
        for file in fs::read_dir(source.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            files.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    files
}

/// The files at and below these places of the corpus, by their paths within it.
pub(crate) fn corpus(places: &[&str]) -> Option<Documents> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let mut files = Vec::new();
    for folder in places {
        let place = root.join(folder);
        if !place.exists() {
            eprintln!("skipped: no corpus here ({folder})");
            return None;
        }
        below(place, &mut files);
    }
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
        (name.to_owned(), fs::read(path).unwrap())
    };
    Some(files.iter().map(read).collect())
}

fn below(place: PathBuf, files: &mut Vec<PathBuf>) {
    if place.is_file() {
        files.push(place);
        return;
    }
    for entry in fs::read_dir(place).unwrap() {
        below(entry.unwrap().path(), files);
    }
}

/// All documents of a folder and the folders in it, by their path within it; notes about them (`.md`)
/// are none.
pub(crate) fn corpus_tree(folder: &str) -> Option<Documents> {
    let within = |(name, bytes): (String, Vec<u8>)| {
        let name = name.strip_prefix(folder).unwrap().trim_start_matches('/');
        (name.to_owned(), bytes)
    };
    let files = corpus(&[folder])?.into_iter();
    let mut documents: Documents = files
        .filter(|(name, _)| !name.ends_with(".md"))
        .map(within)
        .collect();
    documents.sort();
    Some(documents)
}

/// The documents of one folder itself, of one kind by the end of their names.
pub(crate) fn corpus_folder(folder: &str, extension: &str) -> Option<Documents> {
    let mut documents = corpus_tree(folder)?;
    documents.retain(|(name, _)| {
        let end = Path::new(name).extension();
        !name.contains('/') && end.is_some_and(|end| end == extension)
    });
    Some(documents)
}

/// Every value that these documents hold, once they are opened, is accounted for; or nothing of them is read.
pub(crate) fn check_accounts(places: &[&str], opened: impl Fn(&Document<'_>) -> Value) {
    for (name, bytes) in corpus(places).unwrap_or_default() {
        let Some(understood) = checked(&bytes) else {
            assert!(understand(&bytes).is_err(), "{name}");
            continue;
        };
        let value = opened(&Document::open(&bytes).unwrap());
        assert_eq!(
            understood.coverage.total().total(),
            leaves(&value),
            "{name}"
        );
    }
}
