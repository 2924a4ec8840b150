//! What columns are called, and what words in cells mean: `data/csv_columns.json`.

use std::{collections::HashMap, sync::LazyLock};

use credential_core::{
    record::{AttainmentKind, Code},
    text::{Language, Text},
};
use serde::Deserialize;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Column {
    FamilyName,
    GivenName,
    FullName,
    Birthdate,
    IdentityCode,
    Kind,
    Title,
    Code,
    Date,
    Started,
    Credits,
    CreditsEcts,
    CreditsCompetence,
    CreditsHours,
    Unit,
    Grade,
    Scale,
    Organisation,
    BusinessId,
    Employer,
    Occupation,
    Description,
    Skills,
    PartOf,
    Eqf,
    TeachingLanguage,
}

/// A column that is known: what it holds, and the language of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) column: Column,
    pub(super) language: Language,
}

impl Column {
    /// Its name in the table of fields.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::FamilyName => "family name",
            Self::GivenName => "given name",
            Self::FullName => "full name",
            Self::Birthdate => "birth date",
            Self::IdentityCode => "identity code",
            Self::Kind => "kind",
            Self::Title => "title",
            Self::Code => "code",
            Self::Date => "date",
            Self::Started => "start date",
            Self::Credits | Self::CreditsEcts | Self::CreditsCompetence | Self::CreditsHours => {
                "credits"
            }
            Self::Unit => "unit",
            Self::Grade => "grade",
            Self::Scale => "scale",
            Self::Organisation => "organisation",
            Self::BusinessId => "business id",
            Self::Employer => "employer",
            Self::Occupation => "occupation",
            Self::Description => "description",
            Self::Skills => "skills",
            Self::PartOf => "part of",
            Self::Eqf => "EQF level",
            Self::TeachingLanguage => "language",
        }
    }

    /// A table that has such a column says of each row whose it is.
    pub(super) fn is_of_person(self) -> bool {
        matches!(
            self,
            Self::FamilyName | Self::GivenName | Self::FullName | Self::IdentityCode
        )
    }

    /// May stand once for each language.
    pub(super) fn has_languages(self) -> bool {
        matches!(
            self,
            Self::Title
                | Self::Description
                | Self::Organisation
                | Self::Employer
                | Self::PartOf
                | Self::Skills
        )
    }
}

/// The column of this name; `None` when no column is called so.
pub(super) fn known(name: &str) -> Option<Known> {
    let name = plain(name);
    if let Some(known) = NAMES.columns.get(&name) {
        return Some(*known);
    }
    let (name, last) = name.rsplit_once(' ')?;
    let language = *NAMES.languages.get(last)?;
    let name = name
        .strip_suffix(" på")
        .or_else(|| name.strip_suffix(" in"))
        .unwrap_or(name);
    let known = NAMES.columns.get(name)?;
    known
        .column
        .has_languages()
        .then_some(Known { language, ..*known })
}

/// A unit of studies (`opintojenlaajuusyksikko`) by a word or short form for it.
pub(super) fn unit(word: &str) -> Option<Code> {
    NAMES.units.get(&plain(word)).cloned()
}

/// The unit that the name of a column of credits says.
pub(super) fn unit_of(column: Column) -> Option<Code> {
    match column {
        Column::CreditsEcts => unit("op"),
        Column::CreditsCompetence => unit("osp"),
        Column::CreditsHours => unit("h"),
        _ => None,
    }
}

/// A kind of completion by a word for it.
pub(super) fn kind(word: &str) -> Option<AttainmentKind> {
    Some(match NAMES.kinds.get(&plain(word))? {
        Kind::StudyAchievement => AttainmentKind::StudyAchievement,
        Kind::SkillBadge => AttainmentKind::SkillBadge,
        Kind::Qualification => AttainmentKind::Qualification {
            titles: Vec::new(),
            specialisations: Vec::new(),
        },
        Kind::LanguageCertificate => AttainmentKind::LanguageCertificate,
        Kind::Experience => experience(),
    })
}

/// Experience about which only is known that the institution says it: a table is its own word about a
/// person, and not the person's.
pub(super) fn experience() -> AttainmentKind {
    AttainmentKind::Experience {
        employer: None,
        occupation: None,
        ended: None,
        self_asserted: false,
    }
}

/// Words in lower case, with one space between them.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    StudyAchievement,
    SkillBadge,
    Qualification,
    LanguageCertificate,
    Experience,
}

#[derive(Deserialize)]
struct File {
    columns: HashMap<Column, HashMap<Language, Vec<String>>>,
    languages: HashMap<Language, Vec<String>>,
    units: HashMap<String, Unit>,
    kinds: HashMap<Kind, Vec<String>>,
}

#[derive(Deserialize)]
struct Unit {
    words: Vec<String>,
    label: Text,
}

/// The lists of the file, by word.
#[derive(Default)]
struct Names {
    columns: HashMap<String, Known>,
    languages: HashMap<String, Language>,
    units: HashMap<String, Code>,
    kinds: HashMap<String, Kind>,
}

// A file that does not parse knows no columns, and every test fails.
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../data/csv_columns.json"))
        .map_or_else(|_| Names::default(), Names::of)
});

impl Names {
    fn of(file: File) -> Self {
        let mut names = Self::default();
        for (column, by_language) in file.columns {
            for (language, words) in by_language {
                let known = Known { column, language };
                let each = words.into_iter().map(|word| (word, known));
                names.columns.extend(each);
            }
        }
        for (language, words) in file.languages {
            names
                .languages
                .extend(words.into_iter().map(|word| (word, language)));
        }
        for (value, Unit { words, label }) in file.units {
            let code = Code {
                value,
                scheme: Some("opintojenlaajuusyksikko".into()),
                label,
            };
            names
                .units
                .extend(words.into_iter().map(|word| (word, code.clone())));
        }
        for (kind, words) in file.kinds {
            names
                .kinds
                .extend(words.into_iter().map(|word| (word, kind)));
        }
        names
    }
}
