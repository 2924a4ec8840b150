//! How far long work is: one line on a terminal, nothing elsewhere.

use std::{
    io::{IsTerminal as _, Write as _, stderr},
    time::{Duration, Instant},
};

const WIDTH: usize = 30;
const OFTEN: Duration = Duration::from_millis(100);

pub(super) struct Progress {
    whole: usize,
    shown: Option<Instant>,
    is_terminal: bool,
}

impl Progress {
    pub(super) fn new(whole: usize) -> Self {
        Self {
            whole: whole.max(1),
            shown: None,
            is_terminal: stderr().is_terminal(),
        }
    }

    pub(super) fn at(&mut self, done: usize, rows: usize) {
        if !self.is_terminal || self.shown.is_some_and(|shown| shown.elapsed() < OFTEN) {
            return;
        }
        self.shown = Some(Instant::now());
        let full = (done.min(self.whole) * WIDTH) / self.whole;
        let bar = format!("{}{}", "#".repeat(full), ".".repeat(WIDTH - full));
        let _closed = write!(stderr(), "\r[{bar}] {rows} rows ");
    }

    /// Takes the line away, before something else is written.
    pub(super) fn clear(&mut self) {
        if self.is_terminal && self.shown.take().is_some() {
            let _closed = write!(stderr(), "\r{}\r", " ".repeat(WIDTH + 24));
        }
    }
}
