//! Arguments of the program, and where things stand in its folder.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::{Args, Parser, Subcommand};
use consent_broker::{
    TrustedProxy,
    suspension::{EntityId, Note},
};
use credential_core::id::GrantId;

const EXIT_CODES: &str = "Exit codes: 0 ok, 1 unexpected failure, 2 usage, 3 closed pipe, 5 not found, \
6 refused, 7 network failure, 8 damaged data.";

/// The consent broker: grants, sealed deposits, and an access log that cannot be changed unnoticed.
#[derive(Debug, Parser)]
#[command(
    name = "broker",
    version,
    before_help = "Example:\n  broker init --data /var/lib/broker --issuer https://broker.example > entry.json\n  \
broker serve --data /var/lib/broker --listen 127.0.0.1:8080 --issuer https://broker.example \\\n      \
--trust-list trust-list.jwt --registrar-key registrar.jwk.json",
    after_help = EXIT_CODES
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(Init),
    Serve(Serve),
    /// The registrar's list.
    #[command(subcommand)]
    Trustlist(TrustListCommand),
    /// Who may ask here, and who is suspended.
    #[command(subcommand)]
    Participant(ParticipantCommand),
    /// What the broker holds about a grant.
    #[command(subcommand)]
    Grant(GrantCommand),
    /// The access logs.
    #[command(subcommand)]
    Log(LogCommand),
    /// Print the OpenAPI document of this version's endpoints, as JSON.
    #[command(before_help = "Example:\n  broker openapi > openapi.json")]
    Openapi,
}

/// Make a broker's keys and print the entry to hand to the registrar.
///
/// The keys are PKCS #8 and raw octets in files of mode 0600, not encrypted: keep the folder where
/// nobody else can read it.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker init --data /var/lib/broker --issuer https://broker.example > entry.json"
)]
pub(crate) struct Init {
    /// The broker's folder; made when it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The address under which everybody reaches this broker, without a trailing slash.
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: String,
    /// Allow http on loopback.
    #[arg(long)]
    pub(crate) development: bool,
}

/// Serve until ctrl-c or SIGTERM. TLS is for the proxy in front; only the configured issuer counts.
///
/// The trust list's file is read again when it changes and on SIGHUP.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker serve --data /var/lib/broker --listen 127.0.0.1:8080 --issuer https://broker.example \\\n      \
--trust-list trust-list.jwt --registrar-key registrar.jwk.json"
)]
pub(crate) struct Serve {
    /// The broker's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: SocketAddr,
    /// The address under which everybody reaches this broker, without a trailing slash.
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: String,
    #[command(flatten)]
    pub(crate) trust: TrustFiles,
    /// A proxy in front whose Forwarded or X-Forwarded-For header is believed; may be given several
    /// times. Nobody else's is.
    #[arg(long = "trusted-proxy", value_name = "ADDR|NETWORK")]
    pub(crate) trusted_proxies: Vec<TrustedProxy>,
    /// Allow an http issuer on loopback.
    #[arg(long)]
    pub(crate) development: bool,
}

/// The registrar's list and key.
#[derive(Debug, Args)]
pub(crate) struct TrustFiles {
    /// The registrar's signed list.
    #[arg(long, value_name = "FILE")]
    pub(crate) trust_list: PathBuf,
    /// The registrar's public key (JWK), got from the registrar and not from the network.
    #[arg(long, value_name = "FILE")]
    pub(crate) registrar_key: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrustListCommand {
    Update(TrustListUpdate),
    Show(TrustListShow),
}

/// Check a newer list and put it in force, also in a running broker, and in the place of the file in use.
///
/// The broker's store remembers the number: neither an update nor a restart goes back to an older list.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker trustlist update --data /var/lib/broker --trust-list trust-list.jwt --registrar-key registrar.jwk.json newer.jwt"
)]
pub(crate) struct TrustListUpdate {
    /// The broker's folder; the broker may be running.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) trust: TrustFiles,
    /// The newer list.
    pub(crate) file: PathBuf,
}

/// Show who is on the list in use.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker trustlist show --trust-list trust-list.jwt --registrar-key registrar.jwk.json"
)]
pub(crate) struct TrustListShow {
    #[command(flatten)]
    pub(crate) trust: TrustFiles,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ParticipantCommand {
    List(ParticipantListing),
    Suspend(ParticipantSuspend),
    Resume(ParticipantResume),
}

/// Show who is on the trust list in force, and who of them is suspended.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  broker participant list --data /var/lib/broker")]
pub(crate) struct ParticipantListing {
    /// The broker's folder; the broker may be running.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Stop a participant for the time being: from the next request on it asks and reads nothing.
///
/// What people have granted it stays, and they can stop it.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker participant suspend --data /var/lib/broker https://lumohoiva.example --reason 'key reported stolen, case 17'"
)]
pub(crate) struct ParticipantSuspend {
    /// The broker's folder; the broker may be running.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The participant: its entity id or client id.
    pub(crate) participant: EntityId,
    /// Why, for your own records; the broker tells nobody.
    #[arg(long)]
    pub(crate) reason: Note,
}

/// End a participant's suspension: what was granted works again.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker participant resume --data /var/lib/broker https://lumohoiva.example"
)]
pub(crate) struct ParticipantResume {
    /// The broker's folder; the broker may be running.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The participant: its entity id or client id.
    pub(crate) participant: EntityId,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GrantCommand {
    Show(GrantShow),
}

/// Print everything the broker holds about one grant, as JSON. It names nobody.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker grant show --data /var/lib/broker 0f8c5a1e-6c1b-4a52-9d3e-7b1f0c2d4e6a"
)]
pub(crate) struct GrantShow {
    /// The broker's folder; the broker may be running.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The grant's id.
    pub(crate) id: GrantId,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    Verify(LogVerify),
}

/// Compute every person's log again and compare it with its tree.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  broker log verify --data /var/lib/broker")]
pub(crate) struct LogVerify {
    /// The broker's folder; the broker may be running.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The keys' folder.
pub(crate) fn keys(data: &Path) -> PathBuf {
    data.join("keys")
}

/// The store's folder.
pub(crate) fn store(data: &Path) -> PathBuf {
    data.join("store")
}

/// The operator's socket of a running broker.
pub(crate) fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

#[cfg(test)]
mod tests;
