//! `issuer issue`: a credential for everybody in a spreadsheet, as offers with links and codes.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use issuer_adapters::{
    batch::{MAX_SHEET, Row, Sheet, SheetError, Template},
    server::HolderMatch,
};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{
    files::check_absent,
    matched::{Matched, asked},
    progress::Progress,
    template,
};
use crate::{
    asked::{Answer, Ask, AskedRow, ROWS, RowAnswer},
    desk::Desk,
    failure::{Failure, Kind},
    output::Output,
    place::Place,
    results::{Handing, Results},
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

#[derive(Debug, Default, Serialize)]
struct Totals {
    rows: usize,
    /// Offers made now.
    offered: usize,
    /// Rows that were offered before.
    before: usize,
    problems: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    results: Option<PathBuf>,
}

/// A line of the check table.
#[derive(Debug, Serialize)]
struct Line<'a> {
    row: usize,
    person: &'a str,
    gives: Option<&'a str>,
    problem: Option<String>,
    reason: Option<&'a str>,
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

struct Work<'a> {
    args: &'a Issue,
    template: &'a Template,
    title: &'static str,
    output: &'a Output,
    totals: Totals,
    progress: Progress,
}

impl Work<'_> {
    fn check(&mut self, sheet: &Sheet<'_>) -> Result<(), Failure> {
        let mut rows = sheet.rows();
        loop {
            let some = rows.check(ROWS, self.template, &self.args.edition);
            if some.is_empty() {
                return Ok(());
            }
            for row in &some {
                self.totals.rows += 1;
                match &row.outcome {
                    Ok(_) => self.say(row, None)?,
                    Err(problem) => self.say(row, Some((problem.reason(), problem.to_string())))?,
                }
            }
        }
    }

    fn offer(&mut self, sheet: &Sheet<'_>) -> Result<(), Failure> {
        let path = self.results_path();
        check_absent([&path])?;
        let matched = asked(self.args.matched, self.output)?;
        let desk = Desk::open(&self.args.place)?;
        let mut results = Results::begin(&path)?;
        let mut rows = sheet.rows();
        loop {
            let some = rows.check(ROWS, self.template, &self.args.edition);
            if some.is_empty() {
                break;
            }
            self.progress.at(rows.at(), self.totals.rows);
            self.offer_some(&desk, &some, matched, &mut results)?;
        }
        self.progress.clear();
        results.finish()?;
        self.totals.results = Some(path);
        Ok(())
    }

    fn offer_some(
        &mut self,
        desk: &Desk,
        some: &[Row],
        matched: HolderMatch,
        results: &mut Results,
    ) -> Result<(), Failure> {
        let good = some.iter().filter_map(|row| row.outcome.as_ref().ok());
        let rows: Vec<_> = good
            .map(|(print, claims)| AskedRow::new(*print, claims))
            .collect();
        let asked = rows.len();
        let days = self.args.valid_for;
        let answer = match asked {
            0 => Answer::Rows(Vec::new()),
            _ => desk.ask(Ask::Rows {
                rows,
                matched,
                days,
            })?,
        };
        let Answer::Rows(answers) = answer else {
            return Err(Failure::unexpected("another answer than was asked for"));
        };
        if answers.len() != asked {
            return Err(Failure::unexpected("not as many answers as rows"));
        }
        let mut answers = answers.into_iter();
        for row in some {
            self.totals.rows += 1;
            match &row.outcome {
                Err(problem) => self.say(row, Some((problem.reason(), problem.to_string())))?,
                Ok(_) => {
                    if let Some(answer) = answers.next() {
                        self.keep(row, answer, results)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, row: &Row, answer: RowAnswer, results: &mut Results) -> Result<(), Failure> {
        match answer {
            RowAnswer::Refused { reason, message } => self.say(row, Some((&reason, message))),
            RowAnswer::Offered {
                offer,
                is_new,
                handover,
                expires_at,
            } => {
                match is_new {
                    true => self.totals.offered += 1,
                    false => self.totals.before += 1,
                }
                results.add(&Handing {
                    row: row.line,
                    person: &row.person,
                    offer,
                    handover,
                    expires_at,
                    is_new,
                })
            }
        }
    }

    /// One line of the check table: every row of a dry run, and each problem otherwise.
    fn say(&mut self, row: &Row, problem: Option<(&str, String)>) -> Result<(), Failure> {
        self.progress.clear();
        self.totals.problems += usize::from(problem.is_some());
        let (reason, problem) = problem.unzip();
        let line = Line {
            row: row.line,
            person: &row.person,
            gives: problem.is_none().then_some(self.title),
            problem,
            reason,
        };
        let said = line.gives.or(line.problem.as_deref()).unwrap_or_default();
        let mark = if line.problem.is_some() {
            "PROBLEM "
        } else {
            ""
        };
        let text = format!("{:>7}  {:30}  {mark}{said}", line.row, line.person);
        self.output.data("issuer.issue-row/1", &line, &[text])
    }

    fn conclude(mut self) -> Result<(), Failure> {
        self.progress.clear();
        let totals = &self.totals;
        let mut lines = vec![match self.args.dry_run {
            true => format!(
                "{} rows, {} with problems. Nothing was offered.",
                totals.rows, totals.problems
            ),
            false => format!(
                "{} rows: {} offered, {} offered before, {} with problems.",
                totals.rows, totals.offered, totals.before, totals.problems
            ),
        }];
        if let Some(path) = &totals.results {
            lines.push(format!("Links and codes: {}", path.display()));
            self.output
                .message("Hand link and code over by different ways: whoever has both collects.");
        }
        self.output.data("issuer.issue/1", totals, &lines)?;
        match totals.problems {
            0 => Ok(()),
            count => {
                let message = format!("{count} of {} rows have problems", totals.rows);
                Err(Failure::new(Kind::Damaged, "rows_with_problems", message))
            }
        }
    }

    /// `course.offers.csv` beside `course.csv`.
    fn results_path(&self) -> PathBuf {
        let beside = || self.args.csv.with_extension("offers.csv");
        self.args.out.clone().unwrap_or_else(beside)
    }
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
