//! The two signed words about a reading: the broker's receipt, and the recipient's acknowledgement of it.

use chrono::TimeDelta;
use credential_core::{
    access_log::{ReadAckClaims, ReadReceipt, ReadReceiptClaims, read_ack},
    encoding::{base64url, sha256_base64url},
    id::ReadId,
    jose::{JwkSet, Signer as _},
};
use verifier_sdk::read_receipt;

use crate::{
    keys::Key,
    parties::{BROKER, CLIENT, grant_id, noon, parties},
    written::{self, line, lines, seed},
};

/// Header and claims of a receipt, signed by the broker; or, after `ack`, of an acknowledgement of the
/// standard receipt, signed by the recipient.
pub fn run(data: &[u8]) -> bool {
    match lines(data) {
        Some([b"receipt", rest]) => {
            lines(rest).is_some_and(|[header, claims]| receipt(header, claims))
        }
        Some([b"ack", rest]) => {
            lines(rest).is_some_and(|[header, claims]| acknowledgement(header, claims))
        }
        _ => false,
    }
}

fn receipt(header: &[u8], claims: &[u8]) -> bool {
    let verify = |key: &Key| {
        let compact = written::compact(header, claims, key);
        read_receipt::verify(&compact, &parties().trust)
    };
    assert!(verify(&parties().stranger).is_err());
    let Ok(receipt) = verify(&parties().broker) else {
        return false;
    };
    let read = receipt.claims();
    assert_eq!(read.iss, BROKER);
    let entry = super::access_log::entry(3);
    assert!(!receipt.is_for(&entry) || entry.seq == read.seq);
    let again: ReadReceiptClaims = serde_json::from_str(&line(read)).expect("what was read");
    assert_eq!(&again, read);
    true
}

fn acknowledgement(header: &[u8], claims: &[u8]) -> bool {
    let receipt = standard();
    let check = |key: &Key, later: TimeDelta| {
        let compact = written::compact(header, claims, key);
        let keys = JwkSet {
            keys: vec![parties().recipient.public_jwk().clone()],
        };
        read_ack::verify(&compact, &receipt, &keys, noon() + later)
    };
    assert!(check(&parties().stranger, TimeDelta::zero()).is_err());
    let Ok(claims) = check(&parties().recipient, TimeDelta::zero()) else {
        return false;
    };
    assert_eq!(claims.receipt_hash, receipt.hash());
    assert_eq!((claims.iss.as_str(), claims.aud.as_str()), (CLIENT, BROKER));
    assert!(check(&parties().recipient, TimeDelta::hours(1)).is_err());
    assert!(check(&parties().recipient, -TimeDelta::hours(1)).is_err());
    true
}

fn claims() -> ReadReceiptClaims {
    ReadReceiptClaims {
        iss: BROKER.into(),
        aud: CLIENT.into(),
        iat: noon().timestamp(),
        grant_id: grant_id(),
        read_id: ReadId::from_bytes([5; 16]),
        deposit_hash: sha256_base64url("sealed"),
        log_id: base64url([6; 16]),
        seq: 3,
        leaf: base64url([7; 32]),
    }
}

fn standard() -> ReadReceipt {
    let signed = claims().sign(&parties().broker).expect("a key in memory");
    read_receipt::verify(&signed, &parties().trust).expect("our own receipt")
}

/// One of each, a receipt of another broker, and an acknowledgement of another one.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let receipt_header = written::header("read-receipt+jwt", &parties().broker);
    let ack_header = written::header("read-ack+jwt", &parties().recipient);
    let foreign = ReadReceiptClaims {
        iss: "https://other.example".into(),
        ..claims()
    };
    let ack = ReadAckClaims::of(&standard(), noon());
    let other = ReadAckClaims {
        receipt_hash: sha256_base64url("another"),
        ..ack.clone()
    };
    let say = |kind, header: &str, claims: &str| seed(&[kind, header, claims]);
    vec![
        (
            "accepted-receipt",
            say("receipt", &receipt_header, &line(&claims())),
        ),
        ("accepted-ack", say("ack", &ack_header, &line(&ack))),
        (
            "refused-foreign",
            say("receipt", &receipt_header, &line(&foreign)),
        ),
        ("refused-other", say("ack", &ack_header, &line(&other))),
    ]
}
