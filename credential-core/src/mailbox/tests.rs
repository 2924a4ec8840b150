use proptest::prelude::*;
use serde_json::{Value, json};

use super::{DepositError, DepositHeader, MAX_LENGTH, MAX_LIFE_SECONDS, key_binding_nonce};
use crate::{
    encoding::base64url,
    jose::{Es256Key, Signer as _},
};

const GRANT: &str = "0f8c5a1e-6c1b-4a52-9d3e-7b1f0c2d4e6a";
const BEGIN: i64 = 1_780_000_000;

fn header() -> Value {
    json!({
        "alg": "ECDH-ES", "enc": "A256GCM", "cty": "vp+json", "kid": "lumohoiva-1",
        "epk": Es256Key::generate().unwrap().0.public_jwk().bare(),
        "grant_id": GRANT, "seq": 1, "recipient": "openid_federation:https://lumohoiva.example",
        "details_hash": base64url([1; 32]), "nbf": BEGIN, "exp": BEGIN + 3600
    })
}

/// A compact JWE around 4 KiB of nothing.
fn compact(header: impl AsRef<[u8]>) -> String {
    let (iv, tag) = (base64url([2; 12]), base64url([3; 16]));
    format!("{}..{iv}.{}.{tag}", base64url(header), base64url([4; 4096]))
}

fn read(header: &Value) -> Result<DepositHeader, DepositError> {
    DepositHeader::read(&compact(header.to_string()))
}

#[test]
fn a_sound_header_is_read_without_opening_anything() {
    let read = read(&header()).unwrap();
    assert_eq!((read.grant_id.to_string(), read.seq), (GRANT.into(), 1));
    assert_eq!((read.nbf, read.exp), (BEGIN, BEGIN + 3600));
}

#[test]
fn hostile_header_members_are_refused_one_by_one() {
    let okp = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url([5; 32])});
    let half = json!({"kty": "EC", "crv": "P-256", "x": base64url([5; 32])});
    let mut private = header()["epk"].clone();
    private["d"] = json!(base64url([6; 32]));
    let changes = [
        ("alg", json!("ECDH-ES+A256KW")),
        ("alg", json!("dir")),
        ("enc", json!("A128GCM")),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("crit", json!(["exp"])),
        ("crit", json!(null)),
        ("p2c", json!(2_000_000_000)),
        ("seq", json!(0)),
        ("seq", json!(-1)),
        ("seq", json!(4_294_967_296_u64)),
        ("seq", json!("1")),
        ("grant_id", json!("0f8c5a1e6c1b4a529d3e7b1f0c2d4e6a")),
        ("epk", json!(null)),
        ("epk", okp),
        ("epk", half),
        ("epk", private),
        ("nbf", json!(1.5)),
        ("exp", json!("2030-01-01T00:00:00Z")),
        ("recipient", json!(["a", "b"])),
    ];
    for (name, value) in changes {
        let mut hostile = header();
        hostile[name] = value.clone();
        assert_eq!(read(&hostile), Err(DepositError::Header), "{name}: {value}");
    }
    for name in ["kid", "epk", "grant_id", "seq", "recipient", "details_hash"] {
        let mut incomplete = header();
        incomplete.as_object_mut().unwrap().remove(name);
        assert_eq!(
            read(&incomplete),
            Err(DepositError::Header),
            "without {name}"
        );
    }
}

#[test]
fn a_header_member_given_twice_is_refused() {
    let text = header().to_string();
    let twice = text.replacen('{', r#"{"seq":2,"#, 1);
    let refused = DepositHeader::read(&compact(twice));
    assert_eq!(refused, Err(DepositError::Header));
}

#[test]
fn a_life_of_no_time_backwards_or_beyond_thirty_days_is_refused() {
    let life = |nbf: i64, exp: i64| {
        let mut header = header();
        (header["nbf"], header["exp"]) = (json!(nbf), json!(exp));
        read(&header).map(|header| header.exp)
    };
    assert_eq!(
        life(BEGIN, BEGIN + MAX_LIFE_SECONDS),
        Ok(BEGIN + MAX_LIFE_SECONDS)
    );
    for (nbf, exp) in [
        (BEGIN, BEGIN),
        (BEGIN, BEGIN - 1),
        (BEGIN, BEGIN + MAX_LIFE_SECONDS + 1),
        (i64::MIN, i64::MAX),
        (i64::MAX, i64::MIN),
    ] {
        assert_eq!(life(nbf, exp), Err(DepositError::Validity), "{nbf} {exp}");
    }
}

#[test]
fn what_is_not_a_compact_jwe_with_direct_key_agreement_is_refused() {
    let sound = compact(header().to_string());
    let parts: Vec<&str> = sound.split('.').collect();
    let [head, _, iv, sealed, tag] = parts[..] else {
        panic!("five parts")
    };
    for text in [
        String::new(),
        "....".into(),
        format!("{head}.{iv}.{sealed}.{tag}"),
        format!("{head}.AAAA.{iv}.{sealed}.{tag}"),
        format!("{sound}."),
        format!("{sound}.AAAA"),
        format!("{head}..{iv}.{sealed}="),
        format!("{head}..AAAA.{sealed}.{tag}"),
        format!("{head}..{iv}.{sealed}.AAAA"),
        format!("{head}..{iv}.{sealed}!.{tag}"),
        format!("{head}=..{iv}.{sealed}.{tag}"),
        format!(" {sound}"),
    ] {
        let refused = DepositHeader::read(&text);
        assert_eq!(refused, Err(DepositError::Malformed), "{text:.40}");
    }
    let refused = DepositHeader::read(&compact("not JSON"));
    assert_eq!(refused, Err(DepositError::Header));
}

#[test]
fn what_is_too_long_is_not_even_split() {
    let refused = DepositHeader::read(&".".repeat(MAX_LENGTH + 1));
    assert_eq!(refused, Err(DepositError::TooLarge));
    assert_eq!(DepositError::TooLarge.reason(), "deposit_too_large");
}

// Computed apart from this code:
// base64.urlsafe_b64encode(hashlib.sha256(b"osaamislompakko/deposit/1\0" + nonce + b"\0" + grant
// + b"\0" + b"12").digest())
#[test]
fn key_binding_nonce_follows_a_vector_computed_elsewhere() {
    let nonce = |sequence| {
        key_binding_nonce(
            "n-0S6_WzA2Mj-recipient-nonce",
            GRANT.parse().unwrap(),
            sequence,
        )
    };
    assert_eq!(nonce(12), "-BN_ndJtHNYTWTPk4Ir6mKcYJHlgxoe6t92YXZ_T4nw");
    assert_ne!(nonce(1), nonce(2));
}

proptest! {
    #[test]
    fn any_text_is_a_deposit_header_or_a_refusal(text in ".{0,300}") {
        prop_assert!(DepositHeader::read(&text).is_err());
    }

    #[test]
    fn any_header_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(DepositHeader::read(&compact(octets)).is_err());
    }

    #[test]
    fn any_two_times_are_an_acceptable_life_or_a_refusal(nbf: i64, exp: i64) {
        let mut header = header();
        (header["nbf"], header["exp"]) = (json!(nbf), json!(exp));
        if let Ok(read) = read(&header) {
            prop_assert!(read.nbf < read.exp && read.exp - read.nbf <= MAX_LIFE_SECONDS);
        }
    }
}
