//! Work and other experience.

use credential_core::{
    credential::{CredentialType, MAX_TEXT},
    record::{Attainment, AttainmentKind, Code, NoticeKind, Organisation},
    text::Text,
};
use serde_json::Value;

use super::{credentials, of_type, record_of, shown};

fn experience(self_asserted: bool) -> Attainment {
    let kind = AttainmentKind::Experience {
        employer: Some(Box::new(Organisation {
            name: Text::new("Salmen Saha Oy", "Salmen Saha Ab", "Salmen Sawmill Ltd"),
            oid: Some("1.2.246.562.10.99999999901".into()),
            business_id: Some("1234567-1".into()),
            ..Organisation::default()
        })),
        occupation: Some(Code {
            value: "http://data.europa.eu/esco/occupation/00000000-0000-4000-8000-000000000002"
                .into(),
            scheme: Some("esco".into()),
            label: Text::new("sahuri", "sågare", "sawmill operator"),
        }),
        ended: "2025-12-31".parse().ok(),
        self_asserted,
    };
    Attainment {
        started: "2021-06-01".parse().ok(),
        description: Text::new(
            "Sahalinjan käyttö",
            "Drift av såglinjen",
            "Running the saw line",
        ),
        skills: vec![Code {
            value: "http://data.europa.eu/esco/skill/00000000-0000-4000-8000-000000000003".into(),
            scheme: Some("esco".into()),
            label: Text::new(
                "sahanterien teroitus",
                "slipning av sågklingor",
                "sharpening saw blades",
            ),
        }],
        ..Attainment::new(
            kind,
            Text::new("Vuorovastaava", "Skiftansvarig", "Shift supervisor"),
            "/employments/0".into(),
        )
    }
}

#[test]
fn experience_says_what_for_whom_from_when_until_when_and_with_which_skills() {
    let mapped = credentials(&record_of(experience(false)));
    assert_eq!(mapped.notices, []);
    assert_eq!(mapped.credentials.len(), 1, "no proof follows from it");
    let claims = of_type(&mapped, CredentialType::Experience).claims();
    insta::assert_snapshot!(shown(&Value::Object(claims.clone())));
}

#[test]
fn what_only_the_person_says_becomes_no_credential_and_the_notice_says_why() {
    let mapped = credentials(&record_of(experience(true)));
    assert_eq!(mapped.credentials, []);
    let [notice] = mapped.notices.as_slice() else {
        panic!("{:?}", mapped.notices)
    };
    assert_eq!(notice.kind, NoticeKind::SelfAsserted);
    assert_eq!(notice.pointer, "/employments/0");
}

#[test]
fn experience_that_goes_on_has_no_end() {
    let mut on_going = experience(false);
    if let AttainmentKind::Experience { ended, .. } = &mut on_going.kind {
        *ended = None;
    }
    let mapped = credentials(&record_of(on_going));
    let experience = of_type(&mapped, CredentialType::Experience);
    assert!(!experience.claims().contains_key("end_date"));
    assert_eq!(experience.valid_until(), None);
}

#[test]
fn a_description_longer_than_a_claim_is_left_out_and_the_notice_says_so() {
    let mut wordy = experience(false);
    wordy.description.fi = Some("ä".repeat(MAX_TEXT / 2 + 1));
    let mapped = credentials(&record_of(wordy));
    let description = &of_type(&mapped, CredentialType::Experience).claims()["description"];
    assert_eq!(description["sv"], "Drift av såglinjen");
    assert!(description.get("fi").is_none());
    assert_eq!(mapped.notices[0].kind, NoticeKind::TextTooLong);
}
