//! Signatures and keys at the edges of what the curves allow, as collections of test vectors hold them: each has let
//! somebody in somewhere.

use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::json;

use super::super::{EdDsaKey, Es256Key, Jwk, KeyError, Signer as _, VerifyingKey};
use crate::encoding::base64url;

const MESSAGE: &[u8] = b"Hygieniaosaaminen";
/// The order of P-256, big-endian.
const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// The order of Ed25519's base point, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn with_carry(one: &[u8; 32], other: &[u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    let mut sum = [0; 32];
    for (place, octet) in sum.iter_mut().enumerate() {
        let of_place = u16::from(one[place]) + u16::from(other[place]) + carry;
        *octet = of_place as u8;
        carry = of_place >> 8;
    }
    sum
}

fn half(signature: &[u8], number: usize) -> [u8; 32] {
    signature[32 * number..32 * (number + 1)]
        .try_into()
        .unwrap()
}

#[test]
fn an_es256_signature_with_a_number_out_of_its_range_is_refused() {
    let key = Es256Key::generate().unwrap().0;
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let honest = key.sign(MESSAGE).unwrap();
    assert!(verifying.verify(MESSAGE, &honest));
    let (r, s) = (half(&honest, 0), half(&honest, 1));
    let (zero, one) = ([0; 32], {
        let mut one = [0; 32];
        one[31] = 1;
        one
    });
    for (r, s) in [
        (zero, s),
        (r, zero),
        (zero, zero),
        (N, s),
        (r, N),
        (zero, one),
        (one, zero),
        (one, one),
        (s, r),
        ([0xff; 32], s),
        (r, [0xff; 32]),
    ] {
        assert!(!verifying.verify(MESSAGE, &[r, s].concat()));
    }
}

#[test]
fn an_es256_signature_in_another_writing_is_refused() {
    let key = Es256Key::generate().unwrap().0;
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let honest = key.sign(MESSAGE).unwrap();
    let (r, s) = (half(&honest, 0), half(&honest, 1));
    // As X.509 writes it (RFC 3279 section 2.2.3), with zeros that keep the numbers positive.
    let der = [&[0x30, 0x46, 2, 33, 0][..], &r, &[2, 33, 0], &s].concat();
    let longer = [&[0][..], &r, &[0], &s].concat();
    for writing in [
        der,
        longer,
        honest[..63].to_vec(),
        honest[1..].to_vec(),
        [honest.as_slice(), &[0]].concat(),
        [honest.as_slice(), &honest].concat(),
        Vec::new(),
    ] {
        assert!(!verifying.verify(MESSAGE, &writing));
    }
}

#[test]
fn a_key_that_is_no_point_of_its_curve_verifies_nothing() {
    let key = Es256Key::generate().unwrap().0;
    let honest = key.sign(MESSAGE).unwrap();
    let point = key.public_jwk().p256_point().unwrap();
    let (x, y): ([u8; 32], [u8; 32]) = (half(&point[1..], 0), half(&point[1..], 1));
    let mut turned = y;
    turned[31] ^= 1;
    for (x, y) in [
        (x, turned),
        (y, x),
        ([0; 32], [0; 32]),
        (x, [0xff; 32]),
        ([0xff; 32], y),
    ] {
        let jwk: Jwk = serde_json::from_value(json!({
            "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y),
        }))
        .unwrap();
        let verifies = VerifyingKey::try_from(&jwk).is_ok_and(|key| key.verify(MESSAGE, &honest));
        assert!(!verifies);
    }
}

#[test]
fn an_ed25519_signature_has_one_writing() {
    let key = EdDsaKey::generate().unwrap().0;
    let verifying = VerifyingKey::try_from(key.public_jwk()).unwrap();
    let honest = key.sign(MESSAGE).unwrap();
    assert!(verifying.verify(MESSAGE, &honest));
    let (r, s) = (half(&honest, 0), half(&honest, 1));
    // The same number modulo the order (RFC 8032 section 5.1.7 has it below the order).
    let beyond = with_carry(&s, &L);
    for signature in [
        [r, beyond].concat(),
        [r, [0; 32]].concat(),
        [r, L].concat(),
        [[0; 32], s].concat(),
        [s, r].concat(),
        honest[..63].to_vec(),
        [honest.as_slice(), &[0]].concat(),
    ] {
        assert!(!verifying.verify(MESSAGE, &signature));
    }
}

/// One signature that needs no private key verifies every message by such a key.
#[test]
fn an_ed25519_key_that_everybody_can_sign_with_is_no_key() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let everybodys = [neutral, [0; 32]].concat();
    let bare = UnparsedPublicKey::new(&ED25519, neutral);
    assert!(
        bare.verify(MESSAGE, &everybodys).is_ok(),
        "the library takes it"
    );
    let with_sign = {
        let mut it = neutral;
        it[31] = 0x80;
        it
    };
    let minus_one = {
        let mut it = [0xff; 32];
        it[0] = 0xec;
        it[31] = 0x7f;
        it
    };
    let p = {
        let mut it = minus_one;
        it[0] = 0xed;
        it
    };
    let p_and_one = {
        let mut it = minus_one;
        it[0] = 0xee;
        it[31] = 0xff;
        it
    };
    for point in [neutral, with_sign, [0; 32], minus_one, p, p_and_one] {
        let jwk = Jwk::from_ed25519(&point).unwrap();
        assert_eq!(VerifyingKey::try_from(&jwk).unwrap_err(), KeyError::Weak);
    }
}
