//! The one place that writes: data to stdout, messages to stderr.

use std::io::{ErrorKind, IsTerminal as _, Write as _, stderr, stdin, stdout};

use serde::Serialize;
use wallet_core::words::plain;

use crate::failure::Failure;

/// Where and how data is written.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Writes data: lines for people, or one JSON document with the name of its schema.
    pub(crate) fn data(
        &self,
        schema: &'static str,
        value: &impl Serialize,
        lines: &[String],
    ) -> Result<(), Failure> {
        #[derive(Serialize)]
        struct Document<'a, T> {
            schema: &'static str,
            data: &'a T,
        }
        let text = if self.json {
            let document = Document {
                schema,
                data: value,
            };
            serde_json::to_string_pretty(&document).map_err(Failure::unexpected)?
        } else {
            shown(&lines.join("\n"))
        };
        write_line(&text)
    }

    /// Tells the person something that is not data.
    pub(crate) fn message(&self, text: &str) {
        let _closed = writeln!(stderr(), "{}", shown(text));
    }

    /// Asks on the terminal, letter by letter; `None` when there is no terminal to ask on.
    pub(crate) fn ask(&self, question: &str) -> Option<String> {
        if !stdin().is_terminal() || !stderr().is_terminal() {
            return None;
        }
        let _closed = write!(stderr(), "{} ", shown(question));
        let mut answer = String::new();
        stdin().read_line(&mut answer).ok()?;
        Some(answer.trim().to_owned())
    }
}

/// Each line made fit for a terminal: names, values and sentences come from others.
pub(crate) fn shown(text: &str) -> String {
    text.lines().map(plain).collect::<Vec<_>>().join("\n")
}

fn write_line(text: &str) -> Result<(), Failure> {
    match writeln!(stdout(), "{text}") {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::closed_pipe()),
        Err(error) => Err(Failure::unexpected(error)),
    }
}
