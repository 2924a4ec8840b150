//! What becomes of each type of completion, and levels that follow from codes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use credential_core::{record::Level, text::Text};
use serde::Deserialize;

use crate::source::virta::codes::level as of_degree;

/// What becomes of a type of completion (code list `suorituksentyyppi`).
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kind {
    #[serde(rename = "as")]
    pub(super) becomes: Becomes,
    /// Name of the kind, for documents that give no name.
    pub(super) title: Text,
    /// The completion is a part of the module it names, not the whole of it.
    #[serde(default)]
    pub(super) part_of_module: bool,
    /// NQF and EQF level, where it follows from the kind alone.
    level: Option<u8>,
}

/// The kind of attainment that a completion becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Becomes {
    Qualification,
    Achievement,
    Badge,
    Language,
}

impl Kind {
    /// The kind with this code, when there is a credential for it.
    pub(super) fn of(code: &str) -> Option<&'static Self> {
        KINDS.kinds.get(code)
    }

    /// The level of a completion of this kind; `education_type` is a code of `koulutustyyppi`,
    /// `code` one of `koulutus`.
    pub(super) fn level(&self, education_type: Option<&str>, code: Option<&str>) -> Level {
        if self.becomes == Becomes::Qualification && code.is_some_and(is_of_higher_education) {
            return code.map(of_degree).unwrap_or_default();
        }
        let vocational = || match self.becomes {
            Becomes::Qualification => vocational_level(education_type, code),
            _ => None,
        };
        let level = self.level.or_else(vocational);
        Level {
            eqf: level,
            nqf: level,
            isced: None,
            cefr: None,
        }
    }
}

/// Parts of this type say more about a pupil's support than about learning; they are not read.
pub(super) fn is_kept_raw(part_type: &str) -> bool {
    KINDS.kept_raw_parts.contains(part_type)
}

/// The CEFR level of a grade, on the scales that have one.
pub(super) fn cefr(scale: &str, grade: &str) -> Option<&'static str> {
    CEFR.scales.get(scale)?.get(grade).map(String::as_str)
}

/// In the classification of education the first digit of a degree of higher education is 6, 7 or 8.
fn is_of_higher_education(code: &str) -> bool {
    code.starts_with(['6', '7', '8'])
}

fn vocational_level(education_type: Option<&str>, code: Option<&str>) -> Option<u8> {
    let by_type = education_type.and_then(|kind| VOCATIONAL.by_education_type.get(kind).copied());
    let by_code = || match code? {
        code if VOCATIONAL.level_4.contains(code) => Some(4),
        code if VOCATIONAL.level_5.contains(code) => Some(5),
        _ => None,
    };
    by_type.or_else(by_code)
}

#[derive(Debug, Default, Deserialize)]
struct Kinds {
    kept_raw_parts: BTreeSet<String>,
    kinds: BTreeMap<String, Kind>,
}

#[derive(Debug, Default, Deserialize)]
struct VocationalLevels {
    by_education_type: BTreeMap<String, u8>,
    level_4: BTreeSet<String>,
    level_5: BTreeSet<String>,
}

#[derive(Debug, Default, Deserialize)]
struct CefrScales {
    scales: BTreeMap<String, BTreeMap<String, String>>,
}

// A list that does not parse is empty, and the test of the lists fails.
static KINDS: LazyLock<Kinds> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/completion_kinds.json")).unwrap_or_default()
});
static VOCATIONAL: LazyLock<VocationalLevels> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/vocational_levels.json")).unwrap_or_default()
});
static CEFR: LazyLock<CefrScales> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/cefr.json")).unwrap_or_default()
});
