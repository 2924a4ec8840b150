//! A way in to private readers for the fuzz targets (feature `fuzzing`). No part of the interface.

use serde_json::{Map, Value};

use super::{canonical::canonical, document, expand, statements::by_processor};

/// Whether our own way makes statements of a document, and the processor the same: `None` when it makes none.
#[must_use]
pub fn is_same(document: &Map<String, Value>) -> Option<bool> {
    document::check(document).ok()?;
    let own = expand::statements(document)?;
    Some(by_processor(document).is_ok_and(|theirs| canonical(own) == canonical(theirs)))
}
