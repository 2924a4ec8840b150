//! What goes where in the European Learning Model, and what it cannot say.

use crate::writer::table::{Row, partly, said, unsaid};

pub(super) const TABLE: &[Row] = &[
    said("person/family_name", "credentialSubject/familyName"),
    said("person/given_name", "credentialSubject/givenName"),
    said("person/birthdate", "credentialSubject/dateOfBirth"),
    unsaid(
        "person/person_oid",
        "the learner number links records, and stays with the person",
    ),
    partly(
        "attainment",
        "hasClaim",
        "experience and a place to study are no part of something, and experience has no parts",
    ),
    said("parts", "hasPart"),
    partly(
        "kind",
        "type of the claim, of its specification, or of the credential",
        "badges and language certificates are achievements as studies are",
    ),
    unsaid("kind/titles", "there is no place for them"),
    unsaid("kind/specialisations", "there is no place for them"),
    partly(
        "kind/state",
        "type of the credential",
        "the state is that someone is enrolled",
    ),
    partly(
        "kind/employer",
        "directedBy",
        "of an organisation as of an awarding body",
    ),
    unsaid("kind/occupation", "there is no place for it"),
    unsaid(
        "kind/self_asserted",
        "the whole document is the learner's own, and does not say so of one claim",
    ),
    partly("id", "id", "only addresses and other URIs can be ids"),
    said("title", "title"),
    partly(
        "other_titles",
        "title",
        "a text has a language, and only one of each of ours",
    ),
    said("description", "description"),
    unsaid("criteria", "there is no place for them"),
    said("code", "identifier"),
    unsaid("code/label", "an identifier has no name but the title"),
    said("started", "temporal/startDate"),
    said("awarded", "awardedBy/awardingDate"),
    said("awarding_body", "awardedBy/awardingBody"),
    partly(
        "awarding_body/other_names",
        "legalName",
        "a text has a language, and only one of each of ours",
    ),
    partly(
        "awarding_body/identifiers",
        "identifier",
        "an identifier has no name",
    ),
    partly(
        "awarding_body/country",
        "location/address/countryCode",
        "only countries of the list of the model's readers",
    ),
    said("credits/amount", "creditReceived/point"),
    partly(
        "credits/unit",
        "creditReceived/framework",
        "ECTS has one name, and a code system must have an address",
    ),
    partly("grade", "provenBy", "an activity has no assessment"),
    said("level/eqf", "specifiedBy/eqfLevel"),
    unsaid(
        "level",
        "of other frameworks than EQF the model does not say which it is",
    ),
    partly(
        "field",
        "thematicArea",
        "a code system must have an address",
    ),
    partly(
        "language_of_instruction",
        "specifiedBy/language",
        "a code system must have an address, and a code is one of the Publications Office",
    ),
    unsaid("subject_language", "there is no place for it"),
    partly(
        "skills",
        "learningOutcome",
        "a code system must have an address, and that of ESCO skills is ESCO",
    ),
    unsaid(
        "evidence",
        "supplementary documents hold the document itself",
    ),
    unsaid("part_of", "only what is in the document can be the whole"),
    unsaid("recognised_prior_learning", "there is no place for it"),
];
