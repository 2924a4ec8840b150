//! What becomes of each part of a PDF document.

use crate::source::fields::{Field, FieldTable, mapped, raw};

pub(super) const TABLE: FieldTable = FieldTable {
    fields: FIELDS,
    containers: &[],
    discreet: false,
};

const FIELDS: &[Field] = &[
    raw(
        "pages",
        "made for reading: what they show is not taken for data",
    ),
    mapped(
        "signature",
        "whether the document is as it was signed, and whom the certificate names",
    ),
];
