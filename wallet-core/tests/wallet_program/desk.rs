//! What the program's tests share: a folder with a wallet and what the registrar hands out.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::Arc,
};

use credential_core::{
    clock::{Clock as _, SystemClock},
    credential::CredentialType,
    jose::{EdDsaKey, Es256Key, Jwk, JwkSet, KeyUse, Signer as _},
    linked_data::{ProofOptions, multikey, secure},
    network::Network,
    rng::SystemRng,
    text::Text,
    trust::{self, Entry, IssuerRole, MAX_LIFE},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use verifier_sdk::http::HttpClient;
use wallet_core::{
    Surroundings, Wallet,
    vault::{KdfCost, Passphrase},
};

pub(crate) const SCHOOL: &str = "https://school.example";
pub(crate) const PASSPHRASE: &str = "koivu lumi silta aamu";

/// A folder with a wallet, its passphrase in a file, and what the registrar hands out.
pub(crate) struct Desk {
    folder: TempDir,
    registrar: Es256Key,
    badges: EdDsaKey,
}

impl Desk {
    /// Everything but the wallet.
    pub(crate) fn empty() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            registrar: Es256Key::generate().unwrap().0,
            badges: EdDsaKey::generate().unwrap().0,
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
            entity_id: SCHOOL.into(),
            name: Text::new("Koulu", "Skolan", "School"),
            business_id: None,
            organisation_oid: None,
            jwks: JwkSet {
                keys: vec![
                    key.public_jwk().clone().with_use(KeyUse::Sig),
                    self.badges.public_jwk().clone(),
                ],
            },
            issuer: Some(IssuerRole {
                credential_types: vec![CredentialType::SkillBadge.vct().to_owned()],
                ..IssuerRole::default()
            }),
            recipient: None,
            broker: None,
            resource: None,
        };
        let statements = [entry.statement(registrar, now, now + MAX_LIFE)];
        trust::publish(registrar, 1, now, now + MAX_LIFE, &statements, signer).unwrap()
    }

    /// Makes the wallet with another list, on which one issuer stands with this key.
    pub(crate) fn follow(&self, issuer: &str, key: &Jwk, kind: CredentialType) {
        let (now, registrar) = (SystemClock.now(), "https://registrar.example");
        let entry = Entry {
            entity_id: issuer.into(),
            name: Text::new("Koulu", "Skolan", "School"),
            business_id: None,
            organisation_oid: None,
            jwks: JwkSet {
                keys: vec![key.clone().with_use(KeyUse::Sig)],
            },
            issuer: Some(IssuerRole {
                credential_types: vec![kind.vct().to_owned()],
                ..IssuerRole::default()
            }),
            recipient: None,
            broker: None,
            resource: None,
        };
        let until = now + MAX_LIFE;
        let statements = [entry.statement(registrar, now, until)];
        let list = trust::publish(registrar, 2, now, until, &statements, &self.registrar);
        self.wallet().import_trust_list(&list.unwrap()).unwrap();
    }

    /// A badge of the school.
    pub(crate) fn badge(&self) -> Value {
        let kid = self.badges.public_jwk().kid.as_deref().unwrap();
        badge_by(
            &self.badges,
            SCHOOL,
            &format!("{SCHOOL}#{kid}"),
            "Food hygiene",
        )
    }

    /// A badge of somebody whose key is their name.
    pub(crate) fn badge_of_a_stranger(&self, name: &str) -> Value {
        let key = EdDsaKey::generate().unwrap().0;
        let did = format!("did:key:{}", multikey(key.public_jwk()).unwrap());
        badge_by(&key, &did, &did, name)
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

fn badge_by(key: &EdDsaKey, issuer: &str, method: &str, name: &str) -> Value {
    let document = json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:5f0b7c1e-2f0c-4b5a-9a51-6a3c51d3a111",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Somebody Else"},
        "validFrom": "2026-05-20T12:00:00Z",
        "validUntil": "2131-05-29T12:00:00Z",
        "awardedDate": "2026-05-20T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:oppija",
            "type": ["AchievementSubject"],
            "result": [{"type": ["Result"], "value": "5"}],
            "achievement": {
                "id": "https://school.example/badges/7",
                "type": ["Achievement"],
                "achievementType": "Badge",
                "name": name,
                "description": "Handling food safely",
                "criteria": {"narrative": "An examination"},
                "alignment": [{
                    "type": ["Alignment"], "targetName": "Self-monitoring",
                    "targetUrl": "https://school.example/skills/2",
                }],
            },
        },
    });
    let options = ProofOptions {
        created: "2026-05-20T12:00:00Z".parse().unwrap(),
        verification_method: method,
    };
    let members = document.as_object().unwrap().clone();
    secure(members, &options, key).unwrap().to_json()
}
