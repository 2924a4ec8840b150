//! Keys of kinds that are verified with and never made.

use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};

use super::super::{Algorithm, ForeignJwk, Jwk, KeyError, VerifyingKey, thumbprint_of};
use crate::encoding::{base64url, from_base64url};

/// The key of RFC 7515 appendix A.2.1.
const MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
/// The same appendix.
const SIGNED: &str = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

fn rsa() -> Value {
    json!({"kty": "RSA", "n": MODULUS, "e": "AQAB"})
}

fn read(jwk: Value) -> Result<VerifyingKey, KeyError> {
    let jwk: ForeignJwk = serde_json::from_value(jwk).unwrap();
    VerifyingKey::try_from(&jwk)
}

fn with(mut jwk: Value, name: &str, value: impl Into<Value>) -> Value {
    jwk[name] = value.into();
    jwk
}

#[test]
fn the_rsa_signature_of_rfc_7515_appendix_a_2_verifies_and_no_other() {
    let key = read(rsa()).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Rs256);
    let signature = from_base64url(SIGNATURE).unwrap();
    assert!(key.verify(SIGNED.as_bytes(), &signature));
    for place in [0, 1, 127, 255] {
        let mut turned = signature.clone();
        turned[place] ^= 1;
        assert!(!key.verify(SIGNED.as_bytes(), &turned), "{place}");
    }
    assert!(!key.verify(&SIGNED.as_bytes()[1..], &signature));
    assert!(!key.verify(SIGNED.as_bytes(), &signature[..255]));
    assert!(!key.verify(SIGNED.as_bytes(), &[signature.clone(), vec![0]].concat()));
    assert!(!key.verify(SIGNED.as_bytes(), &[]));
}

/// One key, one algorithm: padding is no choice of the signer's.
#[test]
fn c31_an_rsa_key_verifies_the_padding_of_its_record_alone() {
    let signature = from_base64url(SIGNATURE).unwrap();
    let probabilistic = read(with(rsa(), "alg", "PS256")).unwrap();
    assert_eq!(probabilistic.algorithm(), Algorithm::Ps256);
    assert!(!probabilistic.verify(SIGNED.as_bytes(), &signature));
    assert_eq!(
        read(with(rsa(), "alg", "RS256")).unwrap().algorithm(),
        Algorithm::Rs256
    );
    for alg in ["RS384", "RS512", "RS1", "HS256", "none", "ES256", "rs256"] {
        let refused = read(with(rsa(), "alg", alg)).unwrap_err();
        assert_eq!(refused, KeyError::WrongUse, "{alg}");
    }
}

#[test]
fn rsa_keys_that_are_short_long_or_of_another_exponent_are_refused() {
    let of = |octets: usize| base64url([&[0xc5][..], &vec![7; octets - 1]].concat());
    for (octets, is_read) in [
        (128, false),
        (255, false),
        (256, true),
        (512, true),
        (513, false),
    ] {
        let found = read(with(rsa(), "n", of(octets)));
        assert_eq!(found.is_ok(), is_read, "{octets}");
    }
    let with_zero = base64url([&[0][..], &from_base64url(MODULUS).unwrap()].concat());
    for (name, value) in [
        ("e", "Aw"),
        ("e", "AAEAAQ"),
        ("e", "AQ"),
        ("e", ""),
        ("n", &with_zero),
        ("n", "a b"),
        ("n", ""),
    ] {
        let refused = read(with(rsa(), name, value)).unwrap_err();
        assert_eq!(refused, KeyError::MalformedCoordinate, "{name} {value}");
    }
}

#[test]
fn a_signature_on_p384_verifies_by_its_own_curve_alone() {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P384_SHA384_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let signer = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
    let point = signer.public_key().as_ref();
    let jwk = json!({
        "kty": "EC", "crv": "P-384", "x": base64url(&point[1..49]), "y": base64url(&point[49..]),
    });
    let key = read(jwk.clone()).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Es384);
    let signature = signer.sign(&random, b"Hygieniaosaaminen").unwrap();
    assert!(key.verify(b"Hygieniaosaaminen", signature.as_ref()));
    assert!(!key.verify(b"Hygieniaosaaminem", signature.as_ref()));
    assert!(!key.verify(b"Hygieniaosaaminen", &[0; 96]));

    let refused = |jwk| read(jwk).unwrap_err();
    for crv in ["P-256", "P-521", "secp256k1"] {
        assert_eq!(
            refused(with(jwk.clone(), "crv", crv)),
            KeyError::UnsupportedCurve
        );
    }
    assert_eq!(
        refused(with(jwk.clone(), "alg", "ES256")),
        KeyError::WrongUse
    );
    assert_eq!(refused(with(jwk.clone(), "use", "enc")), KeyError::WrongUse);
    assert_eq!(
        refused(with(jwk.clone(), "x", "AA")),
        KeyError::MalformedCoordinate
    );
    assert_eq!(
        refused(with(jwk, "n", MODULUS)),
        KeyError::UnsupportedCurve,
        "two kinds at once"
    );
}

/// Only the verifier's door opens to these kinds.
#[test]
fn a_foreign_key_is_no_key_of_ours_and_ours_is_no_foreign_one() {
    assert!(serde_json::from_value::<Jwk>(rsa()).is_err());
    let ours =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    assert_eq!(read(ours).unwrap_err(), KeyError::UnsupportedCurve);
    for member in ["d", "p", "q", "dp", "k", "oth"] {
        let with_private = with(rsa(), member, "AQAB");
        assert!(serde_json::from_value::<ForeignJwk>(with_private).is_err());
    }
}

#[test]
fn the_thumbprint_is_that_of_rfc_7638_section_3_1() {
    const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    let jwk = json!({"kty": "RSA", "n": N, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"});
    let expected = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    let foreign: ForeignJwk = serde_json::from_value(jwk.clone()).unwrap();
    assert_eq!(foreign.thumbprint(), expected);
    let members = jwk.as_object().unwrap();
    assert_eq!(thumbprint_of(members).as_deref(), Some(expected));
    for (name, value) in [("kty", json!("oct")), ("n", json!(1)), ("e", Value::Null)] {
        let turned = with(jwk.clone(), name, value);
        assert_eq!(thumbprint_of(turned.as_object().unwrap()), None, "{name}");
    }
}
