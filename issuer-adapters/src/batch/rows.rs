//! Going through a table, some rows at a time, with all cores.

use std::{
    collections::{HashMap, hash_map::Entry},
    num::NonZero,
    thread,
};

use credential_core::credential::CredentialClaims;

use super::{RowProblem, Sheet, Template};
use crate::source::csv::rows::{self, Problem};

/// One row, checked.
#[derive(Debug)]
#[non_exhaustive]
pub struct Row {
    /// The line on which it begins, from 1 at the top of the table.
    pub line: usize,
    /// Whose it is, as the table says, for the institution's own eyes.
    pub person: String,
    /// Fingerprint and claims, or why there are none.
    pub outcome: Result<([u8; 32], CredentialClaims), RowProblem>,
}

/// Goes through the rows.
pub struct Rows<'s> {
    pub(super) sheet: &'s Sheet<'s>,
    pub(super) rows: rows::Rows<'s>,
    pub(super) seen: HashMap<[u8; 32], usize>,
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows")
            .field("seen", &self.seen.len())
            .finish_non_exhaustive()
    }
}

/// What a worker makes of a row.
pub(super) struct Made {
    pub(super) line: usize,
    pub(super) person: String,
    pub(super) outcome: Result<([u8; 32], CredentialClaims), RowProblem>,
}

impl Rows<'_> {
    /// Checks the next rows, at most `count`, with all cores; empty at the end. `edition` tells rows that
    /// are given once more on purpose from those that were.
    pub fn check(&mut self, count: usize, template: &Template, edition: &str) -> Vec<Row> {
        let chunk: Vec<_> = self.rows.by_ref().take(count).collect();
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let share = chunk.len().div_ceil(cores).max(1);
        let sheet = self.sheet;
        let mut shares: Vec<Vec<rows::Row>> = Vec::with_capacity(cores);
        let mut chunk = chunk.into_iter();
        loop {
            let part: Vec<_> = chunk.by_ref().take(share).collect();
            if part.is_empty() {
                break;
            }
            shares.push(part);
        }
        let made: Vec<Made> = thread::scope(|scope| {
            let workers: Vec<_> = shares
                .into_iter()
                .map(|part| {
                    scope.spawn(move || -> Vec<Made> {
                        let rows = part.into_iter();
                        rows.map(|row| sheet.made(row, template, edition)).collect()
                    })
                })
                .collect();
            // A worker has nothing that panics; if one did, its rows would be missing, so it goes on.
            let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
            joined
                .flat_map(|part| part.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        });
        made.into_iter().map(|made| self.once(made)).collect()
    }

    /// How many octets of the table the rows so far took.
    #[must_use]
    pub fn at(&self) -> usize {
        self.sheet.begins() + self.rows.position()
    }

    /// Two rows that say the same would be one credential given twice.
    fn once(&mut self, made: Made) -> Row {
        let Made {
            line,
            person,
            outcome,
        } = made;
        let outcome =
            outcome.and_then(|(fingerprint, claims)| match self.seen.entry(fingerprint) {
                Entry::Occupied(first) => Err(RowProblem::SameAs { line: *first.get() }),
                Entry::Vacant(new) => {
                    new.insert(line);
                    Ok((fingerprint, claims))
                }
            });
        Row {
            line,
            person,
            outcome,
        }
    }
}

impl Made {
    pub(super) fn bad(line: usize, problem: RowProblem) -> Self {
        Self {
            line,
            person: String::new(),
            outcome: Err(problem),
        }
    }
}

impl From<Problem> for RowProblem {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Malformed => Self::Malformed,
            Problem::TooLong => Self::TooLong,
        }
    }
}
