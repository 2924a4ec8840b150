//! Takes a badge out of what carries it.

use std::borrow::Cow;

use serde_json::Value;

use super::{png, svg};
use crate::source::{Document, SourceError, json, jws};

/// Whether this is a picture that could carry a badge.
pub(super) fn is_picture(document: &Document<'_>) -> bool {
    png::is_png(document.bytes()) || svg::is_svg(document)
}

/// The JSON of the badge, taken apart where it is signed.
///
/// # Errors
/// [`SourceError`] when a picture is damaged, carries no badge, or more than one.
pub(super) fn badge<'d>(document: &'d Document<'_>) -> Result<Cow<'d, Value>, SourceError> {
    let baked = if png::is_png(document.bytes()) {
        png::baked(document.bytes())?
    } else if svg::is_svg(document) {
        svg::baked(document)?
    } else {
        return jws::opened(document).ok_or(SourceError::OtherDocument {
            expected: "an Open Badge is JSON, a JWT, or a picture that carries one of them",
        });
    };
    from_picture(&baked).map(Cow::Owned)
}

/// What was baked: JSON, a compact signature, or (2.0) only the address of the badge.
fn from_picture(baked: &[u8]) -> Result<Value, SourceError> {
    let text = std::str::from_utf8(baked).map_err(|_other| SourceError::Packing)?;
    if let Some(unfolded) = jws::unfold(text) {
        return unfolded;
    }
    if text.trim_start().starts_with('{') {
        return json::parse(text.trim().as_bytes());
    }
    Err(SourceError::OtherDocument {
        expected: "the picture should carry the badge itself, not only its address",
    })
}
