//! Folders: who may open one, what stands in it, and what is no vault.

use super::*;

#[test]
fn a_wrong_passphrase_is_its_own_error() {
    let (_folder, path) = vault_with(|_vault| {});
    let wrong = Passphrase::from(String::from("neljä pientä pukkia"));
    let opened = Vault::open(&path, &wrong, rng()).map(|_vault| ());
    assert_eq!(opened, Err(VaultError::WrongPassphrase));
    assert!(open(&path).is_ok());
}

#[test]
fn a_newer_format_is_its_own_error_and_is_left_alone() {
    let (_folder, path) = vault_with(|_vault| {});
    let file = path.join(header::FILE);
    let text = fs::read_to_string(&file).unwrap();
    let body = &text[..text.rfind("sha256 ").unwrap()];
    let newer = header::with_checksum(&body.replacen("vault 1", "vault 7", 1));
    fs::write(&file, &newer).unwrap();
    let expected = VaultError::NewerVersion { found: 7, known: 1 };
    assert_eq!(open(&path).map(|_vault| ()), Err(expected));
    assert_eq!(fs::read_to_string(&file).unwrap(), newer);
}

#[test]
fn a_second_opening_is_refused_while_the_first_lasts() {
    let (_folder, path) = vault_with(|vault| {
        vault.put(&NOTES, &1, &"note".into()).unwrap();
    });
    let first = open(&path).unwrap();
    assert_eq!(open(&path).map(|_vault| ()), Err(VaultError::InUse));
    drop(first);
    assert!(open(&path).is_ok());
}

#[test]
fn a_store_that_another_program_has_open_is_in_use() {
    let (_folder, path) = vault_with(|_vault| {});
    let other = sled::Config::new().path(path.join("store")).open().unwrap();
    assert_eq!(open(&path).map(|_vault| ()), Err(VaultError::InUse));
    drop(other);
    fs::File::open(path.join("store/db"))
        .unwrap()
        .lock()
        .unwrap();
    assert!(open(&path).is_ok());
}

#[test]
fn a_folder_that_is_no_vault_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        open(folder.path()).map(|_vault| ()),
        Err(VaultError::NotAVault)
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let missing = folder.path().join("missing");
    assert_eq!(open(&missing).map(|_vault| ()), Err(VaultError::NotAVault));
    assert!(!missing.exists());
}

#[test]
fn creating_over_something_is_refused() {
    let (folder, path) = vault_with(|vault| {
        vault.put(&NOTES, &1, &"note".into()).unwrap();
    });
    let create_at = |path: &Path| {
        let cost = KdfCost::danger_cheap_for_tests();
        Vault::create(path, &passphrase(), cost, rng()).map(|_vault| ())
    };
    assert_eq!(create_at(&path), Err(VaultError::AlreadyExists));
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(create_at(&file), Err(VaultError::AlreadyExists));
    assert_eq!(create_at(Path::new("/")), Err(VaultError::AlreadyExists));
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).unwrap();
    assert_eq!(create_at(&empty), Ok(()));
    let lost = folder.path().join("missing/vault");
    assert_eq!(
        create_at(&lost),
        Err(VaultError::Io(io::ErrorKind::NotFound))
    );
    assert_eq!(open(&path).unwrap().count(&NOTES), 1);
    // Neither an unfinished vault nor anything else is left beside them.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}

#[cfg(unix)]
#[test]
fn the_owner_alone_may_look_into_the_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path) = vault_with(|_vault| {});
    let mode_of = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let _vault = open(&path).unwrap();
    assert_eq!([mode_of(&path), mode_of(&path.join("store"))], [0o700; 2]);
    for file in ["header", "mark", "lock", "store/db", "store/conf"] {
        assert_eq!(mode_of(&path.join(file)), 0o600, "{file}");
    }
}

#[test]
fn no_plaintext_stands_in_any_file() {
    let secrets = [
        "Tuulikki",
        "Kuvitteellinen",
        "diploma-2031-08",
        "diplomas",
        "holder",
    ];
    let (_folder, path) = vault_with(|vault| {
        for number in 0..50 {
            let key = format!("diploma-2031-08-{number}");
            vault.put(&DIPLOMAS, &key, &diploma()).unwrap();
        }
        vault
            .delete(&DIPLOMAS, &"diploma-2031-08-7".into())
            .unwrap();
    });
    // Once more, so that the engine's snapshots are there too.
    drop(open(&path).unwrap());
    let mut files = 0;
    let mut folders = vec![path];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let octets = fs::read(&path).unwrap();
            files += 1;
            for secret in secrets {
                let found = octets.windows(secret.len()).any(|w| w == secret.as_bytes());
                assert!(!found, "{secret} in {}", path.display());
            }
        }
    }
    assert!(files >= 5, "{files}");
}
