//! Whatever the document says, reading and mapping come to an end without a panic.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{ASSERTION, CREDENTIAL, baked, signed};
use crate::source::tests::examples::{any_json, cases, checked, with_value};

const NAMES: &[&str] = &[
    "@context",
    "type",
    "id",
    "credentialSubject",
    "achievement",
    "alignment",
    "targetUrl",
    "targetType",
    "targetCode",
    "targetName",
    "result",
    "resultDescription",
    "achievedLevel",
    "rubricCriterionLevel",
    "value",
    "status",
    "issuer",
    "name",
    "badge",
    "criteria",
    "narrative",
    "evidence",
    "inLanguage",
    "@value",
    "@language",
    "en",
    "fi",
    "proof",
    "payload",
    "signatures",
    "protected",
    "vc",
    "verification",
    "creditsEarned",
    "ECTS",
    "otherIdentifier",
    "awardedDate",
];
const TEXTS: &[&str] = &[
    "OpenBadgeCredential",
    "EndorsementCredential",
    "Assertion",
    "https://w3id.org/openbadges/v2",
    "http://data.europa.eu/snb/eqf/4",
    "http://data.europa.eu/esco/skill/1",
    "ext:EQF",
    "Failed",
    "Degree",
    "2026-02-03T00:00:00Z",
    "131052-9085",
    "eyJ9.e30.c2ln",
    "",
];

fn badge(subject: &Value) -> Vec<u8> {
    let document = json!({
        "type": ["OpenBadgeCredential"],
        "credentialSubject": {"achievement": subject, "result": subject},
        "issuer": subject,
        "evidence": subject,
    });
    document.to_string().into_bytes()
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn arbitrary_json_is_read_or_refused(document in any_json(NAMES, TEXTS)) {
        let text = document.to_string();
        checked(text.as_bytes());
        checked(&badge(&document));
        checked(&baked::png(text.as_bytes()));
        checked(signed::token(r#"{"alg":"ES256"}"#, &text).as_bytes());
        checked(json!({"type": "Assertion", "badge": document}).to_string().as_bytes());
    }

    #[test]
    fn arbitrary_octets_are_read_or_refused(document in prop::collection::vec(any::<u8>(), 0..200)) {
        checked(&document);
        checked(&[b"\x89PNG\r\n\x1a\n", &document[..]].concat());
        checked(&baked::png(&document));
    }

    #[test]
    fn the_samples_with_any_value_replaced_are_read_or_refused(
        at in any::<usize>(),
        with in any_json(NAMES, TEXTS),
    ) {
        checked(&with_value(CREDENTIAL, at, &with));
        checked(&with_value(ASSERTION, at, &with));
    }

    #[test]
    fn a_picture_with_any_octet_changed_is_read_or_refused(at in any::<usize>(), octet in any::<u8>()) {
        let mut document = baked::png(ASSERTION);
        let at = at % document.len();
        document[at] = octet;
        checked(&document);
        checked(&document[..at]);
    }
}
