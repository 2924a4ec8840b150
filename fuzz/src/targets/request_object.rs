//! A recipient's request object with its authorization details, checked against the trust list.

use chrono::TimeDelta;
use credential_core::{
    consent::{
        details::{GrantedDetails, RequestedDetails},
        period::Period,
        request::{ConsentRequest, TYP},
    },
    encoding::sha256_base64url,
};

use crate::{
    keys::Key,
    parties::{BROKER, CLIENT, grant_id, noon, parties, request_object, requested},
    written::{self, line, lines, seed},
};

/// A header and claims; signed with the registered key, then checked.
pub fn run(data: &[u8]) -> bool {
    let Some([header, claims]) = lines(data) else {
        return false;
    };
    let parties = parties();
    let verify = |jar: &str, broker, now| ConsentRequest::verify(jar, broker, &parties.trust, now);
    let jar = written::compact(header, claims, &parties.recipient);
    let Ok(request) = verify(&jar, BROKER, noon()) else {
        return false;
    };
    assert_eq!(request.hash(), sha256_base64url(&jar));
    assert_eq!(request.client_id(), CLIENT);
    assert_eq!(request.encryption_key(), parties.decryption.public_jwk());
    assert!(verify(&jar, "https://other.example", noon()).is_err());
    assert!(verify(&jar, BROKER, noon() + TimeDelta::hours(2)).is_err());
    let forged = written::compact(header, claims, &Key::of(77));
    assert!(verify(&forged, BROKER, noon()).is_err());
    let registered = &request.intended_use().dcql_query;
    assert!(request.details().dcql_query.is_within(registered));
    granting(request.details());
    true
}

/// Whatever may be left out: what is granted is a narrowing, and says the same when written again.
fn granting(asked: &RequestedDetails) {
    let again: RequestedDetails = serde_json::from_str(&line(asked)).expect("what was read");
    assert_eq!(&again, asked);
    let cap = Period::days(90).expect("ninety days");
    let until = asked.ends_at(noon(), cap);
    assert!(until <= noon() + cap.as_delta());
    for left_out in [&[], asked.optional.as_slice()] {
        let granted = asked.granted(grant_id(), CLIENT, until, left_out);
        let granted = granted.expect("only what is optional");
        assert!(granted.narrows(asked, noon()), "{granted:?}");
        assert!(granted.dcql_query.is_within(&asked.dcql_query));
        let again: GrantedDetails =
            serde_json::from_str(&line(&granted)).expect("what was written");
        assert_eq!(again.hash(), granted.hash());
        let longer = GrantedDetails {
            until: asked.ends_at(noon(), Period::days(3660).expect("ten years"))
                + TimeDelta::days(1),
            ..granted
        };
        assert!(!longer.narrows(asked, noon()));
    }
}

/// A request that is in order, and some that ask for too much.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let header = written::header(TYP, &parties().recipient);
    let details = requested(&parties().decryption.thumbprint());
    let object = line(&request_object(&details));
    let until = object.replace(
        r#""duration":"P30D""#,
        r#""until":"2026-06-29T12:00:00.5Z""#,
    );
    let values = object.replace(
        r#""path":["awarding_date"]"#,
        r#""path":["awarding_date"],"values":["2026-05-29",1,true]"#,
    );
    vec![
        ("accepted-standing", seed(&[&header, &object])),
        ("accepted-until", seed(&[&header, &until])),
        ("accepted-values", seed(&[&header, &values])),
        (
            "refused-over-asking",
            seed(&[&header, &object.replace("awarding_date", "birthdate")]),
        ),
        (
            "refused-too-long",
            seed(&[&header, &object.replace("P30D", "P400D")]),
        ),
    ]
}
