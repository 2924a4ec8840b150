//! A document opened as far as its outer form: JSON, XML, or octets that a source looks into itself.

use std::borrow::Cow;

use serde_json::Value;

use super::{MAX_BYTES, SourceError, json, packed, xml};

/// A document and its outer form. What is packed (gzip, and base64 of it) is unpacked within limits.
pub struct Document<'b> {
    bytes: &'b [u8],
    form: Form<'b>,
}

enum Form<'b> {
    Json(Value),
    Xml {
        text: Cow<'b, str>,
        root: xml::RootName,
    },
    Other,
}

impl std::fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let form = match self.form {
            Form::Json(_) => "json",
            Form::Xml { .. } => "xml",
            Form::Other => "other",
        };
        f.debug_struct("Document")
            .field("form", &form)
            .finish_non_exhaustive()
    }
}

impl<'b> Document<'b> {
    /// Looks at the first octets to tell the form, and parses JSON and XML whole.
    ///
    /// # Errors
    /// [`SourceError`] when the document is too large, too deep, or not well-formed.
    pub fn open(bytes: &'b [u8]) -> Result<Self, SourceError> {
        if bytes.len() > MAX_BYTES {
            return Err(SourceError::TooLarge);
        }
        let form = match first(bytes) {
            Some(b'{' | b'[') => Form::Json(json::parse(bytes)?),
            Some(b'<') => xml_form(Cow::Borrowed(xml::text(bytes)?))?,
            _ => match packed::unpack(bytes)? {
                Some(unpacked) if first(&unpacked) == Some(b'<') => {
                    xml_form(Cow::Owned(xml::text(&unpacked)?.to_owned()))?
                }
                Some(_) | None => Form::Other,
            },
        };
        Ok(Self { bytes, form })
    }

    /// The octets as they came.
    #[must_use]
    pub fn bytes(&self) -> &'b [u8] {
        self.bytes
    }

    /// The value, when the document is JSON.
    ///
    /// # Errors
    /// [`SourceError::Syntax`] when it is not.
    pub(super) fn json(&self) -> Result<Cow<'_, Value>, SourceError> {
        match &self.form {
            Form::Json(value) => Ok(Cow::Borrowed(value)),
            // Parses `true` and numbers too, and says at which place all else stops being JSON.
            Form::Xml { .. } | Form::Other => json::parse(self.bytes).map(Cow::Owned),
        }
    }

    /// Neither JSON nor XML, as far as the first octets say.
    pub(super) fn is_other(&self) -> bool {
        matches!(self.form, Form::Other)
    }

    /// The members of the document, when it is a JSON object.
    pub(super) fn json_members(&self) -> Option<&serde_json::Map<String, Value>> {
        match &self.form {
            Form::Json(value) => value.as_object(),
            _ => None,
        }
    }

    /// The tree, when the document is XML.
    ///
    /// # Errors
    /// [`SourceError::OtherDocument`] when it is not; `expected` says what the source reads.
    pub(super) fn xml(&self, expected: &'static str) -> Result<xml::Tree<'_>, SourceError> {
        match &self.form {
            Form::Xml { text, .. } => xml::parse(text),
            _ => Err(SourceError::OtherDocument { expected }),
        }
    }

    /// The name of the outermost element that is not a SOAP envelope, when the document is XML.
    pub(super) fn xml_root(&self) -> Option<&xml::RootName> {
        match &self.form {
            Form::Xml { root, .. } => Some(root),
            _ => None,
        }
    }
}

fn xml_form(text: Cow<'_, str>) -> Result<Form<'_>, SourceError> {
    let text = xml::without_svg_doctype(&text).map_or(text, Cow::Owned);
    let root = xml::parse(&text)?.payload().full_name();
    Ok(Form::Xml { text, root })
}

/// The first octet that is not white space or a byte order mark.
fn first(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.iter().copied().find(|b| !b.is_ascii_whitespace())
}
