//! Credentials from a spreadsheet: a template says what is the same for everybody, the rows of a table
//! say the rest.
//!
//! [`Template::read`] reads the first, [`Sheet::read`] the second, with the recognition of encodings and
//! separators that the reader of tables has ([`crate::source::csv`]), and [`Rows::check`] makes claims
//! of rows or says what is wrong with each. A row with a problem hinders no other.
//!
//! Each row has a fingerprint: SHA-256 of the template and of what the row says. The registry offers a
//! fingerprint once for ever ([`IssuerState::offer_rows`](crate::server::IssuerState::offer_rows)), so
//! that work can be interrupted anywhere and begun anew, and a table can be corrected and given again:
//! only rows that are new in it are offered.

mod problem;
mod rows;
mod sheet;
mod template;
#[cfg(test)]
mod tests;
mod value;

pub use problem::{RowProblem, SheetError, TemplateError, TemplateProblem};
pub use rows::{Row, Rows};
pub use sheet::{MAX_SHEET, Sheet};
pub use template::{Fill, MAX_TEMPLATE, SCHEMA, Template, example};
pub use value::Meaning;
