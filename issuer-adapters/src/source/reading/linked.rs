//! Values of JSON-LD documents: one or many, texts in languages, points in time.

use chrono::NaiveDate;
use credential_core::{
    record::{LocalText, NoticeKind},
    text::Text,
};

use super::{MAX_VALUES, Placed as _, Reading, xml};
use crate::source::node::Node;

/// A text in our languages, and in others.
#[derive(Debug, Default)]
pub(in crate::source) struct Said {
    pub(in crate::source) ours: Text,
    pub(in crate::source) others: Vec<LocalText>,
}

/// How long a text may be.
#[derive(Clone, Copy)]
pub(in crate::source) enum Length {
    Name,
    Prose,
}

impl Said {
    pub(in crate::source) fn is_empty(&self) -> bool {
        self.ours.is_empty() && self.others.is_empty()
    }

    /// The text, or else the other one.
    pub(in crate::source) fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self.is_empty() { other() } else { self }
    }

    /// Any of the texts, for what is the same in all languages.
    pub(in crate::source) fn any(self) -> Option<String> {
        let Text { fi, sv, en } = self.ours;
        let other = self.others.into_iter().next();
        fi.or(sv).or(en).or(other.map(|one| one.text))
    }

    fn put(&mut self, language: &str, text: String) {
        let primary = language.trim().split(['-', '_']).next().unwrap_or_default();
        let place = match primary.to_ascii_lowercase().as_str() {
            "fi" => Some(&mut self.ours.fi),
            "sv" => Some(&mut self.ours.sv),
            // Documents that name no language are in English far more often than not, and a text
            // without a place would be lost to its reader.
            "en" | "" | "und" | "mul" | "zxx" => Some(&mut self.ours.en),
            _other => None,
        };
        match place {
            Some(place @ None) => *place = Some(text),
            Some(Some(_)) | None => self.others.push(LocalText {
                language: language.trim().to_owned(),
                text,
            }),
        }
    }
}

impl Reading {
    /// The values of a member that may be one or a list, at most as many as a list of values may have.
    pub(in crate::source) fn many<'v>(
        &mut self,
        node: &Node<'v>,
        name: &'static str,
    ) -> Vec<Node<'v>> {
        let Some(member) = node.member(name) else {
            return Vec::new();
        };
        let mut values = each(&member);
        for surplus in values.iter().skip(MAX_VALUES) {
            self.note(surplus, NoticeKind::KeptRaw);
        }
        values.truncate(MAX_VALUES);
        values
    }

    /// A short text of a member. A plain string is in `language`.
    pub(in crate::source) fn name_said(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
        language: Option<&str>,
    ) -> Said {
        self.said(node.member(name).as_ref(), language, Length::Name)
    }

    /// A running text of a member. A plain string is in `language`.
    pub(in crate::source) fn prose_said(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
        language: Option<&str>,
    ) -> Said {
        self.said(node.member(name).as_ref(), language, Length::Prose)
    }

    /// A string, a value object, a language map, or a list of them (JSON-LD 1.1 sections 4.2.4 to
    /// 4.2.6). Of several texts in one language the first of ours is used, and the others are kept.
    pub(in crate::source) fn said(
        &mut self,
        node: Option<&Node<'_>>,
        language: Option<&str>,
        length: Length,
    ) -> Said {
        let mut said = Said::default();
        for value in node.map(each).unwrap_or_default().iter().take(MAX_VALUES) {
            if value.as_str().is_some() {
                self.say(&mut said, value, language.unwrap_or_default(), length);
            } else if let Some(text) = value.member("@value") {
                let tag = self.string(value, "@language").unwrap_or_default();
                self.say(&mut said, &text, &tag, length);
            } else if value.members().is_some() {
                for (tag, texts) in value.tagged().into_iter().take(MAX_VALUES) {
                    for text in each(&texts).iter().take(MAX_VALUES) {
                        self.say(&mut said, text, tag, length);
                    }
                }
            } else {
                self.note(value, NoticeKind::NotUnderstood);
            }
        }
        said
    }

    fn say(&mut self, said: &mut Said, node: &Node<'_>, language: &str, length: Length) {
        let text = match length {
            Length::Name => self.string_at(node),
            Length::Prose => self.prose_at(node),
        };
        if let Some(text) = text {
            said.put(language, text);
        }
    }

    /// A word that may also be written as a number.
    pub(in crate::source) fn word(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
    ) -> Option<String> {
        let member = node.member(name)?;
        match member.number() {
            Some(number) => {
                self.take(&member);
                Some(number)
            }
            None => self.string_at(&member),
        }
    }

    /// The day of a date, or of a point in time as it is written (`xs:dateTime`, RFC 3339).
    pub(in crate::source) fn day(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
    ) -> Option<NaiveDate> {
        let member = node.member(name)?;
        let day = member.as_str().and_then(|text| day(text.trim()));
        self.used_or_not_understood(&member, day.map(|(day, _time)| day))
    }

    /// A date, or midnight of it. Another time of the day says that the writer's midnight was moved to
    /// another zone, and the day perhaps with it.
    pub(in crate::source) fn whole_day(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
    ) -> Option<NaiveDate> {
        let member = node.member(name)?;
        let day = member.as_str().and_then(|text| day(text.trim()));
        let day = day.filter(|(_, time)| is_midnight(time));
        self.used_or_not_understood(&member, day.map(|(day, _time)| day))
    }
}

/// The elements of a list, or the value itself. Of a longer list than there can be parts, one more than
/// that many, so that the surplus is met and counted.
pub(in crate::source) fn each<'v>(node: &Node<'v>) -> Vec<Node<'v>> {
    match node.elements() {
        Some(elements) => elements.take(Reading::MAX_PARTS + 1).collect(),
        None => vec![node.clone()],
    }
}

/// The first of the values of a member; the others stay raw.
pub(in crate::source) fn first<'v>(node: &Node<'v>, name: &'static str) -> Option<Node<'v>> {
    each(&node.member(name)?).into_iter().next()
}

/// Whether a node says that it is of this type (JSON-LD 1.1 section 3.5).
pub(in crate::source) fn has_type(node: &Node<'_>, name: &str) -> bool {
    let types = node.member("type").or_else(|| node.member("@type"));
    types.is_some_and(|types| {
        let short = |text: &str| {
            text.rsplit_once(':')
                .map_or(text == name, |(_, end)| end == name)
        };
        each(&types)
            .iter()
            .filter_map(Node::as_str)
            .any(|text| text == name || short(text))
    })
}

fn day(text: &str) -> Option<(NaiveDate, &str)> {
    let (date, rest) = text.split_at_checked(10)?;
    let date = super::date(date)?;
    (xml::is_zone(rest) || xml::is_time(rest)).then_some((date, rest))
}

fn is_midnight(time: &str) -> bool {
    let Some(clock) = time.strip_prefix('T') else {
        return true;
    };
    let end = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
    let digits = clock.get(..end).unwrap_or_default();
    digits.bytes().all(|b| matches!(b, b'0' | b':' | b'.'))
}
