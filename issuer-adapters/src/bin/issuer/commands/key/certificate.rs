//! `issuer key csr` and `issuer key certificate`: a certificate for the key that signs credentials.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use credential_core::{
    clock::{Clock as _, SystemClock},
    x509::RequestedNames,
};
use issuer_adapters::{
    audit::AuditEvent,
    keystore::{KeyPurpose, KeyRecord, Keystore},
};
use serde_json::json;
use url::Url;

use crate::{
    commands::{audit::record, init::chosen},
    failure::{Failure, Kind},
    folder::{Folder, Institution},
    identity::{Certificate, Identity},
    output::Output,
    place::Place,
};

/// Largest file with certificates, in octets.
const LARGEST: u64 = 256 * 1024;

/// Writes a request (PKCS #10, PEM) for the key that signs credentials to stdout. It asks for the names by which
/// verifiers know you: the institution's identifier and the host in it.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n\n  issuer key csr --data issuer > request.pem")]
pub(crate) struct Csr {
    #[command(flatten)]
    place: Place,
}

/// Puts in the certificate of the key that signs credentials, after checking it as verifiers would: for this key,
/// with your name, in force, and leading to the authority. No passphrase is needed. Afterwards: give the entry of
/// issuer entry to the registrar, and start the server again.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n\n  issuer key certificate --data issuer --chain chain.pem --authority authority.pem"
)]
pub(crate) struct Install {
    /// The institution's folder.
    #[arg(long)]
    data: PathBuf,
    /// PEM: your certificate, then each that certifies the one before; without the authority's own.
    #[arg(long, value_name = "FILE")]
    chain: PathBuf,
    /// PEM: the certificate of the authority, which goes into the trust list.
    #[arg(long, value_name = "FILE")]
    authority: PathBuf,
}

pub(crate) fn csr(csr: &Csr, output: &Output) -> Result<(), Failure> {
    let (folder, keys) = csr.place.unlock()?;
    let institution = folder.institution()?;
    let identifier = named(&institution)?;
    let host = Url::parse(identifier).ok();
    let host = host.as_ref().and_then(Url::domain);
    let request = keys.certificate_request(&RequestedNames {
        legal_name: &institution.name_en,
        uri: identifier,
        dns: host,
    })?;
    let lines: Vec<String> = request.trim_end().lines().map(str::to_owned).collect();
    output.data("issuer.csr/1", &json!({"request": request}), &lines)
}

pub(crate) fn install(install: &Install, output: &Output) -> Result<(), Failure> {
    let folder = Folder::at(&install.data);
    let institution = folder.institution()?;
    let identifier = named(&institution)?;
    let store = folder.keys()?;
    let kid = &signing(&store)?.kid;
    let now = SystemClock.now();
    let texts = (read(&install.chain)?, read(&install.authority)?);
    let certificate = Certificate::new((&texts.0, &texts.1), (kid, identifier), now)?;
    folder.keep_certificate(&certificate)?;
    record(
        &folder,
        now,
        &AuditEvent::CertificateInstalled { kid: kid.clone() },
    )?;
    output.message(
        "Give the entry that issuer entry prints to the registrar; when the trust list has it, start the server again.",
    );
    let count = certificate.x5c.len();
    let line = format!("{kid}  {count} certificates");
    let data = json!({"kid": kid, "certificates": count});
    output.data("issuer.certificate/1", &data, &[line])
}

/// The identifier of an institution that signs with certificates.
fn named(institution: &Institution) -> Result<&str, Failure> {
    if institution.identity != Identity::X5c {
        let message =
            "this institution does not sign with certificates: it was made without --identity x5c";
        return Err(Failure::new(Kind::Refused, "identity_other", message));
    }
    let identifier = chosen(institution, None)?;
    identifier.ok_or_else(|| Failure::usage("this institution has no identifier"))
}

fn signing(store: &Keystore) -> Result<&KeyRecord, Failure> {
    let mut keys = store.keys().iter();
    let key = keys.find(|it| it.purpose == KeyPurpose::Credentials && it.retired.is_none());
    key.ok_or_else(|| Failure::unexpected("no key signs credentials"))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LARGEST).read_to_end(&mut content))
        .map_err(|error| Failure::file(path, &error))?;
    Ok(content)
}
