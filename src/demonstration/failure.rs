//! Why the demonstration did not come to its end, and the exit code.

use std::{
    io::{Write as _, stderr},
    path::Path,
    process::ExitCode,
};

use osaamislompakko::stages::RecordError;
use serde_json::{Value, json};

use super::story::Story;

/// What happened, with the exit code of its kind.
#[derive(Debug)]
pub(crate) enum Failure {
    Usage(String),
    NotFound(String),
    ClosedPipe,
    Record(RecordError),
    Unexpected(anyhow::Error),
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Unexpected(error)
    }
}

impl From<wallet_core::Error> for Failure {
    fn from(error: wallet_core::Error) -> Self {
        Self::Unexpected(error.into())
    }
}

impl Failure {
    pub(crate) fn usage(detail: &str) -> Self {
        Self::Usage(detail.into())
    }

    pub(crate) fn not_found(path: &Path) -> Self {
        Self::NotFound(path.display().to_string())
    }

    pub(crate) fn closed_pipe() -> Self {
        Self::ClosedPipe
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Unexpected(_) => 1,
            Self::Usage(_) => 2,
            Self::ClosedPipe => 3,
            Self::NotFound(_) => 5,
            Self::Record(RecordError::Source(_)) => 8,
            Self::Record(_) => 6,
        }
    }

    /// Tells it on stderr and gives the exit code.
    pub(crate) fn report(&self, story: &Story) -> ExitCode {
        let code = self.exit_code();
        if !matches!(self, Self::ClosedPipe) {
            let text = if story.is_json() {
                self.json(code)
            } else {
                self.words(story)
            };
            let _closed = writeln!(stderr(), "{text}");
        }
        ExitCode::from(code)
    }

    fn words(&self, story: &Story) -> String {
        let detail = [("detail", &*self.detail())];
        let mut lines = vec![match self {
            Self::Unexpected(_) => return story.say("err-unexpected", &detail),
            Self::Record(RecordError::Nothing(_)) => story.say("err-record-none", &[]),
            _ => story.say("err-record", &detail),
        }];
        lines.extend(self.places().iter().map(|(pointer, reason)| {
            let place = story.say("err-record-pointer", &[("pointer", pointer)]);
            format!(
                "  {place}: {} ({reason})",
                story.say(&format!("notice-{reason}"), &[])
            )
        }));
        lines.push(story.say("err-next", &[]));
        lines.join("\n")
    }

    fn json(&self, code: u8) -> String {
        let places: Vec<Value> = self
            .places()
            .into_iter()
            .map(|(pointer, reason)| json!({"pointer": pointer, "reason": reason}))
            .collect();
        let error = json!({
            "reason": self.reason(), "message": self.detail(), "exit_code": code, "places": places,
        });
        json!({"schema": "demonstration.error/1", "error": error}).to_string()
    }

    /// A stable code for machines.
    fn reason(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::NotFound(_) => "not_found",
            Self::ClosedPipe => "closed_pipe",
            Self::Record(RecordError::Source(error)) => error.reason(),
            Self::Record(_) => "record_gives_nothing",
            Self::Unexpected(_) => "unexpected",
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::Usage(detail) => detail.clone(),
            Self::NotFound(path) => format!("{path}: no such file"),
            Self::ClosedPipe => String::new(),
            Self::Record(error) => error.to_string(),
            Self::Unexpected(error) => format!("{error:#}"),
        }
    }

    /// Where it is wrong: JSON pointer and reason code.
    fn places(&self) -> Vec<(String, String)> {
        match self {
            Self::Record(RecordError::Source(error)) => error
                .pointer()
                .map(|pointer| (pointer.to_owned(), error.reason().to_owned()))
                .into_iter()
                .collect(),
            Self::Record(RecordError::Nothing(notices)) => {
                let place = |n: &credential_core::record::Notice| {
                    (n.pointer.to_string(), n.kind.code().to_owned())
                };
                notices.iter().map(place).collect()
            }
            _ => Vec::new(),
        }
    }
}
