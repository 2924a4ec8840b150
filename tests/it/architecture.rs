//! What may depend on what, and what is deliberately absent.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

const OURS: [&str; 6] = [
    "osaamislompakko",
    "credential-core",
    "verifier-sdk",
    "wallet-core",
    "consent-broker",
    "issuer-adapters",
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .exec()
        .unwrap()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The crates of ours that `name` names in its `[dependencies]`.
fn imports(metadata: &Metadata, name: &str) -> BTreeSet<String> {
    let package = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == name)
        .unwrap();
    let normal = package
        .dependencies
        .iter()
        .filter(|d| d.kind == DependencyKind::Normal);
    normal
        .map(|d| d.name.clone())
        .filter(|name| OURS.contains(&name.as_str()))
        .collect()
}

/// Everything that is compiled into `name` on its own, development and build scripts aside: a build
/// of the whole workspace would mix in what other packages switch on.
fn tree(name: &str) -> BTreeSet<String> {
    tree_with(name, "--all-features")
}

fn tree_with(name: &str, features: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            name,
        ])
        .args([features, "--manifest-path"])
        .arg(root().join("Cargo.toml"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).unwrap();
    lines
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn each_crate_imports_only_what_its_role_allows() {
    let metadata = metadata();
    assert_eq!(imports(&metadata, "credential-core"), set(&[]));
    assert_eq!(
        imports(&metadata, "verifier-sdk"),
        set(&["credential-core"])
    );
    assert_eq!(
        imports(&metadata, "issuer-adapters"),
        set(&["credential-core"])
    );
    assert_eq!(
        imports(&metadata, "consent-broker"),
        set(&["credential-core"])
    );
    assert_eq!(
        imports(&metadata, "wallet-core"),
        set(&["credential-core", "verifier-sdk", "issuer-adapters"])
    );
}

#[test]
fn the_wallet_takes_the_readers_without_the_issuing_server() {
    let metadata = metadata();
    let wallet = metadata
        .packages
        .iter()
        .find(|p| p.name.as_str() == "wallet-core")
        .unwrap();
    let adapters = wallet
        .dependencies
        .iter()
        // Its tests collect from a real issuer.
        .find(|d| d.name == "issuer-adapters" && d.kind == DependencyKind::Normal)
        .unwrap();
    assert!(adapters.features.is_empty(), "{:?}", adapters.features);
}

#[test]
fn the_core_knows_no_network_no_storage_and_no_runtime() {
    // The guarded client stands behind a feature, and is the only thing that does.
    let plain = tree_with("credential-core", "--no-default-features");
    for absent in ["tokio", "reqwest", "hyper", "rustls", "josekit", "openssl"] {
        assert!(!plain.contains(absent), "{absent}");
    }
    let whole = tree("credential-core");
    for absent in ["axum", "sled", "ssi"] {
        assert!(!whole.contains(absent), "{absent}");
    }
}

#[test]
fn only_the_guarded_client_makes_connections() {
    let naming = files_with(&["reqwest::", "use reqwest"], |path| !is_test(path));
    assert_eq!(naming, ["credential-core/src/http.rs"]);
    let in_broker = |path: &str| path.starts_with("consent-broker/src/") && !is_test(path);
    let sending = files_with(&["HttpClient"], in_broker);
    let (witnesses, recipients) = ("log_keeper.rs", "messenger.rs");
    let allowed = [witnesses, recipients].map(|file| format!("consent-broker/src/{file}"));
    assert_eq!(sending, allowed);
}

#[test]
fn the_broker_has_no_code_that_opens_a_deposit() {
    let tree = tree("consent-broker");
    for absent in ["josekit", "openssl", "verifier-sdk", "wallet-core", "ssi"] {
        assert!(!tree.contains(absent), "{absent}");
    }
}

#[test]
fn the_product_itself_carries_no_second_cryptography_beside_ring_and_openssl() {
    let tree = tree("osaamislompakko");
    for absent in ["aws-lc-rs", "aws-lc-sys", "ssi", "didkit", "native-tls"] {
        assert!(!tree.contains(absent), "{absent}");
    }
}

#[test]
fn only_named_files_know_the_storage_engine() {
    let types = [
        "Config",
        "Db",
        "Tree",
        "IVec",
        "Batch",
        "Error",
        "transaction",
        "open",
    ];
    let needles: Vec<String> = types.iter().map(|name| format!("sled::{name}")).collect();
    let needles: Vec<&str> = needles
        .iter()
        .map(String::as_str)
        .chain(["use sled"])
        .collect();
    let naming = files_with(&needles, |path| !is_test(path));
    let allowed = |path: &String| {
        path.starts_with("wallet-core/src/vault/")
            || path == "consent-broker/src/storage/sled.rs"
            || path == "consent-broker/src/storage/sled/disk.rs"
            || path == "issuer-adapters/src/server/store.rs"
    };
    assert_eq!(
        naming
            .into_iter()
            .filter(|path| !allowed(path))
            .collect::<Vec<_>>(),
        [""; 0]
    );
}

#[test]
fn sealing_lives_only_in_the_wallet_and_opening_only_at_the_recipient() {
    let sealing = files_with(&["agree_ephemeral"], |path| !is_test(path));
    assert_eq!(sealing, ["wallet-core/src/consent/deposit.rs"]);
    // What a wallet and an issuer say to each other has nothing to do with deposits, and stands behind a
    // feature that the broker is built without.
    let of_issuance = "credential-core/src/jose/jwe.rs";
    let opening = files_with(&["josekit"], |path| {
        !is_test(path) && path.ends_with(".rs") && path != of_issuance
    });
    assert!(!opening.is_empty());
    assert!(
        opening
            .iter()
            .all(|path| path.starts_with("verifier-sdk/src/")),
        "{opening:?}"
    );
}

#[test]
fn certificates_are_looked_at_in_one_place() {
    // OpenSSL's own interface is for signed PDF and for chains of certificates; who judges a chain asks there.
    let naming = files_with(&["openssl::"], |path| !is_test(path));
    let allowed = |path: &String| {
        path.starts_with("credential-core/src/pades/")
            || path.starts_with("credential-core/src/x509/")
    };
    assert!(naming.iter().all(allowed), "{naming:?}");
    let judging = files_with(&["Chain::from_x5c("], |path| !is_test(path));
    assert_eq!(
        judging,
        [
            "issuer-adapters/src/bin/issuer/identity.rs",
            "issuer-adapters/src/server/attestation.rs",
            "verifier-sdk/src/checks/identity.rs",
            "verifier-sdk/src/checks/registry/authorities.rs",
        ]
    );
}

#[test]
fn no_public_signature_shows_a_type_of_another_cryptography_or_storage_crate() {
    for file in
        rust_files(|path| !is_test(path) && path.contains("/src/") && !path.contains("/bin/"))
    {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        for line in text.lines().map(str::trim_start) {
            let public = line.starts_with("pub fn") || line.starts_with("pub async fn");
            let foreign = ["ring::", "sled::", "josekit::", "openssl::", "ssi::"]
                .iter()
                .find(|n| line.contains(**n));
            assert!(!(public && foreign.is_some()), "{file}: {line}");
        }
    }
}

#[test]
fn only_programs_ask_the_environment_or_the_machines_clock() {
    let asking = files_with(&["env::var", "Utc::now(", "SystemTime::now("], |path| {
        !is_test(path)
    });
    let allowed = |path: &String| {
        path.ends_with("/main.rs")
            || path.ends_with("/config.rs")
            || path.ends_with("/settings/environment.rs")
            || path == "src/main.rs"
            || path == "credential-core/src/clock.rs"
    };
    assert_eq!(
        asking
            .into_iter()
            .filter(|path| !allowed(path))
            .collect::<Vec<_>>(),
        [""; 0]
    );
}

fn is_test(path: &str) -> bool {
    ["tests", "test_support", "conformance", "benches", "fuzz/"]
        .iter()
        .any(|part| path.contains(part))
}

fn files_with(needles: &[&str], keep: impl Fn(&str) -> bool) -> Vec<String> {
    let holds = |path: &String| {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        code.into_iter()
            .any(|line| needles.iter().any(|needle| line.contains(needle)))
    };
    rust_files(keep).into_iter().filter(holds).collect()
}

fn rust_files(keep: impl Fn(&str) -> bool) -> Vec<String> {
    let mut files = Vec::new();
    collect(&root(), &mut files);
    let mut files: Vec<String> = files
        .iter()
        .map(|path| {
            path.strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|path| keep(path))
        .collect();
    files.sort();
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            collect(&path, files);
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
}
