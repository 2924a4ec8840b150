//! The one place that writes: data to stdout, messages to stderr.

use std::io::{self, ErrorKind, Write as _, stderr, stdout};

use serde::Serialize;

use crate::failure::Failure;

/// Where and how data is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Writes data: lines for people, or one line of JSON with the name of its schema.
    pub(crate) fn data(
        self,
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
            serde_json::to_string(&document).map_err(Failure::unexpected)?
        } else {
            lines.join("\n")
        };
        write_line(&text)
    }

    /// Writes a document that other programs read, the same in both forms.
    pub(crate) fn document(self, value: &impl Serialize) -> Result<(), Failure> {
        write_line(&serde_json::to_string_pretty(value).map_err(Failure::unexpected)?)
    }

    /// Tells the person something that is not data.
    pub(crate) fn message(self, text: &str) {
        let _closed = writeln!(stderr(), "{text}");
    }
}

fn write_line(text: &str) -> Result<(), Failure> {
    let written = || -> io::Result<()> {
        let mut out = stdout().lock();
        writeln!(out, "{text}")?;
        out.flush()
    };
    written().map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::closed_pipe(),
        _ => Failure::unexpected(error),
    })
}
