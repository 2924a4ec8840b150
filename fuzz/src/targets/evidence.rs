//! Evidence about a credential: believed by the registrar's key alone, and only as of its own time.

use chrono::TimeDelta;
use credential_core::{
    evidence::{Evidence, NewEvidence, TYP, sign},
    jose::Signer as _,
    sd_jwt::StatusReference,
    status_list::{StatusList, StatusListToken},
};
use serde_json::Value;

use crate::{
    keys::Key,
    parties::{ISSUER, VCT, noon, parties},
    written::{self, lines, seed},
};

const URI: &str = "https://lumo-opisto.example/status/1";

/// Header and claims, in which `#trust` and `#status` stand for the signed lists; signed by the institution.
pub fn run(data: &[u8]) -> bool {
    let Some([header, claims]) = lines(data) else {
        return false;
    };
    let parts = [
        ("#trust", parties().trust_list.as_str()),
        ("#status", &status()),
    ];
    let claims = written::filled(claims, &parts);
    let verify = |signer: &Key, registrar: &Key, now| {
        let compact = written::compact(header, &claims, signer);
        Evidence::verify(&compact, registrar.public_jwk(), now)
    };
    let own = &parties().issuer;
    assert!(verify(&parties().stranger, &parties().registrar, noon()).is_err());
    assert!(verify(own, &parties().stranger, noon()).is_err());
    let Ok(evidence) = verify(own, &parties().registrar, noon()) else {
        return false;
    };
    assert_eq!(evidence.issuer(), ISSUER);
    assert!(evidence.made_at() <= noon());
    assert!(evidence.trust().expires_at() > evidence.made_at());
    assert_eq!(evidence.status().uri, URI);
    let years = TimeDelta::days(3650);
    assert!(verify(own, &parties().registrar, noon() + years).is_ok());
    assert!(
        verify(
            own,
            &parties().registrar,
            evidence.made_at() - TimeDelta::seconds(1)
        )
        .is_err()
    );
    true
}

fn status() -> String {
    let times = (noon(), noon() + TimeDelta::days(1));
    let list = StatusList::two_bit(64).expect("few");
    let signed = StatusListToken::sign(&list, ISSUER, URI, times, 60, &parties().issuer);
    signed.expect("short")
}

/// A bundle as the institution makes it, and some that were altered before it signed them.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let key = &parties().issuer;
    let new = NewEvidence {
        issuer: ISSUER,
        status: &StatusReference {
            uri: URI.into(),
            idx: 7,
        },
        vct: VCT,
        type_metadata: r#"{"vct":"https://types.osaamislompakko.example/qualification/1"}"#,
        issued_at: noon(),
        keys: &[key.public_jwk().clone()],
        status_list: "#status",
        trust_list: "#trust",
    };
    let signed = sign(&new, noon(), key).expect("short");
    let payload = signed.split('.').nth(1).expect("three parts");
    let claims = credential_core::encoding::from_base64url(payload).expect("our own");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    let header = written::header(TYP, key);
    let altered = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        seed(&[&header, &claims.to_string()])
    };
    vec![
        ("accepted-bundle", seed(&[&header, &claims.to_string()])),
        ("refused-other-list", altered("trust_list", "x.y.z".into())),
        (
            "refused-future",
            altered("iat", (noon().timestamp() + 60).into()),
        ),
        (
            "refused-keys",
            altered(
                "keys",
                serde_json::json!({"keys": [parties().stranger.public_jwk()]}),
            ),
        ),
        (
            "refused-place",
            altered("status", serde_json::json!({"uri": URI, "idx": 64})),
        ),
    ]
}
