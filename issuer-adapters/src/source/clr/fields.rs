//! What becomes of each field of a learner record.

use crate::source::{
    fields::FieldTable,
    openbadges::{CONTAINERS, badge_fields},
};

pub(super) const TABLE: FieldTable = FieldTable {
    fields: badge_fields!(
        mapped("association/associationType", "which is a part of which"),
        mapped("association/sourceId", "which is a part of which"),
        mapped("association/targetId", "which is a part of which"),
        raw("association/type", "its place says the same"),
        raw("partial", "whether the issuer could say more"),
    ),
    containers: CONTAINERS,
    discreet: false,
};
