//! What goes where in ELMO, and what it cannot say.

use crate::writer::table::{Row, partly, said, unsaid};

pub(super) const TABLE: &[Row] = &[
    said("person/family_name", "learner/familyName"),
    said("person/given_name", "learner/givenNames"),
    said("person/birthdate", "learner/bday"),
    unsaid(
        "person/person_oid",
        "the learner number links records, and stays with the person",
    ),
    unsaid(
        "attainment",
        "a place to study and experience are no studies that were gone through",
    ),
    said("parts", "hasPart"),
    partly(
        "kind",
        "type",
        "only degrees with a day of awarding have a type; all else is read as studies",
    ),
    unsaid("kind/titles", "version 1 has no place for them"),
    unsaid("kind/specialisations", "there is no place for them"),
    said("id", "learningOpportunityInstance/identifier"),
    said("title", "title"),
    said("other_titles", "title"),
    said("description", "description"),
    unsaid("criteria", "there is no place for them"),
    said("code", "identifier"),
    partly(
        "code/scheme",
        "identifier/@type",
        "the types local and elmo have a meaning of their own",
    ),
    unsaid("code/label", "a code has no name here but the title"),
    said("started", "learningOpportunityInstance/start"),
    said("awarded", "learningOpportunityInstance/date"),
    partly(
        "awarding_body",
        "report/issuer",
        "what is in a report, parts as well, has the issuer of the report",
    ),
    said("credits/amount", "credit/value"),
    partly(
        "credits/unit",
        "credit/scheme",
        "the unit has no name here, and a code system only in the national list of units",
    ),
    said("grade/value", "resultLabel"),
    said("grade/scale", "gradingSchemeLocalId"),
    unsaid("grade/label", "a grade has one text, and that is its value"),
    said("level", "learningOpportunityInstance/level"),
    partly("field", "iscedCode", "only fields of ISCED-F have a place"),
    said("language_of_instruction/value", "languageOfInstruction"),
    unsaid(
        "language_of_instruction",
        "the language is a code without system and name",
    ),
    unsaid("subject_language", "there is no place for it"),
    unsaid("skills", "there is no place for them"),
    unsaid("evidence", "attachments belong to the report"),
    unsaid("part_of", "only what is in the document can be the whole"),
    unsaid("recognised_prior_learning", "there is no place for it"),
];
