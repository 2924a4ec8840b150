//! What becomes of each column of a table.

use crate::source::fields::{Field, FieldTable, mapped, raw};

pub(super) const TABLE: FieldTable = FieldTable {
    fields: FIELDS,
    containers: &[],
    discreet: false,
};

const FIELDS: &[Field] = &[
    mapped("column name", "which column is which"),
    mapped("family name", "family name"),
    mapped("given name", "given names"),
    mapped(
        "full name",
        "family and given names, with a comma between them",
    ),
    mapped("birth date", "date of birth"),
    mapped(
        "identity code",
        "date of birth; tells people of one table apart, and is nowhere kept",
    ),
    mapped("kind", "what kind of completion"),
    mapped("title", "title"),
    mapped("code", "code"),
    mapped(
        "date",
        "day on which it was awarded; of experience the last day",
    ),
    mapped("start date", "first day"),
    mapped("credits", "credits"),
    mapped("unit", "unit of the credits"),
    mapped("grade", "grade"),
    mapped("scale", "scale of the grade"),
    mapped("organisation", "awarding body"),
    mapped("business id", "awarding body"),
    mapped("employer", "employer, of experience"),
    mapped("occupation", "occupation, of experience"),
    mapped("description", "description"),
    mapped("skills", "skills"),
    mapped("part of", "the whole it is a part of"),
    mapped(
        "EQF level",
        "level of the European Qualifications Framework",
    ),
    mapped("language", "language of instruction"),
    raw("other column", "no known column is called so"),
    raw(
        "unread row",
        "a row that could not be read; its notice says why",
    ),
];
