//! The file, in TOML 1.0. What is not known is refused: a mistyped name must not mean the default.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::table::{Given, rows};

/// The longest file that is read, in octets.
const MAX_LENGTH: u64 = 64 * 1024;

/// The configuration cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{}: longer than 64 KiB", .0.display())]
    TooLong(PathBuf),
    #[error("{}:{line}: {message}", path.display())]
    Wrong {
        path: PathBuf,
        /// From 1.
        line: usize,
        message: String,
    },
    #[error("{variable}: {message}")]
    Variable { variable: String, message: String },
}

/// Reads a file; relative paths in it begin in its folder, and so does the broker's folder.
///
/// # Errors
/// [`FileError`].
pub(super) fn read(path: &Path) -> Result<Given, FileError> {
    let unreadable = |error| FileError::Unreadable {
        path: path.to_owned(),
        error,
    };
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_LENGTH {
        return Err(FileError::TooLong(path.to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(unreadable)?;
    let mut given = parse(path, &text)?;
    let folder = path.parent().filter(|parent| *parent != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    given
        .broker
        .data
        .get_or_insert_with(|| Path::new("").into());
    Ok(given.beginning_in(folder))
}

/// # Errors
/// [`FileError::Wrong`].
pub(super) fn parse(path: &Path, text: &str) -> Result<Given, FileError> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let span = error.span().unwrap_or_default();
        let before = text.get(..span.start).unwrap_or_default();
        let word = text.get(span).unwrap_or_default();
        FileError::Wrong {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            message: explained(error.message(), word),
        }
    })
}

/// The parser's message, without values; with the nearest known name where one was not known.
fn explained(message: &str, word: &str) -> String {
    if !message.starts_with("unknown field") {
        // The parser repeats what it found, and that may be a secret.
        return match message.split_once(", expected ") {
            Some((_found, expected)) => format!("expected {expected}"),
            None => message.to_owned(),
        };
    }
    let known = rows();
    let known = known.iter().flat_map(|row| [row.section, row.name]);
    match nearest(word, known) {
        Some(near) => format!("unknown name `{word}`: did you mean `{near}`?"),
        None => format!("unknown name `{word}`"),
    }
}

/// The known name that a mistyped one is nearest to, if it is near at all.
pub(super) fn nearest<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let likeness = |name: &str| strsim::jaro_winkler(word, name);
    known
        .map(|name| (likeness(name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}
