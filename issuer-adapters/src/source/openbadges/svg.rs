//! A badge in an SVG picture: one element directly within the outermost (Open Badges 3.0 section 5.3.2,
//! Baking Specification 2.0). Nothing else of the picture is looked at.

use credential_core::baked::{chosen, is_badge_element};

use crate::source::{Document, SourceError, reading::Placed as _, xml_node::XmlNode};

const SVG: &str = "http://www.w3.org/2000/svg";
const EXPECTED: &str = "a picture with an Open Badge baked into it";

pub(super) fn is_svg(document: &Document<'_>) -> bool {
    let root = document.xml_root();
    root.is_some_and(|root| root.local == "svg" && root.namespace.as_deref() == Some(SVG))
}

/// What was baked into the picture: the signature in `verify`, or else the text.
///
/// # Errors
/// [`SourceError::OtherDocument`] when there is no badge, [`SourceError::TooMany`] when there are several.
pub(super) fn baked(document: &Document<'_>) -> Result<Vec<u8>, SourceError> {
    let tree = document.xml(EXPECTED)?;
    let elements = tree.root().elements();
    let mut badges = elements.iter().filter(|element| is_badge(element));
    let badge = badges
        .next()
        .ok_or(SourceError::OtherDocument { expected: EXPECTED })?;
    if let Some(second) = badges.next() {
        return Err(SourceError::TooMany {
            pointer: second.pointer().to_owned(),
            limit: 1,
        });
    }
    let verify = badge.attribute("verify").and_then(|verify| verify.text());
    chosen(badge.text(), verify)
        .map(String::into_bytes)
        .ok_or(SourceError::OtherDocument { expected: EXPECTED })
}

fn is_badge(element: &XmlNode<'_>) -> bool {
    is_badge_element(element.namespace(), element.name())
}
