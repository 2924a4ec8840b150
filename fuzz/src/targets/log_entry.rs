//! Entries of the global log and the proof of a person's own: whatever is shown, only the person's very
//! head under its key is believed.

use std::convert::Infallible;

use credential_core::{
    access_log::{Frontier, Hash, root},
    encoding::{base64url, sha256},
    transparency::{
        BlindingKey, Checkpoint, Expected, HeadProof, LogSigner, Seen, Tile, TiledTree, leaf_hash,
    },
};

const ORIGIN: &str = "broker.example/log";
const LOG_ID: [u8; 16] = [1; 16];

/// `{`: a proof as a broker may send it. Anything else: sizes, a place and a change of an honest proof.
pub fn run(data: &[u8]) -> bool {
    if data.starts_with(b"{") {
        return serde_json::from_slice::<HeadProof>(data).is_ok_and(|proof| anything(&proof));
    }
    changed(data)
}

fn log() -> LogSigner {
    use std::sync::OnceLock;
    static PKCS8: OnceLock<Vec<u8>> = OnceLock::new();
    let pkcs8 = PKCS8.get_or_init(|| LogSigner::generate().expect("randomness").to_vec());
    LogSigner::from_pkcs8(ORIGIN, pkcs8).expect("our own key")
}

fn key() -> BlindingKey {
    BlindingKey::parse(&base64url([7; 32])).expect("32 octets")
}

/// What the broker sends is not signed by this log: nothing of it is believed.
fn anything(proof: &HeadProof) -> bool {
    let (log, key, own) = (log(), key(), sha256("own"));
    let expected = Expected {
        log: log.verifier(),
        key: &key,
        log_id: &LOG_ID,
        root: &own,
        known: None,
    };
    assert!(proof.verify(&expected).is_err());
    let again = serde_json::to_vec(proof).expect("what we read");
    assert_eq!(
        serde_json::from_slice::<HeadProof>(&again).ok().as_ref(),
        Some(proof)
    );
    true
}

/// A log of blinded heads; the proof of one of them holds, and does not once anything of it is changed.
fn changed(data: &[u8]) -> bool {
    let [size, place, known, edit, octet, ..] = data else {
        return false;
    };
    let size = u64::from(*size) * 3 + 1;
    let (index, known) = (u64::from(*place) % size, u64::from(*known) % (size + 1));
    let entry = |n: u64| key().entry(&LOG_ID, n + 1, &sha256(n.to_be_bytes()));
    let leaves: Vec<Hash> = (0..size).map(|n| leaf_hash(&entry(n))).collect();
    let mut frontier = Frontier::default();
    leaves.iter().for_each(|leaf| frontier.append(*leaf));
    assert_eq!(frontier.root(), root(&leaves));
    let mut tree = TiledTree::new(size, |tile| Ok::<_, Infallible>(tile_of(&leaves, tile)));
    let log = log();
    let signed = log.sign(&Checkpoint::new(ORIGIN, size, frontier.root()));
    let own = sha256(index.to_be_bytes());
    let honest = HeadProof {
        checkpoint: signed.expect("our own").to_string(),
        index,
        size: index + 1,
        root: base64url(own),
        inclusion: HeadProof::texts(&tree.inclusion(index).expect("within")),
        consistency: HeadProof::texts(&tree.consistency(known).expect("within")),
        log_key: None,
    };
    let cut = usize::try_from(known).expect("small");
    let (key, beginning) = (key(), root(&leaves[..cut]));
    let expected = Expected {
        log: log.verifier(),
        key: &key,
        log_id: &LOG_ID,
        root: &own,
        known: Some(Seen {
            size: known,
            root: beginning,
        }),
    };
    assert!(honest.verify(&expected).is_ok());
    let mut lied = honest.clone();
    match edit % 6 {
        0 => lied.index ^= u64::from(*octet),
        1 => lied.size ^= u64::from(*octet),
        2 => lied.root = base64url(sha256([*octet])),
        3 => lied.inclusion.insert(0, base64url([*octet; 32])),
        4 => lied.consistency.push(base64url([*octet; 32])),
        _ => {
            lied.inclusion.pop();
        }
    }
    assert_eq!(lied.verify(&expected).is_ok(), lied == honest);
    true
}

fn tile_of(leaves: &[Hash], tile: Tile) -> Vec<Hash> {
    let span = 256_usize.pow(tile.level.into());
    let first = usize::try_from(tile.first()).expect("small");
    let at = |place: usize| root(&leaves[place * span..(place + 1) * span]);
    (first..first + usize::from(tile.width)).map(at).collect()
}

/// Proofs of several sizes with each kind of change, and one in JSON.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let proof = HeadProof {
        checkpoint: "broker.example/log\n1\n".into(),
        index: 0,
        size: 1,
        root: base64url([3; 32]),
        inclusion: vec![base64url([4; 32])],
        consistency: vec![],
        log_key: Some(key()),
    };
    vec![
        (
            "accepted-json",
            serde_json::to_vec(&proof).expect("plain data"),
        ),
        ("accepted-one", vec![0, 0, 0, 0, 0]),
        ("accepted-index", vec![85, 200, 100, 0, 3]),
        ("accepted-size", vec![86, 7, 0, 1, 1]),
        ("accepted-root", vec![170, 255, 255, 2, 9]),
        ("accepted-inclusion", vec![255, 13, 200, 3, 7]),
        ("accepted-consistency", vec![100, 80, 255, 4, 7]),
        ("accepted-shorter", vec![33, 31, 16, 5, 0]),
        ("refused-short", vec![1, 2]),
    ]
}
