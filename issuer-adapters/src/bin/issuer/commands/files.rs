//! Files that are given out: new ones only, and only for their owner to read.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::failure::{Failure, Kind};

/// None of them may be there: asked before anything is written, so that a refusal leaves no half of it.
pub(super) fn check_absent<'p>(
    paths: impl IntoIterator<Item = &'p PathBuf>,
) -> Result<(), Failure> {
    let mut paths = paths.into_iter();
    paths
        .find(|path| path.symlink_metadata().is_ok())
        .map_or(Ok(()), |path| Err(exists(path)))
}

/// The folder, made when it is not there.
pub(super) fn make(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| Failure::file(folder, &error))
}

/// A new file that only its owner reads.
pub(super) fn write(path: &Path, document: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = || -> io::Result<()> {
        let mut file = options.open(path)?;
        file.write_all(document)?;
        file.sync_all()
    };
    written().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => Failure::file(path, &error),
    })
}

fn exists(path: &Path) -> Failure {
    let message = format!(
        "{} is there already; nothing is overwritten",
        path.display()
    );
    Failure::new(Kind::Refused, "export_exists", message)
}
