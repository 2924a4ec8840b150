use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    encoding::base64url,
    id::{GrantId, MessageId},
    jose::{Es256Key, Signer as _},
    message::{MessageClaims, MessageError, MessageKind},
    text::Text,
    trust::{RecipientRole, TrustList},
};

use super::{Envelope, OpenMessageError, ReplyKey, SealMessageError, seal};
use crate::test_support::{CLIENT, noon, statement, trust_list};

const HOLDER: &str = "thumbprint-of-the-grants-own-key";

/// A recipient with a registered key.
struct World {
    recipient_signing: Es256Key,
}

impl World {
    fn new() -> Self {
        Self {
            recipient_signing: Es256Key::generate().unwrap().0,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        noon()
    }

    fn trust(&self) -> TrustList {
        let key = self.recipient_signing.public_jwk().clone();
        let mut listed = statement("https://lumohoiva.example", "Lumo Hoiva", vec![key]);
        listed.metadata.oauth_client = Some(RecipientRole {
            client_id: CLIENT.into(),
            event_endpoint: None,
            redirect_uris: vec![],
            intended_uses: vec![],
        });
        trust_list(&[listed])
    }
}

fn key() -> (ReplyKey, credential_core::jose::Jwk) {
    let (key, pkcs8) = Es256Key::generate().unwrap();
    let reply = ReplyKey::from_pkcs8(&pkcs8).unwrap();
    (reply, key.public_jwk().bare())
}

fn claims(world: &World, text: &str) -> MessageClaims {
    MessageClaims {
        iss: CLIENT.into(),
        aud: HOLDER.into(),
        grant_id: GrantId::from_bytes([1; 16]),
        message_id: MessageId::from_bytes([2; 16]),
        iat: world.now().timestamp(),
        kind: MessageKind::Proposal,
        text: Text {
            en: Some(text.into()),
            ..Text::default()
        },
        deletion: None,
    }
}

fn envelope(world: &World) -> Envelope<'static> {
    Envelope {
        grant_id: GrantId::from_bytes([1; 16]),
        message_id: MessageId::from_bytes([2; 16]),
        sender: CLIENT,
        exp: (world.now() + TimeDelta::days(1)).timestamp(),
    }
}

#[test]
fn what_was_sealed_to_a_key_is_opened_with_it_alone() {
    let world = World::new();
    let (reply, public) = key();
    let claims = claims(&world, "Come and see us");
    let signed = claims.sign(&world.recipient_signing).unwrap();
    let sealed = seal(signed.clone(), &envelope(&world), &public).unwrap();
    assert!(!sealed.contains("Come"));
    let open =
        |key: &ReplyKey, text: &str| key.open(text, (CLIENT, HOLDER), &world.trust(), world.now());
    let opened = open(&reply, &sealed).unwrap();
    assert_eq!(opened.message.claims(), &claims);
    assert_eq!(opened.signed, signed);
    let (other, _) = key();
    assert_eq!(open(&other, &sealed), Err(OpenMessageError::NotOpened));
    let mut parts: Vec<String> = sealed.split('.').map(str::to_owned).collect();
    parts[4] = base64url([0; 16]);
    assert_eq!(
        open(&reply, &parts.join(".")),
        Err(OpenMessageError::NotOpened)
    );
}

#[test]
fn an_envelope_with_another_messages_inside_is_refused() {
    let world = World::new();
    let (reply, public) = key();
    let signed = claims(&world, "hello")
        .sign(&world.recipient_signing)
        .unwrap();
    let other = Envelope {
        message_id: MessageId::from_bytes([3; 16]),
        ..envelope(&world)
    };
    let sealed = seal(signed, &other, &public).unwrap();
    let opened = reply.open(&sealed, (CLIENT, HOLDER), &world.trust(), world.now());
    assert_eq!(
        opened,
        Err(OpenMessageError::Message(MessageError::OtherShare))
    );
    let sealed = seal("not signed".into(), &envelope(&world), &public).unwrap();
    let opened = reply.open(&sealed, (CLIENT, HOLDER), &world.trust(), world.now());
    assert_eq!(opened.unwrap_err().reason(), "jws_malformed");
}

#[test]
fn short_messages_have_one_length_and_long_ones_are_refused() {
    let world = World::new();
    let (_, public) = key();
    let length = |text: &str| {
        let signed = claims(&world, text).sign(&world.recipient_signing).unwrap();
        seal(signed, &envelope(&world), &public).map(|sealed| sealed.len())
    };
    assert_eq!(length("yes"), length("no, thank you"));
    assert_eq!(length(&"x".repeat(12_000)), Err(SealMessageError::TooLarge));
    let half = credential_core::jose::Jwk { y: None, ..public };
    let signed = claims(&world, "x").sign(&world.recipient_signing).unwrap();
    assert_eq!(
        seal(signed, &envelope(&world), &half),
        Err(SealMessageError::Unavailable)
    );
}
