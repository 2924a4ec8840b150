//! Values of JSON members.

use chrono::NaiveDate;
use credential_core::{
    record::{Amount, NoticeKind},
    text::Text,
};

use super::{MAX_VALUES, Reading};
use crate::source::node::Node;

impl Reading {
    /// Remembers that `node` has members that are not among `known`.
    pub(in crate::source) fn keep_other_than(&mut self, node: &Node<'_>, known: &[&str]) {
        let Some(members) = node.members() else {
            return;
        };
        let is_other = |name: &String| !known.contains(&name.as_str());
        self.something_kept_raw |= members.keys().any(is_other);
    }

    /// Says of a whole part, once, that something in it stays raw. Which member it was is not
    /// said: the name of a support decision is the decision.
    pub(in crate::source) fn note_kept_raw(&mut self, node: &Node<'_>) {
        if std::mem::take(&mut self.something_kept_raw) {
            self.note(node, NoticeKind::KeptRaw);
        }
    }

    /// A short text; empty ones count as absent.
    pub(in crate::source) fn string(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
    ) -> Option<String> {
        self.string_at(&node.member(name)?)
    }

    /// A text in up to three languages.
    pub(in crate::source) fn text(&mut self, node: &Node<'_>, name: &'static str) -> Text {
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

    /// A running text in up to three languages.
    pub(in crate::source) fn prose(&mut self, node: &Node<'_>, name: &'static str) -> Text {
        let Some(member) = node.member(name) else {
            return Text::default();
        };
        if member.members().is_none() {
            self.note(&member, NoticeKind::NotUnderstood);
            return Text::default();
        }
        let mut of = |language| self.prose_at(&member.member(language)?);
        Text {
            fi: of("fi"),
            sv: of("sv"),
            en: of("en"),
        }
    }

    /// A date `YYYY-MM-DD`.
    pub(in crate::source) fn date(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
    ) -> Option<NaiveDate> {
        self.date_at(&node.member(name)?)
    }

    /// A truth value; absent is `None`.
    pub(in crate::source) fn flag(&mut self, node: &Node<'_>, name: &'static str) -> Option<bool> {
        let member = node.member(name)?;
        let flag = member.as_bool();
        self.used_or_not_understood(&member, flag)
    }

    /// A number without sign, read by its text.
    pub(in crate::source) fn amount(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
    ) -> Option<Amount> {
        self.amount_at(&node.member(name)?)
    }

    /// The elements of a short list of values.
    pub(in crate::source) fn values<'v>(
        &mut self,
        node: &Node<'v>,
        name: &'static str,
    ) -> Vec<Node<'v>> {
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
