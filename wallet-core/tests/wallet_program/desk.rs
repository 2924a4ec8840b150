//! What the program's tests share: a folder with a wallet and what the registrar hands out.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::Arc,
};

use credential_core::{
    clock::{Clock as _, SystemClock},
    jose::{Es256Key, JwkSet, KeyUse, Signer as _},
    network::Network,
    rng::SystemRng,
    text::Text,
    trust::{self, Entry, IssuerRole, MAX_LIFE},
};
use tempfile::TempDir;
use verifier_sdk::http::HttpClient;
use wallet_core::{
    Surroundings, Wallet,
    vault::{KdfCost, Passphrase},
};

pub(crate) const PASSPHRASE: &str = "koivu lumi silta aamu";

/// A folder with a wallet, its passphrase in a file, and what the registrar hands out.
pub(crate) struct Desk {
    folder: TempDir,
    registrar: Es256Key,
}

impl Desk {
    /// Everything but the wallet.
    pub(crate) fn empty() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            registrar: Es256Key::generate().unwrap().0,
        };
        let key = serde_json::to_string(desk.registrar.public_jwk()).unwrap();
        desk.write("registrar.jwk", &key);
        desk.write("trust-list.jwt", &desk.list(&desk.registrar));
        desk.write("passphrase", &format!("{PASSPHRASE}\nnot this line\n"));
        desk.write("wrong", "kuusi lumi silta aamu\n");
        desk
    }

    /// With a wallet that is cheap to open.
    pub(crate) fn new() -> Self {
        let desk = Self::empty();
        drop(desk.wallet());
        desk
    }

    /// Makes the wallet and leaves it open.
    pub(crate) fn wallet(&self) -> Wallet {
        let surroundings = Surroundings {
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng::default()),
            http: HttpClient::new(Network::Loopback).unwrap(),
        };
        let wallet = Wallet::create(
            &self.path("wallet"),
            &Passphrase::from(PASSPHRASE.to_owned()),
            KdfCost::danger_cheap_for_tests(),
            self.registrar.public_jwk(),
            surroundings,
        );
        let wallet = wallet.unwrap();
        wallet
            .import_trust_list(&self.list(&self.registrar))
            .unwrap();
        wallet
    }

    /// A list with one issuer.
    pub(crate) fn list(&self, signer: &Es256Key) -> String {
        let (now, registrar) = (SystemClock.now(), "https://registrar.example");
        let key = Es256Key::generate().unwrap().0;
        let entry = Entry {
            entity_id: "https://school.example".into(),
            name: Text::new("Koulu", "Skolan", "School"),
            business_id: None,
            organisation_oid: None,
            jwks: JwkSet {
                keys: vec![key.public_jwk().clone().with_use(KeyUse::Sig)],
            },
            issuer: Some(IssuerRole {
                credential_types: vec![],
            }),
            recipient: None,
            broker: None,
            resource: None,
        };
        let statements = [entry.statement(registrar, now, now + MAX_LIFE)];
        trust::publish(registrar, 1, now, now + MAX_LIFE, &statements, signer).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The program with the folder, and no passphrase yet.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wallet"));
        command
            .arg("--home")
            .arg(self.path("wallet"))
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run_with(&self, passphrase: &str, arguments: &[&str]) -> Output {
        let mut command = self.bare(arguments);
        command.arg("--passphrase-file").arg(self.path(passphrase));
        command.output().unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_with("passphrase", arguments)
    }
}
