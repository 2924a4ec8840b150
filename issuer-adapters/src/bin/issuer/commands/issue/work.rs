//! The work of `issuer issue`: the table in steps, each checked, offered and written down.

use std::{path::PathBuf, sync::mpsc, thread};

use issuer_adapters::{
    batch::{Row, Sheet, Template},
    server::HolderMatch,
};
use serde::Serialize;

use super::{
    super::{files::check_absent, matched::asked, progress::Progress},
    Issue,
};
use crate::{
    asked::{Answer, Ask, AskedRow, ROWS, RowAnswer},
    desk::Desk,
    failure::{Failure, Kind},
    output::Output,
    results::{Handing, Results},
};

#[derive(Debug, Default, Serialize)]
pub(super) struct Totals {
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

pub(super) struct Work<'a> {
    pub(super) args: &'a Issue,
    pub(super) template: &'a Template,
    pub(super) title: &'static str,
    pub(super) output: &'a Output,
    pub(super) totals: Totals,
    pub(super) progress: Progress,
}

impl Work<'_> {
    pub(super) fn check(&mut self, sheet: &Sheet<'_>) -> Result<(), Failure> {
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

    pub(super) fn offer(&mut self, sheet: &Sheet<'_>) -> Result<(), Failure> {
        let path = self.results_path();
        check_absent([&path])?;
        let matched = asked(self.args.matched, self.output)?;
        let desk = Desk::open(&self.args.place)?;
        let mut results = Results::begin(&path)?;
        let (mut rows, template, edition) = (sheet.rows(), self.template, &self.args.edition);
        // The store waits for the disk; meanwhile the next rows are checked. No more than that are held.
        thread::scope(|scope| {
            let (checked, next) = mpsc::sync_channel(1);
            scope.spawn(move || {
                loop {
                    let some = rows.check(ROWS, template, edition);
                    // Nobody listens any more when the work has failed.
                    if some.is_empty() || checked.send((some, rows.at())).is_err() {
                        break;
                    }
                }
            });
            for (some, at) in next {
                self.progress.at(at, self.totals.rows);
                self.offer_some(&desk, &some, matched, &mut results)?;
            }
            Ok::<_, Failure>(())
        })?;
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

    pub(super) fn conclude(mut self) -> Result<(), Failure> {
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
