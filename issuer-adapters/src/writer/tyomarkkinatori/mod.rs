//! The profile of a job seeker in Työmarkkinatori, as its interface P51 takes it
//! (`FullProfileDto_ExternalPut`, version 1).
//!
//! Experience goes to the list that it came from, or else to employments and projects, and qualifications
//! to educations. What is more than a list takes, 20 of each, is listed as unsaid and never cut silently,
//! and so is a qualification of which an education could say nothing.
//!
//! The interface replaces the whole profile: whoever sends this must first read what is there (P60) and
//! show the person what would go.

mod item;
mod table;

use credential_core::record::{Attainment, AttainmentKind, LearningRecord};
use zeroize::Zeroizing;

use self::item::{List, item};
use super::{
    Occasion, RecordWriter, Row, WriteError, Written,
    compare::{concluded, placed},
};
use crate::members::Members;
use crate::source::tyomarkkinatori::Tyomarkkinatori;

/// Most items of one list.
const MAX_ITEMS: usize = 20;

/// Writes profiles of Työmarkkinatori.
#[derive(Debug, Clone, Copy, Default)]
pub struct TyomarkkinatoriWriter;

impl RecordWriter for TyomarkkinatoriWriter {
    fn name(&self) -> &'static str {
        "tyomarkkinatori"
    }

    fn title(&self) -> &'static str {
        "Työmarkkinatori profile (JSON)"
    }

    fn media_type(&self) -> &'static str {
        "application/json"
    }

    fn table(&self) -> &'static [Row] {
        table::TABLE
    }

    fn write(&self, record: &LearningRecord, _when: &Occasion) -> Result<Written, WriteError> {
        let from_profile = record.source() == self.name();
        let mut sayable = placed(record);
        sayable.retain(is_sayable);
        let mut arranged = Vec::new();
        let mut profile = Members::default();
        for list in List::ALL {
            let of_list = |one: &&Attainment| List::of(one, from_profile) == list;
            let said = sayable
                .iter()
                .filter(of_list)
                .filter_map(|one| Some((item(list, one)?, one)));
            let (items, held): (Vec<_>, Vec<_>) = said.take(MAX_ITEMS).unzip();
            profile.put(list.member(), items);
            arranged.extend(held.into_iter().map(|one| Attainment {
                parts: Vec::new(),
                ..one.clone()
            }));
        }
        if arranged.is_empty() {
            return Err(WriteError::NothingToSay);
        }
        let document = Zeroizing::new(format!("{:#}", profile.value()).into_bytes());
        concluded(self, &Tyomarkkinatori, record, &arranged, vec![document])
    }
}

fn is_sayable(one: &Attainment) -> bool {
    matches!(
        one.kind,
        AttainmentKind::Experience { .. } | AttainmentKind::Qualification { .. }
    )
}
