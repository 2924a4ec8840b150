//! `issuer key`: which keys there are, a new one, a passphrase for plain ones, and certificates.

mod certificate;

use std::{path::PathBuf, sync::Arc};

use chrono::TimeDelta;
use clap::{Args, Subcommand, ValueEnum};
use credential_core::{
    clock::{Clock as _, SystemClock},
    rng::{Rng, SystemRng},
};
use issuer_adapters::{
    audit::AuditEvent,
    keystore::{KdfCost, KeyPurpose, KeyRecord},
};
use serde::Serialize;

use super::audit::record;
use crate::{
    failure::Failure,
    folder::Folder,
    identity::Identity,
    output::Output,
    place::{PassphraseFrom, Place},
};

/// The institution's keys. Private halves are encrypted with a passphrase, unless the folder was made with
/// --unprotected-keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// List the keys: what each signs, since when, until when it is published.
    List(List),
    /// Make a new key that signs from the next start of the server; the old one only verifies.
    Rotate(Rotate),
    /// Encrypt the plain keys of a folder with a passphrase.
    Protect(Protect),
    /// Write a request for a certificate of the key that signs credentials.
    Csr(certificate::Csr),
    /// Put in the certificate of the key that signs credentials.
    Certificate(certificate::Install),
}

/// Lists the keys. No passphrase is needed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n\n  issuer key list --data issuer")]
pub(crate) struct List {
    /// The institution's folder.
    #[arg(long)]
    data: PathBuf,
}

/// Makes a new key. Afterwards: give the entry of `issuer entry` to the registrar, and when the new trust list is
/// out, start the server again. Until then it signs with the old key, whose private half is destroyed in the folder.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n\n  issuer key rotate --data issuer --overlap 730")]
pub(crate) struct Rotate {
    #[command(flatten)]
    place: Place,
    /// Which key.
    #[arg(long, value_enum, default_value_t = Which::Credentials)]
    purpose: Which,
    /// For how many days the old key stays published. Without it for good: what it signed without an end
    /// can then be verified for good.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    overlap: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Credentials and status lists.
    Credentials,
    /// Open Badges.
    Badges,
}

/// Encrypts plain keys. A running server goes on; its next start needs the passphrase.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n\n  issuer key protect --data issuer --passphrase-file passphrase.txt"
)]
pub(crate) struct Protect {
    /// The institution's folder.
    #[arg(long)]
    data: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseFrom,
}

#[derive(Debug, Serialize)]
struct Listed<'a> {
    encrypted: bool,
    keys: &'a [KeyRecord],
}

pub(crate) fn key(command: &Key, output: &Output) -> Result<(), Failure> {
    match command {
        Key::List(list) => show(&Folder::at(&list.data), output),
        Key::Rotate(rotated) => rotate(rotated, output),
        Key::Protect(protected) => protect(protected, output),
        Key::Csr(csr) => certificate::csr(csr, output),
        Key::Certificate(install) => certificate::install(install, output),
    }
}

fn show(folder: &Folder, output: &Output) -> Result<(), Failure> {
    let store = folder.keys()?;
    let mut lines: Vec<_> = store.keys().iter().map(line).collect();
    lines.push(match store.is_protected() {
        true => "The private keys are encrypted with a passphrase.".into(),
        false => "The private keys are plain files: issuer key protect encrypts them.".into(),
    });
    let listed = Listed {
        encrypted: store.is_protected(),
        keys: store.keys(),
    };
    output.data("issuer.keys/1", &listed, &lines)
}

fn rotate(rotate: &Rotate, output: &Output) -> Result<(), Failure> {
    let (folder, mut keys) = rotate.place.unlock()?;
    let now = SystemClock.now();
    let purpose = match rotate.purpose {
        Which::Credentials => KeyPurpose::Credentials,
        Which::Badges => KeyPurpose::Badges,
    };
    let until = rotate
        .overlap
        .map(|days| now + TimeDelta::days(days.into()));
    let kid = keys.rotate(purpose, until, now)?.kid;
    record(&folder, now, &AuditEvent::KeyRotated { kid })?;
    output.message(
        "A new key was made. Give the entry that issuer entry prints to the registrar; \
         when the trust list has it, start the server again.",
    );
    if folder.institution()?.identity == Identity::X5c && purpose == KeyPurpose::Credentials {
        output.message(
            "The new key needs a certificate of its own before the server starts again: issuer key csr, \
            then issuer key certificate.",
        );
    }
    show(&folder, output)
}

fn protect(protect: &Protect, output: &Output) -> Result<(), Failure> {
    let folder = Folder::at(&protect.data);
    let rng: Arc<dyn Rng> = Arc::new(SystemRng::default());
    let mut keys = folder
        .keys()?
        .unlock(None, Arc::clone(&rng))
        .map_err(|error| {
            use issuer_adapters::keystore::KeystoreError::{PassphraseNeeded, ProtectedAlready};
            Failure::from(match error {
                PassphraseNeeded => ProtectedAlready,
                other => other,
            })
        })?;
    let passphrase = protect.passphrase.read_new()?;
    keys.protect(&passphrase, KdfCost::recommended(), &rng)?;
    record(&folder, SystemClock.now(), &AuditEvent::KeysProtected)?;
    output.message("Copies of the plain files, in backups too, still open the keys: remove them.");
    show(&folder, output)
}

fn line(record: &KeyRecord) -> String {
    let purpose = match record.purpose {
        KeyPurpose::Credentials => "credentials",
        _ => "badges",
    };
    let day = |time: chrono::DateTime<chrono::Utc>| time.date_naive().to_string();
    let made = record.created.map_or_else(|| "date not known".into(), day);
    let use_of = match (record.retired, record.published_until) {
        (None, _) => "signs".to_owned(),
        (Some(retired), None) => format!("retired {}, published for good", day(retired)),
        (Some(retired), Some(until)) => {
            format!("retired {}, published until {}", day(retired), day(until))
        }
    };
    format!(
        "{}  {}  {purpose:11}  made {made}  {use_of}",
        record.kid, record.alg
    )
}
