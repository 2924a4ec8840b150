//! What becomes of each field of an ELMO document (version 1 and its forerunner).

use crate::source::fields::{Field, FieldTable, mapped, raw};

pub(super) const TABLE: FieldTable = FieldTable {
    fields: FIELDS,
    containers: &[
        "elmo",
        "report",
        "learner",
        "issuer",
        "learningOpportunitySpecification",
        "specifies",
        "learningOpportunityInstance",
        "hasPart",
        "diplomaSupplement",
        "section",
        "groups",
        "groupType",
        "group",
        "extension",
        "Signature",
    ],
    discreet: false,
};

const FIELDS: &[Field] = &[
    raw("elmo/generatedDate", "when the document was made"),
    raw("@schemaLocation", "about the document"),
    mapped("learner/givenNames", "given names"),
    mapped("learner/familyName", "family name"),
    mapped("learner/bday", "date of birth"),
    mapped("learner/bday/@dtf", "form of the date of birth"),
    mapped(
        "learner/identifier",
        "date of birth, from a Finnish identity code where none is given",
    ),
    raw(
        "learner/identifier/@type",
        "identifiers of the learner are no claims",
    ),
    raw("learner/fullName", "given and family names are mapped"),
    raw("learner/citizenship", "not about learning"),
    raw("learner/gender", "not about learning"),
    raw("learner/placeOfBirth", "not about learning"),
    raw("learner/countryOfBirth", "not about learning"),
    mapped("issuer/title", "awarding body"),
    mapped("issuer/title/@lang", "language of the name"),
    mapped("issuer/identifier", "awarding body"),
    mapped("issuer/identifier/@type", "awarding body"),
    mapped("issuer/url", "awarding body"),
    mapped("issuer/country", "awarding body"),
    raw("issuer/type", "what kind of institution"),
    raw("report/issueDate", "when the report was made"),
    raw("report/issueDate/@dtf", "when the report was made"),
    raw("report/additionalLanguage", "about the document"),
    raw("report/gradingScheme/@localId", "description of a scale"),
    raw("report/gradingScheme/description", "description of a scale"),
    raw(
        "report/gradingScheme/description/@lang",
        "description of a scale",
    ),
    mapped(
        "learningOpportunitySpecification/identifier",
        "code, identifier; further ones stay raw",
    ),
    mapped(
        "learningOpportunitySpecification/identifier/@type",
        "code system",
    ),
    mapped("learningOpportunitySpecification/title", "title"),
    mapped(
        "learningOpportunitySpecification/title/@lang",
        "language of the title",
    ),
    mapped(
        "learningOpportunitySpecification/type",
        "kind of attainment",
    ),
    mapped("learningOpportunitySpecification/iscedCode", "field"),
    raw(
        "learningOpportunitySpecification/subjectArea",
        "an older classification of fields",
    ),
    raw(
        "learningOpportunitySpecification/subject",
        "a field in words",
    ),
    raw(
        "learningOpportunitySpecification/subject/@lang",
        "a field in words",
    ),
    raw(
        "learningOpportunitySpecification/url",
        "a page about the studies",
    ),
    mapped(
        "learningOpportunitySpecification/description",
        "description",
    ),
    mapped(
        "learningOpportunitySpecification/description/@lang",
        "language of the description",
    ),
    raw("learningOpportunitySpecification/descriptionHtml", "markup"),
    raw(
        "learningOpportunitySpecification/descriptionHtml/@lang",
        "markup",
    ),
    raw(
        "learningOpportunitySpecification/level",
        "a level in words of the institution",
    ),
    mapped(
        "qualification/qualificationHolderTitle",
        "qualification title",
    ),
    mapped(
        "qualification/qualificationHolderTitle/@lang",
        "language of the title",
    ),
    raw("qualification/title", "the same as the title"),
    raw("qualification/title/@lang", "the same as the title"),
    raw("qualification/identifier", "a second code"),
    raw("qualification/identifier/@type", "a second code"),
    raw(
        "qualification/educationLevel",
        "a level in words of the institution",
    ),
    raw(
        "qualification/educationLevel/@lang",
        "a level in words of the institution",
    ),
    raw(
        "qualification/qualificationMainStudyField",
        "a field in words",
    ),
    raw(
        "qualification/qualificationMainStudyField/@lang",
        "a field in words",
    ),
    mapped("learningOpportunityInstance/identifier", "identifier"),
    mapped("learningOpportunityInstance/identifier/@type", "identifier"),
    raw("learningOpportunityInstance/title", "the same as the title"),
    raw(
        "learningOpportunityInstance/title/@lang",
        "the same as the title",
    ),
    mapped("learningOpportunityInstance/start", "first day"),
    mapped(
        "learningOpportunityInstance/start/@dtf",
        "form of the first day",
    ),
    mapped("learningOpportunityInstance/date", "awarding date"),
    mapped(
        "learningOpportunityInstance/date/@dtf",
        "form of the awarding date",
    ),
    raw(
        "learningOpportunityInstance/duration",
        "how long it was planned to take",
    ),
    raw("duration/@interval", "how long it was planned to take"),
    raw("academicTerm/title", "the term"),
    raw("academicTerm/title/@lang", "the term"),
    raw("academicTerm/start", "the term"),
    raw("academicTerm/end", "the term"),
    mapped(
        "learningOpportunityInstance/status",
        "whether it was passed",
    ),
    mapped(
        "learningOpportunityInstance/gradingSchemeLocalId",
        "scale of the grade",
    ),
    mapped("learningOpportunityInstance/resultLabel", "grade"),
    mapped("learningOpportunityInstance/result", "grade"),
    mapped(
        "learningOpportunityInstance/result/@scheme",
        "scale of the grade",
    ),
    raw(
        "learningOpportunityInstance/result/@lang",
        "language of the grade",
    ),
    raw(
        "learningOpportunityInstance/gradingScheme",
        "description of a scale",
    ),
    raw(
        "learningOpportunityInstance/gradingScheme/@lang",
        "description of a scale",
    ),
    raw(
        "shortenedGrading/percentageLower",
        "statistics of other learners",
    ),
    raw(
        "shortenedGrading/percentageEqual",
        "statistics of other learners",
    ),
    raw(
        "shortenedGrading/percentageHigher",
        "statistics of other learners",
    ),
    raw(
        "resultDistribution/category/@label",
        "statistics of other learners",
    ),
    raw(
        "resultDistribution/category/@count",
        "statistics of other learners",
    ),
    raw(
        "resultDistribution/description",
        "statistics of other learners",
    ),
    raw(
        "resultDistribution/description/@lang",
        "statistics of other learners",
    ),
    mapped("credit/scheme", "unit of credits"),
    mapped("credit/value", "credits"),
    raw("credit/level", "a level in words of the institution"),
    mapped(
        "learningOpportunityInstance/level/type",
        "level of EQF, FiNQF, ISCED or CEFR; others stay raw",
    ),
    mapped(
        "learningOpportunityInstance/level/value",
        "level of EQF, FiNQF, ISCED or CEFR; others stay raw",
    ),
    raw(
        "learningOpportunityInstance/level/description",
        "a level in words",
    ),
    raw(
        "learningOpportunityInstance/level/description/@lang",
        "a level in words",
    ),
    mapped(
        "learningOpportunityInstance/languageOfInstruction",
        "language of instruction",
    ),
    raw(
        "learningOpportunityInstance/engagementHours",
        "hours of work",
    ),
    raw("attachments/ref", "a key within the document"),
    raw("grouping/@typeref", "how a page groups the studies"),
    raw("grouping/@idref", "how a page groups the studies"),
    raw("attachment/title", "a document beside the record"),
    raw("attachment/title/@lang", "a document beside the record"),
    raw("attachment/type", "a document beside the record"),
    raw("attachment/identifier", "a document beside the record"),
    raw(
        "attachment/identifier/@type",
        "a document beside the record",
    ),
    raw("attachment/description", "a document beside the record"),
    raw(
        "attachment/description/@lang",
        "a document beside the record",
    ),
    raw("attachment/content", "a document beside the record"),
    raw("attachment/content/@lang", "a document beside the record"),
    raw("diplomaSupplement/@lang", "Diploma Supplement"),
    raw("diplomaSupplement/version", "Diploma Supplement"),
    raw("diplomaSupplement/issueDate", "Diploma Supplement"),
    raw("section/@number", "Diploma Supplement"),
    raw("section/title", "Diploma Supplement"),
    raw("section/content", "Diploma Supplement"),
    raw("section/content/@type", "Diploma Supplement"),
    raw("section/additionalInformation", "Diploma Supplement"),
    raw(
        "SignatureMethod/@Algorithm",
        "the signature, which is not checked",
    ),
    raw(
        "Signature/SignatureValue",
        "the signature, which is not checked",
    ),
    raw(
        "Reference/DigestValue",
        "the signature, which is not checked",
    ),
    raw(
        "X509Data/X509Certificate",
        "the signature, which is not checked",
    ),
    raw("groupType/@id", "how a page groups the studies"),
    raw("groupType/title", "how a page groups the studies"),
    raw("groupType/title/@lang", "how a page groups the studies"),
    raw("group/@id", "how a page groups the studies"),
    raw("group/@sortingKey", "how a page groups the studies"),
    raw("group/title", "how a page groups the studies"),
    raw("group/title/@lang", "how a page groups the studies"),
    raw(
        "CanonicalizationMethod/@Algorithm",
        "the signature, which is not checked",
    ),
    raw("Reference/@URI", "the signature, which is not checked"),
    raw(
        "Transform/@Algorithm",
        "the signature, which is not checked",
    ),
    raw(
        "DigestMethod/@Algorithm",
        "the signature, which is not checked",
    ),
    raw(
        "X509Data/X509SubjectName",
        "the signature, which is not checked",
    ),
];
