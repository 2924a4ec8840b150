//! What badges are made of is answered; what is not plain is left to the processor.

use serde_json::{Value, json};

use super::{OB, V1, V2, configuration, is_answered, is_answered_if_read, rich};
use crate::linked_data::{PinnedContext, expand, tests::badge};

/// Whether a change of the rich badge is still answered.
fn answered(change: impl Fn(&mut Value)) -> bool {
    let mut document = rich();
    change(&mut document);
    is_answered_if_read(&document)
}

#[test]
fn badges_and_their_proofs_are_answered() {
    assert!(is_answered(&badge()));
    assert!(is_answered_if_read(&rich()));
    assert!(is_answered(
        configuration(json!([V2, OB])).as_object().unwrap()
    ));
}

#[test]
fn a_badge_of_the_first_data_model_is_answered() {
    let document = json!({
        "@context": [V1, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:example:1", "type": "Profile", "name": "Opisto"},
        "issuanceDate": "2026-03-02T00:00:00Z",
        "credentialSubject": {"type": "AchievementSubject", "achievement": {"type": "Achievement", "name": "a"}},
    });
    assert!(is_answered_if_read(&document));
}

#[test]
fn several_types_with_contexts_are_answered_where_standard_and_processor_agree() {
    let clr = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";
    let mut record = json!({
        "@context": [V2, clr, OB],
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": "did:example:1",
        "credentialSubject": {"type": "ClrSubject", "verifiableCredential": [rich()]},
    });
    assert!(is_answered_if_read(&record));
    // Only the standard knows this member there.
    record["partial"] = json!(true);
    assert!(!is_answered_if_read(&record));
}

#[test]
fn every_list_of_pinned_contexts_is_answered_as_the_processor_does() {
    let mut count = 0;
    for model in [V2, V1] {
        for one in PinnedContext::ALL {
            for other in PinnedContext::ALL {
                let contexts = json!([model, one.url(), other.url()]);
                let document = json!({
                    "@context": contexts,
                    "type": ["VerifiableCredential"],
                    "issuer": {"id": "did:example:1", "type": "Profile"},
                    "credentialSubject": {"type": "AchievementSubject", "role": "a"},
                });
                count += usize::from(is_answered_if_read(&document));
                let proof = configuration(contexts);
                count += usize::from(is_answered(proof.as_object().unwrap()));
            }
        }
    }
    // Most lists are refused, since they give protected terms another meaning or do not know them.
    assert!(count > 40, "{count}");
}

#[test]
fn numbers_are_written_as_the_processor_writes_them() {
    let number = |number: Value| {
        answered(|d| d["credentialSubject"]["creditsEarned"] = number.clone())
            && answered(|d| d["credentialSubject"]["role"] = number.clone())
    };
    for plain in [
        json!(0),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(1.5),
        json!(-0.25),
        json!(3.0),
        json!(1e-7),
        json!(100.5),
        json!(123456.75),
    ] {
        assert!(number(plain.clone()), "{plain}");
    }
    for rounded in [
        json!(-0.0),
        json!(1e21),
        json!(1.7e300),
        json!(0.1 + 0.2),
        json!(-3.0),
        json!(9007199254740993.0),
    ] {
        assert!(!number(rounded.clone()), "{rounded}");
    }
}

#[test]
fn what_is_not_plain_is_left_to_the_processor() {
    type Change = fn(&mut Value);
    let changes: [Change; 14] = [
        |d| d["newWord"] = json!("?"),
        |d| d["no term"] = json!("?"),
        |d| d["type"] = json!(["VerifiableCredential", "OpenBadgeCredential", "NewType"]),
        |d| d["type"] = json!(["VerifiableCredential", 5]),
        |d| d["id"] = json!("relative"),
        |d| d["id"] = json!("http://no address"),
        |d| d["id"] = json!(["urn:uuid:1"]),
        |d| d["image"] = json!("@id"),
        |d| d["evidence"] = json!([[{"type": ["Evidence"]}]]),
        |d| d["name"] = json!({"@value": "a", "type": "Evidence"}),
        |d| d["name"] = json!({"@value": "a", "@language": "no language"}),
        |d| d["endorsement"][0]["proof"] = json!("urn:uuid:1"),
        |d| d["endorsement"][0]["proof"][0]["proofPurpose"] = json!("unheardOf"),
        |d| {
            d["credentialSubject"]["achievement"]["resultDescription"][0]["allowedValue"] =
                json!([{"@value": "A"}]);
        },
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert!(!answered(change), "{index}");
    }
}

#[test]
fn contexts_are_forgotten_when_there_are_many_and_found_again() {
    let badge = badge();
    let further = |digit: usize| PinnedContext::ALL[digit % 12].url();
    for round in 0..600 {
        // Each list is another step, which most documents do not take.
        let mut strange = badge.clone();
        let contexts = json!([
            V2,
            further(round),
            further(round / 12),
            further(round / 144)
        ]);
        strange.insert("@context".to_owned(), contexts);
        expand::statements(&strange);
    }
    assert!(is_answered(&badge));
}

#[test]
fn a_member_with_a_context_of_its_own_may_refer_to_something() {
    let mut document = json!({
        "@context": [V1, "https://purl.imsglobal.org/spec/ob/v3p0/context.json", "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": "did:example:1",
        "issuanceDate": "2026-03-02T00:00:00Z",
        "refreshService": {"id": "https://a.example/1", "type": "1EdTechCredentialRefresh"},
        "credentialSchema": [{"id": "https://a.example/2", "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialSubject": {"type": "AchievementSubject"},
    });
    assert!(is_answered_if_read(&document));
    // Of these the context of the member decides, and the processor reads it in another place.
    document["refreshService"]["type"] = json!("ManualRefreshService2018");
    assert!(!is_answered_if_read(&document));
    document["refreshService"] = json!({"id": "cred:x", "type": "1EdTechCredentialRefresh"});
    assert!(!is_answered_if_read(&document));
}
