//! The person's store: put and get of records of 2 KiB, beside sled itself with the same promise
//! (flushed, and its data file synchronised, before a put is acknowledged).

use std::{fs::File, hint::black_box, sync::Arc};

use credential_core::rng::SystemRng;
use criterion::Criterion;
use wallet_core::vault::{KdfCost, Passphrase, Tree, Vault};

use crate::ratio::Table;

const RECORDS: Tree<u32, String> = Tree::new("records");
/// Records cycle, so that the store stays of one size.
const COUNT: u32 = 5000;

pub(crate) fn run(criterion: &mut Criterion, table: &mut Table) {
    let folder = tempfile::tempdir().unwrap();
    let passphrase = Passphrase::from("koivu lumi silta aamu".to_owned());
    let path = folder.path().join("vault");
    let rng = Arc::new(SystemRng::default());
    let vault = Vault::create(&path, &passphrase, KdfCost::floor(), rng).unwrap();
    let raw = sled::Config::new()
        .path(folder.path().join("raw"))
        .flush_every_ms(None);
    let raw = raw.open().unwrap();
    let raw_file = File::open(folder.path().join("raw/db")).unwrap();
    let value = "x".repeat(2048 - 64);
    for record in 0..COUNT {
        raw.insert(record.to_be_bytes(), value.as_bytes()).unwrap();
    }
    vault
        .write(|tx| (0..COUNT).try_for_each(|record| tx.put(&RECORDS, &record, &value)))
        .unwrap();

    // sled writes nothing when a value is what it was: every put here is another value.
    let (mut at_raw, mut at_vault) = (0_u32, 0_u32);
    table.pair(
        criterion,
        ("store put, 2 KiB, durable", "sled insert, flush, sync_data"),
        || {
            at_raw += 1;
            let key = (at_raw % COUNT).to_be_bytes();
            raw.insert(key, numbered(&value, at_raw).as_bytes())
                .unwrap();
            raw.flush().unwrap();
            raw_file.sync_data().unwrap();
        },
        || {
            at_vault += 1;
            let key = at_vault % COUNT;
            vault
                .put(&RECORDS, &key, &numbered(&value, at_vault))
                .unwrap();
        },
    );
    let (mut at_raw, mut at_vault) = (0_u32, 0_u32);
    table.pair(
        criterion,
        ("store get, 2 KiB", "sled get"),
        || {
            at_raw = (at_raw + 1) % COUNT;
            drop(black_box(
                raw.get(at_raw.to_be_bytes()).unwrap().unwrap().to_vec(),
            ));
        },
        || {
            at_vault = (at_vault + 1) % COUNT;
            drop(black_box(vault.get(&RECORDS, &at_vault).unwrap().unwrap()));
        },
    );
}

/// The value with a number at its beginning.
fn numbered(value: &str, number: u32) -> String {
    let mut text = format!("{number:010}");
    text.push_str(&value[text.len()..]);
    text
}
