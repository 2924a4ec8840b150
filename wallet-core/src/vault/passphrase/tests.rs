//! Costs that are refused, and a hash that other implementations agree on.

use super::*;

#[test]
fn the_hash_is_argon2id() {
    // Computed with OpenSSL's Argon2id: m = 64 KiB, t = 1, p = 1.
    let passphrase = Passphrase::from(String::from("correct horse"));
    let cost = KdfCost::danger_cheap_for_tests();
    let key = key_encryption_key(&passphrase, &[3; 16], cost).unwrap();
    let hex: String = key.iter().map(|octet| format!("{octet:02x}")).collect();
    assert_eq!(
        hex,
        "3cd787e7183428c6f79ecee3561a49d0ea5e7f42b3444b416b28b6af7c7b5ae0"
    );
}

#[test]
fn text_and_its_octets_are_the_same_passphrase() {
    let cost = KdfCost::danger_cheap_for_tests();
    let text = Passphrase::from(String::from("åäö"));
    let octets = Passphrase::from("åäö".as_bytes().to_vec());
    let [text, octets] = [text, octets].map(|p| key_encryption_key(&p, &[0; 16], cost).unwrap());
    assert_eq!(text, octets);
}

#[test]
fn a_cost_below_the_floor_or_out_of_bounds_is_refused() {
    for (memory_kib, passes, lanes) in [
        (64 * 1024 - 1, 4, 1),
        (64 * 1024, 2, 1),
        (128 * 1024, 1, 1),
        (64 * 1024, 3, 0),
        (64 * 1024, 0, 1),
        (64 * 1024, 3, 17),
        (64 * 1024, 65, 1),
        (4 * 1024 * 1024 + 1, 3, 1),
    ] {
        let cost = KdfCost::new(memory_kib, passes, lanes);
        assert_eq!(
            cost,
            Err(VaultError::KdfCost),
            "{memory_kib} {passes} {lanes}"
        );
    }
}

#[test]
fn named_costs_are_what_their_names_say() {
    assert_eq!(KdfCost::new(256 * 1024, 2, 1), Ok(KdfCost::recommended()));
    assert_eq!(KdfCost::new(64 * 1024, 3, 1), Ok(KdfCost::floor()));
    let KdfCost {
        memory_kib,
        passes,
        lanes,
    } = KdfCost::danger_cheap_for_tests();
    assert_eq!(
        KdfCost::new(memory_kib, passes, lanes),
        Err(VaultError::KdfCost)
    );
}

#[test]
fn a_passphrase_is_not_in_debug_output() {
    let passphrase = Passphrase::from(String::from("secret"));
    assert_eq!(format!("{passphrase:?}"), "Passphrase(..)");
}
