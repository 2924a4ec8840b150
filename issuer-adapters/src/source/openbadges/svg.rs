//! A badge in an SVG picture: one element directly within the outermost (Open Badges 3.0 section 5.3.2,
//! Baking Specification 2.0). Nothing else of the picture is looked at.

use crate::source::{Document, SourceError, reading::Placed as _, xml_node::XmlNode};

const SVG: &str = "http://www.w3.org/2000/svg";
/// Namespace and name of the element, 3.0 and 2.0.
const ELEMENTS: [(&str, &str); 2] = [
    ("https://purl.imsglobal.org/ob/v3p0", "credential"),
    ("http://openbadges.org", "assertion"),
];
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
    let text = badge.text().filter(|text| !text.trim().is_empty());
    let verify = badge.attribute("verify").and_then(|verify| verify.text());
    let is_signature = verify
        .as_ref()
        .is_some_and(|verify| verify.trim().starts_with("ey"));
    let chosen = if is_signature {
        verify
    } else {
        text.or(verify)
    };
    chosen
        .map(String::into_bytes)
        .ok_or(SourceError::OtherDocument { expected: EXPECTED })
}

fn is_badge(element: &XmlNode<'_>) -> bool {
    let namespace = element.namespace().unwrap_or_default();
    ELEMENTS.contains(&(namespace, element.name()))
}
