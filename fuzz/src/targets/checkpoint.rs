//! Checkpoints as anybody may hand them in: notes, keys, tile paths, bundles, and what a witness is asked.

use std::sync::LazyLock;

use credential_core::{
    access_log::{Hash, consistency_proof, root},
    encoding::sha256,
    transparency::{
        AddCheckpoint, Checkpoint, LogSigner, Note, Refusal, Resource, Seen, SignedCheckpoint,
        Tile, VerifierKey, WitnessSigner, bundle, hashes_of, judge, unbundle,
    },
};

use crate::parties::noon;

const ORIGIN: &str = "broker.example/log";
/// Test keys, as `ring` writes them: PKCS #8 (RFC 8410) of seeds without a secret.
static LOG: LazyLock<LogSigner> =
    LazyLock::new(|| LogSigner::from_pkcs8(ORIGIN, &pkcs8(1)).expect("a key"));
static WITNESS: LazyLock<WitnessSigner> =
    LazyLock::new(|| WitnessSigner::from_pkcs8("witness.example/1", &pkcs8(2)).expect("a key"));

fn pkcs8(seed: u8) -> Vec<u8> {
    use ring::signature::KeyPair as _;
    let seed = [seed; 32];
    let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&seed).expect("a seed");
    let head = [
        0x30, 0x53, 2, 1, 1, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    let public = pair.public_key().as_ref();
    [&head, seed.as_slice(), &[0xa1, 0x23, 3, 0x21, 0], public].concat()
}

/// `old `: a request to a witness. `text`: the body of a checkpoint, which is signed here. `tile/`: a path
/// and then octets. Anything else: a note as it stands.
pub fn run(data: &[u8]) -> bool {
    if let Some(rest) = data.strip_prefix(b"tile/") {
        return tile(rest);
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    if let Some(body) = text.strip_prefix("text ") {
        return signed_here(body);
    }
    if text.starts_with("old ") {
        return asked(text);
    }
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text);
        return true;
    }
    let Ok(note) = Note::parse(text) else {
        return false;
    };
    assert_eq!(note.to_string(), text);
    SignedCheckpoint::verify(text, LOG.verifier()).is_ok()
}

/// What is signed is read back, and one changed octet is noticed.
fn signed_here(body: &str) -> bool {
    let Ok(checkpoint) = Checkpoint::parse(body) else {
        return false;
    };
    assert_eq!(checkpoint.to_string(), body);
    let Ok(note) = LOG.sign(&checkpoint) else {
        return false;
    };
    let note = note.clone().with(WITNESS.cosign(&note, noon()));
    let text = note.to_string();
    let read = SignedCheckpoint::verify(&text, LOG.verifier()).expect("what we signed");
    assert_eq!(read.checkpoint(), &checkpoint);
    let trusted = [WITNESS.verifier().clone()];
    assert_eq!(read.witnesses(&trusted).len(), 1);
    let grown = Checkpoint {
        size: checkpoint.size ^ 1,
        ..checkpoint.clone()
    };
    let grown = text.replacen(body, &grown.to_string(), 1);
    assert!(SignedCheckpoint::verify(&grown, LOG.verifier()).is_err());
    true
}

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|n| sha256(n.to_be_bytes())).collect()
}

/// A witness that has seen five entries accepts only trees that begin with them.
fn asked(text: &str) -> bool {
    let Ok(request) = AddCheckpoint::parse(text) else {
        return false;
    };
    assert_eq!(request.to_string(), text);
    let seen = Seen {
        size: 5,
        root: root(&leaves(5)),
    };
    let key = LOG.verifier();
    let log = |origin: &str| (origin == ORIGIN).then_some(key);
    let judged = judge(&request, log, |_origin| Ok::<_, Refusal>(Some(seen)));
    if let Err(refusal) = &judged {
        assert!(matches!(refusal.status(), 400 | 403 | 404 | 409 | 422));
    }
    judged.is_ok_and(|(_signed, now)| now.size >= 5)
}

fn tile(data: &[u8]) -> bool {
    let (path, octets) = match data.iter().position(|octet| *octet == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, [].as_slice()),
    };
    let Ok(resource) = std::str::from_utf8(path)
        .unwrap_or_default()
        .parse::<Resource>()
    else {
        return false;
    };
    assert_eq!(resource.to_string().as_bytes(), path);
    let (Resource::Hashes(tile) | Resource::Entries(tile)) = resource;
    assert!(tile.is_in(u64::MAX) || tile.index > 0 || tile.level > 6);
    if let Ok(entries) = unbundle(tile, octets) {
        assert_eq!(bundle(&entries).as_deref(), Ok(octets));
    }
    if let Ok(hashes) = hashes_of(tile, octets) {
        assert_eq!(hashes.concat(), octets);
    }
    true
}

/// Checkpoints, keys, requests and paths that are in order, and some that are not.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let checkpoint = |size: u64| Checkpoint::new(ORIGIN, size, root(&leaves(size)));
    let note = LOG.sign(&checkpoint(9)).expect("our own");
    let note = note.clone().with(WITNESS.cosign(&note, noon()));
    let request = |old: usize, size: u64| AddCheckpoint {
        old_size: old as u64,
        proof: consistency_proof(&leaves(size), old).unwrap_or_default(),
        checkpoint: LOG.sign(&checkpoint(size)).expect("our own").to_string(),
    };
    let tile = Tile {
        level: 0,
        index: 1_234_067,
        width: 2,
    };
    let entries = bundle([[1; 32], [2; 32]]).expect("short entries");
    let path = |resource: Resource, octets: &[u8]| {
        [format!("tile/{resource}\n").as_bytes(), octets].concat()
    };
    vec![
        ("accepted-note", note.to_string().into_bytes()),
        (
            "accepted-text",
            format!("text {}", checkpoint(9)).into_bytes(),
        ),
        ("accepted-key", WITNESS.verifier().to_string().into_bytes()),
        ("accepted-request", request(5, 9).to_string().into_bytes()),
        (
            "accepted-request-same",
            request(5, 5).to_string().into_bytes(),
        ),
        (
            "refused-request-old",
            request(4, 9).to_string().into_bytes(),
        ),
        ("accepted-entries", path(Resource::Entries(tile), &entries)),
        ("accepted-hashes", path(Resource::Hashes(tile), &[7; 64])),
        ("refused-note", note.text().as_bytes().to_vec()),
    ]
}
