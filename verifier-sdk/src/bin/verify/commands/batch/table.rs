//! The table: CSV, or a line of JSON for each file. A file of it appears in its place when it is whole, for its
//! owner alone: it has names.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::json;
use verifier_sdk::{SUMMARY_SCHEMA, Summary, checks::Outcome};

use super::Line;
use crate::{failure::Failure, store::create_private};

pub(super) struct Table {
    out: Out,
    /// Where the file is written, and where it belongs.
    place: Option<(PathBuf, PathBuf)>,
}

enum Out {
    Csv(Box<csv::Writer<Box<dyn Write>>>),
    Json(Box<dyn Write>),
}

/// One line of CSV. The reasons stand with spaces between them.
#[derive(Serialize)]
struct Row<'a> {
    file: String,
    verdict: Outcome,
    reasons: String,
    issuer: String,
    #[serde(rename = "type")]
    kind: String,
    person: String,
    title: String,
    issued: &'a str,
    expires: &'a str,
}

impl Table {
    /// To a file, or to standard output.
    pub(super) fn begin(path: Option<&Path>, is_json: bool) -> Result<Self, Failure> {
        let mut place = None;
        let out: Box<dyn Write> = match path {
            None => Box::new(BufWriter::new(io::stdout())),
            Some(path) => {
                let mut name = path.file_name().unwrap_or_default().to_owned();
                name.push(".part");
                let part = path.with_file_name(name);
                if part.symlink_metadata().is_ok() {
                    fs::remove_file(&part)?;
                }
                let file = BufWriter::new(create_private(&part)?);
                place = Some((part, path.to_owned()));
                Box::new(file)
            }
        };
        let out = match is_json {
            true => Out::Json(out),
            false => Out::Csv(Box::new(csv::Writer::from_writer(out))),
        };
        Ok(Self { out, place })
    }

    pub(super) fn add(&mut self, line: &Line) -> Result<(), Failure> {
        match &mut self.out {
            Out::Json(out) => {
                serde_json::to_writer(&mut *out, &in_json(line)).map_err(io::Error::from)?;
                Ok(out.write_all(b"\n")?)
            }
            Out::Csv(out) => {
                in_csv(line, out).map_err(|error| Failure::from(io::Error::from(error)))
            }
        }
    }

    pub(super) fn finish(self) -> Result<(), Failure> {
        match self.out {
            Out::Json(mut out) => out.flush()?,
            Out::Csv(mut out) => out.flush()?,
        }
        if let Some((part, path)) = self.place {
            fs::rename(part, path)?;
        }
        Ok(())
    }
}

fn in_json(line: &Line) -> serde_json::Value {
    #[derive(Serialize)]
    struct Said<'a> {
        schema: &'a str,
        file: &'a str,
        #[serde(flatten)]
        summary: &'a Summary,
    }
    let (schema, file) = (SUMMARY_SCHEMA, line.name.as_str());
    match &line.outcome {
        Ok(summary) => json!(Said {
            schema,
            file,
            summary
        }),
        Err(reason) => {
            json!({"schema": schema, "file": file, "verdict": line.verdict(), "reasons": [reason]})
        }
    }
}

fn in_csv(line: &Line, out: &mut csv::Writer<Box<dyn Write>>) -> csv::Result<()> {
    let unread = |reason: &str| Row {
        file: inert(&line.name),
        verdict: line.verdict(),
        reasons: reason.into(),
        issuer: String::new(),
        kind: String::new(),
        person: String::new(),
        title: String::new(),
        issued: "",
        expires: "",
    };
    match &line.outcome {
        Err(reason) => out.serialize(unread(reason)),
        Ok(summary) => {
            let Summary {
                issued_at,
                expires_at,
                ..
            } = summary;
            let [issued, expires] =
                [issued_at, expires_at].map(|at| at.map_or_else(String::new, |at| at.to_rfc3339()));
            let reasons: Vec<_> = summary.reasons.iter().map(|reason| reason.code()).collect();
            out.serialize(Row {
                issuer: inert(&summary.issuer),
                kind: inert(&summary.kind),
                person: inert(&summary.person),
                title: inert(&summary.title),
                issued: &issued,
                expires: &expires,
                ..unread(&reasons.join(" "))
            })
        }
    }
}

/// What a spreadsheet would calculate is made text: it comes from strangers.
fn inert(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}
