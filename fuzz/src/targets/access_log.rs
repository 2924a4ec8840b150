//! The access log: pages of entries under an honest head, and Merkle proofs that were tampered with.

use chrono::DateTime;
use credential_core::{
    access_log::{
        Entry, Frontier, Hash, Kind, LogPage, Outcome, SignedHead, TreeHead, consistency_proof,
        inclusion_proof, root, verify_consistency, verify_inclusion,
    },
    consent::details::LegalBasis,
    encoding::{base64url, sha256},
};

use crate::{
    parties::{BROKER, CLIENT, grant_id, noon, parties},
    written::line,
};

/// `[`: entries in JSON; anything else: sizes, places and changes to a proof.
pub fn run(data: &[u8]) -> bool {
    if data.starts_with(b"[") {
        return serde_json::from_slice(data).is_ok_and(|entries: Vec<Entry>| page(&entries));
    }
    proof(data)
}

fn page(entries: &[Entry]) -> bool {
    let Some(leaves) = leaves(entries) else {
        return false;
    };
    let log_id = entries.first().map_or("", |entry| entry.log_id.as_str());
    let in_order = (0..)
        .zip(entries)
        .all(|(seq, entry)| entry.seq == seq && entry.log_id == log_id);
    let advance = |known: Option<&SignedHead>, leaves: &[Hash], entries: &[Entry], from| {
        let page = LogPage::new(head(leaves, log_id), leaves, entries.to_vec(), from);
        let key = parties().broker.verifying();
        let page: LogPage = serde_json::from_str(&line(&page)).expect("what we wrote");
        assert!(
            SignedHead::advance(known, &page, &parties().stranger.verifying(), BROKER).is_err()
        );
        SignedHead::advance(known, &page, &key, BROKER)
    };
    let whole = advance(None, &leaves, entries, 0);
    assert_eq!(whole.is_ok(), in_order, "{whole:?}");
    let Ok(whole) = whole else { return false };
    assert_eq!(whole.head().size, entries.len() as u64);
    let half = entries.len() / 2;
    if half > 0 {
        let known = advance(None, &leaves[..half], &entries[..half], 0).expect("the first half");
        let rest = advance(Some(&known), &leaves, &entries[half..], half).expect("the second half");
        assert_eq!(rest.head().root, whole.head().root);
        changed_past_is_noticed(&known, &leaves, entries, half);
    }
    true
}

/// None when an entry cannot be a leaf. What can be one is hashed completely: no two entries are one leaf.
fn leaves(entries: &[Entry]) -> Option<Vec<Hash>> {
    let leaves: Option<Vec<Hash>> = entries.iter().map(|entry| entry.leaf().ok()).collect();
    for entry in leaves.iter().flat_map(|_all_are_leaves| entries) {
        let hashed = DateTime::from_timestamp_millis(entry.at.timestamp_millis());
        assert_eq!(hashed, Some(entry.at), "the leaf holds the whole time");
    }
    leaves
}

fn head(leaves: &[Hash], log_id: &str) -> String {
    let mut frontier = Frontier::default();
    leaves.iter().for_each(|leaf| frontier.append(*leaf));
    assert_eq!(frontier.root(), root(leaves));
    let head = TreeHead::of(&frontier, BROKER, log_id, noon());
    head.sign(&parties().broker).expect("a key in memory")
}

fn changed_past_is_noticed(known: &SignedHead, leaves: &[Hash], entries: &[Entry], from: usize) {
    let mut changed = leaves.to_vec();
    changed[0] = sha256("changed");
    let head = head(&changed, &known.head().log_id);
    let page = LogPage::new(head, &changed, entries[from..].to_vec(), from);
    let key = parties().broker.verifying();
    assert!(SignedHead::advance(Some(known), &page, &key, BROKER).is_err());
}

/// Honest proofs hold, also through a change that changes nothing; changed ones do not.
fn proof(data: &[u8]) -> bool {
    let [size, index, older, edit, place, octet, rest @ ..] = data else {
        return false;
    };
    let size = usize::from(*size % 70) + 1;
    let (index, older) = (usize::from(*index) % size, usize::from(*older) % size + 1);
    let leaves: Vec<Hash> = (0..size as u64).map(|n| sha256(n.to_be_bytes())).collect();
    let (whole, old) = (root(&leaves), root(&leaves[..older]));
    let included =
        |path: &[Hash]| verify_inclusion(&leaves[index], index as u64, size as u64, path, &whole);
    let consistent =
        |path: &[Hash]| verify_consistency((older as u64, &old), (size as u64, &whole), path);
    let path = inclusion_proof(&leaves, index).expect("within the tree");
    let grown = consistency_proof(&leaves, older).expect("within the tree");
    assert!(included(&path) && consistent(&grown));
    for (honest, holds) in [
        (&path, &included as &dyn Fn(&[Hash]) -> bool),
        (&grown, &consistent),
    ] {
        let changed = edited(honest, *edit, *place, *octet);
        assert_eq!(holds(&changed), changed == *honest);
    }
    anything_ends(rest);
    true
}

fn edited(honest: &[Hash], edit: u8, place: u8, octet: u8) -> Vec<Hash> {
    let mut path = honest.to_vec();
    let place = usize::from(place) % (path.len() + 1);
    match edit % 5 {
        0 => path.insert(place, [octet; 32]),
        1 => path.truncate(place),
        2 => path.extend([[octet; 32]; 3]),
        3 => path.reverse(),
        _ => {
            if let Some(hash) = path.get_mut(place) {
                hash[usize::from(octet) % 32] ^= octet;
            }
        }
    }
    path
}

/// Sizes and places of any kind, with hashes of any kind.
fn anything_ends(data: &[u8]) {
    let mut numbers = data
        .chunks_exact(8)
        .map(|n| u64::from_be_bytes(n.try_into().expect("eight")));
    let (one, other) = (
        numbers.next().unwrap_or(0),
        numbers.next().unwrap_or(u64::MAX),
    );
    let path: Vec<Hash> = numbers.take(70).map(|n| sha256(n.to_be_bytes())).collect();
    let hash = sha256("any");
    assert!(!verify_inclusion(
        &hash,
        one,
        other,
        &path,
        &sha256("another")
    ));
    let _any = verify_consistency((one, &hash), (other, &hash), &path);
}

/// An entry of the seeds' log.
#[must_use]
pub fn entry(seq: u8) -> Entry {
    Entry {
        log_id: base64url([1; 16]),
        seq: seq.into(),
        at: noon(),
        kind: if seq == 0 {
            Kind::ConsentGiven
        } else {
            Kind::Read
        },
        outcome: Outcome::Done,
        grant_id: grant_id(),
        recipient: CLIENT.into(),
        legal_basis: LegalBasis::Consent,
        details_hash: Some(base64url([3; 32])),
        deposit_hash: None,
        salt: base64url([seq; 32]),
    }
}

/// Logs of one, two and five entries, a log with a gap, and proofs of several sizes.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let log = |numbers: &[u8]| {
        let entries: Vec<Entry> = numbers.iter().map(|seq| entry(*seq)).collect();
        line(&entries).into_bytes()
    };
    let microseconds = line(&[entry(0)]).replace("00:00Z", "00:00.000001Z");
    vec![
        ("accepted-one", log(&[0])),
        ("accepted-two", log(&[0, 1])),
        ("accepted-five", log(&[0, 1, 2, 3, 4])),
        ("refused-gap", log(&[0, 2])),
        ("refused-microseconds", microseconds.into_bytes()),
        ("accepted-proof-insert", vec![6, 3, 4, 0, 1, 1]),
        (
            "accepted-proof-truncate",
            vec![69, 68, 63, 1, 2, 9, 0, 0, 0, 0, 0, 0, 0, 7],
        ),
        ("accepted-proof-flip", vec![32, 31, 16, 4, 0, 3]),
        (
            "accepted-proof-numbers",
            [[7; 6].as_slice(), &[0xff; 48]].concat(),
        ),
    ]
}
