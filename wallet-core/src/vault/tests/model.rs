//! Any sequence of writes, aborted writes and reopenings behaves like a map in memory.

use std::collections::BTreeMap;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};

use super::*;

const OTHER: Tree<String, String> = Tree::new("other");

#[derive(Debug, Clone)]
enum Step {
    Put(u32, usize),
    Delete(u32),
    /// One transaction: moves a note to the other tree; aborts when told to.
    Move(u32, bool),
    Reopen,
    /// Drops the vault without its last mark, as a crash between engine and mark does.
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    let key = 0..6_u32;
    let size = prop_oneof![4 => 0..300_usize, 1 => 3000..30_000_usize];
    prop_oneof![
        6 => (key.clone(), size).prop_map(|(key, size)| Step::Put(key, size)),
        3 => key.clone().prop_map(Step::Delete),
        3 => (key, any::<bool>()).prop_map(|(key, abort)| Step::Move(key, abort)),
        1 => Just(Step::Reopen),
        1 => Just(Step::Crash),
    ]
}

#[derive(Debug, Default)]
struct Model {
    notes: BTreeMap<u32, String>,
    other: BTreeMap<String, String>,
    epoch: u64,
}

impl Model {
    fn take(&mut self, vault: &Vault, step: &Step) {
        match step {
            Step::Put(key, size) => {
                let value = format!("{}{}", self.epoch, "x".repeat(*size));
                vault.put(&NOTES, key, &value).unwrap();
                self.notes.insert(*key, value);
                self.epoch += 1;
            }
            Step::Delete(key) => {
                let was_there = self.notes.remove(key).is_some();
                assert_eq!(vault.delete(&NOTES, key), Ok(was_there));
                self.epoch += u64::from(was_there);
            }
            Step::Move(key, abort) => self.move_note(vault, *key, *abort),
            Step::Reopen | Step::Crash => {}
        }
    }

    fn move_note(&mut self, vault: &Vault, key: u32, abort: bool) {
        let moved = vault.write(|transaction| {
            let Some(value) = transaction.get(&NOTES, &key)? else {
                return Err(VaultError::NotAVault);
            };
            transaction.delete(&NOTES, &key)?;
            transaction.put(&OTHER, &key.to_string(), &value)?;
            if abort {
                Err(VaultError::Stopped)
            } else {
                Ok(())
            }
        });
        match (self.notes.get(&key), abort) {
            (None, _) => assert_eq!(moved, Err(VaultError::NotAVault)),
            (Some(_), true) => assert_eq!(moved, Err(VaultError::Stopped)),
            (Some(_), false) => {
                assert_eq!(moved, Ok(()));
                let value = self.notes.remove(&key).unwrap();
                self.other.insert(key.to_string(), value);
                self.epoch += 1;
            }
        }
    }

    fn assert_equals(&self, vault: &Vault) {
        assert_eq!(vault.epoch(), self.epoch);
        assert_eq!(
            vault.list(&NOTES).unwrap(),
            Vec::from_iter(self.notes.clone())
        );
        assert_eq!(
            vault.list(&OTHER).unwrap(),
            Vec::from_iter(self.other.clone())
        );
        for key in 0..6 {
            assert_eq!(
                vault.get(&NOTES, &key).unwrap().as_ref(),
                self.notes.get(&key)
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_vault_is_a_map(steps in prop::collection::vec(step(), 1..30)) {
        let (_folder, path) = vault_with(|_vault| {});
        let mut model = Model::default();
        let mut vault = open(&path).unwrap();
        let mut before_last = fs::read(path.join("mark")).unwrap();
        for step in steps {
            let mark = fs::read(path.join("mark")).unwrap();
            model.take(&vault, &step);
            if matches!(step, Step::Reopen | Step::Crash) {
                drop(vault);
                if matches!(step, Step::Crash) {
                    fs::write(path.join("mark"), &before_last).unwrap();
                }
                vault = open(&path).unwrap();
            }
            before_last = mark;
            model.assert_equals(&vault);
        }
        drop(vault);
        model.assert_equals(&open(&path).unwrap());
    }
}
