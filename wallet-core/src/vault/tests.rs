//! The vault as its callers see it, on real folders.

mod damage;
mod folder;
mod model;

use std::path::Path;

use credential_core::rng::{NoRandomness, SystemRng};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Diploma {
    holder: String,
    issuer: String,
    credits: u32,
}

const DIPLOMAS: Tree<String, Diploma> = Tree::new("diplomas");
const NOTES: Tree<u32, String> = Tree::new("notes");

fn diploma() -> Diploma {
    Diploma {
        holder: "Tuulikki Esimerkkilä".into(),
        issuer: "Kuvitteellinen ammattiopisto".into(),
        credits: 180,
    }
}

fn passphrase() -> Passphrase {
    Passphrase::from(String::from("kolme pientä pukkia"))
}

fn rng() -> Arc<dyn Rng> {
    Arc::new(SystemRng::default())
}

fn create(path: &Path) -> Vault {
    let cost = KdfCost::danger_cheap_for_tests();
    Vault::create(path, &passphrase(), cost, rng()).unwrap()
}

fn open(path: &Path) -> Result<Vault, VaultError> {
    Vault::open(path, &passphrase(), rng())
}

/// A folder with a vault in it, closed, holding what `fill` wrote.
fn vault_with(fill: impl FnOnce(&Vault)) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault");
    let vault = create(&path);
    fill(&vault);
    (folder, path)
}

#[test]
fn what_was_put_is_there_after_opening_again() {
    let (_folder, path) = vault_with(|vault| {
        vault.put(&DIPLOMAS, &"a".into(), &diploma()).unwrap();
    });
    let vault = open(&path).unwrap();
    assert_eq!(vault.get(&DIPLOMAS, &"a".into()), Ok(Some(diploma())));
    assert_eq!(vault.get(&DIPLOMAS, &"b".into()), Ok(None));
    assert_eq!(vault.contains(&DIPLOMAS, &"a".into()), Ok(true));
    assert_eq!(vault.list(&DIPLOMAS), Ok(vec![("a".into(), diploma())]));
    assert_eq!(vault.check(), Ok(()));
}

#[test]
fn a_later_put_replaces_and_delete_removes() {
    let (_folder, path) = vault_with(|vault| {
        vault.put(&NOTES, &1, &"old".into()).unwrap();
        vault.put(&NOTES, &1, &"new".into()).unwrap();
        vault.put(&NOTES, &2, &"gone".into()).unwrap();
        assert_eq!(vault.delete(&NOTES, &2), Ok(true));
        assert_eq!(vault.delete(&NOTES, &2), Ok(false));
    });
    let vault = open(&path).unwrap();
    assert_eq!(vault.list(&NOTES), Ok(vec![(1, "new".into())]));
    assert_eq!(vault.count(&NOTES), 1);
}

#[test]
fn trees_with_equal_keys_do_not_meet() {
    const OTHER: Tree<u32, String> = Tree::new("other");
    let (_folder, path) = vault_with(|vault| {
        vault.put(&NOTES, &1, &"note".into()).unwrap();
        vault.put(&OTHER, &1, &"other".into()).unwrap();
    });
    let vault = open(&path).unwrap();
    assert_eq!(vault.get(&NOTES, &1), Ok(Some("note".into())));
    assert_eq!(vault.list(&OTHER), Ok(vec![(1, "other".into())]));
}

#[test]
fn records_are_listed_in_the_order_of_their_keys() {
    let (_folder, path) = vault_with(|vault| {
        for key in [30, 4, 100, 1] {
            vault.put(&NOTES, &key, &key.to_string()).unwrap();
        }
    });
    let keys: Vec<_> = open(&path).unwrap().list(&NOTES).unwrap();
    assert_eq!(
        keys.iter().map(|(key, _)| *key).collect::<Vec<_>>(),
        [1, 4, 30, 100]
    );
}

#[test]
fn values_of_any_size_up_to_the_limit_read_back_and_leave_no_blob_files() {
    let sizes = [
        0,
        1,
        4000,
        4096,
        5000,
        32 * 1024,
        100_000,
        3_000_000,
        MAX_VALUE - 2,
    ];
    let value = |size: usize| "åb".chars().cycle().take(size / 3).collect::<String>();
    let (_folder, path) = vault_with(|vault| {
        for size in sizes {
            vault.put(&NOTES, &(size as u32), &value(size)).unwrap();
        }
        vault.put(&NOTES, &3_000_000, &"short now".into()).unwrap();
    });
    let blobs = fs::read_dir(path.join("store/blobs")).unwrap().count();
    assert_eq!(blobs, 0);
    let vault = open(&path).unwrap();
    for size in sizes {
        let expected = match size {
            3_000_000 => "short now".into(),
            other => value(other),
        };
        assert!(
            vault.get(&NOTES, &(size as u32)).unwrap() == Some(expected),
            "{size}"
        );
    }
}

#[test]
fn a_write_above_its_limit_is_refused_and_nothing_of_it_written() {
    let (_folder, path) = vault_with(|vault| {
        let large = "x".repeat(MAX_VALUE - 2);
        let refused = vault.write(|transaction| {
            transaction.put(&NOTES, &1, &large)?;
            transaction.put(&NOTES, &2, &large)
        });
        assert_eq!(refused, Err(VaultError::TooLarge { limit: MAX_WRITE }));
    });
    assert_eq!(open(&path).unwrap().count(&NOTES), 0);
}

#[test]
fn the_largest_write_is_applied() {
    let (_folder, path) = vault_with(|vault| {
        let value = "x".repeat(1_000_000);
        let written: Result<(), VaultError> = vault
            .write(|transaction| (0..16).try_for_each(|key| transaction.put(&NOTES, &key, &value)));
        assert_eq!(written, Ok(()));
    });
    assert_eq!(open(&path).unwrap().count(&NOTES), 16);
}

#[test]
fn a_transaction_over_two_trees_is_all_or_nothing() {
    #[derive(Debug, PartialEq)]
    enum Refused {
        Vault(VaultError),
        ByCaller,
    }
    impl From<VaultError> for Refused {
        fn from(error: VaultError) -> Self {
            Self::Vault(error)
        }
    }
    let (_folder, path) = vault_with(|vault| {
        let both = |fails: bool| {
            vault.write(|transaction| {
                transaction.put(&NOTES, &1, &"note".into())?;
                transaction.put(&DIPLOMAS, &"a".into(), &diploma())?;
                if fails {
                    Err(Refused::ByCaller)
                } else {
                    Ok(())
                }
            })
        };
        assert_eq!(both(true), Err(Refused::ByCaller));
        assert_eq!(
            (vault.count(&NOTES), vault.count(&DIPLOMAS), vault.epoch()),
            (0, 0, 0)
        );
        assert_eq!(both(false), Ok(()));
    });
    let vault = open(&path).unwrap();
    assert_eq!(
        (vault.count(&NOTES), vault.count(&DIPLOMAS), vault.epoch()),
        (1, 1, 1)
    );
}

#[test]
fn a_transaction_sees_its_own_changes() {
    let (_folder, path) = vault_with(|vault| {
        vault.put(&NOTES, &1, &"one".into()).unwrap();
        vault.put(&NOTES, &2, &"two".into()).unwrap();
        let seen: Result<_, VaultError> = vault.write(|transaction| {
            assert_eq!(transaction.delete(&NOTES, &1), Ok(true));
            assert_eq!(transaction.delete(&NOTES, &1), Ok(false));
            transaction.put(&NOTES, &2, &"zwei".into())?;
            transaction.put(&NOTES, &0, &"zero".into())?;
            assert_eq!(transaction.get(&NOTES, &1), Ok(None));
            assert_eq!(transaction.get(&NOTES, &2), Ok(Some("zwei".into())));
            transaction.list(&NOTES)
        });
        assert_eq!(seen, Ok(vec![(0, "zero".into()), (2, "zwei".into())]));
    });
    let after = open(&path).unwrap().list(&NOTES);
    assert_eq!(after, Ok(vec![(0, "zero".into()), (2, "zwei".into())]));
}

#[test]
fn each_write_that_changes_something_raises_the_epoch() {
    let (_folder, path) = vault_with(|vault| {
        assert_eq!(vault.epoch(), 0);
        vault.put(&NOTES, &1, &"note".into()).unwrap();
        vault.put(&NOTES, &1, &"note".into()).unwrap();
        vault.delete(&NOTES, &9).unwrap();
        assert_eq!(vault.epoch(), 2);
        vault.delete(&NOTES, &1).unwrap();
    });
    assert_eq!(open(&path).unwrap().epoch(), 3);
}

#[test]
fn a_writer_that_panics_leaves_the_vault_usable() {
    let (_folder, path) = vault_with(|vault| {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let _never: Result<(), VaultError> = vault.write(|transaction| {
                transaction.put(&NOTES, &1, &"half".into())?;
                panic!("the caller's own mistake")
            });
        }));
        assert!(panicked.is_err());
        vault.put(&NOTES, &2, &"whole".into()).unwrap();
    });
    assert_eq!(
        open(&path).unwrap().list(&NOTES),
        Ok(vec![(2, "whole".into())])
    );
}

#[test]
fn without_randomness_nothing_is_written() {
    /// Answers until it is told to stop.
    #[derive(Debug, Default)]
    struct Failing(SystemRng, AtomicBool);
    impl Rng for Failing {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            match self.1.load(Ordering::Relaxed) {
                true => Err(NoRandomness),
                false => self.0.fill(bytes),
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let rng = Arc::new(Failing::default());
    let cost = KdfCost::danger_cheap_for_tests();
    let path = folder.path().join("vault");
    let vault = Vault::create(&path, &passphrase(), cost, rng.clone()).unwrap();
    rng.1.store(true, Ordering::Relaxed);
    let refused = vault.put(&NOTES, &1, &"note".into());
    assert_eq!(refused, Err(VaultError::Randomness(NoRandomness)));
    rng.1.store(false, Ordering::Relaxed);
    assert_eq!((vault.count(&NOTES), vault.epoch()), (0, 0));
    vault.put(&NOTES, &1, &"note".into()).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_write_that_fails_half_way_stops_the_vault_until_it_is_opened_again() {
    let (_folder, path) = vault_with(|vault| {
        vault.put(&NOTES, &1, &"one".into()).unwrap();
        *vault.mark.lock().unwrap() = Mark::on_a_full_disk().unwrap();
        let failed = vault.put(&NOTES, &2, &"two".into());
        assert_eq!(failed, Err(VaultError::Io(io::ErrorKind::StorageFull)));
        assert_eq!(
            vault.put(&NOTES, &3, &"three".into()),
            Err(VaultError::Stopped)
        );
        assert_eq!(vault.get(&NOTES, &1), Err(VaultError::Stopped));
        assert_eq!(vault.list(&NOTES), Err(VaultError::Stopped));
        assert_eq!(vault.check(), Err(VaultError::Stopped));
    });
    let vault = open(&path).unwrap();
    assert_eq!(vault.get(&NOTES, &1), Ok(Some("one".into())));
    assert_eq!(vault.contains(&NOTES, &3), Ok(false));
    vault.put(&NOTES, &3, &"three".into()).unwrap();
}

#[test]
fn many_threads_write_and_read_one_vault() {
    let (_folder, path) = vault_with(|vault| {
        vault.put(&NOTES, &0, &"0".into()).unwrap();
        std::thread::scope(|scope| {
            for _thread in 0..4 {
                scope.spawn(|| {
                    for _turn in 0..25 {
                        let add_one = |transaction: &mut Transaction<'_>| {
                            let count = transaction.get(&NOTES, &0)?.unwrap();
                            let count: u32 = count.parse().unwrap();
                            transaction.put(&NOTES, &0, &(count + 1).to_string())
                        };
                        vault.write::<(), VaultError>(add_one).unwrap();
                        assert!(vault.get(&NOTES, &0).unwrap().is_some());
                    }
                });
            }
        });
    });
    assert_eq!(open(&path).unwrap().get(&NOTES, &0), Ok(Some("100".into())));
}

#[test]
fn a_vault_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Vault>();
}

#[test]
fn debug_output_of_a_vault_and_a_write_names_nothing() {
    let (_folder, _path) = vault_with(|vault| {
        let written: Result<(), VaultError> = vault.write(|transaction| {
            transaction.put(&DIPLOMAS, &"Tuulikki".into(), &diploma())?;
            let text = format!("{vault:?} {transaction:?}");
            assert!(!text.contains("Tuulikki") && text.starts_with("Vault { epoch: 0, .. }"));
            Ok(())
        });
        written.unwrap();
    });
}
