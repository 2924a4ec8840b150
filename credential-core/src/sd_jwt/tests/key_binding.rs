use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    super::{KEY_BINDING_TYP, KeyBinding, MAX_LENGTH, SdJwt, SdJwtError, TYP, present},
    HOLDER, ISSUER, NONCE, RECIPIENT, expected, forge, held, issuer_key, noon, paths, payload,
    request, verify_presentation,
};
use crate::{
    encoding::{base64url, sha256_base64url},
    jose::{
        Signer,
        jws::{self, JwsError, KeyReference},
    },
};

/// A presentation without disclosures whose key binding says what `change` makes of it.
fn bound(typ: &str, signer: &dyn Signer, change: impl Fn(&mut Value)) -> String {
    let sd_jwt = forge(&payload(json!({})).to_string(), &[]);
    let mut binding = json!({
        "iat": noon().timestamp(), "aud": RECIPIENT, "nonce": NONCE, "sd_hash": sha256_base64url(&sd_jwt)
    });
    change(&mut binding);
    let binding = jws::sign(typ, &binding, signer, KeyReference::Kid).unwrap();
    sd_jwt + &binding
}

#[test]
fn c29_each_wrong_claim_of_the_key_binding_has_its_own_refusal() {
    use SdJwtError::{MalformedKeyBinding, NotOfThisMoment, WrongAudience, WrongHash, WrongNonce};
    let at = |seconds: i64| json!(noon().timestamp() + seconds);
    let cases = [
        ("aud", json!("https://other.example"), WrongAudience),
        ("aud", json!(format!("{RECIPIENT}/")), WrongAudience),
        ("aud", json!([RECIPIENT]), MalformedKeyBinding),
        ("aud", Value::Null, MalformedKeyBinding),
        ("nonce", json!("another"), WrongNonce),
        ("nonce", json!(NONCE.to_uppercase()), WrongNonce),
        ("nonce", json!(1), MalformedKeyBinding),
        ("sd_hash", json!(sha256_base64url("another")), WrongHash),
        ("sd_hash", json!(""), WrongHash),
        ("sd_hash", Value::Null, MalformedKeyBinding),
        ("iat", at(-301), NotOfThisMoment),
        ("iat", at(301), NotOfThisMoment),
        ("iat", json!("1780056000"), MalformedKeyBinding),
        ("iat", Value::Null, MalformedKeyBinding),
        ("iat", json!(i64::MAX), MalformedKeyBinding),
        ("exp", at(60), MalformedKeyBinding),
        ("nbf", at(0), MalformedKeyBinding),
    ];
    for (name, value, error) in cases {
        let text = bound(KEY_BINDING_TYP, &*HOLDER, |binding| {
            binding[name] = value.clone();
        });
        assert_eq!(verify_presentation(&text), Err(error), "{name}: {value}");
    }
    for name in ["iat", "aud", "nonce", "sd_hash"] {
        let text = bound(KEY_BINDING_TYP, &*HOLDER, |binding| {
            binding.as_object_mut().unwrap().remove(name);
        });
        assert_eq!(
            verify_presentation(&text),
            Err(MalformedKeyBinding),
            "no {name}"
        );
    }
    for edge in [-300, 300] {
        let text = bound(KEY_BINDING_TYP, &*HOLDER, |binding| {
            binding["iat"] = at(edge);
        });
        assert!(verify_presentation(&text).is_ok(), "{edge}");
    }
}

#[test]
fn c29_key_binding_must_be_signed_by_the_credentials_own_holder() {
    let text = bound(KEY_BINDING_TYP, &*ISSUER, |_| {});
    let error = verify_presentation(&text).unwrap_err();
    assert_eq!(error, SdJwtError::KeyBinding(JwsError::BadSignature));
    assert_eq!(error.reason(), "key_binding_bad_signature");
}

#[test]
fn c31_key_binding_under_another_header_algorithm_is_refused() {
    let honest = bound(KEY_BINDING_TYP, &*HOLDER, |_| {});
    let (sd_jwt, binding) = honest.rsplit_once('~').unwrap();
    let (_, rest) = binding.split_once('.').unwrap();
    for alg in ["none", "HS256", "EdDSA", "ES384"] {
        let header = base64url(json!({"alg": alg, "typ": KEY_BINDING_TYP}).to_string());
        let outcome = verify_presentation(&format!("{sd_jwt}~{header}.{rest}"));
        assert_eq!(
            outcome,
            Err(SdJwtError::KeyBinding(JwsError::AlgorithmMismatch)),
            "{alg}"
        );
    }
}

#[test]
fn a_jwt_of_another_type_is_no_key_binding() {
    for typ in ["JWT", TYP, "KB+JWT", "application/kb+jwt"] {
        let text = bound(typ, &*HOLDER, |_| {});
        let error = SdJwtError::KeyBinding(JwsError::WrongType);
        assert_eq!(verify_presentation(&text), Err(error), "{typ}");
    }
    let text = bound(KEY_BINDING_TYP, &*HOLDER, |_| {});
    let garbled = format!("{}~x.y", text.rsplit_once('~').unwrap().0);
    assert_eq!(
        verify_presentation(&garbled),
        Err(SdJwtError::KeyBinding(JwsError::Malformed))
    );
}

#[test]
fn a_member_given_twice_in_the_key_binding_is_refused() {
    let sd_jwt = forge(&payload(json!({})).to_string(), &[]);
    let twice = format!(
        r#"{{"iat":{},"aud":"https://other.example","aud":"{RECIPIENT}","nonce":"{NONCE}","sd_hash":"{}"}}"#,
        noon().timestamp(),
        sha256_base64url(&sd_jwt),
    );
    let binding = jws::sign_bytes(
        KEY_BINDING_TYP,
        twice.as_bytes(),
        &*HOLDER,
        KeyReference::Kid,
    )
    .unwrap();
    assert_eq!(
        verify_presentation(&(sd_jwt + &binding)),
        Err(SdJwtError::MalformedKeyBinding)
    );
}

#[test]
fn a_key_binding_does_not_fit_another_selection() {
    let (narrow, wide) = (paths(&["title"]), paths(&["title", "family_name"]));
    let narrow = present(&held(), &narrow, &request(), &*HOLDER).unwrap();
    let wide = present(&held(), &wide, &request(), &*HOLDER).unwrap();
    let (_, binding) = narrow.rsplit_once('~').unwrap();
    let (disclosed, _) = wide.rsplit_once('~').unwrap();
    let swapped = format!("{disclosed}~{binding}");
    assert_eq!(verify_presentation(&swapped), Err(SdJwtError::WrongHash));
}

#[test]
fn key_binding_without_a_holder_key_proves_nothing() {
    let mut unbound = payload(json!({}));
    unbound["cnf"] = json!({"kid": "elsewhere"});
    let sd_jwt = forge(&unbound.to_string(), &[]);
    let binding = json!({
        "iat": noon().timestamp(), "aud": RECIPIENT, "nonce": NONCE, "sd_hash": sha256_base64url(&sd_jwt)
    });
    let binding = jws::sign(KEY_BINDING_TYP, &binding, &*HOLDER, KeyReference::Embedded).unwrap();
    assert_eq!(
        verify_presentation(&(sd_jwt + &binding)),
        Err(SdJwtError::NoHolderKey)
    );
}

#[test]
fn a_standing_window_reaches_back_as_far_as_the_caller_says() {
    let text = present(&held(), &[], &request(), &*HOLDER).unwrap();
    let window = |earliest, latest| KeyBinding {
        earliest,
        latest,
        ..expected()
    };
    let verify = |expected| {
        SdJwt::parse(&text)
            .unwrap()
            .verify_presentation(&issuer_key(), &expected)
            .map(|p| p.signed_at())
    };
    let later = noon() + TimeDelta::days(30);
    assert_eq!(verify(window(noon(), later)), Ok(noon()));
    assert_eq!(
        verify(window(noon() + TimeDelta::seconds(1), later)),
        Err(SdJwtError::NotOfThisMoment)
    );
}

#[test]
fn c39_what_is_too_long_is_not_even_split() {
    let text = "~".repeat(MAX_LENGTH + 1);
    assert_eq!(SdJwt::parse(&text).unwrap_err(), SdJwtError::TooLarge);
}
