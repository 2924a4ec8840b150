//! What is wrong, and where.

use serde::Serialize;

/// Why a template cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// Larger than [`MAX_TEMPLATE`](super::MAX_TEMPLATE).
    #[error("the template is larger than {} KiB", super::MAX_TEMPLATE / 1024)]
    TooLarge,
    /// Not JSON, or not of the form of templates.
    #[error("the template is not readable: {problem}")]
    Unreadable {
        /// What, with line and column.
        problem: String,
    },
    /// It is readable and says something that cannot be.
    #[error("the template has {} problems, the first at {}: {}", .0.len(), first(.0).place, first(.0).problem)]
    Problems(Vec<TemplateProblem>),
}

/// One thing that is wrong in a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateProblem {
    /// Where, as a JSON pointer (RFC 6901).
    pub place: String,
    /// What.
    pub problem: String,
}

impl TemplateError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "template_too_large",
            Self::Unreadable { .. } => "template_unreadable",
            Self::Problems(_) => "template_problems",
        }
    }
}

fn first(problems: &[TemplateProblem]) -> TemplateProblem {
    problems.first().cloned().unwrap_or(TemplateProblem {
        place: String::new(),
        problem: String::new(),
    })
}

/// Why a table as a whole cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// Larger than [`MAX_SHEET`](super::MAX_SHEET).
    #[error("the table is larger than {} MiB", super::MAX_SHEET / (1024 * 1024))]
    TooLarge,
    /// Its characters are no text, or it has no row.
    #[error("this is no table: a table is text with a row of column names")]
    NoTable,
    /// Columns that the template demands.
    #[error("the table has no column {0}")]
    NoColumn(String),
    /// Two columns with one name.
    #[error("the table has two columns {0}")]
    ColumnTwice(String),
}

impl SheetError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "table_too_large",
            Self::NoTable => "table_not_recognised",
            Self::NoColumn(_) => "table_column_missing",
            Self::ColumnTwice(_) => "table_column_twice",
        }
    }
}

/// Why a row gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// Quotation marks that do not fit, or cells beyond the last column.
    #[error("the row is not well-formed")]
    Malformed,
    /// Longer than a row can be.
    #[error("the row is too long")]
    TooLong,
    /// A cell that must say something is empty.
    #[error("{column} is empty")]
    Empty {
        /// Its column.
        column: String,
    },
    /// A cell does not say what its column holds.
    #[error("{column} is no {expected}")]
    NotUnderstood {
        /// Its column.
        column: String,
        /// What it should be.
        expected: &'static str,
    },
    /// What the row says is no credential of the type.
    #[error("{0}")]
    Claims(#[from] credential_core::credential::ClaimsError),
    /// The same stands in an earlier row.
    #[error(
        "the row says the same as the row at line {line}; leave one out, or add what tells them apart"
    )]
    SameAs {
        /// The line on which that row begins.
        line: usize,
    },
}

impl RowProblem {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "row_malformed",
            Self::TooLong => "row_too_long",
            Self::Empty { .. } => "row_cell_empty",
            Self::NotUnderstood { .. } => "row_cell_not_understood",
            Self::Claims(error) => error.reason(),
            Self::SameAs { .. } => "row_twice",
        }
    }
}
