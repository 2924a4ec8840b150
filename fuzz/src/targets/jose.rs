//! Signed objects and keys: compact and general JWS, JWK and JWK set.

use credential_core::{
    canonical,
    encoding::sha256_base64url,
    jose::{
        Jwk, JwkSet, Signer as _, VerifyingKey,
        jws::{General, JwsError, Unverified},
    },
};
use serde_json::{Value, json};

use crate::{
    keys::{Key, published_p256},
    parties::parties,
    written::{self, line, lines, seed},
};

const TYP: &str = "fuzz+jwt";

/// Text as it comes, and a header and a payload that are signed first.
pub fn run(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    nobody_signed(&text);
    let signed = lines(data).is_some_and(|[header, payload]| signed(header, payload));
    let key = serde_json::from_str(&text).is_ok_and(|jwk: Jwk| one_key(&jwk));
    let keys = serde_json::from_str(&text).is_ok_and(|set: JwkSet| all_keys(&set));
    let both = serde_json::from_str(&text).is_ok_and(|general: General| several(&general));
    signed || key || keys || both
}

/// Nothing that arrives holds a signature of the stranger's.
fn nobody_signed(text: &str) {
    if let Ok(unverified) = Unverified::parse(text, TYP) {
        let verified = unverified.verify_bytes(&parties().stranger.verifying());
        assert!(matches!(
            verified,
            Err(JwsError::BadSignature | JwsError::AlgorithmMismatch)
        ));
        let _claimed = unverified.untrusted_payload::<Value>();
    }
}

fn signed(header: &[u8], payload: &[u8]) -> bool {
    let key = &parties().recipient;
    let compact = written::compact(header, payload, key);
    let Ok(unverified) = Unverified::parse(&compact, TYP) else {
        return false;
    };
    let Ok(verified) = unverified.verify_bytes(&key.verifying()) else {
        assert!(!key.algorithm().is_named(&unverified.header().alg));
        return false;
    };
    assert_eq!(verified, payload);
    assert!(key.algorithm().is_named(&unverified.header().alg));
    assert_eq!(unverified.header().typ.as_deref(), Some(TYP));
    let header = std::str::from_utf8(header).expect("an accepted header is UTF-8");
    if let Ok(members) = serde_json::from_str::<Value>(header) {
        assert!(members.get("crit").is_none());
    }
    let stranger = unverified.verify_bytes(&parties().stranger.verifying());
    assert_eq!(stranger, Err(JwsError::BadSignature));
    if let Ok((_payload, jwk)) = unverified.verify_possession::<Value>() {
        assert_eq!(jwk.thumbprint(), key.public_jwk().thumbprint());
    }
    true
}

fn several(general: &General) -> bool {
    let Ok((_payload, keys)) = general.verify_possession::<Value>(TYP) else {
        return false;
    };
    assert!((1..=8).contains(&keys.len()));
    let again: General = serde_json::from_str(&line(general)).expect("what was read");
    assert_eq!(&again, general);
    true
}

fn one_key(jwk: &Jwk) -> bool {
    let again: Jwk = serde_json::from_str(&line(jwk)).expect("what was read");
    assert_eq!(&again, jwk);
    let required = match &jwk.y {
        Some(y) => json!({"crv": jwk.crv, "kty": jwk.kty, "x": jwk.x, "y": y}),
        None => json!({"crv": jwk.crv, "kty": jwk.kty, "x": jwk.x}),
    };
    let required = canonical::to_string(&required).expect("texts only");
    assert_eq!(jwk.thumbprint(), sha256_base64url(required));
    assert_eq!(jwk.thumbprint(), jwk.bare().thumbprint());
    if let Ok(point) = jwk.p256_point() {
        let same = Jwk::from_p256_point(&point).expect("a point");
        assert_eq!(same.thumbprint(), jwk.thumbprint());
    }
    match VerifyingKey::try_from(jwk) {
        Ok(key) => !key.verify(b"a message", &[1; 64]),
        Err(_unusable) => false,
    }
}

fn all_keys(set: &JwkSet) -> bool {
    for key in &set.keys {
        if let Some(kid) = &key.kid {
            let same = set.keys.iter().filter(|k| k.kid.as_ref() == Some(kid));
            let same = same.count();
            assert_eq!(set.find(kid).is_some(), same == 1);
        }
    }
    set.signing_key().is_some() && set.encryption_key().is_some()
}

/// Inputs that are accepted, and some that are not.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let key = &parties().recipient;
    let header = written::header(TYP, key);
    let embedding = written::embedding_header(TYP, key);
    let p256 = credential_core::jose::Es256Key::from_pkcs8(&published_p256()).expect("a key");
    let set = json!({"keys": [p256.public_jwk().clone().with_use(credential_core::jose::KeyUse::Enc),
        key.public_jwk()]});
    let general = written::general(embedding.as_bytes(), b"{}", &Key::of(8));
    let own = written::embedding_header(TYP, &Key::of(8));
    vec![
        (
            "accepted-kid",
            seed(&[&header, r#"{"iss":"https://a.example","iat":1}"#]),
        ),
        ("accepted-embedded", seed(&[&embedding, "{}"])),
        ("accepted-ed25519", line(key.public_jwk()).into_bytes()),
        ("accepted-p256", line(p256.public_jwk()).into_bytes()),
        ("accepted-set", line(&set).into_bytes()),
        (
            "accepted-general",
            line(&written::general(own.as_bytes(), b"{\"a\":1}", &Key::of(8))).into_bytes(),
        ),
        ("refused-general-other-key", line(&general).into_bytes()),
        (
            "refused-none",
            seed(&[r#"{"alg":"none","typ":"fuzz+jwt"}"#, "{}"]),
        ),
        (
            "refused-extension",
            seed(&[
                r#"{"alg":"EdDSA","typ":"fuzz+jwt","crit":["exp"],"exp":1}"#,
                "{}",
            ]),
        ),
        (
            "compact",
            written::compact(header.as_bytes(), b"{}", key).into_bytes(),
        ),
    ]
}
