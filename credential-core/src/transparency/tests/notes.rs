use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{ORIGIN, checkpoint, leaves, log, witness};
use crate::{
    encoding::sha256,
    rng::SystemRng,
    transparency::{
        BlindingKey, Checkpoint, CheckpointError, KeyKind, MAX_NOTE, Note, NoteError, NoteKeyError,
        SignedCheckpoint, VerifierKey, WitnessSigner, leaf_hash,
    },
};

/// The key pair and the note of the documentation of golang.org/x/mod/sumdb/note.
const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const SEED: &str = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=";
const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
then you don't know what your problem is.\n\n\
\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
/// The example of C2SP tlog-cosignature.
const EXAMPLE: &str = "example.com/behind-the-sofa\n20852163\n\
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\
\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

/// PKCS #8 (RFC 8410) with the public key, as `ring` writes it.
fn pkcs8(seed: &[u8], public: &[u8]) -> Vec<u8> {
    let head = [
        0x30, 0x53, 2, 1, 1, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    [&head, seed, &[0xa1, 0x23, 3, 0x21, 0], public].concat()
}

#[test]
fn a_note_that_another_implementation_signed_verifies_and_is_written_again_as_it_was() {
    let key: VerifierKey = KEY.parse().unwrap();
    let note = Note::parse(NOTE).unwrap();
    assert_eq!(key.verify(&note), Ok(()));
    assert_eq!(
        (note.to_string().as_str(), key.to_string().as_str()),
        (NOTE, KEY)
    );
    let changed = Note::parse(&NOTE.replace("answer", "Answer")).unwrap();
    assert_eq!(key.verify(&changed), Err(NoteError::WrongSignature));
    let other = Note::parse(&NOTE.replace("PeterNeumann x08go", "EnochRoot x08go")).unwrap();
    assert_eq!(key.verify(&other), Err(NoteError::NotSigned));
}

#[test]
fn the_standards_example_is_read_as_it_stands() {
    let note = Note::parse(EXAMPLE).unwrap();
    let read = Checkpoint::parse(note.text()).unwrap();
    assert_eq!(
        (read.origin.as_str(), read.size),
        ("example.com/behind-the-sofa", 20_852_163)
    );
    assert_eq!(
        (note.to_string().as_str(), note.signatures().len()),
        (EXAMPLE, 2)
    );
    assert_eq!(read.to_string(), note.text());
}

#[test]
fn a_cosignature_is_ed25519_over_the_octets_that_the_standard_spells_out() {
    let seed = STANDARD.decode(SEED).unwrap();
    let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let public = ring::signature::KeyPair::public_key(&pair)
        .as_ref()
        .to_vec();
    let witness = WitnessSigner::from_pkcs8("PeterNeumann", &pkcs8(&seed, &public)).unwrap();
    let note = Note::parse(EXAMPLE).unwrap();
    let line = witness.cosign(&note, DateTime::from_timestamp(1_679_315_147, 0).unwrap());
    let signed = pair.sign(
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n\
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
    );
    let id = sha256([b"PeterNeumann\n\x04".as_slice(), &public].concat());
    let octets = [&id[..4], &1_679_315_147_u64.to_be_bytes(), signed.as_ref()].concat();
    let expected = format!("\u{2014} PeterNeumann {}\n", STANDARD.encode(octets));
    assert_eq!(line.to_string(), expected);
    let at = witness
        .verifier()
        .verify_cosignature(&note.with(line))
        .unwrap();
    assert_eq!(at.timestamp(), 1_679_315_147);
}

#[test]
fn a_log_does_not_sign_as_a_witness_and_a_witness_not_as_a_log() {
    let (log, witness) = (log(), witness(ORIGIN));
    let note = log.sign(&checkpoint(&leaves(3))).unwrap();
    let note = note.clone().with(witness.cosign(&note, noon()));
    assert_eq!(log.verifier().verify(&note), Ok(()));
    assert_eq!(witness.verifier().verify_cosignature(&note), Ok(noon()));
    assert_eq!(witness.verifier().verify(&note), Err(NoteError::NotSigned));
    assert_eq!(
        log.verifier().verify_cosignature(&note),
        Err(NoteError::NotSigned)
    );
    assert_eq!(log.verifier().kind(), KeyKind::Log);
}

#[test]
fn a_log_signs_no_checkpoint_of_another_log() {
    let other = Checkpoint {
        origin: "other.example/log".into(),
        ..checkpoint(&leaves(2))
    };
    assert_eq!(log().sign(&other), Err(NoteError::Malformed));
}

#[test]
fn a_checkpoint_counts_only_with_the_signature_of_its_own_log() {
    let (ours, theirs) = (log(), log());
    let signed = ours.sign(&checkpoint(&leaves(5))).unwrap().to_string();
    let read = SignedCheckpoint::verify(&signed, ours.verifier()).unwrap();
    assert_eq!(
        (read.checkpoint().size, read.note().to_string()),
        (5, signed.clone())
    );
    let by_stranger = SignedCheckpoint::verify(&signed, theirs.verifier());
    assert_eq!(by_stranger, Err(NoteError::NotSigned.into()));
    let grown = signed.replacen("\n5\n", "\n6\n", 1);
    assert_eq!(
        SignedCheckpoint::verify(&grown, ours.verifier()),
        Err(NoteError::WrongSignature.into())
    );
    let moved = signed.replacen(ORIGIN, "moved.example/log", 1);
    assert_eq!(
        SignedCheckpoint::verify(&moved, ours.verifier()),
        Err(CheckpointError::OtherLog)
    );
}

#[test]
fn only_the_cosignature_of_the_witness_that_was_asked_is_kept() {
    let (log, asked, stranger) = (log(), witness("w.example/1"), witness("w.example/2"));
    let signed = log.sign(&checkpoint(&leaves(5))).unwrap().to_string();
    let read = || SignedCheckpoint::verify(&signed, log.verifier()).unwrap();
    let line = |of: &WitnessSigner, at| of.cosign(read().note(), at).to_string();
    let later = noon() + chrono::TimeDelta::minutes(1);

    let lines = [line(&asked, noon()), line(&stranger, noon())].concat();
    let once = read().cosigned_by(asked.verifier(), &lines).unwrap();
    let keys = [asked.verifier().clone(), stranger.verifier().clone()];
    assert_eq!(once.witnesses(&keys), [(&keys[0], noon())]);
    let twice = once
        .cosigned_by(asked.verifier(), &line(&asked, later))
        .unwrap();
    assert_eq!(twice.note().signatures().len(), 2);
    assert_eq!(twice.witnesses(&keys), [(&keys[0], later)]);

    let by_other = read().cosigned_by(asked.verifier(), &line(&stranger, noon()));
    assert_eq!(by_other, Err(NoteError::NotSigned));
    let other = log.sign(&checkpoint(&leaves(4))).unwrap();
    let of_other = asked.cosign(&other, noon()).to_string();
    let wrong = read().cosigned_by(asked.verifier(), &of_other);
    assert_eq!(wrong, Err(NoteError::WrongSignature));
}

#[test]
fn what_is_no_note_or_too_long_for_one_is_refused() {
    let line = NOTE.lines().last().unwrap();
    let many = |count: usize| format!("text\n\n{}", format!("{line}\n").repeat(count));
    assert!(Note::parse(&many(32)).is_ok());
    assert_eq!(Note::parse(&many(33)), Err(NoteError::TooLong));
    let long = format!("{}\n\n{line}\n", "t".repeat(MAX_NOTE));
    assert_eq!(Note::parse(&long), Err(NoteError::TooLong));
    for malformed in [
        "",
        "\n",
        "text\n",
        "text\n\n",
        "text\n\nline\n",
        &format!("text\n{line}\n"),
        &format!("text\n\n{line}"),
        &format!("text\ttab\n\n{line}\n"),
        &format!("text\r\n\n{line}\n"),
        "text\n\n\u{2014} name x08gow==\n",
        "text\n\n\u{2014} name x08goy==\n",
        "text\n\n\u{2014} na+me x08go/Y=\n",
        "text\n\n\u{2014}  x08go/Y=\n",
        "text\n\n- name x08go/ZJkuBS\n",
    ] {
        assert_eq!(
            Note::parse(malformed),
            Err(NoteError::Malformed),
            "{malformed:?}"
        );
    }
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    let root = STANDARD.encode([7; 32]);
    let empty = STANDARD.encode(sha256([]));
    assert!(Checkpoint::parse(&format!("o\n0\n{empty}\n")).is_ok());
    assert!(Checkpoint::parse(&format!("o\n1\n{root}\nextension\n")).is_ok());
    for malformed in [
        format!("o\n1\n{root}"),
        "o\n1\n".into(),
        format!("\n1\n{root}\n"),
        format!("o\n01\n{root}\n"),
        format!("o\n+1\n{root}\n"),
        format!("o\n-1\n{root}\n"),
        format!("o\n18446744073709551616\n{root}\n"),
        format!("o\n0\n{root}\n"),
        format!("o\n1\n{root} \n"),
        format!("o\n1\n{}\n", STANDARD.encode([7; 31])),
        format!("o\n1\n{root}\n\n"),
        format!("o\n1\n{root}\n{}", "x\n".repeat(17)),
    ] {
        let read = Checkpoint::parse(&malformed);
        assert_eq!(read, Err(CheckpointError::Malformed), "{malformed:?}");
    }
}

#[test]
fn a_verifier_key_has_one_form_and_belongs_to_its_name() {
    for (wrong, why) in [
        (KEY.replace("Peter", "Pieter"), NoteKeyError::Mismatch),
        (KEY.replace("c74f20a3", "C74F20A3"), NoteKeyError::Mismatch),
        (KEY.replace("+AR", "+Ah"), NoteKeyError::Type),
        (
            KEY.replace("PeterNeumann", "Peter Neumann"),
            NoteKeyError::Name,
        ),
        (KEY.replace("PeterNeumann", ""), NoteKeyError::Name),
        (KEY[..60].into(), NoteKeyError::Malformed),
        ("name".into(), NoteKeyError::Malformed),
    ] {
        assert_eq!(wrong.parse::<VerifierKey>(), Err(why), "{wrong}");
    }
}

#[test]
fn private_keys_do_not_show_themselves() {
    let log = log();
    assert!(format!("{log:?}").contains(ORIGIN));
    let key = BlindingKey::random(&SystemRng::default()).unwrap();
    assert_eq!(format!("{key:?}"), "BlindingKey(…)");
    assert_eq!(BlindingKey::parse(&key.to_text()), Ok(key));
    assert!(BlindingKey::parse("dG9vIHNob3J0").is_err());
}

#[test]
fn a_blinded_entry_is_an_hmac_over_octets_of_one_length() {
    let key = BlindingKey::parse(&crate::encoding::base64url([7; 32])).unwrap();
    let entry = key.entry(&[1; 16], 2, &[3; 32]);
    let mut octets = b"osaamislompakko/log-entry/1\0".to_vec();
    octets.extend([1; 16]);
    octets.extend([0, 0, 0, 0, 0, 0, 0, 2]);
    octets.extend([3; 32]);
    assert_eq!(octets.len(), 84);
    let hmac = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[7; 32]);
    assert!(ring::hmac::verify(&hmac, &octets, &entry).is_ok());
    assert_ne!(key.entry(&[1; 16], 3, &[3; 32]), entry);
    assert_ne!(key.entry(&[2; 16], 2, &[3; 32]), entry);
    assert_eq!(leaf_hash(&entry), sha256([&[0], entry.as_slice()].concat()));
}

proptest! {
    /// Whatever is read as a checkpoint is written again as it was, and no changed octet goes unnoticed.
    #[test]
    fn a_checkpoint_goes_round_and_no_change_of_it_does(
        size in 1_u64..,
        root in any::<[u8; 32]>(),
        extensions in prop::collection::vec("[ -~]{1,20}", 0..3),
        place in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let log = log();
        let checkpoint = Checkpoint { extensions, ..Checkpoint::new(ORIGIN, size, root) };
        let signed = log.sign(&checkpoint).unwrap().to_string();
        let read = SignedCheckpoint::verify(&signed, log.verifier()).unwrap();
        prop_assert_eq!(read.checkpoint(), &checkpoint);
        prop_assert_eq!(read.note().to_string(), signed.clone());

        let mut octets = signed.clone().into_bytes();
        let place = place.index(octets.len());
        octets[place] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(octets) {
            prop_assert!(SignedCheckpoint::verify(&changed, log.verifier()).is_err(), "{changed}");
        }
    }

    #[test]
    fn any_text_is_read_or_refused_and_what_is_read_has_one_form(text in "\\PC{0,80}|[a-z\n\u{2014} +/=]{0,80}") {
        if let Ok(note) = Note::parse(&text) {
            prop_assert_eq!(note.to_string(), text.clone());
        }
        if let Ok(read) = Checkpoint::parse(&text) {
            prop_assert_eq!(read.to_string(), text);
        }
    }
}
