use super::*;
use crate::encoding::base64url;

fn sealed(key: &Jwk, content: ContentEncryption) -> String {
    seal(b"{\"a\":1}", key, content).unwrap()
}

#[test]
fn what_is_sealed_to_a_key_opens_with_it_and_with_no_other() {
    let (ours, other) = (
        OpeningKey::generate().unwrap(),
        OpeningKey::generate().unwrap(),
    );
    for content in ContentEncryption::ALL {
        let message = sealed(ours.public_jwk(), content);
        assert_eq!(*ours.open(&message).unwrap(), b"{\"a\":1}");
        assert_eq!(other.open(&message), Err(JweError::OtherKey));
    }
    let unnamed = Jwk {
        kid: other.public_jwk().kid.clone(),
        ..ours.public_jwk().clone()
    };
    let message = sealed(&unnamed, ContentEncryption::A128Gcm);
    assert_eq!(other.open(&message), Err(JweError::NotOpened));
}

#[test]
fn a_key_that_does_not_say_it_is_for_this_is_not_used() {
    let good = OpeningKey::generate().unwrap().public_jwk().clone();
    assert!(is_usable(&good));
    let with = |change: fn(&mut Jwk)| {
        let mut key = good.clone();
        change(&mut key);
        key
    };
    let bad = [
        with(|key| key.alg = None),
        with(|key| key.alg = Some("ECDH-ES+A256KW".into())),
        with(|key| key.alg = Some("RSA-OAEP".into())),
        with(|key| key.key_use = Some(KeyUse::Sig)),
        with(|key| key.crv = "P-384".into()),
        with(|key| key.kty = "OKP".into()),
        with(|key| key.y = None),
        with(|key| key.x = base64url([0_u8; 31])),
        // 32 octets each, and not on the curve.
        with(|key| key.x = base64url([7_u8; 32])),
    ];
    for key in bad {
        assert!(!is_usable(&key), "{key:?}");
        let refused = seal(b"{}", &key, ContentEncryption::A128Gcm);
        assert_eq!(refused, Err(JweError::Key), "{key:?}");
    }
}

#[test]
fn a_message_of_another_form_is_not_opened() {
    let key = OpeningKey::generate().unwrap();
    let message = sealed(key.public_jwk(), ContentEncryption::A256Gcm);
    let (header, rest) = message.split_once('.').unwrap();
    let header = String::from_utf8(from_base64url(header).unwrap()).unwrap();
    let with = |from: &str, to: &str| {
        let changed = header.replacen(from, to, 1);
        assert_ne!(changed, header);
        format!("{}.{rest}", base64url(changed))
    };
    for malformed in [
        with(r#""alg":"ECDH-ES""#, r#""alg":"dir""#),
        with(r#""enc":"A256GCM""#, r#""enc":"A256CBC-HS512""#),
        with("{", r#"{"zip":"DEF","#),
        with("{", r#"{"zip":null,"#),
        with("{", r#"{"crit":["exp"],"#),
        format!("{message}.AA"),
        message.rsplit_once('.').unwrap().0.to_owned(),
        String::new(),
        "a.b.c.d.e".into(),
        format!("{}.{rest}", base64url(vec![b' '; 4000])),
    ] {
        assert_eq!(
            key.open(&malformed),
            Err(JweError::Malformed),
            "{malformed}"
        );
    }
    // The header is covered by the tag.
    let changed = with("{", r#"{"more":1,"#);
    assert_eq!(key.open(&changed), Err(JweError::NotOpened));
}

#[test]
fn every_changed_character_of_a_message_is_noticed() {
    let key = OpeningKey::generate().unwrap();
    let message = sealed(key.public_jwk(), ContentEncryption::A128Gcm);
    for place in 0..message.len() {
        let mut changed = message.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        // The last character of a part may hold bits that say nothing; our decoder refuses those.
        assert!(key.open(&changed).is_err(), "place {place}");
    }
}

#[test]
fn a_key_in_a_log_line_shows_nothing_secret() {
    let key = OpeningKey::generate().unwrap();
    let kid = key.public_jwk().kid.clone().unwrap();
    assert_eq!(
        format!("{key:?}"),
        format!("OpeningKey {{ kid: Some({kid:?}), .. }}")
    );
}
