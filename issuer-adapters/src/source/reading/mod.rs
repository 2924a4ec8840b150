//! Reading values out of a document while noting what does not fit, and remembering what was used.
//!
//! JSON and XML share the values: a [`Placed`] is a value with its place, whatever it is written in.

mod conclude;
mod json;
pub(super) mod linked;
mod xml;

use std::collections::HashSet;

use chrono::NaiveDate;
use credential_core::record::{
    Amount, Attainment, Notice, NoticeKind, Person, SourceSignature, identity_code,
};

pub(super) use self::conclude::Share;
use super::SourceError;

/// Longest name, in characters.
const MAX_NAME: usize = 500;
/// Longest running text, in characters.
const MAX_PROSE: usize = 4_000;
/// Most elements read from a list of values; parts of studies have their own limit.
const MAX_VALUES: usize = 100;

/// Tells a value of a document from every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Id(pub(super) usize, pub(super) usize);

/// A value that knows its place.
pub(super) trait Placed {
    /// Where the value stands, as in [`Notice::pointer`].
    fn pointer(&self) -> &str;
    fn id(&self) -> Id;
    /// The text, when this is one.
    fn text(&self) -> Option<String>;
    /// The text of a number, as written where the parser keeps that.
    fn number(&self) -> Option<String>;
    /// Whether the text has more than this many octets, told without copying it.
    fn is_longer_than(&self, _octets: usize) -> bool {
        false
    }
}

/// What a reader found in a document about one person.
#[derive(Default)]
pub(super) struct Found {
    pub(super) person: Person,
    pub(super) attainments: Vec<Attainment>,
    pub(super) signature: SourceSignature,
}

/// The notices of one document, which values were used, and how many parts were met.
pub(super) struct Reading {
    notices: Vec<Notice>,
    taken: HashSet<Id>,
    parts: usize,
    part_too_many: Option<String>,
    something_kept_raw: bool,
}

impl Reading {
    /// Most parts of studies in one document.
    pub(super) const MAX_PARTS: usize = 15_000;

    pub(super) fn new() -> Self {
        Self {
            notices: Vec::new(),
            taken: HashSet::new(),
            parts: 0,
            part_too_many: None,
            something_kept_raw: false,
        }
    }

    /// Counts a part of studies; `false` once there are too many.
    pub(super) fn enter(&mut self, node: &impl Placed) -> bool {
        self.parts += 1;
        if self.parts > Self::MAX_PARTS && self.part_too_many.is_none() {
            self.part_too_many = Some(node.pointer().to_owned());
        }
        self.part_too_many.is_none()
    }

    pub(super) fn note(&mut self, node: &impl Placed, kind: NoticeKind) {
        self.notices.push(Notice {
            pointer: node.pointer().to_owned(),
            kind,
        });
    }

    /// Remembers that a value was used, where it is not read by one of the functions below.
    pub(super) fn take(&mut self, value: &impl Placed) {
        self.taken.insert(value.id());
    }

    /// A short text; empty ones count as absent.
    pub(super) fn string_at(&mut self, value: &impl Placed) -> Option<String> {
        self.bounded(value, MAX_NAME)
    }

    /// A running text; empty ones count as absent.
    pub(super) fn prose_at(&mut self, value: &impl Placed) -> Option<String> {
        self.bounded(value, MAX_PROSE)
    }

    /// A date `YYYY-MM-DD`.
    pub(super) fn date_at(&mut self, value: &impl Placed) -> Option<NaiveDate> {
        let text = value.text();
        let date = text.as_deref().and_then(date);
        self.used_or_not_understood(value, date)
    }

    /// A number without sign, read by its text.
    pub(super) fn amount_at(&mut self, value: &impl Placed) -> Option<Amount> {
        let amount = value.number().and_then(|text| text.parse().ok());
        self.used_or_not_understood(value, amount)
    }

    /// Marks a value as used when something came of it, and notes it when nothing did.
    pub(super) fn used_or_not_understood<T>(
        &mut self,
        value: &impl Placed,
        outcome: Option<T>,
    ) -> Option<T> {
        if outcome.is_some() {
            self.take(value);
        } else {
            self.note(value, NoticeKind::NotUnderstood);
        }
        outcome
    }

    fn bounded(&mut self, value: &impl Placed, most: usize) -> Option<String> {
        // A text that many places refer to is looked at as often; no character has more octets.
        if value.is_longer_than(most * 4) {
            self.note(value, NoticeKind::TextTooLong);
            return None;
        }
        let Some(text) = value.text() else {
            self.note(value, NoticeKind::NotUnderstood);
            return None;
        };
        let text = text.trim();
        if text.is_empty() {
            self.take(value);
            return None;
        }
        if identity_code::appears_in(text) {
            self.note(value, NoticeKind::IdentityCodeRemoved);
            return None;
        }
        if text.chars().count() > most {
            self.note(value, NoticeKind::TextTooLong);
            return None;
        }
        self.take(value);
        Some(text.to_owned())
    }
}

/// The error that this place does not hold what everything else hangs on.
pub(super) fn wrong_type(node: &impl Placed, expected: &'static str) -> SourceError {
    SourceError::WrongType {
        pointer: node.pointer().to_owned(),
        expected,
    }
}

/// A date `YYYY-MM-DD` (ISO 8601) and nothing else.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let has_form = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
    has_form.then(|| text.parse().ok()).flatten()
}
