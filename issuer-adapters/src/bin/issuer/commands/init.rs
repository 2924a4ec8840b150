//! `issuer init` and `issuer entry`.

use std::path::PathBuf;

use clap::Args;
use credential_core::{
    clock::{Clock as _, SystemClock},
    jose::Jwk,
    network::Network,
};
use issuer_adapters::{audit::AuditEvent, server::Profile};

use super::audit::record;
use crate::{
    failure::Failure,
    folder::{Folder, Institution},
    identity::{self, Identity},
    output::Output,
    place::PassphraseFrom,
};

/// Where an institution without an identifier listens when it is tried out.
pub(crate) const DEVELOPMENT_ADDRESS: &str = "127.0.0.1:7001";

/// Makes keys and an empty registry in a folder that only you may enter. The entry for the
/// trust list goes to stdout. The private keys are encrypted with a passphrase, which is asked for.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n\n  issuer init --data issuer --identifier https://opisto.example \\\n    --name-fi Opisto --name-sv Institutet --name-en College --passphrase-file passphrase.txt > entry.json"
)]
pub(crate) struct Init {
    /// The institution's folder; it must not hold an institution yet.
    #[arg(long)]
    data: PathBuf,
    /// Legal name in Finnish.
    #[arg(long)]
    name_fi: String,
    /// Legal name in Swedish.
    #[arg(long)]
    name_sv: String,
    /// Legal name in English.
    #[arg(long)]
    name_en: String,
    /// Finnish business id, such as 1234567-1.
    #[arg(long)]
    business_id: Option<String>,
    /// OID of the organisation in the education administration's register.
    #[arg(long)]
    organisation_oid: Option<String>,
    /// The address under which wallets will know the institution: https, without a closing slash.
    /// It stands in every credential and cannot change. Without it the institution can only be tried
    /// out, with `serve --development`.
    #[arg(long)]
    identifier: Option<String>,
    /// As whom it signs credentials: by its address (url), by the DID of its address (did:web), or with a
    /// certificate (x5c). A did:web and a certificate name a host, so both need --identifier with a host's name.
    #[arg(long, value_enum, default_value_t, value_name = "WAY")]
    identity: Identity,
    /// Leave the private keys plain: whoever reads the folder can issue. For trying out, or where the folder
    /// itself is encrypted.
    #[arg(long, conflicts_with_all = ["passphrase_file", "passphrase_fd"])]
    unprotected_keys: bool,
    #[command(flatten)]
    passphrase: PassphraseFrom,
}

/// Prints the entry for the trust list. No passphrase is needed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n\n  issuer entry --data issuer > entry.json")]
pub(crate) struct Entry {
    /// The institution's folder.
    #[arg(long)]
    data: PathBuf,
    /// Only for an institution that has no identifier of its own: where it is tried out.
    #[arg(long)]
    identifier: Option<String>,
}

pub(crate) fn init(init: &Init, output: &Output) -> Result<(), Failure> {
    let names = [&init.name_fi, &init.name_sv, &init.name_en];
    if names.iter().any(|name| name.trim().is_empty()) {
        return Err(Failure::usage(
            "the institution needs a name in each language",
        ));
    }
    let institution = Institution {
        business_id: init.business_id.clone(),
        organisation_oid: init.organisation_oid.clone(),
        identifier: init.identifier.clone(),
        identity: init.identity,
        ..Institution::new(names.map(|name| name.trim().to_owned()))
    };
    if let Some(identifier) = &init.identifier {
        Profile::new(identifier, institution.name(), network_of(identifier))?;
        identity::did(&institution, identifier)?;
    } else if init.identity != Identity::Url {
        return Err(Failure::usage(
            "a did:web and a certificate are made from the address: give --identifier",
        ));
    }
    let folder = Folder::at(&init.data);
    folder.check_absent()?;
    let passphrase = match init.unprotected_keys {
        true => None,
        false => Some(init.passphrase.read_new()?),
    };
    let now = SystemClock.now();
    let keys = folder.create(&institution, passphrase.as_ref(), now)?;
    let kids = keys.iter().map(Jwk::thumbprint).collect();
    record(&folder, now, &AuditEvent::Initialised { keys: kids })?;
    if init.identifier.is_none() {
        output.message(&format!(
            "No --identifier: this institution can only be tried out, at http://{DEVELOPMENT_ADDRESS} with serve --development."
        ));
    }
    let identifier = of_development(init.identifier.as_deref());
    if init.identity == Identity::X5c {
        output.message(
            "Next: issuer key csr makes the request for a certificate, issuer key certificate puts it in; \
            give the registrar the entry of issuer entry after that.",
        );
    }
    output.document(&institution.entry(&identifier, keys, None)?)
}

pub(crate) fn entry(entry: &Entry, output: &Output) -> Result<(), Failure> {
    let folder = Folder::at(&entry.data);
    let institution = folder.institution()?;
    let identifier = chosen(&institution, entry.identifier.as_deref())?;
    let identifier = of_development(identifier);
    Profile::new(&identifier, institution.name(), network_of(&identifier))?;
    let certificate = folder.certificate()?;
    output.document(&institution.entry(&identifier, folder.published()?, certificate)?)
}

/// The institution's identifier: its own, or the one given when it has none.
pub(crate) fn chosen<'a>(
    institution: &'a Institution,
    given: Option<&'a str>,
) -> Result<Option<&'a str>, Failure> {
    match (institution.identifier.as_deref(), given) {
        (Some(own), Some(given)) if own != given => Err(Failure::usage(format!(
            "the institution is {own}; its credentials say so, and it cannot become {given}"
        ))),
        (own, given) => Ok(own.or(given)),
    }
}

pub(crate) fn of_development(identifier: Option<&str>) -> String {
    identifier.map_or_else(|| format!("http://{DEVELOPMENT_ADDRESS}"), str::to_owned)
}

/// Plain http is only ever for this machine.
pub(crate) fn network_of(identifier: &str) -> Network {
    if identifier.starts_with("http://") {
        Network::Loopback
    } else {
        Network::Public
    }
}
