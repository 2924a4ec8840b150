//! Reading values out of a document while noting what does not fit.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use credential_core::{
    record::{Amount, Notice, NoticeKind, identity_code},
    text::Text,
};

use super::node::Node;

/// Longest name, in characters.
const MAX_NAME: usize = 500;
/// Most elements read from a list of values; parts of studies have their own limit.
const MAX_VALUES: usize = 100;

/// The notices of one document, and how many parts were met.
pub(super) struct Reading {
    notices: Vec<Notice>,
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
            parts: 0,
            part_too_many: None,
            something_kept_raw: false,
        }
    }

    /// The notices, each once, or the pointer of the first part too many.
    pub(super) fn finish(self) -> Result<Vec<Notice>, String> {
        if let Some(pointer) = self.part_too_many {
            return Err(pointer);
        }
        let mut notices = self.notices;
        let mut seen = BTreeSet::new();
        notices.retain(|notice| seen.insert((notice.pointer.clone(), notice.kind)));
        Ok(notices)
    }

    /// Counts a part of studies; `false` once there are too many.
    pub(super) fn enter(&mut self, node: &Node<'_>) -> bool {
        self.parts += 1;
        if self.parts > Self::MAX_PARTS && self.part_too_many.is_none() {
            self.part_too_many = Some(node.pointer().to_owned());
        }
        self.part_too_many.is_none()
    }

    pub(super) fn note(&mut self, node: &Node<'_>, kind: NoticeKind) {
        self.notices.push(Notice {
            pointer: node.pointer().to_owned(),
            kind,
        });
    }

    /// Remembers that `node` has members that are not among `known`.
    pub(super) fn keep_other_than(&mut self, node: &Node<'_>, known: &[&str]) {
        let Some(members) = node.members() else {
            return;
        };
        let is_other = |name: &String| !known.contains(&name.as_str());
        self.something_kept_raw |= members.keys().any(is_other);
    }

    /// Says of a whole part, once, that something in it stays raw. Which member it was is not
    /// said: the name of a support decision is the decision.
    pub(super) fn note_kept_raw(&mut self, node: &Node<'_>) {
        if std::mem::take(&mut self.something_kept_raw) {
            self.note(node, NoticeKind::KeptRaw);
        }
    }

    /// A short text; empty ones count as absent.
    pub(super) fn string(&mut self, node: &Node<'_>, name: &'static str) -> Option<String> {
        let member = node.member(name)?;
        let Some(text) = member.as_str().map(str::trim) else {
            self.note(&member, NoticeKind::NotUnderstood);
            return None;
        };
        if text.is_empty() {
            return None;
        }
        if identity_code::appears_in(text) {
            self.note(&member, NoticeKind::IdentityCodeRemoved);
            return None;
        }
        if text.chars().count() > MAX_NAME {
            self.note(&member, NoticeKind::TextTooLong);
            return None;
        }
        Some(text.to_owned())
    }

    /// A text in up to three languages.
    pub(super) fn text(&mut self, node: &Node<'_>, name: &'static str) -> Text {
        let Some(member) = node.member(name) else {
            return Text::default();
        };
        if member.members().is_none() {
            self.note(&member, NoticeKind::NotUnderstood);
            return Text::default();
        }
        self.keep_other_than(&member, &["fi", "sv", "en"]);
        Text {
            fi: self.string(&member, "fi"),
            sv: self.string(&member, "sv"),
            en: self.string(&member, "en"),
        }
    }

    /// A date `YYYY-MM-DD`.
    pub(super) fn date(&mut self, node: &Node<'_>, name: &'static str) -> Option<NaiveDate> {
        let member = node.member(name)?;
        let date = member
            .as_str()
            .filter(|text| text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit()))
            .and_then(|text| text.parse().ok());
        if date.is_none() {
            self.note(&member, NoticeKind::NotUnderstood);
        }
        date
    }

    /// A truth value; absent is `None`.
    pub(super) fn flag(&mut self, node: &Node<'_>, name: &'static str) -> Option<bool> {
        let member = node.member(name)?;
        let flag = member.as_bool();
        if flag.is_none() {
            self.note(&member, NoticeKind::NotUnderstood);
        }
        flag
    }

    /// A number without sign, read by its text.
    pub(super) fn amount(&mut self, node: &Node<'_>, name: &'static str) -> Option<Amount> {
        let member = node.member(name)?;
        let amount = member.number().and_then(|text| text.parse().ok());
        if amount.is_none() {
            self.note(&member, NoticeKind::NotUnderstood);
        }
        amount
    }

    /// The elements of a short list of values.
    pub(super) fn values<'v>(&mut self, node: &Node<'v>, name: &'static str) -> Vec<Node<'v>> {
        let Some(member) = node.member(name) else {
            return Vec::new();
        };
        let Some(elements) = member.elements() else {
            self.note(&member, NoticeKind::NotUnderstood);
            return Vec::new();
        };
        let mut values: Vec<_> = elements.take(MAX_VALUES + 1).collect();
        if values.len() > MAX_VALUES {
            self.note(&member, NoticeKind::NotUnderstood);
            values.truncate(MAX_VALUES);
        }
        values
    }
}
