//! What is to be checked: files, the files of folders, or the lines of a file. Nothing is read before it is
//! its turn.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read as _},
    path::{Path, PathBuf},
};

use crate::{args::Batch, failure::Failure, store::read_file};

/// Longest line that is checked, in octets.
const MAX_LINE: u64 = 1 << 20;

/// One credential to check.
pub(super) struct Item {
    /// How the table names it.
    pub(super) name: String,
    content: Content,
}

enum Content {
    File(PathBuf),
    Text(String),
    /// Not readable, and why.
    Not(&'static str),
}

impl Item {
    /// The credential, or the reason why there is none.
    pub(super) fn read(&self) -> Result<Vec<u8>, &'static str> {
        match &self.content {
            Content::File(path) => read_file(path)
                .map(|octets| octets.to_vec())
                .map_err(|failure| failure.reason),
            Content::Text(text) => Ok(text.clone().into_bytes()),
            Content::Not(reason) => Err(reason),
        }
    }
}

/// In the order of the command; those of a folder by their names.
pub(super) fn items(
    batch: &Batch,
) -> Result<Box<dyn Iterator<Item = Result<Item, Failure>> + '_>, Failure> {
    if let Some(path) = &batch.lines {
        return Ok(Box::new(lines(path)?));
    }
    let mut files = Vec::new();
    for path in &batch.paths {
        match path.is_dir() {
            true => files.extend(inside(path)?),
            false => files.push(path.clone()),
        }
    }
    Ok(Box::new(files.into_iter().map(|path| {
        Ok(Item {
            name: path.display().to_string(),
            content: Content::File(path),
        })
    })))
}

/// The files of a folder, not those of folders in it, nor hidden ones.
fn inside(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Each line that is not empty, by its number.
fn lines(path: &Path) -> Result<impl Iterator<Item = Result<Item, Failure>> + use<>, Failure> {
    let about = |error: io::Error| {
        let detail = format!("{}: {error}", path.display());
        Failure {
            detail,
            ..Failure::from(error)
        }
    };
    let mut file = BufReader::new(File::open(path).map_err(about)?);
    let (mut number, mut octets) = (0_u64, Vec::new());
    Ok(std::iter::from_fn(move || {
        loop {
            number += 1;
            octets.clear();
            match next_line(&mut file, &mut octets) {
                Err(error) => return Some(Err(Failure::from(error))),
                Ok(Next::End) => return None,
                Ok(Next::TooLong) => return Some(Ok(item(number, Content::Not("line_too_long")))),
                Ok(Next::Line) => {}
            }
            let content = match std::str::from_utf8(&octets).map(str::trim) {
                Ok("") => continue,
                Ok(text) => Content::Text(text.to_owned()),
                Err(_not_text) => Content::Not("file_not_text"),
            };
            return Some(Ok(item(number, content)));
        }
    }))
}

enum Next {
    Line,
    TooLong,
    End,
}

/// The rest of a line that is too long is passed over, so that the next one is found.
fn next_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Next> {
    let read = file.take(MAX_LINE).read_until(b'\n', line)?;
    if read as u64 == MAX_LINE && !line.ends_with(b"\n") {
        file.skip_until(b'\n')?;
        return Ok(Next::TooLong);
    }
    Ok(if read == 0 { Next::End } else { Next::Line })
}

fn item(number: u64, content: Content) -> Item {
    Item {
        name: format!("line {number}"),
        content,
    }
}
