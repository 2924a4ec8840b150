use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::{
    super::{Issuance, IssueError, MAX_DEPTH, MAX_DISCLOSURES, StatusReference, issue},
    CountingRng, EmptyRng, HOLDER, ISSUER, claims, issuance, issued, noon, paths, qualification,
    verify,
};
use crate::{
    dcql::ClaimPath,
    encoding::from_base64url,
    jose::{KeyError, SignError, Signer},
    rng::{NoRandomness, SystemRng},
};

fn refused(claims: &Value, disclosable: &[&str]) -> IssueError {
    let claims = super::claims(claims.clone());
    let disclosable = paths(disclosable);
    issue(
        &issuance(&claims, &disclosable),
        &*ISSUER,
        &SystemRng::default(),
    )
    .unwrap_err()
}

/// Header and payload of an issued credential.
fn opened(text: &str) -> (Value, Value) {
    let mut parts = text.split(['.', '~']);
    let mut next =
        || serde_json::from_slice(&from_base64url(parts.next().unwrap()).unwrap()).unwrap();
    (next(), next())
}

#[test]
fn header_names_algorithm_type_and_key_and_nothing_else() {
    let (header, _) = opened(&issued(&qualification(), &[]));
    let kid = ISSUER.public_jwk().kid.clone();
    assert_eq!(
        header,
        json!({"alg": "ES256", "typ": "dc+sd-jwt", "kid": kid})
    );
}

#[test]
fn registered_claims_are_written_and_read_back() {
    let status = StatusReference {
        uri: "https://issuer.example/status/7".into(),
        idx: u32::MAX,
    };
    let expires_at = noon() + chrono::TimeDelta::days(365);
    let claims = qualification();
    let disclosable = paths(&["title"]);
    let issuance = Issuance {
        vct_integrity: Some("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
        expires_at: Some(expires_at),
        status: Some(&status),
        ..issuance(&claims, &disclosable)
    };
    let text = issue(&issuance, &*ISSUER, &SystemRng::default())
        .unwrap()
        .into_string();
    let credential = verify(&text).unwrap();
    assert_eq!(credential.as_str(), text);
    assert_eq!(credential.issuer(), "https://issuer.example");
    assert_eq!(credential.vct(), "https://types.example/qualification/1");
    assert_eq!(credential.vct_integrity(), issuance.vct_integrity);
    assert_eq!(credential.issued_at(), Some(noon()));
    assert_eq!(credential.expires_at(), Some(expires_at));
    assert_eq!(credential.not_before(), None);
    assert_eq!(credential.status(), Some(&status));
    assert_eq!(credential.holder_key(), Some(&HOLDER.public_jwk().bare()));
    assert_eq!(credential.claims()["given_name"], json!("Aino \"Anna\""));
}

#[test]
fn nothing_disclosable_stands_in_the_payload() {
    let disclosable = paths(&["family_name", "awarding_body/name", "skills/0", "languages"]);
    let (_, payload) = opened(&issued(&qualification(), &disclosable));
    assert!(payload.get("family_name").is_none() && payload.get("languages").is_none());
    assert_eq!(payload["_sd"].as_array().unwrap().len(), 2);
    assert_eq!(payload["awarding_body"]["country"], "FI");
    assert_eq!(payload["awarding_body"]["_sd"].as_array().unwrap().len(), 1);
    assert!(payload["skills"][0]["..."].is_string());
    assert_eq!(payload["skills"][1]["name"], "nursing");
}

#[test]
fn digests_are_sorted_whatever_the_order_of_the_claims() {
    let names: Vec<String> = (0..20).map(|n| format!("claim{n:02}")).collect();
    let claims = claims(
        names
            .iter()
            .map(|name| (name.clone(), json!(1)))
            .collect::<Value>(),
    );
    let disclosable: Vec<_> = names.iter().map(|name| ClaimPath::claim(name)).collect();
    let (_, payload) = opened(&issued(&claims, &disclosable));
    let digests: Vec<_> = payload["_sd"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d.as_str().unwrap())
        .collect();
    assert_eq!(digests.len(), 20);
    assert!(digests.is_sorted());
}

#[test]
fn salts_are_drawn_once_and_differ() {
    let rng = CountingRng::default();
    let (claims, disclosable) = (qualification(), paths(&["title", "credits", "languages/0"]));
    let text = issue(&issuance(&claims, &disclosable), &*ISSUER, &rng)
        .unwrap()
        .into_string();
    assert_eq!(rng.0.load(Ordering::Relaxed), 1);
    let mut salts: Vec<_> = text
        .trim_end_matches('~')
        .split('~')
        .skip(1)
        .map(|d| {
            serde_json::from_slice::<Value>(&from_base64url(d).unwrap()).unwrap()[0].to_string()
        })
        .collect();
    salts.sort_unstable();
    salts.dedup();
    assert_eq!(salts.len(), 3);
    assert!(
        salts.iter().all(|salt| salt.len() == 24),
        "128 bits in base64url, and the quotes"
    );
}

#[test]
fn without_randomness_nothing_is_issued() {
    let (claims, disclosable) = (qualification(), paths(&["title"]));
    let outcome = issue(&issuance(&claims, &disclosable), &*ISSUER, &EmptyRng);
    assert_eq!(outcome, Err(IssueError::Randomness(NoRandomness)));
}

#[test]
fn c40_protected_claims_are_never_disclosable() {
    for name in super::super::PROTECTED {
        let path = format!("{name}/jwk");
        assert_eq!(
            refused(&json!({}), &[name]),
            IssueError::Protected(paths(&[name])[0].clone())
        );
        assert_eq!(
            refused(&json!({}), &[&path]),
            IssueError::Protected(paths(&[&path])[0].clone())
        );
        assert_eq!(
            refused(&json!({name: 1}), &[]),
            IssueError::ReservedName(name.into())
        );
    }
    assert_eq!(
        refused(&json!({"iat": 1}), &[]),
        IssueError::ReservedName("iat".into())
    );
}

#[test]
fn c40_names_that_carry_digests_are_refused_at_any_depth() {
    for name in ["_sd", "_sd_alg", "..."] {
        let expected = IssueError::ReservedName(name.into());
        assert_eq!(refused(&json!({name: []}), &[]), expected);
        assert_eq!(
            refused(&json!({"a": [{"b": {name: 1}}]}), &["a/0"]),
            expected
        );
    }
}

#[test]
fn paths_must_lead_to_one_claim_each() {
    let claims = json!({"a": {"b": [1, 2]}});
    let [star, index, nowhere, twice] =
        ["a/*", "0", "a/b/7", "a/b/1"].map(|text| paths(&[text])[0].clone());
    assert_eq!(refused(&claims, &["a/*"]), IssueError::NotConcrete(star));
    assert_eq!(refused(&claims, &["0"]), IssueError::NotConcrete(index));
    assert_eq!(
        refused(&claims, &["a/b/7"]),
        IssueError::NoSuchClaim(nowhere)
    );
    assert_eq!(
        refused(&claims, &["a/b/1", "a", "a/b/1"]),
        IssueError::NamedTwice(twice)
    );
    let empty = [ClaimPath::new(Vec::new())];
    let claims = super::claims(claims);
    let outcome = issue(&issuance(&claims, &empty), &*ISSUER, &SystemRng::default());
    assert_eq!(outcome, Err(IssueError::NotConcrete(empty[0].clone())));
}

#[test]
fn numbers_must_be_whole_and_safe_for_every_reader() {
    let largest = 9_007_199_254_740_991_i64;
    for number in [
        "1.5",
        "1.0",
        "1e3",
        "9007199254740992",
        "-9007199254740992",
        "18446744073709551615",
    ] {
        let claims: Value = serde_json::from_str(&format!(r#"{{"a":{{"n":{number}}}}}"#)).unwrap();
        assert_eq!(
            refused(&claims, &[]),
            IssueError::Number(paths(&["a/n"])[0].clone()),
            "{number}"
        );
    }
    let claims = claims(json!({"n": largest, "m": -largest}));
    let credential = verify(&issued(&claims, &paths(&["n"]))).unwrap();
    assert_eq!(credential.claims()["n"].as_i64(), Some(largest));
    assert_eq!(credential.claims()["m"].as_i64(), Some(-largest));
}

#[test]
fn what_may_be_issued_can_be_verified_up_to_every_limit() {
    let nested = |depth: usize| (1..depth).fold(json!({"end": 1}), |inner, _| json!({"in": inner}));
    let deepest = claims(nested(MAX_DEPTH));
    let way = vec!["in"; MAX_DEPTH - 1].join("/");
    let disclosable = paths(&[&way, &format!("{way}/end")]);
    assert!(verify(&issued(&deepest, &disclosable)).is_ok());
    assert_eq!(refused(&nested(MAX_DEPTH + 1), &[]), IssueError::TooDeep);

    let many = claims(json!({"list": vec![1; MAX_DISCLOSURES]}));
    let each =
        |count: u32| (0..count).map(|n| ClaimPath::claim("list").then(crate::dcql::Step::Index(n)));
    let most: Vec<_> = each(512).collect();
    assert_eq!(
        verify(&issued(&many, &most)).unwrap().disclosures().count(),
        MAX_DISCLOSURES
    );
    let beyond: Vec<_> = each(513).collect();
    let outcome = issue(&issuance(&many, &beyond), &*ISSUER, &SystemRng::default());
    assert_eq!(outcome, Err(IssueError::TooLarge));
    assert_eq!(
        refused(&json!({"long": "x".repeat(400_000)}), &[]),
        IssueError::TooLarge
    );
}

#[test]
fn issuances_that_make_no_sense_are_refused() {
    let claims = qualification();
    let good = issuance(&claims, &[]);
    let mut holder = HOLDER.public_jwk().clone();
    holder.crv = "P-521".into();
    let cases = [
        (Issuance { issuer: "", ..good }, IssueError::Issuer),
        (
            Issuance {
                vct: "http://types.example/1",
                ..good
            },
            IssueError::Type,
        ),
        (
            Issuance {
                expires_at: Some(noon()),
                ..good
            },
            IssueError::Validity,
        ),
        (
            Issuance {
                holder: &holder,
                ..good
            },
            IssueError::HolderKey(KeyError::UnsupportedCurve),
        ),
    ];
    for (issuance, error) in cases {
        assert_eq!(
            issue(&issuance, &*ISSUER, &SystemRng::default()),
            Err(error)
        );
    }
}

#[test]
fn a_key_without_id_or_that_does_not_answer_issues_nothing() {
    #[derive(Debug)]
    struct Broken(crate::jose::Jwk);
    impl Signer for Broken {
        fn algorithm(&self) -> crate::jose::Algorithm {
            crate::jose::Algorithm::Es256
        }
        fn public_jwk(&self) -> &crate::jose::Jwk {
            &self.0
        }
        fn sign(&self, _message: &[u8]) -> Result<Vec<u8>, SignError> {
            Err(SignError::Unavailable)
        }
    }
    let claims = qualification();
    let issuance = issuance(&claims, &[]);
    let issue = |key| issue(&issuance, &Broken(key), &SystemRng::default());
    assert_eq!(issue(ISSUER.public_jwk().bare()), Err(IssueError::NoKeyId));
    assert_eq!(
        issue(ISSUER.public_jwk().clone()),
        Err(IssueError::Sign(SignError::Unavailable))
    );
}

#[test]
fn every_character_survives_issuing() {
    let all: String = (0..0x250)
        .filter_map(char::from_u32)
        .chain(['\u{2028}', '😀'])
        .collect();
    let claims = claims(json!({"open": all, "hidden": all, all.clone(): 1}));
    let credential = verify(&issued(
        &claims,
        &[ClaimPath::claim("hidden"), ClaimPath::claim(&all)],
    ));
    let credential = credential.unwrap();
    for name in ["open", "hidden"] {
        assert_eq!(credential.claims()[name], json!(all));
    }
    assert_eq!(credential.claims()[&all], 1);
}
