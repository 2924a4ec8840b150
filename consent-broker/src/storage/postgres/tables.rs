//! Which table a key belongs to, whose row it is, and what keeps two transactions apart on it.

use crate::storage::{
    engine::{Key, Range},
    rows::keys::{self, Kind},
};

/// A table of rows of one kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    /// The first letter of its keys.
    pub(super) kind: &'static str,
    owner_length: usize,
    pub(super) guard: Guard,
}

/// What must not have changed between looking and writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// Any row of this person: they have a version together.
    Subject,
    /// The row itself.
    Row,
    /// Nothing: it is only changed together with a row that has a guard, or never.
    Other,
}
