use super::*;
use crate::test_support::Parties;

#[test]
fn a_key_is_used_for_nothing_but_its_purpose() {
    let (wallet, _clock, _folder) = Parties::new().wallet();
    let key = NewKey::generate(KeyPurpose::Grant).unwrap();
    wallet.vault().write(|tx| key.store(tx)).unwrap();
    let load = |purpose| load(wallet.vault(), &key.id(), purpose);
    assert_eq!(
        load(KeyPurpose::Grant).unwrap().public_jwk(),
        key.signer.public_jwk()
    );
    for other in [KeyPurpose::Credential, KeyPurpose::Broker] {
        assert_eq!(load(other).unwrap_err(), Error::KeyMissing);
    }
}

#[test]
fn a_new_key_in_a_log_line_shows_no_secret() {
    let key = NewKey::generate(KeyPurpose::Credential).unwrap();
    let shown = format!("{key:?}");
    let octets = format!("{:?}", &key.pkcs8[..8]);
    assert!(shown.contains(&key.id()), "{shown}");
    assert!(!shown.contains(octets.trim_matches(['[', ']'])), "{shown}");
}
