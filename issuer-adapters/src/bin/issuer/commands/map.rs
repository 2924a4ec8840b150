//! `issuer map`: what a record gives, before anything is signed.

use std::path::PathBuf;

use clap::Args;
use credential_core::{
    credential::{CredentialClaims, CredentialType},
    dcql::{ClaimPath, Step},
    record::Notice,
    text::Language,
};
use issuer_adapters::mapping;
use serde::Serialize;
use serde_json::{Map as Members, Value};

use super::{
    coverage::{Met, met, table},
    understand,
};
use crate::{failure::Failure, output::Output};

/// Shows which credentials a study record gives, whatever kind of document it is. Nothing is stored
/// or sent.
#[derive(Debug, Args)]
pub(crate) struct Map {
    /// The record, as the register gives it.
    file: PathBuf,
    /// Every claim, every notice with its place in the record, and what became of each field.
    #[arg(long)]
    report: bool,
    /// fi, sv or en.
    #[arg(long, default_value = "en")]
    lang: Language,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    source: &'static str,
    credentials: Vec<Mapped<'a>>,
    notices: Vec<Remark<'a>>,
    signature: &'static str,
    coverage: Vec<Met>,
}

#[derive(Debug, Serialize)]
struct Mapped<'a> {
    vct: &'static str,
    name: &'static str,
    claims: &'a Members<String, Value>,
}

#[derive(Debug, Serialize)]
struct Remark<'a> {
    pointer: &'a str,
    code: &'static str,
}

pub(crate) fn map(map: &Map, output: &Output) -> Result<(), Failure> {
    let understood = understand(&map.file)?;
    let made: Vec<_> = understood
        .records
        .iter()
        .map(mapping::credentials)
        .collect();
    let credentials: Vec<_> = made.iter().flat_map(|mapped| &mapped.credentials).collect();
    let of_records = understood
        .records
        .iter()
        .flat_map(|record| record.notices());
    let notices: Vec<_> = understood
        .notices
        .iter()
        .chain(of_records)
        .chain(made.iter().flat_map(|mapped| &mapped.notices))
        .collect();
    let coverage = met(&understood.coverage);
    let first = understood.records.first();
    let lines = if map.report {
        let mut lines = full(&credentials, &notices, map.lang);
        lines.extend(table(&coverage));
        lines
    } else {
        short(&credentials, &notices, map.lang)
    };
    let report = Report {
        source: first.map_or("", |record| record.source()),
        credentials: credentials
            .iter()
            .map(|claims| Mapped {
                vct: claims.credential_type().vct(),
                name: name(claims, map.lang),
                claims: claims.claims(),
            })
            .collect(),
        notices: notices
            .iter()
            .map(|notice| Remark {
                pointer: &notice.pointer,
                code: notice.kind.code(),
            })
            .collect(),
        signature: first.map_or("", |record| record.signature().code()),
        coverage,
    };
    output.data("issuer.map/1", &report, &lines)
}

fn short(credentials: &[&CredentialClaims], notices: &[&Notice], lang: Language) -> Vec<String> {
    let mut lines: Vec<_> = credentials
        .iter()
        .map(|claims| {
            format!(
                "{} ({} claims)",
                heading(claims, lang),
                claims.claims().len()
            )
        })
        .collect();
    if credentials.is_empty() {
        lines.push("No credentials.".into());
    }
    if !notices.is_empty() {
        lines.push(format!("{} notices; --report shows them.", notices.len()));
    }
    lines
}

fn full(credentials: &[&CredentialClaims], notices: &[&Notice], lang: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for claims in credentials {
        lines.push(heading(claims, lang));
        let mut telling = Telling {
            credential_type: claims.credential_type(),
            lang,
            lines: &mut lines,
        };
        for (name, value) in claims.claims() {
            telling.claim(&ClaimPath::claim(name), name, value);
        }
        lines.push(String::new());
    }
    lines.push(format!("{} notices", notices.len()));
    lines.extend(
        notices
            .iter()
            .map(|notice| format!("  {}: {}", notice.kind, notice.pointer)),
    );
    lines
}

/// Tells claims in words, each on a line of its own, parts indented below their whole.
struct Telling<'a> {
    credential_type: CredentialType,
    lang: Language,
    lines: &'a mut Vec<String>,
}

impl Telling<'_> {
    fn claim(&mut self, path: &ClaimPath, name: &str, value: &Value) {
        let label = self.credential_type.label(path, self.lang).unwrap_or(name);
        let indent = "  ".repeat(path.steps().len());
        let metadata = self.credential_type.metadata();
        let other = || {
            let (tag, text) = metadata.other_language(path, value)?;
            Some(format!("{text} ({tag})"))
        };
        if let Some(words) = in_words(value, self.lang).or_else(other) {
            self.lines.push(format!("{indent}{label}: {words}"));
            return;
        }
        self.lines.push(format!("{indent}{label}:"));
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.claim(&path.then(Step::Name(name.clone())), name, member);
                }
            }
            Value::Array(items) => {
                for (index, item) in (0..).zip(items) {
                    let number = format!("{}", index + 1);
                    self.claim(&path.then(Step::Index(index)), &number, item);
                }
            }
            _scalar => {}
        }
    }
}

fn heading(claims: &CredentialClaims, lang: Language) -> String {
    let title = claims.claims().get("title");
    match title.and_then(|title| in_words(title, lang)) {
        Some(title) => format!("{}: {title}", name(claims, lang)),
        None => name(claims, lang).to_owned(),
    }
}

fn name(claims: &CredentialClaims, lang: Language) -> &'static str {
    let credential_type = claims.credential_type();
    credential_type
        .name(lang)
        .unwrap_or_else(|| credential_type.vct())
}

/// A text in the person's language, or a value as it is; none for a list or an object of parts.
fn in_words(value: &Value, lang: Language) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(_) => None,
        Value::Object(members) => in_language(members, lang).map(str::to_owned),
        Value::Bool(fact) => Some(yes_or_no(*fact, lang).to_owned()),
        other => Some(other.to_string()),
    }
}

fn yes_or_no(fact: bool, lang: Language) -> &'static str {
    match (lang, fact) {
        (Language::Fi, true) => "kyllä",
        (Language::Fi, false) => "ei",
        (Language::Sv, true) => "ja",
        (Language::Sv, false) => "nej",
        (Language::En, true) => "yes",
        (Language::En, false) => "no",
    }
}

fn in_language(members: &Members<String, Value>, lang: Language) -> Option<&str> {
    let is_language = |name: &String| Language::ALL.iter().any(|language| language.tag() == name);
    if !members.keys().all(is_language) {
        return None;
    }
    [lang]
        .iter()
        .chain(&Language::ALL)
        .find_map(|language| members.get(language.tag())?.as_str())
}
