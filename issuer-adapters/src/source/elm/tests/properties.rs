//! Whatever the document says, reading and mapping come to an end without a panic.

use proptest::prelude::*;
use serde_json::json;

use super::DIPLOMA;
use crate::source::tests::examples::{any_json, cases, checked, with_value};

const NAMES: &[&str] = &[
    "@graph",
    "@context",
    "@id",
    "id",
    "type",
    "credentialSubject",
    "hasClaim",
    "hasPart",
    "title",
    "description",
    "awardedBy",
    "awardingBody",
    "awardingDate",
    "specifiedBy",
    "provenBy",
    "used",
    "grade",
    "gradeStatus",
    "noteLiteral",
    "prefLabel",
    "notation",
    "creditReceived",
    "creditPoint",
    "framework",
    "point",
    "eqfLevel",
    "learningOutcome",
    "relatedESCOSkill",
    "legalName",
    "location",
    "address",
    "countryCode",
    "identifier",
    "temporal",
    "startDate",
    "influencedBy",
    "language",
    "und",
    "en",
    "fi",
    "payload",
    "signatures",
    "credential",
    "elm",
    "issuer",
    "wasDerivedFrom",
    "@value",
    "@language",
];
const TEXTS: &[&str] = &[
    "EuropeanDigitalCredential",
    "EuropeanHigherEducationProofOfEnrolment",
    "LearningAchievement",
    "LearningActivity",
    "LearningAssessment",
    "Qualification",
    "http://data.europa.eu/snb/eqf/6",
    "http://data.europa.eu/snb/grade-status/c_60a1cf9a",
    "http://publications.europa.eu/resource/authority/country/FIN",
    "urn:1",
    "urn:2",
    "2026-02-03T00:00:00Z",
    "140301A9012",
    "{",
    "",
];

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn arbitrary_json_is_read_or_refused(document in any_json(NAMES, TEXTS)) {
        checked(document.to_string().as_bytes());
        let credential = json!({"type": "EuropeanDigitalCredential", "credentialSubject": document});
        checked(credential.to_string().as_bytes());
        let claims = json!({"hasClaim": document});
        let credential = json!({"type": "EuropeanDigitalCredential", "credentialSubject": claims});
        checked(credential.to_string().as_bytes());
        let graph = json!({"@graph": [credential, document, {"id": "urn:1", "x": document}]});
        checked(graph.to_string().as_bytes());
    }

    #[test]
    fn the_sample_with_any_value_replaced_is_read_or_refused(
        at in any::<usize>(),
        with in any_json(NAMES, TEXTS),
    ) {
        checked(&with_value(DIPLOMA, at, &with));
    }

    #[test]
    fn the_sample_with_any_octet_changed_or_cut_off_is_read_or_refused(
        at in 0_usize..DIPLOMA.len(),
        octet in any::<u8>(),
    ) {
        let mut document = DIPLOMA.to_vec();
        document[at] = octet;
        checked(&document);
        checked(&document[..at]);
    }
}
