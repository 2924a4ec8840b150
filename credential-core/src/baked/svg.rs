//! A badge in an SVG picture: one element directly within the outermost (Open Badges 3.0 section 5.3.2,
//! Baking Specification 2.0). Nothing else of the picture is looked at.

use roxmltree::{Document, Error, Node, ParsingOptions};

use super::{BakedError, MAX_TEXT};

const SVG: &str = "http://www.w3.org/2000/svg";
/// Namespace and name of the element, 3.0 and 2.0.
const ELEMENTS: [(&str, &str); 2] = [
    ("https://purl.imsglobal.org/ob/v3p0", "credential"),
    ("http://openbadges.org", "assertion"),
];
/// Most nodes (elements, texts, comments) of one picture.
const MAX_NODES: u32 = 200_000;

/// Whether an element carries a badge, by its namespace and name.
#[must_use]
pub fn is_badge_element(namespace: Option<&str>, name: &str) -> bool {
    ELEMENTS.contains(&(namespace.unwrap_or_default(), name))
}

/// Which of the element's text and its attribute `verify` is the badge: a signature in `verify`, or else the
/// text.
#[must_use]
pub fn chosen(text: Option<String>, verify: Option<String>) -> Option<String> {
    let is_signature = |verify: &String| verify.trim().starts_with("ey");
    if verify.as_ref().is_some_and(is_signature) {
        return verify;
    }
    text.filter(|text| !text.trim().is_empty()).or(verify)
}

/// Whether these octets look like an SVG picture: XML whose outermost element is `svg`.
#[must_use]
pub fn is_svg(bytes: &[u8]) -> bool {
    let start = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let start = String::from_utf8_lossy(start);
    let mut rest = start.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ => break,
        };
        match rest.split_once(end) {
            Some((_prolog, after)) => rest = after.trim_start(),
            None => return false,
        }
    }
    // A declaration names the outermost element, and can hold more than fits here.
    if let Some(declared) = rest.strip_prefix("<!DOCTYPE") {
        return declared.trim_start().starts_with("svg");
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    let name = name
        .split(|c: char| c.is_ascii_whitespace() || c == '>')
        .next();
    name.is_some_and(|name| name == "svg" || name.ends_with(":svg"))
}

/// What was baked into the picture.
pub(super) fn baked(bytes: &[u8]) -> Result<Vec<u8>, BakedError> {
    let text = std::str::from_utf8(bytes).map_err(|_other| BakedError::Damaged)?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let plain = without_doctype(text);
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        entity_resolver: None,
    };
    let document = Document::parse_with_options(plain.as_deref().unwrap_or(text), options)
        .map_err(|error| refused(&error))?;
    let root = document.root_element();
    if root.tag_name().namespace() != Some(SVG) {
        return Err(BakedError::NoBadge);
    }
    let is_badge = |node: &Node<'_, '_>| {
        let name = node.tag_name();
        node.is_element() && is_badge_element(name.namespace(), name.name())
    };
    let mut badges = root.children().filter(is_badge);
    let badge = badges.next().ok_or(BakedError::NoBadge)?;
    if badges.next().is_some() {
        return Err(BakedError::Several);
    }
    let found = chosen(
        text_of(&badge),
        badge.attribute("verify").map(str::to_owned),
    );
    match found.ok_or(BakedError::NoBadge)? {
        found if found.len() <= MAX_TEXT => Ok(found.into_bytes()),
        _ => Err(BakedError::TooLarge),
    }
}

/// The texts directly within an element, one after the other.
fn text_of(element: &Node<'_, '_>) -> Option<String> {
    let texts = element.children().filter(Node::is_text);
    let whole: String = texts.filter_map(|node| node.text()).collect();
    (!whole.is_empty()).then_some(whole)
}

/// A declaration that only names where a DTD lies, as drawing programs write it into every picture, taken
/// away: it declares nothing itself, and where it points to is never asked. All others are left for the parser
/// to refuse.
fn without_doctype(text: &str) -> Option<String> {
    let start = text.find("<!DOCTYPE")?;
    let end = start + text.get(start..)?.find('>')?;
    let is_prolog = !text.get(..start)?.contains("<svg");
    let is_external = !text.get(start..end)?.contains('[');
    if !is_prolog || !is_external {
        return None;
    }
    Some(format!("{}{}", text.get(..start)?, text.get(end + 1..)?))
}

fn refused(error: &Error) -> BakedError {
    match error {
        Error::DtdDetected => BakedError::Dtd,
        Error::NodesLimitReached
        | Error::AttributesLimitReached
        | Error::NamespacesLimitReached => BakedError::TooManyParts,
        _ => BakedError::Damaged,
    }
}
