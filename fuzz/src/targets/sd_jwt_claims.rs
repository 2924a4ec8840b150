//! SD-JWT VC under its signature: digests, disclosures, key binding, and presenting what was read.

use credential_core::{
    dcql::ClaimPath,
    dcql::Step,
    encoding::{base64url, sha256_base64url},
    jose::Signer as _,
    sd_jwt::{
        self, KEY_BINDING_TYP, KeyBinding, KeyBindingRequest, MAX_DEPTH, PROTECTED, PresentError,
        SdJwt, TYP, VerifiedSdJwt,
    },
};
use serde_json::{Value, json};

use crate::{
    keys::Key,
    parties::{CLIENT, ISSUER, VCT, noon, parties},
    written::{self, filled, has_fraction, lines, seed},
};

const NONCE: &str = "nonce";
const MAX: usize = 24;

/// Header and payload of the credential, header and payload of the key binding, and disclosures, one
/// a line. `#01` stands for the digest of the first, and may stand in the payload or in a disclosure
/// before it; `#hash` for the presentation's own.
pub fn run(data: &[u8]) -> bool {
    let Some([header, payload, kb_header, kb_payload, disclosures]) = lines(data) else {
        return false;
    };
    let (payload, disclosures) = disclosed(payload, disclosures);
    let signed = written::compact(header, &payload, &parties().issuer);
    let text = format!("{signed}~{}", disclosures.join(""));
    let Some(credential) = verified(&text) else {
        return false;
    };
    if disclosures.is_empty() {
        means_what_it_says(&payload, &credential);
    }
    check(&credential);
    let reversed: String = disclosures.iter().rev().map(String::as_str).collect();
    let reversed = verified(&format!("{signed}~{reversed}")).expect("order does not matter");
    assert_eq!(reversed.claims(), credential.claims());
    presented(&credential);
    bound(&text, kb_header, kb_payload)
}

/// Digests take their places, from the last disclosure to the first.
fn disclosed(payload: &[u8], disclosures: &[u8]) -> (Vec<u8>, Vec<String>) {
    let mut digests: Vec<(String, String)> = Vec::new();
    let mut encoded = Vec::new();
    let texts: Vec<&[u8]> = disclosures
        .split(|octet| *octet == b'\n')
        .take(MAX)
        .collect();
    for (place, text) in texts.into_iter().enumerate().rev() {
        let known: Vec<_> = digests
            .iter()
            .map(|(m, d)| (m.as_str(), d.as_str()))
            .collect();
        let text = base64url(filled(text, &known));
        if text.is_empty() {
            continue;
        }
        digests.push((format!("#{:02}", place + 1), sha256_base64url(&text)));
        encoded.push(format!("{text}~"));
    }
    let known: Vec<_> = digests
        .iter()
        .map(|(m, d)| (m.as_str(), d.as_str()))
        .collect();
    (filled(payload, &known), encoded)
}

fn verified(text: &str) -> Option<VerifiedSdJwt> {
    let parsed = SdJwt::parse(text).ok()?;
    assert!(parsed.verify(&parties().stranger.verifying()).is_err());
    parsed.verify(&parties().issuer.verifying()).ok()
}

/// Our strict reader and `serde_json` agree about what both accept.
fn means_what_it_says(payload: &[u8], credential: &VerifiedSdJwt) {
    let Ok(Value::Object(mut plain)) = serde_json::from_slice(payload) else {
        panic!("accepted, but not JSON");
    };
    plain.remove("_sd_alg");
    let plain = Value::Object(plain);
    let text = plain.to_string();
    if !text.contains("_sd") && !text.contains("...") && !has_fraction(&plain) {
        assert_eq!(credential.claims(), &plain);
    }
}

fn check(credential: &VerifiedSdJwt) {
    no_trace_of_hiding(credential.claims(), 0);
    for disclosure in credential.disclosures() {
        assert_eq!(
            disclosure.path.select(credential.claims()).len(),
            1,
            "{}",
            disclosure.path
        );
        let top = disclosure.path.steps().first();
        let is_protected = |name: &String| PROTECTED.contains(&name.as_str());
        assert!(!matches!(top, Some(Step::Name(name)) if is_protected(name)));
    }
}

fn no_trace_of_hiding(value: &Value, depth: usize) {
    assert!(depth <= MAX_DEPTH);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                assert!(
                    !matches!(name.as_str(), "_sd" | "_sd_alg" | "..."),
                    "{name}"
                );
                no_trace_of_hiding(member, depth + 1);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| no_trace_of_hiding(item, depth + 1)),
        _ => {}
    }
}

/// The holder shows everything, and every second disclosure: both arrive, and no more than that.
fn presented(credential: &VerifiedSdJwt) {
    let paths: Vec<ClaimPath> = credential.disclosures().map(|d| d.path.clone()).collect();
    let some: Vec<ClaimPath> = paths.iter().step_by(2).cloned().collect();
    if let Some(all) = present(credential, &paths) {
        assert_eq!(all.claims(), credential.claims());
    }
    if let Some(part) = present(credential, &some) {
        assert!(part.disclosures().count() >= some.len());
        assert!(part.disclosures().count() <= paths.len());
        for shown in part.disclosures() {
            assert!(credential.disclosures().any(|held| held.text == shown.text));
        }
    }
}

fn present(credential: &VerifiedSdJwt, paths: &[ClaimPath]) -> Option<VerifiedSdJwt> {
    let request = KeyBindingRequest {
        audience: CLIENT,
        nonce: NONCE,
        issued_at: noon(),
    };
    let text = match sd_jwt::present(credential, paths, &request, &parties().holder) {
        Ok(text) => text,
        Err(PresentError::NoHolderKey | PresentError::OtherKey) => return None,
        Err(error) => panic!("{error:?}"),
    };
    let parsed = SdJwt::parse(&text).expect("what we presented");
    let presented = parsed.verify_presentation(&parties().issuer.verifying(), &binding());
    match presented {
        Ok(presented) => Some(presented.into_credential()),
        // A key of the holder's that its own JWK forbids to sign.
        Err(credential_core::sd_jwt::SdJwtError::MalformedClaim("cnf")) => None,
        Err(error) => panic!("{error:?}"),
    }
}

fn binding() -> KeyBinding<'static> {
    KeyBinding {
        audience: CLIENT,
        nonce: NONCE,
        earliest: noon(),
        latest: noon(),
    }
}

/// The key binding of the input, by the holder and by somebody else.
fn bound(text: &str, header: &[u8], payload: &[u8]) -> bool {
    let payload = filled(payload, &[("#hash", &sha256_base64url(text))]);
    let verify = |key: &Key| {
        let text = format!("{text}{}", written::compact(header, &payload, key));
        let parsed = SdJwt::parse(&text).ok()?;
        parsed
            .verify_presentation(&parties().issuer.verifying(), &binding())
            .ok()
    };
    assert!(verify(&parties().stranger).is_none());
    let Some(presented) = verify(&parties().holder) else {
        return false;
    };
    assert_eq!(presented.signed_at(), noon());
    true
}

/// Claims in objects and arrays, disclosures within disclosures, and what is refused.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let parties = parties();
    let header = written::header(TYP, &parties.issuer);
    let kb = json!({"alg": "EdDSA", "typ": KEY_BINDING_TYP}).to_string();
    let kb_payload = json!({"iat": noon().timestamp(), "aud": CLIENT, "nonce": NONCE,
        "sd_hash": "#hash"})
    .to_string();
    let payload = |more: Value| {
        let mut claims = json!({"iss": ISSUER, "vct": VCT, "iat": 1, "exp": 1_900_000_000,
            "cnf": {"jwk": parties.holder.public_jwk().bare()}});
        let claims_map = claims.as_object_mut().expect("an object");
        claims_map.extend(more.as_object().expect("an object").clone());
        claims.to_string()
    };
    let of = |payload: &str, disclosures: &[&str]| {
        let mut all = vec![header.as_str(), payload, &kb, &kb_payload];
        let joined = disclosures.join("\n");
        all.push(&joined);
        seed(&all)
    };
    let flat = payload(json!({"_sd_alg": "sha-256", "_sd": ["#01", "#02", "a-decoy"]}));
    let nested = payload(
        json!({"a": {"_sd": ["#01"]}, "list": [{"...": "#03"}, 1, {"...": "x"}],
        "status": {"status_list": {"idx": 3, "uri": "https://a.example/status/1"}}}),
    );
    let plain = payload(
        json!({"title": {"fi": "\u{e4}\\u0007\u{1f600}"}, "credits": [180, -1, null, true]}),
    );
    vec![
        (
            "accepted-flat",
            of(&flat, &[r#"["s1","title","A"]"#, r#"["s2","credits",180]"#]),
        ),
        (
            "accepted-nested",
            of(
                &nested,
                &[
                    r##"["s1","inner",{"_sd":["#02"]}]"##,
                    r#"["s2","leaf",[1,[2]]]"#,
                    r#"["s3",{"element":true}]"#,
                ],
            ),
        ),
        ("accepted-plain", of(&plain, &[])),
        (
            "refused-unreferenced",
            of(
                &flat,
                &[r#"["s","a",1]"#, r#"["s","b",1]"#, r#"["s","c",1]"#],
            ),
        ),
        (
            "refused-protected",
            of(&flat, &[r#"["s1","iss","x"]"#, r#"["s2","b",1]"#]),
        ),
    ]
}
