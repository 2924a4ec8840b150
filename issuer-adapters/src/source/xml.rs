//! XML text within limits: no DTD, no entities beyond the five, no other encoding than UTF-8.

use roxmltree::{Document, Error, ParsingOptions};

use super::{MAX_NESTING, SourceError, SyntaxProblem, xml_node::XmlNode};

/// Most nodes (elements, texts, comments) of one document.
const MAX_NODES: u32 = 400_000;
const SOAP: [&str; 2] = [
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://www.w3.org/2003/05/soap-envelope",
];

/// A parsed document.
pub(super) struct Tree<'t> {
    document: Document<'t>,
}

/// The name of an element, with its namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RootName {
    pub(super) namespace: Option<String>,
    pub(super) local: String,
}

impl Tree<'_> {
    /// The outermost element.
    pub(super) fn root(&self) -> XmlNode<'_> {
        XmlNode::root(self.document.root_element())
    }

    /// The outermost element, or what a SOAP envelope (1.1 section 4, 1.2 section 5) carries.
    pub(super) fn payload(&self) -> XmlNode<'_> {
        let root = self.root();
        let is_soap = |node: &XmlNode<'_>| node.namespace().is_some_and(|ns| SOAP.contains(&ns));
        if !is_soap(&root) || root.name() != "Envelope" {
            return root;
        }
        let carried = root
            .child("Body")
            .and_then(|body| body.elements().into_iter().next());
        carried.unwrap_or(root)
    }
}

/// The text of XML octets. A byte order mark is taken away; other encodings than UTF-8 are refused.
pub(super) fn text(bytes: &[u8]) -> Result<&str, SourceError> {
    let not_utf8 = |line, column| SourceError::Syntax {
        line,
        column,
        problem: SyntaxProblem::NotUtf8,
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|b| **b == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|b| **b != b'\n').count();
        not_utf8(line, column)
    })?;
    let text = text.trim_start();
    if declared_encoding(text).is_some_and(|name| !name.eq_ignore_ascii_case("utf-8")) {
        return Err(not_utf8(1, 1));
    }
    Ok(text)
}

/// Parses a text after measuring its nesting.
pub(super) fn parse(text: &str) -> Result<Tree<'_>, SourceError> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        entity_resolver: None,
    };
    let document = Document::parse_with_options(text, options).map_err(|error| refused(&error))?;
    check_nesting(&document)?;
    Ok(Tree { document })
}

/// A picture's document type declaration that only names where a DTD lies, as drawing programs write it
/// into every SVG, taken away: it declares nothing itself, and where it points to is never asked. All
/// others are left for the parser to refuse.
pub(super) fn without_svg_doctype(text: &str) -> Option<String> {
    let start = prolog_end(text)?;
    let declaration = text.get(start..)?;
    let end = declaration.find('>')?;
    let declaration = declaration.get(..=end)?;
    let name = declaration.strip_prefix("<!DOCTYPE")?.trim_start();
    let after = name.strip_prefix("svg")?;
    let is_external = after.starts_with(|c: char| c.is_ascii_whitespace()) && !after.contains('[');
    if !is_external || !declaration.is_ascii() {
        return None;
    }
    let mut blank = text.to_owned();
    // As long as before, so that a later error names the right place.
    let spaces: String = declaration
        .chars()
        .map(|c| if c == '\n' { c } else { ' ' })
        .collect();
    blank.replace_range(start..=start + end, &spaces);
    Some(blank)
}

/// Where the XML declaration, white space and comments end (XML 1.0 section 2.8).
fn prolog_end(text: &str) -> Option<usize> {
    let mut rest = text.trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ => return text.len().checked_sub(rest.len()),
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
}

/// What the XML declaration names, when there is one (XML 1.0 section 4.3.3).
fn declared_encoding(text: &str) -> Option<&str> {
    let declaration = text.strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(name, _)| name)
}

fn refused(error: &Error) -> SourceError {
    let at = error.pos();
    let place = |problem| SourceError::Syntax {
        line: usize::try_from(at.row).unwrap_or(usize::MAX),
        column: usize::try_from(at.col).unwrap_or(usize::MAX),
        problem,
    };
    match error {
        Error::NodesLimitReached
        | Error::AttributesLimitReached
        | Error::NamespacesLimitReached => SourceError::TooMany {
            pointer: String::new(),
            limit: usize::try_from(MAX_NODES).unwrap_or(usize::MAX),
        },
        Error::DtdDetected => place(SyntaxProblem::Dtd),
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => place(SyntaxProblem::CutOff),
        _ => place(SyntaxProblem::NotXml),
    }
}

/// The parser keeps no stack of its own, so that depth can be measured afterwards.
fn check_nesting(document: &Document<'_>) -> Result<(), SourceError> {
    let (mut depth, mut at) = (0_usize, document.root_element());
    loop {
        depth += 1;
        if depth > MAX_NESTING {
            let position = document.text_pos_at(at.range().start);
            let line = usize::try_from(position.row).unwrap_or(usize::MAX);
            return Err(SourceError::TooDeep { line });
        }
        if let Some(child) = at.first_element_child() {
            at = child;
            continue;
        }
        loop {
            depth -= 1;
            if let Some(sibling) = at.next_sibling_element() {
                at = sibling;
                break;
            }
            match at.parent_element() {
                Some(parent) => at = parent,
                None => return Ok(()),
            }
        }
    }
}
