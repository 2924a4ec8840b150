use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Deletion, Expected, HeaderError, MAX_LENGTH, MAX_LIFE_SECONDS, MAX_TEXT, MessageClaims,
    MessageError, MessageHeader, MessageKind, SignedMessage,
};
use crate::{
    encoding::base64url,
    id::{GrantId, MessageId},
    jose::{Es256Key, Signer as _, jws::JwsError},
    text::Text,
    trust::tests::{CLIENT, Parties, key, noon},
};

const HOLDER: &str = "thumbprint-of-the-grants-own-key";

fn header() -> Value {
    json!({
        "alg": "ECDH-ES", "enc": "A256GCM", "cty": "grant-message+jwt", "kid": "reply-key",
        "epk": Es256Key::generate().unwrap().0.public_jwk().bare(),
        "grant_id": GrantId::from_bytes([3; 16]), "message_id": MessageId::from_bytes([4; 16]),
        "sender": CLIENT, "exp": noon().timestamp() + 3600
    })
}

fn compact(header: impl AsRef<[u8]>) -> String {
    let (iv, tag) = (base64url([2; 12]), base64url([3; 16]));
    format!("{}..{iv}.{}.{tag}", base64url(header), base64url([4; 2048]))
}

fn read(header: &Value) -> Result<MessageHeader, HeaderError> {
    MessageHeader::read(&compact(header.to_string()))
}

fn claims() -> MessageClaims {
    MessageClaims {
        iss: CLIENT.into(),
        aud: HOLDER.into(),
        grant_id: GrantId::from_bytes([3; 16]),
        message_id: MessageId::from_bytes([4; 16]),
        iat: noon().timestamp(),
        kind: MessageKind::Question,
        text: Text::new("Koska?", "När?", "When?"),
        deletion: None,
    }
}

fn receipt() -> MessageClaims {
    MessageClaims {
        kind: MessageKind::DeletionReceipt,
        deletion: Some(Deletion {
            what: Text::new("Todistus", "Intyget", "The certificate"),
            at: noon().timestamp() - 60,
        }),
        ..claims()
    }
}

fn verify(
    parties: &Parties,
    claims: &MessageClaims,
    signer: &Es256Key,
) -> Result<SignedMessage, MessageError> {
    let envelope = read(&header()).unwrap();
    let expected = Expected {
        sender: CLIENT,
        holder: HOLDER,
        envelope: &envelope,
    };
    let list = parties.trust();
    SignedMessage::verify(&claims.sign(signer).unwrap(), expected, &list, noon())
}

#[test]
fn hostile_header_members_are_refused_one_by_one() {
    assert!(read(&header()).is_ok());
    let changes = [
        ("alg", json!("dir")),
        ("enc", json!("A128GCM")),
        ("cty", json!("vp+json")),
        ("zip", json!("DEF")),
        ("crit", json!(["exp"])),
        (
            "epk",
            json!({"kty": "EC", "crv": "P-256", "x": base64url([5; 32])}),
        ),
        ("grant_id", json!("another")),
        ("message_id", json!(7)),
        ("sender", json!([CLIENT])),
        ("exp", json!("2030-01-01T00:00:00Z")),
    ];
    for (name, value) in changes {
        let mut hostile = header();
        hostile[name] = value.clone();
        assert_eq!(read(&hostile), Err(HeaderError::Header), "{name}: {value}");
        hostile.as_object_mut().unwrap().remove(name);
        if !matches!(name, "zip" | "crit") {
            assert_eq!(read(&hostile), Err(HeaderError::Header), "without {name}");
        }
    }
    let long = "A".repeat(MAX_LENGTH + 1);
    assert_eq!(MessageHeader::read(&long), Err(HeaderError::TooLarge));
    let keyed = compact(header().to_string()).replacen("..", ".AAAA.", 1);
    assert_eq!(MessageHeader::read(&keyed), Err(HeaderError::Malformed));
}

proptest! {
    #[test]
    fn no_text_is_too_strange_for_the_reader(text in any::<String>(), cut in 0_usize..3_000) {
        let _refused = MessageHeader::read(&text);
        let sound = compact(header().to_string());
        let cut = sound.get(..cut.min(sound.len() - 1)).unwrap();
        prop_assert!(MessageHeader::read(cut).is_err());
    }
}

#[test]
fn a_message_is_believed_when_its_sender_signed_it_for_this_share() {
    let parties = Parties::new();
    for good in [claims(), receipt()] {
        let message = verify(&parties, &good, &parties.recipient).unwrap();
        assert_eq!(message.claims(), &good);
    }
    let stranger = key();
    let refused = verify(&parties, &claims(), &stranger);
    assert_eq!(refused.unwrap_err(), MessageError::UnknownKey);
    for other in [
        MessageClaims {
            iss: "openid_federation:https://other.example".into(),
            ..claims()
        },
        MessageClaims {
            aud: "another holder".into(),
            ..claims()
        },
        MessageClaims {
            grant_id: GrantId::from_bytes([9; 16]),
            ..claims()
        },
        MessageClaims {
            message_id: MessageId::from_bytes([9; 16]),
            ..claims()
        },
    ] {
        let refused = verify(&parties, &other, &parties.recipient);
        assert_eq!(refused.unwrap_err(), MessageError::OtherShare, "{other:?}");
    }
}

#[test]
fn a_message_of_another_time_or_with_other_parts_than_its_kind_is_refused() {
    let parties = Parties::new();
    let refused =
        |claims: &MessageClaims| verify(&parties, claims, &parties.recipient).unwrap_err();
    for iat in [
        noon().timestamp() + 301,
        noon().timestamp() - MAX_LIFE_SECONDS - 1,
    ] {
        let wrong = MessageClaims { iat, ..claims() };
        assert_eq!(refused(&wrong), MessageError::NotOfThisTime);
    }
    let in_english = |text: String| Text {
        en: Some(text),
        ..Text::default()
    };
    for wrong in [
        MessageClaims {
            deletion: receipt().deletion,
            ..claims()
        },
        MessageClaims {
            deletion: None,
            ..receipt()
        },
        MessageClaims {
            text: Text::default(),
            ..claims()
        },
        MessageClaims {
            text: in_english("a".repeat(MAX_TEXT + 1)),
            ..claims()
        },
        MessageClaims {
            text: in_english("safe\u{202e}not".into()),
            ..claims()
        },
        MessageClaims {
            text: in_english("two\nlines".into()),
            ..claims()
        },
    ] {
        assert_eq!(refused(&wrong), MessageError::Content, "{wrong:?}");
    }
}

#[test]
fn a_message_whose_sender_is_not_listed_is_refused() {
    let parties = Parties::new();
    let envelope = read(&header()).unwrap();
    let expected = Expected {
        sender: "openid_federation:https://other.example",
        holder: HOLDER,
        envelope: &envelope,
    };
    let signed = claims().sign(&parties.recipient).unwrap();
    let refused = SignedMessage::verify(&signed, expected, &parties.trust(), noon());
    assert_eq!(refused.unwrap_err(), MessageError::UnknownSender);
    let decision = crate::jose::jws::sign(
        "grant-decision+jwt",
        &claims(),
        &parties.recipient,
        crate::jose::jws::KeyReference::Kid,
    );
    let ours = Expected {
        sender: CLIENT,
        ..expected
    };
    let refused = SignedMessage::verify(&decision.unwrap(), ours, &parties.trust(), noon());
    assert_eq!(refused.unwrap_err(), MessageError::Jws(JwsError::WrongType));
}
