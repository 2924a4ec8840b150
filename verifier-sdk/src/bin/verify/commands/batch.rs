//! `verify batch`: check many files, and write a table with a line for each.

use std::{
    collections::VecDeque, io::IsTerminal as _, num::NonZero, process::ExitCode, sync::Arc, thread,
};

use credential_core::text::Language;
use tokio::task::JoinHandle;
use verifier_sdk::{
    Summary, Verifier,
    checks::{Outcome, verdict},
};

use self::{input::Item, table::Table};
use crate::{
    args::Batch,
    failure::{Failure, Kind},
    output::{Output, exit_code},
    settings::Settings,
};

mod input;
mod table;

/// Files that one task checks, one after the other.
const SHARE: usize = 32;
/// How many lines are between two words of progress.
const STEP: u64 = 1000;

/// One line of the table.
struct Line {
    name: String,
    /// Or why the file could not be read.
    outcome: Result<Summary, &'static str>,
}

/// How many files came out how.
#[derive(Debug, Default)]
struct Totals {
    valid: u64,
    attention: u64,
    could_not_check: u64,
    invalid: u64,
}

pub(crate) async fn run(
    batch: &Batch,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let verifier = Arc::new(super::file::verifier(&batch.how, settings).await?);
    let mut items = input::items(batch)?;
    let mut table = Table::begin(batch.summary.as_deref(), output.is_json())?;
    let mut running = VecDeque::new();
    let mut totals = Totals::default();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    loop {
        let share: Vec<Item> = items.by_ref().take(SHARE).collect::<Result<_, _>>()?;
        let is_last = share.is_empty();
        if !is_last {
            running.push_back(begin(&verifier, share, output.language()));
        }
        // As many as keep all cores busy and no more: what waits is held in memory.
        while running.len() > if is_last { 0 } else { 2 * cores } {
            let Some(share) = running.pop_front() else {
                break;
            };
            for line in finished(share).await? {
                totals.count(&line);
                table.add(&line)?;
                if totals.all() % STEP == 0 {
                    progress(&totals, output);
                }
            }
        }
        if is_last {
            break;
        }
    }
    table.finish()?;
    totals.tell(output);
    Ok(exit_code(totals.verdict()))
}

fn begin(
    verifier: &Arc<Verifier>,
    share: Vec<Item>,
    language: Language,
) -> JoinHandle<Result<Vec<Line>, Failure>> {
    let verifier = Arc::clone(verifier);
    tokio::spawn(async move {
        let mut lines = Vec::with_capacity(share.len());
        for item in share {
            let outcome = match item.read() {
                Ok(octets) => Ok(verifier.verify_file(&octets).await?.summary(language)),
                Err(reason) => Err(reason),
            };
            lines.push(Line {
                name: item.name,
                outcome,
            });
        }
        Ok(lines)
    })
}

async fn finished(share: JoinHandle<Result<Vec<Line>, Failure>>) -> Result<Vec<Line>, Failure> {
    let lines = share.await;
    lines.map_err(|error| Failure::new(Kind::Unexpected, "task_failed", error.to_string()))?
}

fn progress(totals: &Totals, output: &Output) {
    if std::io::stderr().is_terminal() {
        output.tell("batch-progress", &[("count", &totals.all().to_string())]);
    }
}

impl Line {
    /// What could not even be read could not be checked.
    fn verdict(&self) -> Outcome {
        self.outcome
            .as_ref()
            .map_or(Outcome::CouldNotCheck, |summary| summary.verdict)
    }
}

impl Totals {
    fn count(&mut self, line: &Line) {
        *match line.verdict() {
            Outcome::Valid => &mut self.valid,
            Outcome::Attention => &mut self.attention,
            Outcome::CouldNotCheck => &mut self.could_not_check,
            Outcome::Invalid => &mut self.invalid,
        } += 1;
    }

    fn all(&self) -> u64 {
        self.valid + self.attention + self.could_not_check + self.invalid
    }

    /// The worst of all.
    fn verdict(&self) -> Outcome {
        let counted = [
            (self.valid, Outcome::Valid),
            (self.attention, Outcome::Attention),
            (self.could_not_check, Outcome::CouldNotCheck),
            (self.invalid, Outcome::Invalid),
        ];
        verdict(
            counted
                .into_iter()
                .filter(|(count, _)| *count > 0)
                .map(|(_, outcome)| outcome),
        )
    }

    fn tell(&self, output: &Output) {
        let counts = [
            self.all(),
            self.valid,
            self.attention,
            self.could_not_check,
            self.invalid,
        ];
        let [all, valid, attention, open, invalid] = counts.map(|count| count.to_string());
        output.tell(
            "batch-done",
            &[
                ("count", &all),
                ("valid", &valid),
                ("attention", &attention),
                ("open", &open),
                ("invalid", &invalid),
            ],
        );
    }
}
