//! `issuer audit check`: whether the audit file's chain holds.

use std::{fs::File, io::BufReader, path::PathBuf};

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use issuer_adapters::audit::{self, AuditEvent, AuditProblem, FILE};
use serde_json::json;

use crate::{
    desk,
    failure::{Failure, Kind},
    folder::Folder,
    output::Output,
};

/// The audit file: what this institution did, one line each, in a chain of hashes, without names.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Check the chain, and say where it breaks.
    Check(Check),
}

/// Checks that each line follows from the one before. Write the hash it prints down elsewhere from time to time:
/// only with it is seen that lines were taken off the end.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n\n  issuer audit check --data issuer")]
pub(crate) struct Check {
    /// The institution's folder.
    #[arg(long)]
    data: PathBuf,
    /// A hash that an earlier check printed: it must still be in the chain.
    #[arg(long, value_name = "HASH")]
    known: Option<String>,
}

pub(crate) fn audit(command: &Audit, output: &Output) -> Result<(), Failure> {
    let Audit::Check(args) = command;
    let path = args.data.join(FILE);
    let file = File::open(&path).map_err(|error| Failure::file(&path, &error))?;
    let checked = audit::check(BufReader::new(file), args.known.as_deref());
    let checked = checked.map_err(|problem| {
        let kind = match problem {
            AuditProblem::Io(_) => Kind::Unexpected,
            _ => Kind::Damaged,
        };
        Failure::new(
            kind,
            problem.reason(),
            format!("{}: {problem}", path.display()),
        )
    })?;
    let lines = [
        format!(
            "{}: {} lines, the chain holds",
            path.display(),
            checked.lines
        ),
        format!("The last hash is {}", checked.last),
    ];
    let data = json!({"lines": checked.lines, "last": checked.last});
    output.data("issuer.audit/1", &data, &lines)
}

/// Adds what a command did.
pub(super) fn record(
    folder: &Folder,
    at: DateTime<Utc>,
    event: &AuditEvent,
) -> Result<(), Failure> {
    let added = desk::audit(folder).append(at, std::slice::from_ref(event));
    added.map_err(|error| Failure::file(&folder.path().join(FILE), &error))
}
