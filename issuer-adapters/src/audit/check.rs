//! Whether the chain holds, and where it breaks.

use std::io::{self, BufRead};

use super::line::{AuditLine, MAX_LINE, NOTHING_BEFORE, hash_of};

/// A chain that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// How many lines there are.
    pub lines: u64,
    /// The hash of the last one, to be written down elsewhere.
    pub last: String,
}

/// Where and how a chain breaks.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditProblem {
    /// A line does not follow from the one before: one of them was altered, or some are missing between
    /// them or were put in.
    #[error(
        "line {line} does not follow from the line before: one of the two was altered, or lines between them are missing"
    )]
    Broken {
        /// Its number, from 1.
        line: u64,
    },
    /// A line is not of the form that lines have.
    #[error("line {line} is no audit line")]
    Malformed {
        /// Its number, from 1.
        line: u64,
    },
    /// The hash that was written down is nowhere in the chain.
    #[error(
        "the hash that was written down is nowhere in the file: lines were taken off its end, or it was written anew"
    )]
    Forgotten,
    /// The file could not be read.
    #[error("the audit file could not be read: {0}")]
    Io(#[from] io::Error),
}

impl AuditProblem {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Broken { .. } => "audit_broken",
            Self::Malformed { .. } => "audit_malformed",
            Self::Forgotten => "audit_forgotten",
            Self::Io(_) => "audit_io",
        }
    }
}

/// Reads the whole file, line by line. `known` is a hash that was written down before.
///
/// # Errors
/// [`AuditProblem`] names the first line that does not fit.
pub fn check(mut file: impl BufRead, known: Option<&str>) -> Result<Checked, AuditProblem> {
    let mut checked = Checked {
        lines: 0,
        last: NOTHING_BEFORE.into(),
    };
    let mut is_known = known.is_none_or(|known| known == NOTHING_BEFORE);
    let mut octets = Vec::new();
    loop {
        octets.clear();
        let mut limited = io::Read::take(&mut file, MAX_LINE as u64 + 1);
        if limited.read_until(b'\n', &mut octets)? == 0 {
            break;
        }
        let line = checked.lines + 1;
        let text = octets
            .strip_suffix(b"\n")
            .ok_or(AuditProblem::Malformed { line })?;
        let read: AuditLine =
            serde_json::from_slice(text).map_err(|_other| AuditProblem::Malformed { line })?;
        if read.prev != checked.last {
            return Err(AuditProblem::Broken { line });
        }
        checked = Checked {
            lines: line,
            last: hash_of(text),
        };
        is_known |= known == Some(checked.last.as_str());
    }
    match is_known {
        true => Ok(checked),
        false => Err(AuditProblem::Forgotten),
    }
}
