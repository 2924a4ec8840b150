//! Names of parts, and what a part is bound to.

use credential_core::rng::SystemRng;
use proptest::prelude::{prop_assert_eq, proptest};

use super::*;

#[test]
fn a_part_opens_only_as_itself() {
    let keys = Keys::derive(&[1; 32], &[2; 16]).unwrap();
    let version = Version { epoch: 1, stamp: 2 };
    let record = Blinded([3; 16]);
    let itself = Part {
        tree: "notes",
        record: &record,
        part: 0,
        parts: 2,
    };
    let sealed = itself.seal(&keys, version, b"octets", &SystemRng::default());
    let sealed = sealed.unwrap();
    let open = |part: Part<'_>| {
        let mut into = Plaintext::with_capacity(0);
        part.open(&keys, version, &sealed, &mut into)
            .map(|()| into.to_vec())
    };
    assert_eq!(open(itself), Ok(b"octets".to_vec()));
    let other = Blinded([4; 16]);
    for changed in [
        Part {
            tree: "other",
            ..itself
        },
        Part {
            record: &other,
            ..itself
        },
        Part { part: 1, ..itself },
        Part { parts: 1, ..itself },
    ] {
        assert_eq!(open(changed), Err(Unsealable), "{changed:?}");
    }
}

#[test]
fn keys_of_another_form_are_no_parts() {
    let whole = entry(&Blinded([5; 16]), 3);
    assert_eq!(parse(&whole), Some((Blinded([5; 16]), 3)));
    assert_eq!(parse(&whole[..18]), None);
    assert_eq!(parse(&[&whole[..], &[0]].concat()), None);
    assert_eq!(parse(&[[1].as_slice(), &whole[1..]].concat()), None);
    assert_eq!(parse(&[]), None);
}

proptest! {
    #[test]
    fn a_name_reads_back(record: [u8; 16], part: u16) {
        let record = Blinded(record);
        prop_assert_eq!(parse(&entry(&record, part)), Some((record, part)));
    }
}
