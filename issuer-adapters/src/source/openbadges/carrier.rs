//! Takes a badge out of what carries it.

use std::borrow::Cow;

use credential_core::baked::{BakedError, is_png, png};
use serde_json::Value;

use super::svg;
use crate::source::{Document, MAX_BYTES, SourceError, json, jws};

/// Whether this is a picture that could carry a badge.
pub(super) fn is_picture(document: &Document<'_>) -> bool {
    is_png(document.bytes()) || svg::is_svg(document)
}

/// The JSON of the badge, taken apart where it is signed.
///
/// # Errors
/// [`SourceError`] when a picture is damaged, carries no badge, or more than one.
pub(super) fn badge<'d>(document: &'d Document<'_>) -> Result<Cow<'d, Value>, SourceError> {
    let baked = if is_png(document.bytes()) {
        png(document.bytes(), MAX_BYTES).map_err(refused)?
    } else if svg::is_svg(document) {
        svg::baked(document)?
    } else {
        return jws::opened(document).ok_or(SourceError::OtherDocument {
            expected: "an Open Badge is JSON, a JWT, or a picture that carries one of them",
        });
    };
    from_picture(&baked).map(Cow::Owned)
}

fn refused(error: BakedError) -> SourceError {
    match error {
        BakedError::NoBadge => SourceError::OtherDocument {
            expected: "a picture with an Open Badge baked into it",
        },
        BakedError::Several | BakedError::TooManyParts => SourceError::TooMany {
            pointer: String::new(),
            limit: 1,
        },
        BakedError::TooLarge => SourceError::TooLarge,
        _ => SourceError::Packing,
    }
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
