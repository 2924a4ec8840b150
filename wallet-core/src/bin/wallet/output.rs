//! The one place that writes: data to stdout, messages to stderr.

use std::io::{ErrorKind, IsTerminal as _, Write as _, stderr, stdin, stdout};

use serde::Serialize;

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
            lines.join("\n")
        };
        write_line(&text)
    }

    /// Tells the person something that is not data.
    pub(crate) fn message(&self, text: &str) {
        let _closed = writeln!(stderr(), "{text}");
    }

    /// Asks on the terminal; `None` when there is no terminal to ask on.
    pub(crate) fn ask(&self, question: &str) -> Option<String> {
        if !stdin().is_terminal() || !stderr().is_terminal() {
            return None;
        }
        let _closed = write!(stderr(), "{question} ");
        let mut answer = String::new();
        stdin().read_line(&mut answer).ok()?;
        Some(answer.trim().to_lowercase())
    }
}

fn write_line(text: &str) -> Result<(), Failure> {
    match writeln!(stdout(), "{text}") {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::closed_pipe()),
        Err(error) => Err(Failure::unexpected(error)),
    }
}
