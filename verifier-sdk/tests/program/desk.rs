//! What the program's tests share: a folder with a trust list, its key and a recipient.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    clock::{Clock as _, SystemClock},
    credential::{CredentialClaims, CredentialType},
    jose::{Es256Key, JwkSet, Signer as _},
    rng::SystemRng,
    sd_jwt::{self, Issuance},
    trust::{self, Metadata, Statement},
};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ISSUER: &str = "https://opisto.example";

/// A folder with a trust list, its key, and credentials signed now.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
    pub(crate) issuer: Es256Key,
    pub(crate) registrar: Es256Key,
    pub(crate) now: DateTime<Utc>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            issuer: Es256Key::generate().unwrap().0,
            registrar: Es256Key::generate().unwrap().0,
            now: SystemClock.now(),
        };
        let registrar = serde_json::to_string(desk.registrar.public_jwk()).unwrap();
        desk.write("registrar.jwk", &registrar);
        desk.publish("list.jwt", 3);
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn publish(&self, name: &str, sequence: u64) {
        self.publish_with(name, sequence, Vec::new());
    }

    /// The list with the issuer and more statements.
    pub(crate) fn publish_with(&self, name: &str, sequence: u64, more: Vec<Statement>) {
        let mut statements = vec![self.issuer_statement()];
        statements.extend(more);
        let (registrar, until) = ("https://registrar.example", self.now + TimeDelta::days(2));
        let list = trust::publish(
            registrar,
            sequence,
            self.now,
            until,
            &statements,
            &self.registrar,
        );
        self.write(name, &list.unwrap());
    }

    /// A statement signed for two days.
    pub(crate) fn statement(&self, sub: &str, jwks: JwkSet, metadata: Metadata) -> Statement {
        Statement {
            iss: "https://registrar.example".into(),
            sub: sub.into(),
            iat: self.now.timestamp(),
            exp: (self.now + TimeDelta::days(2)).timestamp(),
            jwks,
            metadata,
        }
    }

    fn issuer_statement(&self) -> Statement {
        let metadata = serde_json::from_value(json!({
            "federation_entity": {"organization_name#fi": "Esimerkin ammattiopisto",
                "organization_name#sv": "Exempelinstitutet", "organization_name#en": "Example College"},
            "openid_credential_issuer": {"credential_types": [CredentialType::Qualification.vct()]}
        }));
        let jwks = JwkSet {
            keys: vec![self.issuer.public_jwk().clone()],
        };
        self.statement(ISSUER, jwks, metadata.unwrap())
    }

    pub(crate) fn credential(&self) -> String {
        self.credential_of("Esimerkki-Lahti")
    }

    pub(crate) fn credential_of(&self, family_name: &str) -> String {
        self.credential_as(ISSUER, family_name)
    }

    /// The same in the name of another issuer.
    pub(crate) fn credential_as(&self, issuer: &str, family_name: &str) -> String {
        let kind = CredentialType::Qualification;
        let Value::Object(claims) = json!({"family_name": family_name,
            "title": {"fi": "Lähihoitaja"}, "awarding_date": "2026-02-01"})
        else {
            panic!("an object")
        };
        let claims = CredentialClaims::new(kind, claims, None).unwrap();
        let holder = Es256Key::generate().unwrap().0;
        let issuance = Issuance {
            issuer,
            vct: kind.vct(),
            vct_integrity: Some(&kind.integrity()),
            issued_at: self.now,
            expires_at: Some(self.now + TimeDelta::days(400)),
            status: None,
            holder: holder.public_jwk(),
            claims: claims.claims(),
            disclosable: claims.disclosable(),
        };
        let issued = sd_jwt::issue(&issuance, &self.issuer, &SystemRng::default());
        issued.unwrap().into_string()
    }

    /// `verify batch` of the folder's own files and lists.
    pub(crate) fn batch(&self, what: &[&str], more: &[&str]) -> Output {
        let (list, key) = (self.path("list.jwt"), self.path("registrar.jwk"));
        let mut arguments = vec!["batch", "--offline", "--lang", "en"];
        arguments.extend(["--trust-list", text(&list), "--registrar-key", text(&key)]);
        arguments.extend(what.iter().chain(more));
        verify(&arguments)
    }

    pub(crate) fn check(&self, name: &str, more: &[&str]) -> Output {
        let (file, list, key) = (
            self.path(name),
            self.path("list.jwt"),
            self.path("registrar.jwk"),
        );
        let mut arguments = vec!["file", text(&file), "--lang", "en"];
        arguments.extend(["--trust-list", text(&list), "--registrar-key", text(&key)]);
        arguments.extend(more);
        verify(&arguments)
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub(crate) fn verify(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_verify"))
        .args(arguments)
        .output()
        .unwrap()
}

pub(crate) fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

pub(crate) fn init(desk: &Desk, entity: &str) -> Output {
    init_with(desk, entity, "http://127.0.0.1:8777/callback")
}

/// A recipient's folder, `data`, whose entry for the registrar is printed.
pub(crate) fn init_with(desk: &Desk, entity: &str, redirect: &str) -> Output {
    let uses = json!([{
        "purpose": {"code": "https://w3id.org/dpv#PersonnelHiring",
            "text": {"fi": "Rekrytointi", "sv": "Rekrytering", "en": "Recruitment"}},
        "legal_basis": "consent",
        "dcql_query": {"credentials": [{"id": "degree", "format": "dc+sd-jwt",
            "meta": {"vct_values": [CredentialType::Qualification.vct()]},
            "claims": [{"id": "title", "path": ["title"]}]}]},
        "max_duration": "P90D", "max_reads": 5, "retention": "P90D"
    }]);
    desk.write("uses.json", &uses.to_string());
    let (data, uses) = (desk.path("data"), desk.path("uses.json"));
    verify(&[
        "init",
        "--data",
        text(&data),
        "--entity",
        entity,
        "--name-fi",
        "Lumo Hoiva Oy",
        "--name-sv",
        "Lumo Omsorg Ab",
        "--name-en",
        "Lumo Care Ltd",
        "--redirect",
        redirect,
        "--use",
        text(&uses),
        "--json",
    ])
}
