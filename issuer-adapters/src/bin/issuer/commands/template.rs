//! `issuer template`: what a spreadsheet's rows become.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use issuer_adapters::batch::{Fill, MAX_TEMPLATE, Template, TemplateError, example};
use serde::Serialize;

use super::files::write;
use crate::{
    failure::{Failure, Kind},
    output::Output,
};

/// Most files of a folder looked at.
const MOST_FILES: usize = 1_000;

/// Templates: JSON files that say the type of credential, what is the same in each, and which column of a table
/// fills what.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Example:\n\n  issuer template new badge.json\n  issuer template check badge.json\n  issuer template list ."
)]
pub(crate) enum TemplateCommand {
    /// List the templates of a folder.
    List(List),
    /// Write a template to begin with, with comments in it.
    New(New),
    /// Say everything that is wrong in a template.
    Check(Check),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// The folder.
    #[arg(default_value = ".")]
    folder: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct New {
    /// The file to write; nothing is overwritten.
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The template.
    file: PathBuf,
}

#[derive(Debug, Serialize)]
struct Listed {
    file: PathBuf,
    vct: Option<&'static str>,
    /// Why it cannot be used.
    problem: Option<String>,
}

#[derive(Debug, Serialize)]
struct Checked {
    vct: &'static str,
    columns: Vec<Filled>,
}

#[derive(Debug, Serialize)]
struct Filled {
    claim: String,
    columns: Vec<String>,
    required: bool,
}

pub(crate) fn template(command: &TemplateCommand, output: &Output) -> Result<(), Failure> {
    match command {
        TemplateCommand::List(args) => list(&args.folder, output),
        TemplateCommand::New(args) => {
            write(&args.file, example().as_bytes())?;
            output.message("Change what you need in it, then run issuer template check.");
            let lines = [args.file.display().to_string()];
            output.data("issuer.template-file/1", &args.file, &lines)
        }
        TemplateCommand::Check(args) => check(&args.file, output),
    }
}

/// Reads a template of a file.
pub(super) fn read(path: &Path) -> Result<Template, Failure> {
    attempt(path)?.map_err(|error| refused(path, &error))
}

fn attempt(path: &Path) -> Result<Result<Template, TemplateError>, Failure> {
    let mut octets = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_TEMPLATE as u64 + 1).read_to_end(&mut octets))
        .map_err(|error| Failure::file(path, &error))?;
    Ok(Template::read(&octets))
}

fn refused(path: &Path, error: &TemplateError) -> Failure {
    let message = match error {
        TemplateError::Problems(problems) => {
            let lines = problems
                .iter()
                .map(|it| format!("{}: {}: {}", path.display(), it.place, it.problem));
            lines.collect::<Vec<_>>().join("\n")
        }
        other => format!("{}: {other}", path.display()),
    };
    Failure::new(Kind::Damaged, error.reason(), message)
}

fn check(path: &Path, output: &Output) -> Result<(), Failure> {
    let template = read(path)?;
    let filled = |fill: &Fill| Filled {
        claim: fill.path.join("/"),
        columns: fill.columns.clone(),
        required: fill.required,
    };
    let checked = Checked {
        vct: template.credential_type().vct(),
        columns: template.fills().iter().map(filled).collect(),
    };
    let mut lines = vec![format!("{}: good, gives {}", path.display(), checked.vct)];
    lines.extend(checked.columns.iter().map(|it| {
        let need = if it.required { "" } else { " (may be empty)" };
        format!("  {} from {}{need}", it.claim, it.columns.join(" or "))
    }));
    output.data("issuer.template/1", &checked, &lines)
}

/// Files of the folder that say they are templates, good or not.
fn list(folder: &Path, output: &Output) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| Failure::file(folder, error);
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)
        .map_err(|error| failed(&error))?
        .take(MOST_FILES)
    {
        let path = entry.map_err(|error| failed(&error))?.path();
        if path.extension().is_some_and(|it| it == "json") && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    let mut listed = Vec::new();
    for file in files {
        let (vct, problem) = match attempt(&file)? {
            Ok(template) => (Some(template.credential_type().vct()), None),
            Err(error @ TemplateError::Problems(_)) => (None, Some(error.to_string())),
            // Some other JSON.
            Err(_) => continue,
        };
        listed.push(Listed { file, vct, problem });
    }
    let line = |it: &Listed| {
        let said = it.vct.map(str::to_owned).or_else(|| it.problem.clone());
        format!("{}  {}", it.file.display(), said.unwrap_or_default())
    };
    let lines: Vec<_> = listed.iter().map(line).collect();
    output.data("issuer.templates/1", &listed, &lines)
}
