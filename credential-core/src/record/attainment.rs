//! Something achieved: a degree, a unit, a badge, a language certificate; or a place to study.

use chrono::NaiveDate;

use super::{Amount, Code, Evidence, LocalText, Organisation};
use crate::text::Text;

/// One attainment and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attainment {
    /// What kind of thing was achieved.
    pub kind: AttainmentKind,
    /// The source's own identifier of this attainment, the same each time it is fetched. It lets a
    /// later document be compared with an earlier one, and never becomes a claim.
    pub id: Option<String>,
    /// Its name; empty when the source has none in these languages.
    pub title: Text,
    /// Its name in other languages.
    pub other_titles: Vec<LocalText>,
    /// What it is about, or the learning outcomes, in words.
    pub description: Text,
    /// What had to be done for it, in words.
    pub criteria: Text,
    /// Its code in the register's code system, without label: that is the title.
    pub code: Option<Code>,
    /// The first day of the studies, where the source has one.
    pub started: Option<NaiveDate>,
    /// The day on which it was confirmed, or assessed when units are not confirmed one by one.
    pub awarded: Option<NaiveDate>,
    /// Who confirmed or assessed it.
    pub awarding_body: Option<Organisation>,
    /// How large it is.
    pub credits: Option<Credits>,
    /// How well it went.
    pub grade: Option<Grade>,
    /// Where it stands in the frameworks.
    pub level: Level,
    /// Field of education or of the arts, when the source has one.
    pub field: Option<Code>,
    /// The language of instruction.
    pub language_of_instruction: Option<Code>,
    /// The language that was studied or tested.
    pub subject_language: Option<Code>,
    /// Skills that come with it, for example ESCO concepts.
    pub skills: Vec<Code>,
    /// What supports it: a thesis, a portfolio, a piece of work.
    pub evidence: Vec<Evidence>,
    /// What it is a part of, when it stands alone here.
    pub part_of: Option<Text>,
    /// It was recognised from earlier learning (osaamisen tunnustaminen).
    pub recognised_prior_learning: bool,
    /// JSON pointer or XPath of the source element.
    pub pointer: String,
    /// Units and courses within it.
    pub parts: Vec<Self>,
}

/// What kind of thing was achieved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttainmentKind {
    /// A whole qualification or syllabus.
    Qualification {
        /// Titles it gives the right to use (tutkintonimike), for example practical nurse.
        titles: Vec<Text>,
        /// Competence areas or specialisations (osaamisala).
        specialisations: Vec<Text>,
    },
    /// A unit, course, module, year of basic education, or other studies below a qualification.
    StudyAchievement,
    /// A national skill badge or an Open Badge.
    SkillBadge,
    /// A language examination.
    LanguageCertificate,
    /// A place to study that is open according to the source.
    Enrolment {
        /// State of the study right.
        state: Code,
        /// First day.
        from: Option<NaiveDate>,
        /// Estimated last day.
        expected_end: Option<NaiveDate>,
    },
    /// Work or other experience.
    Experience {
        /// Where, or for whom.
        employer: Option<Box<Organisation>>,
        /// The occupation, for example an ESCO or ISCO concept.
        occupation: Option<Code>,
        /// Last day; `None` while it goes on. The first day is [`Attainment::started`].
        ended: Option<NaiveDate>,
        /// Only the person says so.
        self_asserted: bool,
    },
}

/// An amount of study and its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credits {
    /// How many.
    pub amount: Amount,
    /// Of what: competence points, ECTS credits, courses, …
    pub unit: Code,
}

/// A grade on its scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    /// The grade as the register writes it.
    pub value: String,
    /// The scale's code system.
    pub scale: Option<String>,
    /// The grade in words.
    pub label: Text,
}

/// Levels in the frameworks of qualifications and of language proficiency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Level {
    /// European Qualifications Framework, 1 to 8.
    pub eqf: Option<u8>,
    /// Finnish National Framework for Qualifications, 1 to 8.
    pub nqf: Option<u8>,
    /// International Standard Classification of Education (ISCED 2011), 0 to 8.
    pub isced: Option<u8>,
    /// Common European Framework of Reference for languages, `A1` to `C2`.
    pub cefr: Option<&'static str>,
}

impl Attainment {
    /// An attainment of which only kind, name and place are known.
    #[must_use]
    pub fn new(kind: AttainmentKind, title: Text, pointer: String) -> Self {
        Self {
            kind,
            id: None,
            title,
            other_titles: Vec::new(),
            description: Text::default(),
            criteria: Text::default(),
            code: None,
            started: None,
            awarded: None,
            awarding_body: None,
            credits: None,
            grade: None,
            level: Level::default(),
            field: None,
            language_of_instruction: None,
            subject_language: None,
            skills: Vec::new(),
            evidence: Vec::new(),
            part_of: None,
            recognised_prior_learning: false,
            pointer,
            parts: Vec::new(),
        }
    }
}
