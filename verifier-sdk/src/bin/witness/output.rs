//! The one place of this program that prints. Data goes to stdout, messages to stderr.
#![expect(clippy::print_stderr, reason = "the program's one place for messages")]

use std::io::{ErrorKind, Write as _};

use serde_json::Value;

use crate::failure::Failure;

/// A line of data.
pub(crate) fn line(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::closed_pipe()),
        other => other.map_err(Failure::unexpected),
    }
}

/// Data as JSON.
pub(crate) fn json(value: &Value) -> Result<(), Failure> {
    line(&format!("{value:#}"))
}

/// A message for the person at the terminal.
pub(crate) fn message(text: &str) {
    eprintln!("{text}");
}
