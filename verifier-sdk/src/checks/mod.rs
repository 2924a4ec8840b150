//! What is checked, in which order, and how the answers roll up into one verdict.
//!
//! Four questions are answered, always in this order: who issued it, is it unchanged, is it valid
//! now, is it meant for us. "Could not check" never rolls up to "valid".

pub(crate) mod bitstring;
pub(crate) mod budget;
pub(crate) mod credential;
pub(crate) mod document_kind;
pub(crate) mod grant;
pub(crate) mod identity;
pub(crate) mod kind;
pub(crate) mod linked;
pub(crate) mod parts;
pub(crate) mod pdf;
pub(crate) mod query;
mod reason;
mod recent;
pub(crate) mod registry;
pub(crate) mod status;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::Serialize;

pub use reason::Reason;
use registry::Registry;

/// The answer to one check, and the verdict over several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// In order.
    Valid,
    /// In order, but a person should look at it.
    Attention,
    /// Not in order: not to be relied on.
    Invalid,
    /// The check could not be made, which says nothing either way.
    CouldNotCheck,
}

/// The question of the four that a check belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Who issued it.
    Issuer,
    /// Is it unchanged.
    Unchanged,
    /// Is it valid now.
    ValidNow,
    /// Is it meant for us.
    MeantForUs,
}

impl Question {
    /// All, in the order in which they are answered.
    pub const ALL: [Self; 4] = [
        Self::Issuer,
        Self::Unchanged,
        Self::ValidNow,
        Self::MeantForUs,
    ];
}

/// What one check looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Whether the issuer is on the trust list, and for this type.
    Issuer,
    /// The issuer's signature and every disclosure.
    Signature,
    /// The type's metadata.
    Type,
    /// The credentials within, each with a proof of its own.
    Parts,
    /// The times in the credential.
    Times,
    /// The status list.
    Status,
    /// Whether the holder presents it to us, now.
    HolderBinding,
    /// The encrypted envelope.
    Deposit,
    /// The holder's signed decision.
    Decision,
    /// Whether what came is what was granted.
    Query,
}

/// One check that was made, or that could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Check {
    /// The question it belongs to.
    pub question: Question,
    /// What was looked at.
    pub what: What,
    /// The answer.
    pub outcome: Outcome,
    /// Why, as a stable code with words in three languages.
    pub reason: Reason,
    /// The finer code of the module that found it, for logs and support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'static str>,
    /// By which registry it was answered who the issuer is, or which could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<Registry>,
    /// The moment the answer is about: now, or for a status when its list was made.
    pub at: DateTime<Utc>,
}

impl Check {
    pub(crate) fn new(reason: Reason, at: DateTime<Utc>) -> Self {
        Self {
            question: reason.question(),
            what: reason.what(),
            outcome: reason.outcome(),
            reason,
            detail: None,
            registry: None,
            at,
        }
    }

    pub(crate) fn by(self, registry: Registry) -> Self {
        Self {
            registry: Some(registry),
            ..self
        }
    }

    pub(crate) fn detailed(reason: Reason, detail: &'static str, at: DateTime<Utc>) -> Self {
        Self {
            detail: Some(detail),
            ..Self::new(reason, at)
        }
    }
}

/// The verdict over answers: any invalid makes it invalid; else any that could not be checked makes
/// it so; else any that needs attention; else it is valid. No answer at all is not valid.
#[must_use]
pub fn verdict(outcomes: impl IntoIterator<Item = Outcome>) -> Outcome {
    let weight = |outcome: &Outcome| match outcome {
        Outcome::Valid => 0,
        Outcome::Attention => 1,
        Outcome::CouldNotCheck => 2,
        Outcome::Invalid => 3,
    };
    outcomes
        .into_iter()
        .max_by_key(weight)
        .unwrap_or(Outcome::CouldNotCheck)
}

/// The checks to show: where a signature is wrong, nothing else may look as if it had been checked.
pub(crate) fn visible(mut checks: Vec<Check>) -> Vec<Check> {
    let broken = |check: &Check| check.what == What::Signature && check.outcome == Outcome::Invalid;
    if checks.iter().any(broken) {
        checks.retain(broken);
    }
    checks
}
