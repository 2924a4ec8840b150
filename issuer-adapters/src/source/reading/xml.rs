//! Values of XML elements.

use chrono::NaiveDate;
use credential_core::{
    record::{Amount, LocalText, NoticeKind},
    text::Text,
};

use super::{MAX_VALUES, Reading};
use crate::source::xml_node::XmlNode;

impl Reading {
    /// The short text of a child element; empty ones count as absent.
    pub(in crate::source) fn child_string(
        &mut self,
        node: &XmlNode<'_>,
        name: &'static str,
    ) -> Option<String> {
        self.string_at(&node.child(name)?)
    }

    /// The short text of an attribute.
    pub(in crate::source) fn attribute(
        &mut self,
        node: &XmlNode<'_>,
        name: &'static str,
    ) -> Option<String> {
        self.string_at(&node.attribute(name)?)
    }

    /// A child element that holds an `xs:date` (XML Schema part 2, 3.3.9): `YYYY-MM-DD`, and perhaps
    /// a time zone, which says nothing about a day of studies.
    pub(in crate::source) fn child_date(
        &mut self,
        node: &XmlNode<'_>,
        name: &'static str,
    ) -> Option<NaiveDate> {
        use super::Placed as _;
        let child = node.child(name)?;
        let text = child.text().filter(|text| !text.trim().is_empty())?;
        let day = text.trim().get(..10).and_then(super::date);
        let zone = text.trim().get(10..).unwrap_or("?");
        let date = day.filter(|_| is_zone(zone) || is_time(zone));
        self.used_or_not_understood(&child, date)
    }

    /// A child element that holds a number without sign.
    pub(in crate::source) fn child_amount(
        &mut self,
        node: &XmlNode<'_>,
        name: &'static str,
    ) -> Option<Amount> {
        self.amount_at(&node.child(name)?)
    }

    /// The child elements of this name, at most as many as a list of values may have.
    pub(in crate::source) fn child_values<'d>(
        &mut self,
        node: &XmlNode<'d>,
        name: &'static str,
    ) -> Vec<XmlNode<'d>> {
        let mut values = node.children(name);
        for surplus in values.iter().skip(MAX_VALUES) {
            self.note(surplus, NoticeKind::KeptRaw);
        }
        values.truncate(MAX_VALUES);
        values
    }

    /// The child elements of this name as one text: those in our languages, and the others. `language`
    /// reads the language of an element; one without language counts as another.
    pub(in crate::source) fn child_texts<'d>(
        &mut self,
        node: &XmlNode<'d>,
        name: &'static str,
        language: impl Fn(&mut Self, &XmlNode<'d>) -> Option<String>,
        read: impl Fn(&mut Self, &XmlNode<'d>) -> Option<String>,
    ) -> (Text, Vec<LocalText>) {
        let (mut ours, mut others) = (Text::default(), Vec::new());
        for element in self.child_values(node, name) {
            let tag = language(self, &element).unwrap_or_default();
            let Some(text) = read(self, &element) else {
                continue;
            };
            let primary = tag.split(['-', '_']).next().unwrap_or_default();
            let place = match primary.to_ascii_lowercase().as_str() {
                "fi" => Some(&mut ours.fi),
                "sv" => Some(&mut ours.sv),
                "en" => Some(&mut ours.en),
                _other => None,
            };
            match place {
                Some(place @ None) => *place = Some(text),
                Some(Some(_)) | None => others.push(LocalText {
                    language: tag,
                    text,
                }),
            }
        }
        (ours, others)
    }
}

/// Nothing, `Z`, or `+02:00`.
pub(super) fn is_zone(text: &str) -> bool {
    let signed = text.strip_prefix(['+', '-']);
    let is_offset = |rest: &str| {
        rest.split_once(':').is_some_and(|(hours, minutes)| {
            let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            digits(hours) && digits(minutes)
        })
    };
    text.is_empty() || text == "Z" || signed.is_some_and(is_offset)
}

/// The rest of an `xs:dateTime`: a time of day, which is not kept.
pub(super) fn is_time(text: &str) -> bool {
    let Some(time) = text.strip_prefix('T') else {
        return false;
    };
    time.len() <= 24
        && time
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'+' | b'-' | b'Z'))
}
