//! `issuer issue`: a credential for everybody in a spreadsheet, as offers with links and codes.

mod work;

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use issuer_adapters::batch::{MAX_SHEET, Sheet, SheetError, Template};
use zeroize::Zeroizing;

use self::work::{Totals, Work};
use super::{matched::Matched, progress::Progress, template};
use crate::{
    failure::{Failure, Kind},
    output::Output,
    place::Place,
};

/// Checks each row of a table and offers the credential of the template to its person. Rows with a problem are
/// listed and hinder no other; then the exit code is 8. Whatever interrupts the work, run it again: no row is
/// offered twice, and the results are written whole. So is a corrected table: only what is new in it is offered.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n\n  issuer issue --template badge.json --csv course.csv --data issuer --dry-run\n  issuer issue --template badge.json --csv course.csv --data issuer --matched in-person --valid-for 30"
)]
pub(crate) struct Issue {
    /// What the rows become: issuer template new.
    #[arg(long, value_name = "FILE")]
    template: PathBuf,
    /// The table: a row of column names, then one row for each person.
    #[arg(long, value_name = "FILE")]
    csv: PathBuf,
    /// Only check the table and show what each row would give.
    #[arg(long)]
    dry_run: bool,
    /// How the persons were matched to the rows; asked for on a terminal.
    #[arg(long, value_enum)]
    matched: Option<Matched>,
    /// For how many days the offers can be collected.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=90))]
    valid_for: u32,
    /// Where links and codes go, .csv or .jsonl; beside the table without it. Only you may read it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Offers rows that were offered before once more, under this word.
    #[arg(long, value_name = "WORD", default_value = "")]
    edition: String,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn issue(args: &Issue, output: &Output) -> Result<(), Failure> {
    let template = template::read(&args.template)?;
    let octets = read(&args.csv)?;
    let sheet = Sheet::read(&octets, &template).map_err(|error| refused(&args.csv, &error))?;
    warn(&sheet, output);
    let mut work = Work {
        args,
        template: &template,
        title: title(&template),
        output,
        totals: Totals::default(),
        progress: Progress::new(sheet.octets()),
    };
    if args.dry_run {
        work.check(&sheet)?;
    } else {
        work.offer(&sheet)?;
    }
    work.conclude()
}

fn title(template: &Template) -> &'static str {
    let kind = template.credential_type();
    kind.name(credential_core::text::Language::En)
        .unwrap_or_else(|| kind.vct())
}

fn warn(sheet: &Sheet<'_>, output: &Output) {
    if sheet.is_encoding_assumed() {
        output.message("The table does not say how it is encoded; Windows-1252 was assumed. Look at the names.");
    }
    if !sheet.unused_columns().is_empty() {
        let names = sheet.unused_columns().join(", ");
        output.message(&format!("Columns that the template does not use: {names}"));
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let failed = |error: &std::io::Error| Failure::file(path, error);
    let file = fs::File::open(path).map_err(|error| failed(&error))?;
    let length = file.metadata().map_or(0, |it| it.len());
    let capacity = usize::try_from(length).unwrap_or(MAX_SHEET).min(MAX_SHEET);
    let mut octets = Zeroizing::new(Vec::with_capacity(capacity + 2));
    file.take(MAX_SHEET as u64 + 1)
        .read_to_end(&mut octets)
        .map_err(|error| failed(&error))?;
    Ok(octets)
}

fn refused(path: &Path, error: &SheetError) -> Failure {
    Failure::new(
        Kind::Damaged,
        error.reason(),
        format!("{}: {error}", path.display()),
    )
}
