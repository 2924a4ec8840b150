use super::super::{NotAMultikey, from_multikey, multikey};
use crate::jose::{EdDsaKey, Es256Key, Signer as _};

#[test]
fn an_ed25519_key_is_written_and_read_as_a_multikey() {
    let (key, _pkcs8) = EdDsaKey::generate().unwrap();
    let text = multikey(key.public_jwk()).unwrap();
    assert!(text.starts_with("z6Mk"), "{text}");
    assert_eq!(from_multikey(&text), Ok(key.public_jwk().bare()));
}

#[test]
fn other_kinds_of_key_and_malformed_texts_are_none() {
    let (key, _pkcs8) = Es256Key::generate().unwrap();
    assert_eq!(multikey(key.public_jwk()), None);
    let long = format!("z{}", "6".repeat(10_000));
    // P-256 in did:key form, another base, a wrong letter, nothing, too long
    let texts = [
        "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
        "uAAAA",
        "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hw0",
        "z",
        "",
        &long,
    ];
    for text in texts {
        assert_eq!(from_multikey(text), Err(NotAMultikey), "{text}");
    }
}
