//! Open Badges 3.0: one badge for each attainment, unsigned, as a credential of the data model 2.0.
//!
//! A badge speaks one language. It is the one asked for where the title has it, and otherwise the first
//! that the title has. Where the record knows no day of awarding, the badge has no `validFrom`, although
//! the standard requires one: a day that nobody said would come back as the day of awarding.

mod achievement;
mod credential;
mod profile;
mod speech;
mod table;

use credential_core::record::{Attainment, AttainmentKind, LearningRecord};
use zeroize::Zeroizing;

pub(crate) use self::credential::{BADGES, DATA_MODEL};
pub(super) use self::{
    credential::{CONTEXT, Ids, UNSIGNED, credential},
    table::{ONE_LANGUAGE, badge_rows},
};
use super::{
    Occasion, RecordWriter, Row, WriteError, Written,
    compare::{concluded, placed},
};
use crate::source::openbadges::OpenBadges;

/// Writes Open Badges.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenBadgesWriter;

impl RecordWriter for OpenBadgesWriter {
    fn name(&self) -> &'static str {
        "openbadges"
    }

    fn title(&self) -> &'static str {
        "Open Badge 3.0 (JSON)"
    }

    fn media_type(&self) -> &'static str {
        "application/vc"
    }

    fn table(&self) -> &'static [Row] {
        table::TABLE
    }

    fn write(&self, record: &LearningRecord, occasion: &Occasion) -> Result<Written, WriteError> {
        let mut arranged = Vec::new();
        apart(placed(record), &mut arranged);
        if arranged.is_empty() {
            return Err(WriteError::NothingToSay);
        }
        let documents = (1..).zip(&arranged).map(|(number, one)| {
            let ids = Ids::new(occasion.id(), number, one);
            let mut badge = credential(one, &ids, occasion.language());
            badge.put("@context", CONTEXT.of_badge(one));
            Zeroizing::new(format!("{:#}", badge.value()).into_bytes())
        });
        let documents = documents.collect();
        concluded(self, &OpenBadges, record, &arranged, documents)
    }
}

/// Each attainment by itself, wholes before their parts.
fn apart(all: Vec<Attainment>, found: &mut Vec<Attainment>) {
    for mut one in all {
        let parts = std::mem::take(&mut one.parts);
        if is_achieved(&one) {
            found.push(one);
        }
        apart(parts, found);
    }
}

/// A place to study and experience are no achievements.
pub(super) fn is_achieved(one: &Attainment) -> bool {
    !matches!(
        one.kind,
        AttainmentKind::Enrolment { .. } | AttainmentKind::Experience { .. }
    )
}
