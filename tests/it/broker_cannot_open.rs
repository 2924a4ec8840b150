//! Everything that the broker keeps, tried with every key and secret that the broker has.

use std::{collections::BTreeSet, fs, path::Path};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use verifier_sdk::RecipientKey;
use wallet_core::consent::share::Less;

use crate::support::{SAMPLE, Scene};

/// Whether the content key opens the deposit, by what RFC 7516 section 5.2 says.
fn decrypts(key: &[u8], compact: &str) -> bool {
    let parts: Vec<&str> = compact.split('.').collect();
    let [header, _, iv, sealed, tag]: [&str; 5] = parts.try_into().unwrap();
    let octets = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let nonce = Nonce::try_assume_unique_for_key(&octets(iv)).unwrap();
    let mut sealed = [octets(sealed), octets(tag)].concat();
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).unwrap());
    let aad = Aad::from(header.as_bytes());
    key.open_in_place(nonce, aad, &mut sealed).is_ok()
}

/// Everything of 32 octets in a text: each word of base64url of that length.
fn secrets_in(text: &str) -> BTreeSet<Vec<u8>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let words = text.split(|c| !is_part(c));
    let decoded = words.filter_map(|word| URL_SAFE_NO_PAD.decode(word).ok());
    decoded.filter(|octets| octets.len() == 32).collect()
}

/// A text and, where a part of it is a signed payload, what is inside.
fn unfolded(text: &str) -> String {
    let mut all = text.to_owned();
    for word in text.split(['"', '.']) {
        if let Ok(inside) = URL_SAFE_NO_PAD.decode(word)
            && let Ok(inside) = String::from_utf8(inside)
        {
            all.push_str(&inside);
        }
    }
    all
}

/// Every value of the database, whatever it is.
fn whole_database(folder: &Path) -> String {
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    let database = sled::open(copy.path()).unwrap();
    assert!(database.len() > 20);
    let rows = database.iter().map(|row| row.unwrap().1);
    rows.map(|value| unfolded(&String::from_utf8_lossy(&value)) + "\n")
        .collect()
}

#[test]
fn the_trial_finds_a_key_that_opens() {
    let (key, iv) = ([7; 32], [1; 12]);
    let header = URL_SAFE_NO_PAD.encode("{}");
    let mut text = b"secret".to_vec();
    let sealing = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    let nonce = Nonce::assume_unique_for_key(iv);
    sealing
        .seal_in_place_append_tag(nonce, Aad::from(header.as_bytes()), &mut text)
        .unwrap();
    let (sealed, tag) = text.split_at(6);
    let [iv, sealed, tag] = [&iv[..], sealed, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    let compact = format!("{header}..{iv}.{sealed}.{tag}");
    assert!(decrypts(&key, &compact));
    assert!(!decrypts(&[8; 32], &compact));
    let found = secrets_in(&format!("{{\"a\":\"{}\"}}", URL_SAFE_NO_PAD.encode(key)));
    assert_eq!(found, BTreeSet::from([key.to_vec()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn i5_nothing_that_the_broker_keeps_is_opened_by_anything_that_it_has() {
    let mut scene = Scene::new().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let first = scene.shared(&wallet).await.approved.grant_id;
    let second = scene.shared(&wallet).await.approved.grant_id;
    let once = Less {
        max_reads: Some(1),
        ..Less::default()
    };
    wallet.narrow(second, &once).await.unwrap();

    let store = &scene.world.broker().store;
    let (mut deposits, mut dump) = (Vec::new(), String::new());
    for subject in store.subjects().await.unwrap() {
        for receipt in store.receipts(subject, None).await.unwrap() {
            dump.push_str(&unfolded(&format!("\"{receipt}\"")));
        }
        let log = store.log_since(subject, 0).await.unwrap().unwrap();
        dump.push_str(&serde_json::to_string(&log.entries).unwrap());
    }
    for id in [first, second] {
        let held = store.held(id).await.unwrap().unwrap();
        dump.push_str(&serde_json::to_string(&held.grant).unwrap());
        dump.push_str(&unfolded(&serde_json::to_string(&held.papers).unwrap()));
        deposits.extend(held.deposits.into_iter().map(|deposit| deposit.ciphertext));
    }
    assert_eq!(deposits.len(), 2);
    dump.push_str(&whole_database(&scene.world.folder().join("broker")));

    let keys = scene.world.folder().join("broker-keys");
    let signing = fs::read(keys.join("signing-key.p8")).unwrap();
    let handle = fs::read(keys.join("handle-key")).unwrap();
    let mut secrets = secrets_in(&dump);
    assert!(secrets.len() > 20, "salts and hashes are in the dump");
    secrets.insert(handle);
    // Every 32 octets in the file of the private key, its secret number among them.
    secrets.extend(signing.windows(32).map(<[u8]>::to_vec));
    let own = RecipientKey::from_pkcs8(&signing).unwrap();
    for deposit in &deposits {
        assert!(!own.opens(deposit));
        assert!(secrets.iter().all(|secret| !decrypts(secret, deposit)));
        let recipients = &scene.world.identity().encryption_key;
        assert!(
            recipients.opens(deposit),
            "the recipient opens the same octets"
        );
    }
}
