//! Data to standard output, messages to standard error; a closed pipe is no failure.

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use credential_core::text::Language;
use serde::Serialize;
use serde_json::json;
use verifier_sdk::{Report, checks::Outcome, words};

use crate::failure::{Failure, Kind};

/// A closed pipe (`| head`) ends a program with this code.
const CLOSED_PIPE: u8 = 3;

#[derive(Debug)]
pub(crate) struct Output {
    language: Language,
    json: bool,
}

impl Output {
    pub(crate) fn new(language: Language, json: bool) -> Self {
        Self { language, json }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// Prints data: JSON when asked for, else the text.
    pub(crate) fn data(&self, json: &impl Serialize, text: &str) -> Result<ExitCode, Failure> {
        if !self.json {
            return write_out(text);
        }
        let mut line = serde_json::to_string(json).map_err(anyhow::Error::from)?;
        line.push('\n');
        write_out(&line)
    }

    /// Prints a report, and gives the exit code of its verdict.
    pub(crate) fn report(&self, report: &Report) -> Result<ExitCode, Failure> {
        let printed = self.data(report, &report.to_text(self.language))?;
        if printed != ExitCode::SUCCESS {
            return Ok(printed);
        }
        Ok(exit_code(report.verdict))
    }

    /// The words of a message.
    pub(crate) fn words(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        words::catalog(self.language).say(id, arguments)
    }

    /// Tells the person something that is no data.
    pub(crate) fn tell(&self, id: &str, arguments: &[(&str, &str)]) {
        if !self.json {
            write_message(&self.words(id, arguments));
        }
    }

    /// Tells what went wrong, and gives its exit code.
    pub(crate) fn fail(&self, failure: &Failure) -> ExitCode {
        let id = failure.message.unwrap_or_else(|| failure.kind.message());
        let words = self.words(id, &[("detail", &failure.detail)]);
        if self.json {
            let error = json!({"schema": "verify.error/1", "error": failure.reason,
                "detail": failure.detail, "message": words});
            write_message(&error.to_string());
        } else {
            write_message(&words);
        }
        ExitCode::from(failure.kind.exit_code())
    }
}

/// The exit code of a verdict.
pub(crate) fn exit_code(verdict: Outcome) -> ExitCode {
    ExitCode::from(match verdict {
        Outcome::Valid => 0,
        Outcome::Invalid => Kind::NotValid.exit_code(),
        Outcome::CouldNotCheck => Kind::CouldNotCheck.exit_code(),
        Outcome::Attention => 12,
    })
}

fn write_out(text: &str) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::from(CLOSED_PIPE)),
        Err(error) => Err(error.into()),
    }
}

/// Nobody may be listening at standard error; that is no reason to stop.
fn write_message(text: &str) {
    let _nobody_listens = writeln!(io::stderr().lock(), "{text}");
}
