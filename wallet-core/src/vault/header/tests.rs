//! Headers on disk: whole, damaged, newer, and somebody else's.

use credential_core::rng::SystemRng;
use proptest::prelude::*;

use super::*;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::from(text.to_owned())
}

fn header() -> (Header, Zeroizing<[u8; 32]>) {
    let cost = KdfCost::danger_cheap_for_tests();
    Header::new(&passphrase("right"), cost, &SystemRng::default()).unwrap()
}

fn on_disk() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    header().0.write(folder.path()).unwrap();
    fs::read(folder.path().join(FILE)).unwrap()
}

/// The header of `octets` with other words in it, and a checksum to match.
fn rewritten(octets: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(octets).unwrap();
    let body = &text[..text.rfind("sha256 ").unwrap()];
    assert!(body.contains(from));
    with_checksum(&body.replace(from, to)).into_bytes()
}

const DAMAGED: VaultError = VaultError::Damaged(Damage::Header);

#[test]
fn the_data_key_unwraps_with_its_passphrase_only() {
    let (header, data_key) = header();
    assert_eq!(header.unwrap_key(&passphrase("right")), Ok(data_key));
    let wrong = header.unwrap_key(&passphrase("wrong"));
    assert_eq!(wrong, Err(VaultError::WrongPassphrase));
}

#[test]
fn any_of_several_wrapped_keys_opens() {
    let (mut header, data_key) = header();
    let salt = Octets([1; 16]);
    let cost = KdfCost::danger_cheap_for_tests();
    let by = WrappedBy::Passphrase { salt, cost };
    let kek = key_encryption_key(&passphrase("second"), &salt.0, cost).unwrap();
    let wrapped = SealingKey::new(&kek)
        .unwrap()
        .seal(
            &[&by.context(&header.id)],
            Version::default(),
            data_key.as_slice(),
            &SystemRng::default(),
        )
        .unwrap();
    let wrapped = Octets(wrapped.try_into().unwrap());
    header.keys.push(WrappedKey { by, wrapped });
    for known in ["right", "second"] {
        assert_eq!(header.unwrap_key(&passphrase(known)), Ok(data_key.clone()));
    }
}

#[test]
fn a_header_reads_back_and_begins_with_its_format() {
    let folder = tempfile::tempdir().unwrap();
    let (header, _data_key) = header();
    header.write(folder.path()).unwrap();
    assert_eq!(Header::read(folder.path()), Ok(header));
    let octets = fs::read(folder.path().join(FILE)).unwrap();
    assert!(octets.starts_with(b"osaamislompakko vault 1\n{\"id\":\""));
}

#[test]
fn a_newer_format_is_told_from_damage() {
    let newer = rewritten(&on_disk(), "vault 1\n{", "vault 2\n<anything at all>{");
    let expected = VaultError::NewerVersion { found: 2, known: 1 };
    assert_eq!(Header::parse(&newer), Err(expected));
    let mut flipped = on_disk();
    let digit = MAGIC.len();
    flipped[digit] ^= 2;
    assert_eq!(flipped[digit], b'3');
    assert_eq!(Header::parse(&flipped), Err(DAMAGED));
}

#[test]
fn unknown_members_and_unbounded_costs_are_damage() {
    let octets = on_disk();
    for (from, to) in [
        ("{\"id\"", "{\"x\":1,\"id\""),
        ("\"passes\":1", "\"passes\":1000000"),
        ("\"memory_kib\":64", "\"memory_kib\":4294967295"),
        ("\"lanes\":1", "\"lanes\":0"),
        ("\"kind\":\"passphrase\"", "\"kind\":\"none\""),
        ("vault 1\n", "vault 0\n"),
    ] {
        assert_eq!(
            Header::parse(&rewritten(&octets, from, to)),
            Err(DAMAGED),
            "{to}"
        );
    }
}

#[test]
fn a_changed_cost_or_id_does_not_unwrap() {
    let octets = on_disk();
    let text = std::str::from_utf8(&octets).unwrap();
    let id = &text[text.find("\"id\":\"").unwrap()..][..28];
    for (from, to) in [
        ("\"memory_kib\":64", "\"memory_kib\":65"),
        (id, "\"id\":\"AAAAAAAAAAAAAAAAAAAAAA"),
    ] {
        let header = Header::parse(&rewritten(&octets, from, to)).unwrap();
        let opened = header.unwrap_key(&passphrase("right"));
        assert_eq!(opened, Err(VaultError::WrongPassphrase));
    }
}

#[test]
fn nothing_that_suggests_a_vault_is_no_vault() {
    let folder = tempfile::tempdir().unwrap();
    let read = || Header::read(folder.path());
    assert_eq!(read(), Err(VaultError::NotAVault));
    fs::write(folder.path().join(FILE), "a header of something else").unwrap();
    assert_eq!(read(), Err(VaultError::NotAVault));
    fs::create_dir(folder.path().join(STORE)).unwrap();
    assert_eq!(read(), Err(DAMAGED));
    fs::remove_file(folder.path().join(FILE)).unwrap();
    assert_eq!(read(), Err(DAMAGED));
    assert_eq!(
        Header::read(&folder.path().join("missing")),
        Err(VaultError::NotAVault)
    );
}

proptest! {
    #[test]
    fn one_flipped_bit_is_damage(at: prop::sample::Index) {
        let mut octets = on_disk();
        let bit = at.index(octets.len() * 8);
        octets[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(Header::parse(&octets), Err(DAMAGED));
    }

    #[test]
    fn a_torn_header_is_damage(at: prop::sample::Index) {
        let octets = on_disk();
        let torn = &octets[..at.index(octets.len())];
        prop_assert_eq!(Header::parse(torn), Err(DAMAGED));
    }

    #[test]
    fn arbitrary_octets_are_damage(octets: Vec<u8>) {
        prop_assert_eq!(Header::parse(&octets), Err(DAMAGED));
    }
}
