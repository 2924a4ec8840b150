//! What goes where in a badge, and what it cannot say.

use crate::writer::table::{Row, partly, said, unsaid};

pub(in crate::writer) const ONE_LANGUAGE: &str = "a badge speaks one language, that of its title";

/// The rows that a badge has wherever it stands, and these.
macro_rules! badge_rows {
    ($($own:expr),* $(,)?) => {
        [
            $($own,)*
            unsaid(
                "attainment",
                "a place to study and experience are no achievements",
            ),
            partly(
                "kind",
                "achievementType",
                "a language certificate is a badge as others are",
            ),
            unsaid("kind/titles", "there is no place for them"),
            partly(
                "kind/specialisations",
                "specialization",
                "there is place for one, in the language of the title",
            ),
            said("id", "id"),
            partly("title", "achievement/name", $crate::writer::openbadges::ONE_LANGUAGE),
            partly("other_titles", "achievement/name", $crate::writer::openbadges::ONE_LANGUAGE),
            partly("description", "achievement/description", $crate::writer::openbadges::ONE_LANGUAGE),
            partly("criteria", "achievement/criteria/narrative", $crate::writer::openbadges::ONE_LANGUAGE),
            said("started", "activityStartDate"),
            said("awarded", "awardedDate, validFrom"),
            said("awarding_body", "issuer"),
            partly(
                "awarding_body/name",
                "issuer/name",
                "a name of an issuer has no language, and reads as English",
            ),
            unsaid("awarding_body/other_names", "an issuer has one name"),
            partly(
                "awarding_body/identifiers",
                "issuer/id, issuer/otherIdentifier",
                "the kind of an identifier is a word, and it has no name",
            ),
            said("credits/amount", "creditsEarned"),
            partly(
                "credits/unit",
                "achievement/ECTS",
                "credits other than ECTS have no unit, and ECTS has one name",
            ),
            said("grade/value", "result/value"),
            partly(
                "grade/scale",
                "resultDescription/resultType",
                "only a word can be the type of a result",
            ),
            unsaid(
                "grade/label",
                "a result has one text, and that is its value",
            ),
            said("level/eqf", "achievement/alignment"),
            unsaid(
                "level",
                "other frameworks have no address that readers know",
            ),
            partly(
                "field",
                "fieldOfStudy",
                "a field has no code system and no name here",
            ),
            said("field/value", "fieldOfStudy"),
            unsaid("language_of_instruction", "there is no place for it"),
            unsaid("subject_language", "there is no place for it"),
            partly(
                "skills",
                "achievement/alignment",
                "an alignment has an address and one name, and the code system of ESCO skills is ESCO",
            ),
            partly("evidence", "evidence", $crate::writer::openbadges::ONE_LANGUAGE),
            unsaid("part_of", "there is no place for it"),
            said("recognised_prior_learning", "achievement/assessmentType"),
        ]
    };
}
pub(in crate::writer) use badge_rows;

pub(super) const TABLE: &[Row] = &badge_rows![
    unsaid(
        "person",
        "a badge does not name its holder; who shows it proves that it is theirs",
    ),
    unsaid("parts", "each badge stands by itself"),
    partly(
        "code",
        "achievement/humanCode, achievement/id",
        "a code has no code system and no name here",
    ),
    said("code/value", "achievement/humanCode, achievement/id"),
];
