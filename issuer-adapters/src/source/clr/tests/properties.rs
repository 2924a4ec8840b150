//! Whatever the document says, reading and mapping come to an end without a panic.

use proptest::prelude::*;
use serde_json::json;

use super::{TRANSCRIPT, token};
use crate::source::tests::examples::{any_json, cases, checked, with_value};

const NAMES: &[&str] = &[
    "type",
    "id",
    "credentialSubject",
    "verifiableCredential",
    "achievement",
    "association",
    "associationType",
    "sourceId",
    "targetId",
    "name",
    "issuer",
    "vc",
    "iss",
    "payload",
    "signature",
    "protected",
    "proof",
    "result",
    "value",
];
const TEXTS: &[&str] = &[
    "ClrCredential",
    "AchievementCredential",
    "isParentOf",
    "isPartOf",
    "urn:example:achievement:1",
    "urn:example:achievement:2",
    "eyJhbGciOiJFUzI1NiJ9.eyJ0eXBlIjoiQ2xyQ3JlZGVudGlhbCJ9.c2ln",
    "data:application/vc+jwt,eyJ9.e30.c2ln",
    "131052-9085",
    "",
];

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn arbitrary_json_is_read_or_refused(document in any_json(NAMES, TEXTS)) {
        let record = json!({"type": "ClrCredential", "credentialSubject": document});
        checked(record.to_string().as_bytes());
        checked(token(&record).as_bytes());
        let held = json!({"verifiableCredential": document, "association": document});
        let record = json!({"type": "ClrCredential", "credentialSubject": held});
        checked(record.to_string().as_bytes());
    }

    #[test]
    fn the_sample_with_any_value_replaced_is_read_or_refused(
        at in any::<usize>(),
        with in any_json(NAMES, TEXTS),
    ) {
        checked(&with_value(TRANSCRIPT, at, &with));
    }

    #[test]
    fn the_sample_with_any_octet_changed_or_cut_off_is_read_or_refused(
        at in 0_usize..TRANSCRIPT.len(),
        octet in any::<u8>(),
    ) {
        let mut document = TRANSCRIPT.to_vec();
        document[at] = octet;
        checked(&document);
        checked(&document[..at]);
    }
}
