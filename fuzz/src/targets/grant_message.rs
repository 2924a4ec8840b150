//! A recipient's message to the holder of a grant, as the broker takes it and as the wallet opens it.

use std::sync::LazyLock;

use credential_core::{
    id::MessageId,
    jose::Signer as _,
    message::{
        Deletion, Expected, MAX_LIFE_SECONDS, MessageClaims, MessageHeader, MessageKind,
        SignedMessage, TYP,
    },
    text::Text,
};
use serde_json::json;
use verifier_sdk::message::{OpenedMessage, ReplyKey};

use crate::{
    keys::published_p256,
    parties::{CLIENT, grant_id, noon, parties},
    written::{self, filled, line, lines, seed},
};

/// `{`: the envelope's header, its content (`"#message"` stands for the signed message), and header and
/// claims of that message; sealed and then opened. Anything else: a compact text as it comes.
pub fn run(data: &[u8]) -> bool {
    if !data.starts_with(b"{") {
        return raw(&String::from_utf8_lossy(data));
    }
    lines(data).is_some_and(|[envelope, content, header, claims]| {
        let signed = written::compact(header, claims, &parties().recipient);
        let content = filled(content, &[(r##""#message""##, &line(&signed))]);
        sealed(envelope, &content, &signed)
    })
}

fn raw(text: &str) -> bool {
    let Ok(header) = MessageHeader::read(text) else {
        return false;
    };
    broker_takes(&header);
    assert!(open(text).is_none(), "nobody sealed it");
    true
}

/// What the broker looks at before it keeps a message.
fn broker_takes(header: &MessageHeader) {
    assert!(header.epk.p256_point().is_ok());
    let fits = consent_broker::fuzzing::message(header, CLIENT, noon());
    if let Ok(exp) = fits {
        assert!(header.sender == CLIENT && exp > noon());
        assert!(header.exp <= noon().timestamp() + MAX_LIFE_SECONDS + 300);
    }
    let other = consent_broker::fuzzing::message(header, "somebody else", noon());
    assert!(header.sender == "somebody else" || other.is_err());
}

fn sealed(envelope: &[u8], content: &[u8], signed: &str) -> bool {
    let key = parties().decryption.public_jwk();
    let envelope = serde_json::from_slice(envelope).ok();
    let sealed = envelope.and_then(|envelope| written::sealed(envelope, content, key));
    let Some(compact) = sealed else {
        return false;
    };
    let Some(OpenedMessage {
        message,
        signed: inner,
        ..
    }) = open(&compact)
    else {
        return false;
    };
    let claims = message.claims();
    let header = MessageHeader::read(&compact).expect("it was opened");
    broker_takes(&header);
    assert_eq!(inner, signed, "nothing else was signed");
    assert_eq!(
        (claims.iss.as_str(), claims.aud.as_str()),
        (CLIENT, holder())
    );
    assert_eq!(
        (claims.grant_id, claims.message_id),
        (header.grant_id, header.message_id)
    );
    assert!(claims.is_fit());
    belongs_nowhere_else(&inner, &header);
    true
}

/// The same signed message in another envelope, from another sender or for another holder.
fn belongs_nowhere_else(signed: &str, header: &MessageHeader) {
    let verify = |sender: &str, holder: &str, envelope: &MessageHeader| {
        let expected = Expected {
            sender,
            holder,
            envelope,
        };
        SignedMessage::verify(signed, expected, &parties().trust, noon())
    };
    let moved = MessageHeader {
        message_id: MessageId::from_bytes([9; 16]),
        ..header.clone()
    };
    assert!(header.message_id == moved.message_id || verify(CLIENT, holder(), &moved).is_err());
    assert!(verify(CLIENT, "another holder", header).is_err());
    assert!(verify("openid_federation:https://other.example", holder(), header).is_err());
}

fn open(compact: &str) -> Option<OpenedMessage> {
    let between = (CLIENT, holder());
    reply_key()
        .open(compact, between, &parties().trust, noon())
        .ok()
}

fn reply_key() -> &'static ReplyKey {
    static KEY: LazyLock<ReplyKey> =
        LazyLock::new(|| ReplyKey::from_pkcs8(&published_p256()).expect("a P-256 key"));
    &KEY
}

fn holder() -> &'static str {
    static HOLDER: LazyLock<String> = LazyLock::new(|| parties().grant.public_jwk().thumbprint());
    &HOLDER
}

/// A message of each kind, one for another share, and one that nobody sealed.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let at = noon().timestamp();
    let message_id = MessageId::from_bytes([4; 16]);
    let mut envelope = json!({"alg": "ECDH-ES", "enc": "A256GCM", "cty": TYP,
        "kid": parties().decryption.thumbprint(), "grant_id": grant_id(),
        "message_id": message_id, "sender": CLIENT, "exp": at + 86_400});
    let header = written::header(TYP, &parties().recipient);
    let proposal = MessageClaims {
        iss: CLIENT.into(),
        aud: holder().into(),
        grant_id: grant_id(),
        message_id,
        iat: at,
        kind: MessageKind::Proposal,
        text: Text::new("Tervetuloa", "Välkommen", "Welcome"),
        deletion: None,
    };
    let question = MessageClaims {
        kind: MessageKind::Question,
        ..proposal.clone()
    };
    let deleted = MessageClaims {
        kind: MessageKind::DeletionReceipt,
        deletion: Some(Deletion {
            what: Text::new("Kaikki", "Allt", "All"),
            at,
        }),
        ..proposal.clone()
    };
    let foreign = MessageClaims {
        message_id: MessageId::from_bytes([5; 16]),
        ..proposal.clone()
    };
    let content = r##"{"message":"#message","pad":"00"}"##;
    let text = envelope.to_string();
    let letter = |claims: &MessageClaims| seed(&[&text, content, &header, &line(claims)]);
    envelope["epk"] = serde_json::to_value(parties().decryption.public_jwk().bare()).expect("JSON");
    vec![
        ("accepted-proposal", letter(&proposal)),
        ("accepted-question", letter(&question)),
        ("accepted-deletion", letter(&deleted)),
        ("accepted-header", written::unsealed(&envelope)),
        ("refused-other-share", letter(&foreign)),
    ]
}
