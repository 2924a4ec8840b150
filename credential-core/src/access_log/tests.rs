use proptest::prelude::*;

use super::{
    Entry, Frontier, Hash, HeadError, Kind, LogPage, Outcome, ReadAckClaims, ReadAckError,
    ReadReceipt, ReadReceiptClaims, ReadReceiptError, SignedHead, TreeHead, consistency_proof,
    inclusion_proof, read_ack, root, verify_consistency, verify_inclusion,
};
use crate::{
    consent::details::LegalBasis,
    encoding::{base64url, sha256, sha256_base64url},
    id::{GrantId, ReadId},
    jose::{Es256Key, JwkSet, Signer as _, VerifyingKey},
};

fn leaves(n: u8) -> Vec<Hash> {
    (0..n).map(|i| sha256([0, i])).collect()
}

fn entry(seq: u64) -> Entry {
    Entry {
        log_id: base64url([1; 16]),
        seq,
        at: "2026-05-29T12:00:00.123Z".parse().unwrap(),
        kind: Kind::Read,
        outcome: Outcome::Done,
        grant_id: GrantId::from_bytes([2; 16]),
        recipient: "openid_federation:https://lumohoiva.example".into(),
        legal_basis: LegalBasis::Consent,
        details_hash: Some(base64url([3; 32])),
        deposit_hash: None,
        salt: base64url([u8::try_from(seq).unwrap(); 32]),
    }
}

struct Broker(Es256Key, Vec<Entry>);

impl Broker {
    fn with(entries: Vec<Entry>) -> Self {
        Self(Es256Key::generate().unwrap().0, entries)
    }
    fn key(&self) -> VerifyingKey {
        VerifyingKey::try_from(self.0.public_jwk()).unwrap()
    }
    fn page(&self, known: usize) -> LogPage {
        let leaves: Vec<Hash> = self.1.iter().map(|entry| entry.leaf().unwrap()).collect();
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| frontier.append(*leaf));
        let now = "2026-05-29T12:00:00Z".parse().unwrap();
        let head = TreeHead::of(
            &frontier,
            "https://broker.example",
            &base64url([1; 16]),
            now,
        );
        LogPage::new(
            head.sign(&self.0).unwrap(),
            &leaves,
            self.1[known..].to_vec(),
            known,
        )
    }
    fn advance(&self, known: Option<&SignedHead>, page: &LogPage) -> Result<SignedHead, HeadError> {
        SignedHead::advance(known, page, &self.key(), "https://broker.example")
    }
}

#[test]
fn a_leaf_is_salted_deterministic_cbor() {
    assert_eq!(
        base64url(entry(0).to_cbor().unwrap()).len(),
        base64url(entry(0).to_cbor().unwrap()).len()
    );
    let cbor = entry(5).to_cbor().unwrap();
    // A map of 11 pairs, key 0, version 1, key 1, 16 octets.
    assert_eq!(cbor[..5], [0xac, 0x00, 0x01, 0x01, 0x50]);
    let other_salt = Entry {
        salt: base64url([9; 32]),
        ..entry(5)
    };
    assert_ne!(entry(5).leaf().unwrap(), other_salt.leaf().unwrap());
    assert!(
        Entry {
            salt: base64url([9; 31]),
            ..entry(5)
        }
        .leaf()
        .is_err()
    );
}

#[test]
fn a_time_that_the_leaf_would_not_hold_completely_is_refused() {
    let at = |text: &str| Entry {
        at: text.parse().unwrap(),
        ..entry(5)
    };
    assert!(at("2026-05-29T12:00:00.123Z").leaf().is_ok());
    for altered in ["2026-05-29T12:00:00.123999Z", "2026-06-30T23:59:60Z"] {
        assert!(at(altered).leaf().is_err(), "{altered}");
    }
}

#[test]
fn the_wallet_follows_an_honest_log() {
    let mut broker = Broker::with((0..3).map(entry).collect());
    let first = broker.advance(None, &broker.page(0)).unwrap();
    broker.1.extend((3..8).map(entry));
    let second = broker.advance(Some(&first), &broker.page(3)).unwrap();
    assert_eq!(second.head().size, 8);
    assert_eq!(
        broker
            .advance(Some(&second), &broker.page(8))
            .unwrap()
            .head()
            .size,
        8
    );
}

#[test]
fn an_operator_who_edits_drops_or_reorders_is_noticed() {
    let mut broker = Broker::with((0..5).map(entry).collect());
    let known = broker.advance(None, &broker.page(0)).unwrap();
    broker.1.push(entry(5));

    let honest = broker.1.clone();
    broker.1[2].outcome = Outcome::GrantEnded;
    assert_eq!(
        broker.advance(Some(&known), &broker.page(5)),
        Err(HeadError::Changed)
    );
    broker.1 = honest.clone();
    broker.1.remove(5);
    broker.1.remove(4);
    let shorter = broker.page(4);
    assert!(
        broker
            .advance(
                Some(&known),
                &LogPage {
                    entries: vec![],
                    ..shorter
                }
            )
            .is_err()
    );
    broker.1 = honest.clone();
    broker.1.swap(0, 1);
    assert_eq!(
        broker.advance(Some(&known), &broker.page(5)),
        Err(HeadError::Changed)
    );
    broker.1 = honest;
    let page = broker.page(5);
    let forked = Broker::with(vec![entry(0)]);
    assert!(
        forked.advance(Some(&known), &page).is_err(),
        "another broker's key"
    );
    let wrong_place = LogPage {
        entries: vec![entry(6)],
        ..page
    };
    assert_eq!(
        broker.advance(Some(&known), &wrong_place),
        Err(HeadError::Gap)
    );
}

#[test]
fn roots_and_proofs_agree_for_every_size_up_to_64() {
    let all = leaves(64);
    let mut frontier = Frontier::default();
    for size in 1..=all.len() {
        frontier.append(all[size - 1]);
        let now = &all[..size];
        let new_root = root(now);
        assert_eq!(frontier.root(), new_root);
        for index in 0..size {
            let path = inclusion_proof(now, index).unwrap();
            let check =
                |index| verify_inclusion(&now[index], index as u64, size as u64, &path, &new_root);
            assert!(check(index));
            assert!(size == 1 || !check((index + 1) % size));
        }
        for older in 1..=size {
            let proof = consistency_proof(now, older).unwrap();
            let old_root = root(&now[..older]);
            let check =
                |old: (u64, &Hash)| verify_consistency(old, (size as u64, &new_root), &proof);
            assert!(check((older as u64, &old_root)), "{older} of {size}");
            assert!(
                !check((older as u64, &sha256([7]))),
                "{older} of {size} with a wrong root"
            );
        }
    }
    assert_eq!(inclusion_proof(&all, 64), None);
    assert_eq!(consistency_proof(&all, 65), None);
}

proptest! {
    #[test]
    fn any_single_edit_of_the_past_breaks_consistency(size in 2_usize..40, older in 1_usize..40, edit in 0_usize..40) {
        let older = older.min(size - 1);
        let edit = edit % older;
        let honest = leaves(40);
        let old_root = root(&honest[..older]);
        let mut edited = honest[..size].to_vec();
        edited[edit] = sha256([1, 1, 1]);
        let proof = consistency_proof(&edited, older).unwrap();
        prop_assert!(!verify_consistency((older as u64, &old_root), (size as u64, &root(&edited)), &proof));
    }

    #[test]
    fn arbitrary_proofs_never_panic(old in any::<u64>(), new in any::<u64>(), n in 0_usize..70, seed in any::<u8>()) {
        let proof: Vec<Hash> = (0..n).map(|_| sha256([seed])).collect();
        let hash = sha256([seed]);
        let _accepted = verify_consistency((old, &hash), (new, &hash), &proof);
        let _accepted = verify_inclusion(&hash, old, new, &proof, &hash);
    }
}

fn read_receipt() -> ReadReceiptClaims {
    ReadReceiptClaims {
        iss: "https://broker.example".into(),
        aud: "openid_federation:https://lumohoiva.example".into(),
        iat: 1_780_056_000,
        grant_id: entry(7).grant_id,
        read_id: ReadId::from_bytes([5; 16]),
        deposit_hash: sha256_base64url("sealed"),
        log_id: base64url([6; 16]),
        seq: 7,
        leaf: base64url(reading(7).leaf().unwrap()),
    }
}

/// The entry of the reading that [`read_receipt`] is about, at this place.
fn reading(seq: u64) -> Entry {
    Entry {
        deposit_hash: Some(sha256_base64url("sealed")),
        ..entry(seq)
    }
}

#[test]
fn a_read_receipt_speaks_of_one_reading_and_one_entry() {
    let broker = Broker::with(vec![]);
    let claims = read_receipt();
    let signed = claims.sign(&broker.0).unwrap();
    let verify = |signed: &str| ReadReceipt::verify(signed, &broker.key(), &claims.iss);
    let receipt = verify(&signed).unwrap();
    let is_of = |client: &str, deposit: &str| {
        let hash = sha256_base64url(deposit);
        receipt.is_of(client, claims.grant_id, claims.read_id, &hash)
    };
    assert!(is_of(&claims.aud, "sealed"));
    assert!(!is_of(&claims.aud, "other"));
    assert!(!is_of("another", "sealed"));
    assert!(receipt.is_for(&reading(7)));
    assert!(!receipt.is_for(&reading(6)));
    // A receipt that names the place and leaf of something else in the log is about no reading.
    let others = [
        Entry {
            kind: Kind::TokenIssued,
            ..reading(7)
        },
        Entry {
            outcome: Outcome::NotAuthorized,
            ..reading(7)
        },
        Entry {
            recipient: "another".into(),
            ..reading(7)
        },
        entry(7),
    ];
    for other in others {
        let names_it = ReadReceiptClaims {
            leaf: base64url(other.leaf().unwrap()),
            ..claims.clone()
        };
        let receipt = verify(&names_it.sign(&broker.0).unwrap()).unwrap();
        assert!(!receipt.is_for(&other), "{other:?}");
    }
    let other = ReadReceipt::verify(&signed, &broker.key(), "https://other.example");
    assert_eq!(other, Err(ReadReceiptError::OtherBroker));
}

#[test]
fn an_acknowledgement_belongs_to_one_receipt_one_key_and_five_minutes() {
    let (broker, reader) = (Broker::with(vec![]), Es256Key::generate().unwrap().0);
    let signed = read_receipt().sign(&broker.0).unwrap();
    let receipt = ReadReceipt::verify(&signed, &broker.key(), "https://broker.example").unwrap();
    let keys = JwkSet {
        keys: vec![reader.public_jwk().clone()],
    };
    let now = "2026-05-29T12:00:00Z".parse().unwrap();
    let claims = ReadAckClaims::of(&receipt, now);
    let check = |claims: &ReadAckClaims, minutes| {
        let later = now + chrono::TimeDelta::minutes(minutes);
        let signed = claims.sign(&reader).unwrap();
        read_ack::verify(&signed, &receipt, &keys, later).map(drop)
    };
    assert_eq!(check(&claims, 5), Ok(()));
    assert_eq!(check(&claims, 6), Err(ReadAckError::NotOfThisMoment));
    let denied = ReadAckClaims {
        deposit_hash: sha256_base64url("other"),
        ..claims.clone()
    };
    assert_eq!(check(&denied, 0), Err(ReadAckError::OtherReading));
    let endless = ReadAckClaims {
        iat: i64::MAX,
        ..claims.clone()
    };
    assert_eq!(check(&endless, 0), Err(ReadAckError::NotOfThisMoment));
    let stranger = Es256Key::generate().unwrap().0;
    let forged = claims.sign(&stranger).unwrap();
    let refused = read_ack::verify(&forged, &receipt, &keys, now);
    assert_eq!(refused, Err(ReadAckError::UnknownKey));
}
