//! Notation against independent implementations, and everything that must not open.

use credential_core::rng::NoRandomness;
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

use super::*;

/// Gives the same octet for ever.
#[derive(Debug)]
struct Always(u8);

impl Rng for Always {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.fill(self.0);
        Ok(())
    }
}

/// Has nothing to give.
#[derive(Debug)]
struct Silent;

impl Rng for Silent {
    fn fill(&self, _bytes: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}

const VERSION: Version = Version { epoch: 5, stamp: 6 };

fn keys() -> Keys {
    let data_key = std::array::from_fn(|octet| octet as u8);
    Keys::derive(&data_key, &[7; 16]).unwrap()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

// The expected octets of the next two were computed with Python's hmac and with OpenSSL.

#[test]
fn blinding_is_hmac_under_a_derived_key() {
    let blinded = keys().blind("notes", b"\"first\"");
    assert_eq!(hex(&blinded.0), "b91d1bcfa03617fcf27ceefb08773221");
}

#[test]
fn sealing_is_aes_gcm_under_a_derived_key() {
    let sealed = keys()
        .record
        .seal(&[b"context"], VERSION, b"hello", &Always(9))
        .unwrap();
    assert_eq!(
        hex(&sealed),
        "00000000000000050000000000000006090909090909090909090909ee99a691b14cf6136a66cf98df3b2431017ee38bb5"
    );
}

#[test]
fn the_boundary_between_tree_and_key_counts() {
    let keys = keys();
    assert_ne!(keys.blind("ab", b"c"), keys.blind("a", b"bc"));
}

#[test]
fn sealing_without_randomness_is_refused() {
    let sealed = keys().record.seal(&[b""], VERSION, b"hello", &Silent);
    assert_eq!(sealed, Err(VaultError::Randomness(NoRandomness)));
}

#[test]
fn secrets_are_not_in_debug_output() {
    let keys = keys();
    assert_eq!(
        format!("{keys:?}{:?}", keys.record),
        "Keys(..)SealingKey(..)"
    );
}

proptest! {
    #[test]
    fn what_was_sealed_opens(context: Vec<u8>, epoch: u64, stamp: u64, plaintext: Vec<u8>) {
        let key = keys().record;
        let version = Version { epoch, stamp };
        let sealed = key.seal(&[&context], version, &plaintext, &Always(1)).unwrap();
        prop_assert_eq!(sealed.len(), plaintext.len() + OVERHEAD);
        let (found, opened) = key.open_any(&[&context], &sealed).unwrap();
        prop_assert_eq!((found, &*opened), (version, plaintext.as_slice()));
    }

    #[test]
    fn one_flipped_bit_does_not_open(plaintext: Vec<u8>, at: prop::sample::Index) {
        let key = keys().record;
        let mut sealed = key.seal(&[b"context"], VERSION, &plaintext, &Always(1)).unwrap();
        let bit = at.index(sealed.len() * 8);
        sealed[bit / 8] ^= 1 << (bit % 8);
        let mut into = Plaintext::with_capacity(0);
        prop_assert_eq!(key.open(&[b"context"], VERSION, &sealed, &mut into), Err(Unsealable));
        prop_assert!(key.open_any(&[b"context"], &sealed).is_err());
    }

    #[test]
    fn arbitrary_octets_do_not_open(octets: Vec<u8>) {
        prop_assert!(keys().catalogue.open_any(&[], &octets).is_err());
    }

    #[test]
    fn versions_survive_their_octets(epoch: u64, stamp: u64) {
        let version = Version { epoch, stamp };
        prop_assert_eq!(Version::from_octets(version.to_octets()), version);
    }
}

#[test]
fn another_context_version_or_key_does_not_open() {
    let keys = keys();
    let sealed = keys
        .record
        .seal(&[b"context"], VERSION, b"hello", &Always(1))
        .unwrap();
    let mut into = Plaintext::with_capacity(0);
    let later = Version {
        epoch: 6,
        ..VERSION
    };
    let elsewhere = Version {
        stamp: 7,
        ..VERSION
    };
    for (key, context, version) in [
        (&keys.record, b"another", VERSION),
        (&keys.record, b"context", later),
        (&keys.record, b"context", elsewhere),
        (&keys.catalogue, b"context", VERSION),
    ] {
        let opened = key.open(&[context], version, &sealed, &mut into);
        assert_eq!(opened, Err(Unsealable));
    }
}
