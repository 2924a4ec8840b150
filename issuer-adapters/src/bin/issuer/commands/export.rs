//! `issuer export`: a record in an open format, so that whoever it is about can take it along.

use std::path::PathBuf;

use clap::{Args, builder::PossibleValuesParser};
use credential_core::{
    clock::{Clock as _, SystemClock},
    record::LearningRecord,
    rng::{SystemRng, random},
    text::Language,
};
use issuer_adapters::writer::{Occasion, RecordWriter, Unsaid, WRITERS, Written, writer};
use serde::Serialize;

use super::{
    files::{check_absent, make, write},
    understand,
};
use crate::{failure::Failure, output::Output};

/// Writes a study record, whatever kind of document it is, in an open format. What the format cannot
/// say is listed. Nothing is overwritten, and only you may read the files.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n\n  issuer export record.json --as openbadges --out exported --language sv"
)]
pub(crate) struct Export {
    /// The record, as the register gives it.
    file: PathBuf,
    /// The format.
    #[arg(long = "as", value_name = "FORMAT", value_parser = formats())]
    format: String,
    /// The folder to write to; it is made when it is not there.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// fi, sv or en: what is written where the format has place for one language only.
    #[arg(long, default_value = "en")]
    language: Language,
}

#[derive(Debug, Serialize)]
struct Report {
    format: &'static str,
    media_type: &'static str,
    /// One for each person of the document.
    records: Vec<Exported>,
}

#[derive(Debug, Serialize)]
struct Exported {
    files: Vec<PathBuf>,
    unsaid: Vec<Left>,
}

/// What a file does not say, and why.
#[derive(Debug, Serialize)]
struct Left {
    place: String,
    why: &'static str,
}

pub(crate) fn export(export: &Export, output: &Output) -> Result<(), Failure> {
    let writer = writer(&export.format).ok_or_else(|| Failure::usage("no such format"))?;
    let understood = understand(&export.file)?;
    let mut ready = Vec::new();
    for (index, record) in understood.records.iter().enumerate() {
        let written = written(export, writer, record)?;
        let person = (understood.records.len() > 1).then_some(index + 1);
        ready.push((
            paths(export, writer, person, written.documents.len()),
            written,
        ));
    }
    // Before anything is written, so that a refusal leaves no half of it.
    check_absent(ready.iter().flat_map(|(paths, _)| paths))?;
    make(&export.out)?;
    for (paths, written) in &ready {
        for (path, document) in paths.iter().zip(&written.documents) {
            write(path, document)?;
        }
    }
    tell(writer, ready, output)
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(WRITERS.iter().map(|writer| writer.name()))
}

fn written(
    export: &Export,
    writer: &dyn RecordWriter,
    record: &LearningRecord,
) -> Result<Written, Failure> {
    let id = random(&SystemRng::default()).map_err(Failure::unexpected)?;
    let occasion = Occasion::new(SystemClock.now(), id, export.language);
    writer
        .write(record, &occasion)
        .map_err(|error| Failure::export(&export.file, &error))
}

/// `record.elmo.xml`; numbered where there are several people (`record-2.…`) or documents (`….openbadges-3.json`).
fn paths(
    export: &Export,
    writer: &dyn RecordWriter,
    person: Option<usize>,
    documents: usize,
) -> Vec<PathBuf> {
    let stem = export
        .file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    let person = person.map_or_else(String::new, |number| format!("-{number}"));
    let form = if writer.media_type().ends_with("xml") {
        "xml"
    } else {
        "json"
    };
    let one = |number: usize| {
        let number = if documents > 1 {
            format!("-{number}")
        } else {
            String::new()
        };
        let name = format!("{stem}{person}.{}{number}.{form}", writer.name());
        export.out.join(name)
    };
    (1..=documents).map(one).collect()
}

fn tell(
    writer: &dyn RecordWriter,
    ready: Vec<(Vec<PathBuf>, Written)>,
    output: &Output,
) -> Result<(), Failure> {
    let mut lines = Vec::new();
    let mut records = Vec::new();
    for (files, written) in ready {
        lines.extend(files.iter().map(|file| file.display().to_string()));
        if !written.unsaid.is_empty() {
            lines.push(format!(
                "{} values of the record are not in it:",
                written.unsaid.len()
            ));
        }
        let unsaid: Vec<_> = written.unsaid.into_iter().map(left).collect();
        let each = unsaid.iter();
        lines.extend(each.map(|left| format!("  {}: {}", left.place, left.why)));
        records.push(Exported { files, unsaid });
    }
    let report = Report {
        format: writer.name(),
        media_type: writer.media_type(),
        records,
    };
    output.data("issuer.export/1", &report, &lines)
}

fn left(unsaid: Unsaid) -> Left {
    Left {
        place: unsaid.place,
        why: unsaid.why,
    }
}
