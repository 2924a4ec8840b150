//! Where the story goes: lines for people as they happen, or one JSON document at the end.

use std::io::{ErrorKind, Write as _, stderr, stdout};

use credential_core::{catalog::Catalog, text::Language};
use serde_json::{Map, Value, json};

use super::failure::Failure;

/// The story so far.
#[derive(Debug)]
pub(crate) struct Story {
    catalog: Catalog,
    json: bool,
    stages: Vec<Value>,
}

impl Story {
    pub(crate) fn new(language: Language, json: bool) -> Self {
        let source = match language {
            Language::Fi => include_str!("../../translations/fi.ftl"),
            Language::Sv => include_str!("../../translations/sv.ftl"),
            Language::En => include_str!("../../translations/en.ftl"),
        };
        Self {
            catalog: Catalog::new(language, source),
            json,
            stages: Vec::new(),
        }
    }

    pub(crate) fn language(&self) -> Language {
        self.catalog.language()
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    pub(crate) fn say(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        self.catalog.say(id, arguments)
    }

    /// A decimal number as it is written in this language.
    pub(crate) fn decimal(&self, number: &str) -> String {
        match self.language() {
            Language::Fi | Language::Sv => number.replace('.', ","),
            Language::En => number.to_owned(),
        }
    }

    /// One line between the stages.
    pub(crate) fn line(&self, id: &str, arguments: &[(&str, &str)]) -> Result<(), Failure> {
        if self.json {
            Ok(())
        } else {
            write(&self.say(id, arguments))
        }
    }

    /// Tells that something slow goes on.
    pub(crate) fn working(&self, id: &str) {
        let what = self.say(id, &[]);
        self.message("demo-working", &[("what", &what)]);
    }

    /// Something that is not part of the story, on stderr.
    pub(crate) fn message(&self, id: &str, arguments: &[(&str, &str)]) {
        let _closed = writeln!(stderr(), "{}", self.say(id, arguments));
    }

    /// A line that needs no translation, on stderr.
    pub(crate) fn plain(&self, text: &str) {
        let _closed = writeln!(stderr(), "{text}");
    }

    /// One stage: its lines for people, its data for machines.
    pub(crate) fn stage(&mut self, id: &str, lines: &[String], data: Value) -> Result<(), Failure> {
        if !self.json {
            let number = self.stages.len() + 1;
            write(&format!("\n{number}. {}", self.say(id, &[])))?;
            for line in lines.iter().flat_map(|text| wrapped(text)) {
                write(&format!("   {line}"))?;
            }
        }
        let name = id.strip_prefix("stage-").unwrap_or(id);
        let mut stage = Map::from_iter([("stage".to_owned(), Value::from(name))]);
        match data {
            Value::Object(members) => stage.extend(members),
            other => drop(stage.insert("data".to_owned(), other)),
        }
        self.stages.push(Value::Object(stage));
        Ok(())
    }

    /// Writes the JSON document, when that was asked for.
    pub(crate) fn finish(&self, extra: &Value) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        let document = json!({
            "schema": "demonstration/1",
            "language": self.language(),
            "stages": self.stages,
            "result": extra,
        });
        write(&serde_json::to_string_pretty(&document).map_err(anyhow::Error::from)?)
    }
}

/// A line of words in lines of at most [`WIDTH`] characters. What follows an indented line stands two
/// further in. A text of several lines has a form of its own and keeps it.
fn wrapped(text: &str) -> Vec<String> {
    if text.contains('\n') {
        return text.lines().map(str::to_owned).collect();
    }
    let indent = text.len() - text.trim_start().len();
    let further = if indent == 0 { 0 } else { indent + 2 };
    let mut line = " ".repeat(indent);
    let mut lines = Vec::new();
    for word in text.trim_start().split(' ') {
        let is_begun = !line.trim().is_empty();
        if is_begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(further)));
        } else if is_begun {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

const WIDTH: usize = 93;

fn write(line: &str) -> Result<(), Failure> {
    match writeln!(stdout(), "{line}") {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::closed_pipe()),
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}
