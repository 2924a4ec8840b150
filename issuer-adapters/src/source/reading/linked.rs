//! Values of JSON-LD documents: one or many, texts in languages, points in time.

use chrono::NaiveDate;
use credential_core::{
    record::{LocalText, NoticeKind},
    text::Text,
};

use super::{MAX_VALUES, Placed as _, Reading, xml};
use crate::source::node::Node;

/// Longest language tag, in characters; real ones are shorter (BCP 47 section 4.4.1).
const MAX_TAG: usize = 35;

/// A text in our languages, and in others.
#[derive(Debug, Default)]
pub(in crate::source) struct Said {
    pub(in crate::source) ours: Text,
    pub(in crate::source) others: Vec<LocalText>,
}

/// What becomes of a text in a language that the product does not speak, and of a second one in a
/// language that it does. What is not kept stays raw.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    /// Kept beside ours.
    Kept,
    /// The first is kept when there is none of ours.
    Alone,
    /// None is kept.
    Raw,
}

/// How long a text may be.
#[derive(Clone, Copy)]
enum Length {
    Name,
    Prose,
}

/// A text of the document and its language.
struct Candidate<'v> {
    text: Node<'v>,
    tag: String,
    named_by: Option<Node<'v>>,
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

    /// The place of a text in one of our languages, while it is free.
    fn place(&mut self, language: &str) -> Option<&mut Option<String>> {
        let primary = language.split(['-', '_']).next().unwrap_or_default();
        let place = match primary.to_ascii_lowercase().as_str() {
            "fi" => &mut self.ours.fi,
            "sv" => &mut self.ours.sv,
            // Documents that name no language are in English far more often than not, and a text
            // without a place would be lost to its reader.
            "en" | "" | "und" | "mul" | "zxx" => &mut self.ours.en,
            _other => return None,
        };
        place.is_none().then_some(place)
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

    /// A short text of a member, with what it is in other languages. A plain string is in `language`.
    pub(in crate::source) fn name_said(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
        language: Option<&str>,
    ) -> Said {
        let member = node.member(name);
        self.said(member.as_ref(), language, Length::Name, Others::Kept)
    }

    /// A short text of a member in our languages.
    pub(in crate::source) fn name_in_ours(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
        language: Option<&str>,
    ) -> Text {
        let member = node.member(name);
        let said = self.said(member.as_ref(), language, Length::Name, Others::Raw);
        said.ours
    }

    /// A running text of a member in our languages.
    pub(in crate::source) fn prose_in_ours(
        &mut self,
        node: &Node<'_>,
        name: &'static str,
        language: Option<&str>,
    ) -> Text {
        let member = node.member(name);
        let said = self.said(member.as_ref(), language, Length::Prose, Others::Raw);
        said.ours
    }

    /// A short text of which one language is enough: ours, or else the first.
    pub(in crate::source) fn name_alone(&mut self, node: Option<&Node<'_>>) -> Said {
        self.said(node, None, Length::Name, Others::Alone)
    }

    fn said(
        &mut self,
        node: Option<&Node<'_>>,
        language: Option<&str>,
        length: Length,
        others: Others,
    ) -> Said {
        let mut said = Said::default();
        let mut foreign = Vec::new();
        for candidate in self.candidates(node, language.unwrap_or_default()) {
            if said.place(&candidate.tag).is_none() {
                foreign.push(candidate);
            } else if let Some(text) = self.text_of(&candidate, length)
                && let Some(place) = said.place(&candidate.tag)
            {
                *place = Some(text);
            }
        }
        for candidate in foreign {
            if others == Others::Raw || (others == Others::Alone && !said.is_empty()) {
                break;
            }
            if let Some(text) = self.text_of(&candidate, length) {
                said.others.push(LocalText {
                    language: candidate.tag,
                    text,
                });
            }
        }
        said
    }

    /// A string, a value object, a language map, or a list of them (JSON-LD 1.1 sections 4.2.4 to
    /// 4.2.6).
    fn candidates<'v>(&mut self, node: Option<&Node<'v>>, language: &str) -> Vec<Candidate<'v>> {
        let mut found = Vec::new();
        for value in node
            .map(each)
            .unwrap_or_default()
            .into_iter()
            .take(MAX_VALUES)
        {
            if value.as_str().is_some() {
                found.push(Candidate {
                    text: value,
                    tag: language.trim().to_owned(),
                    named_by: None,
                });
            } else if let Some(text) = value.member("@value") {
                let named_by = value.member("@language");
                let tag = named_by.as_ref().and_then(Node::as_str).unwrap_or_default();
                found.push(Candidate {
                    text,
                    tag: tag.trim().chars().take(MAX_TAG).collect(),
                    named_by,
                });
            } else if value.members().is_some() {
                found.extend(mapped_texts(&value));
            } else {
                self.note(&value, NoticeKind::NotUnderstood);
            }
        }
        found
    }

    fn text_of(&mut self, candidate: &Candidate<'_>, length: Length) -> Option<String> {
        let text = match length {
            Length::Name => self.string_at(&candidate.text),
            Length::Prose => self.prose_at(&candidate.text),
        }?;
        if let Some(named_by) = &candidate.named_by {
            self.take(named_by);
        }
        Some(text)
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

/// The texts of a language map.
fn mapped_texts<'v>(map: &Node<'v>) -> Vec<Candidate<'v>> {
    let mut found = Vec::new();
    for (tag, texts) in map.tagged().into_iter().take(MAX_VALUES) {
        let texts = each(&texts).into_iter().take(MAX_VALUES);
        found.extend(texts.map(|text| Candidate {
            text,
            tag: tag.trim().to_owned(),
            named_by: None,
        }));
    }
    found
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
