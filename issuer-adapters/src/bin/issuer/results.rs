//! The file with the links and codes of a batch: written beside its place and moved there when it is
//! whole, for its owner alone.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use credential_core::id::OfferId;
use issuer_adapters::server::reference;
use serde::Serialize;

use crate::failure::Failure;

/// What one person is handed.
#[derive(Debug)]
pub(crate) struct Handing<'a> {
    pub(crate) row: usize,
    pub(crate) person: &'a str,
    pub(crate) offer: OfferId,
    /// Link and code; none when the offer of earlier work does not wait any more.
    pub(crate) handover: Option<(String, String)>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) is_new: bool,
}

/// The file while it is written.
pub(crate) struct Results {
    path: PathBuf,
    part: PathBuf,
    format: Format,
}

enum Format {
    Table(Box<csv::Writer<File>>),
    Lines(BufWriter<File>),
}

#[derive(Serialize)]
struct Written<'a> {
    row: usize,
    person: &'a str,
    offer: OfferId,
    link: &'a str,
    code: &'a str,
    reference: String,
    expires: String,
    state: &'static str,
}

impl Results {
    /// What an interrupted run left is written anew.
    pub(crate) fn begin(path: &Path) -> Result<Self, Failure> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let opened = || -> io::Result<File> {
            if part.symlink_metadata().is_ok() {
                fs::remove_file(&part)?;
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(&part)
        };
        let file = opened().map_err(|error| Failure::file(&part, &error))?;
        let is_lines = path
            .extension()
            .is_some_and(|it| it == "jsonl" || it == "json");
        let format = match is_lines {
            true => Format::Lines(BufWriter::new(file)),
            false => Format::Table(Box::new(csv::Writer::from_writer(file))),
        };
        Ok(Self {
            path: path.to_owned(),
            part,
            format,
        })
    }

    pub(crate) fn add(&mut self, handing: &Handing<'_>) -> Result<(), Failure> {
        let (link, code) = handing
            .handover
            .as_ref()
            .map_or(("", ""), |(link, code)| (link.as_str(), code.as_str()));
        let state = match (handing.is_new, &handing.handover) {
            (true, _) => "offered",
            (false, Some(_)) => "offered before",
            (false, None) => "no longer waiting",
        };
        let mut written = Written {
            row: handing.row,
            person: handing.person,
            offer: handing.offer,
            link,
            code,
            reference: reference(&handing.offer),
            expires: handing.expires_at.to_rfc3339(),
            state,
        };
        let failed = |error: io::Error| Failure::file(&self.part, &error);
        match &mut self.format {
            Format::Lines(out) => {
                serde_json::to_writer(&mut *out, &written).map_err(Failure::unexpected)?;
                out.write_all(b"\n").map_err(failed)
            }
            Format::Table(out) => {
                let inert = inert(written.person);
                written.person = &inert;
                out.serialize(&written)
                    .map_err(|error| failed(error.into()))
            }
        }
    }

    /// The whole file, in its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { path, part, format } = self;
        let file = match format {
            Format::Lines(out) => out.into_inner().map_err(|error| error.into_error()),
            Format::Table(out) => out
                .into_inner()
                .map_err(|error| io::Error::other(error.to_string())),
        };
        file.and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&part, &path))
            .map_err(|error| Failure::file(&path, &error))
    }
}

/// A name that a spreadsheet would calculate is made text.
fn inert(person: &str) -> String {
    match person.starts_with(['=', '+', '-', '@', '\t']) {
        true => format!("'{person}"),
        false => person.to_owned(),
    }
}
