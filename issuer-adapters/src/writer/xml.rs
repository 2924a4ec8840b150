//! XML text: elements in order, with everything in them escaped.

use std::fmt::Display;

/// An XML document while it is written. Names are the writer's own, texts are anybody's.
pub(super) struct Xml {
    text: String,
}

impl Xml {
    /// The XML declaration, and what is said about the whole document.
    pub(super) fn new(comment: &'static str) -> Self {
        Self {
            text: format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- {comment} -->\n"),
        }
    }

    /// An element with elements in it.
    pub(super) fn within(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        inner: impl FnOnce(&mut Self),
    ) {
        self.start(name, attributes);
        inner(self);
        self.end(name);
    }

    /// An element with a text.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: &[(&'static str, &str)],
        text: &str,
    ) {
        self.start(name, attributes);
        self.escaped(text);
        self.end(name);
    }

    /// An element with a text, where there is one.
    pub(super) fn optional(&mut self, name: &'static str, text: Option<impl Display>) {
        if let Some(text) = text {
            self.element(name, &[], &text.to_string());
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    fn start(&mut self, name: &str, attributes: &[(&'static str, &str)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.escaped(value);
            self.text.push('"');
        }
        self.text.push('>');
    }

    fn end(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    /// White space other than the space is written as a reference, so that no parser makes another of it
    /// (XML 1.0 sections 2.11 and 3.3.3). A character that XML cannot hold (section 2.2) becomes U+FFFD.
    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\t' => self.text.push_str("&#9;"),
                '\n' => self.text.push_str("&#10;"),
                '\r' => self.text.push_str("&#13;"),
                '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.text.push('\u{fffd}'),
                other => self.text.push(other),
            }
        }
    }
}
