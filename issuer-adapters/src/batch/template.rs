//! A template: the type of credential, what is the same in each, and which column fills what.

use chrono::NaiveDate;
use credential_core::{
    canonical,
    credential::{ClaimsError, CredentialClaims, CredentialType},
    encoding::sha256,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Meaning, TemplateError, TemplateProblem};

/// Largest template, in octets.
pub const MAX_TEMPLATE: usize = 256 * 1024;
/// What a template says it is.
pub const SCHEMA: &str = "issuer.template/1";
/// Most columns that fill something.
const MAX_FILLS: usize = 64;
/// Most names of one column.
const MAX_NAMES: usize = 8;
/// Deepest place a column fills: `awarding_body/name/fi`.
const MAX_STEPS: usize = 3;
/// Without them a credential would be anybody's.
const OF_PERSON: [&str; 2] = ["family_name", "given_name"];

/// A template that makes credentials.
#[derive(Debug, Clone)]
pub struct Template {
    credential_type: CredentialType,
    claims: Map<String, Value>,
    fills: Vec<Fill>,
    valid_until: Option<NaiveDate>,
    hash: [u8; 32],
}

/// One claim that a column fills.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fill {
    /// Names of members, from the outermost.
    pub path: Vec<String>,
    /// What the column may be called; the first is how it is spoken of.
    pub columns: Vec<String>,
    /// How its cells are read.
    pub meaning: Meaning,
    /// Whether a cell may be empty.
    pub required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    template: String,
    credential_type: String,
    #[serde(default)]
    claims: Map<String, Value>,
    columns: Map<String, Value>,
    #[serde(default)]
    valid_until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    column: Names,
    #[serde(default, rename = "as")]
    meaning: Option<Meaning>,
    #[serde(default)]
    required: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

impl Template {
    /// Reads a template and tries it on an invented row. Members whose names begin with `//` are
    /// comments.
    ///
    /// # Errors
    /// [`TemplateError`]; [`TemplateError::Problems`] names everything that is wrong at once.
    pub fn read(octets: &[u8]) -> Result<Self, TemplateError> {
        if octets.len() > MAX_TEMPLATE {
            return Err(TemplateError::TooLarge);
        }
        let unreadable = |error: serde_json::Error| TemplateError::Unreadable {
            problem: error.to_string(),
        };
        let octets = octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(octets);
        let mut value: Value = serde_json::from_slice(octets).map_err(unreadable)?;
        without_comments(&mut value);
        // The same template with other comments or spaces is the same.
        let hash =
            sha256(
                canonical::to_string(&value).map_err(|_not| TemplateError::Unreadable {
                    problem: "a number is not whole; write amounts as text".into(),
                })?,
            );
        let file: File = serde_json::from_value(value).map_err(unreadable)?;
        let mut problems = Vec::new();
        let template = Self::understood(file, hash, &mut problems);
        match (template, problems.is_empty()) {
            (Some(template), true) => Ok(template),
            _ => Err(TemplateError::Problems(problems)),
        }
    }

    /// What it gives.
    #[must_use]
    pub fn credential_type(&self) -> CredentialType {
        self.credential_type
    }

    /// What columns fill.
    #[must_use]
    pub fn fills(&self) -> &[Fill] {
        &self.fills
    }

    /// SHA-256 of what it says, comments aside.
    #[must_use]
    pub fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The claims with these values, which belong to [`Self::fills`] in their order.
    pub(super) fn filled(
        &self,
        values: Vec<Option<Value>>,
    ) -> Result<CredentialClaims, ClaimsError> {
        let mut claims = self.claims.clone();
        for (fill, value) in self.fills.iter().zip(values) {
            if let Some(value) = value {
                put(&mut claims, &fill.path, value);
            }
        }
        CredentialClaims::new(self.credential_type, claims, self.valid_until)
    }

    fn understood(file: File, hash: [u8; 32], problems: &mut Vec<TemplateProblem>) -> Option<Self> {
        let mut say =
            |place: String, problem: String| problems.push(TemplateProblem { place, problem });
        if file.template != SCHEMA {
            say("/template".into(), format!("must be {SCHEMA}"));
        }
        let credential_type = of_name(&file.credential_type);
        if credential_type.is_none() {
            let names: Vec<_> = CredentialType::ALL.iter().map(|it| name_of(*it)).collect();
            say(
                "/credential_type".into(),
                format!("must be one of {}", names.join(", ")),
            );
        }
        let valid_until = file.valid_until.as_deref().map(str::parse::<NaiveDate>);
        if let Some(Err(_not_a_date)) = valid_until {
            say(
                "/valid_until".into(),
                "must be a date such as 2030-12-31".into(),
            );
        }
        if file.columns.len() > MAX_FILLS {
            say("/columns".into(), format!("more than {MAX_FILLS} columns"));
            return None;
        }
        let mut fills = Vec::with_capacity(file.columns.len());
        for (claim, column) in file.columns {
            let place = format!("/columns/{}", claim.replace('~', "~0").replace('/', "~1"));
            match fill(&claim, column) {
                Ok(fill) => fills.push(fill),
                Err(problem) => say(place, problem),
            }
        }
        for name in OF_PERSON {
            if !fills
                .iter()
                .any(|fill| fill.path == [name] && fill.required)
            {
                say(
                    "/columns".into(),
                    format!("a required column must fill {name}"),
                );
            }
        }
        let template = Self {
            credential_type: credential_type?,
            claims: file.claims,
            fills,
            valid_until: valid_until.and_then(Result::ok),
            hash,
        };
        let sample = template
            .fills
            .iter()
            .map(|fill| Some(fill.meaning.sample()));
        if let Err(error) = template.filled(sample.collect()) {
            say("/claims".into(), error.to_string());
        }
        // What only an optional column would fill may be missing.
        let least = template
            .fills
            .iter()
            .map(|it| it.required.then(|| it.meaning.sample()));
        if let Err(error @ ClaimsError::Missing(_)) = template.filled(least.collect()) {
            say(
                "/columns".into(),
                format!("{error} when the optional cells are empty"),
            );
        }
        Some(template)
    }
}

fn fill(claim: &str, column: Value) -> Result<Fill, String> {
    let column = match column {
        short @ (Value::String(_) | Value::Array(_)) => Column {
            column: serde_json::from_value(short).map_err(|_other| "must be names of a column")?,
            meaning: None,
            required: None,
        },
        other => serde_json::from_value(other).map_err(
            |_other| "must be the name of a column, or {\"column\", \"as\", \"required\"}",
        )?,
    };
    let path: Vec<String> = claim.split('/').map(str::to_owned).collect();
    if path.len() > MAX_STEPS || path.iter().any(String::is_empty) {
        return Err(format!(
            "a claim is named by at most {MAX_STEPS} words with / between them"
        ));
    }
    let columns = match column.column {
        Names::One(name) => vec![name],
        Names::Several(names) => names,
    };
    if columns.is_empty()
        || columns.len() > MAX_NAMES
        || columns
            .iter()
            .any(|name| name.trim().is_empty() || name.len() > 200)
    {
        return Err(format!(
            "between 1 and {MAX_NAMES} names of a column are needed"
        ));
    }
    let last = path.last().map_or("", String::as_str);
    Ok(Fill {
        meaning: column.meaning.unwrap_or_else(|| Meaning::of_claim(last)),
        required: column.required.unwrap_or(true),
        path,
        columns,
    })
}

fn put(claims: &mut Map<String, Value>, path: &[String], value: Value) {
    let Some((name, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        claims.insert(name.clone(), value);
        return;
    }
    let inner = claims
        .entry(name.clone())
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

fn without_comments(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| !name.starts_with("//"));
            members.values_mut().for_each(without_comments);
        }
        Value::Array(items) => items.iter_mut().for_each(without_comments),
        _ => {}
    }
}

/// The name in its `vct`.
fn name_of(credential_type: CredentialType) -> &'static str {
    let vct = credential_type.vct();
    vct.rsplit('/').nth(1).unwrap_or(vct)
}

fn of_name(name: &str) -> Option<CredentialType> {
    CredentialType::ALL
        .into_iter()
        .find(|it| name_of(*it) == name)
}

/// A template to begin with, of a skill badge, with comments.
#[must_use]
pub fn example() -> &'static str {
    include_str!("example.json")
}
