//! What goes where in a learner record: as in badges, but for the parts.

use crate::writer::{
    openbadges::badge_rows,
    table::{Row, partly, said, unsaid},
};

pub(super) const TABLE: &[Row] = &badge_rows![
    unsaid(
        "person",
        "the record names the learner as the one who put it together, and not as its subject",
    ),
    said("parts", "association"),
    partly(
        "code",
        "achievement/humanCode, achievement/id",
        "a code has no code system and no name, and an address can stand for one achievement only",
    ),
];
