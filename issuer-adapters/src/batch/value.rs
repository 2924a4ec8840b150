//! What the text of a cell means as a claim.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::source::csv::day;

/// How cells of a column are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Meaning {
    /// As it stands, without spaces around it.
    Text,
    /// `2026-01-31` or `31.1.2026`.
    Date,
    /// A whole number without sign.
    Whole,
    /// An amount such as `1.5` or `1,5`, which is text in credentials.
    Amount,
}

impl Meaning {
    /// What the claim of this name holds, unless the template says otherwise.
    pub(super) fn of_claim(name: &str) -> Self {
        match name {
            "birthdate" => Self::Date,
            name if name.ends_with("_date") => Self::Date,
            "eqf_level" | "nqf_level" => Self::Whole,
            "amount" => Self::Amount,
            _ => Self::Text,
        }
    }

    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Date => "date such as 31.1.2026 or 2026-01-31",
            Self::Whole => "whole number",
            Self::Amount => "amount such as 1,5",
        }
    }

    /// What the text of a cell, which is not empty, says.
    pub(super) fn read(self, text: &str) -> Option<Value> {
        match self {
            Self::Text => Some(text.into()),
            Self::Date => day(text).map(|date| date.to_string().into()),
            Self::Whole => {
                let is_number = text.len() <= 9 && text.bytes().all(|it| it.is_ascii_digit());
                is_number
                    .then(|| text.parse::<u32>().ok())
                    .flatten()
                    .map(Value::from)
            }
            Self::Amount => {
                let amount = text.replace(',', ".");
                let parsed: credential_core::record::Amount = amount.parse().ok()?;
                Some(parsed.as_str().into())
            }
        }
    }

    /// A value of this kind, to try a template with.
    pub(super) fn sample(self) -> Value {
        match self {
            Self::Text => "x".into(),
            Self::Date => "2026-01-31".into(),
            Self::Whole => 4.into(),
            Self::Amount => "1.5".into(),
        }
    }
}
