//! Arguments of the program, and where things stand in its folder.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::{Args, Parser, Subcommand};
use consent_broker::{
    TrustedProxy, WitnessAt,
    suspension::{EntityId, Note},
};
use credential_core::{id::GrantId, transparency::VerifierKey};

use crate::settings::{Given, LogFormat, StoreKind};

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
    /// The configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The broker's keys.
    #[command(subcommand)]
    Key(KeyCommand),
    Health(Health),
    /// The machine's clock.
    #[command(subcommand)]
    Clock(ClockCommand),
    Migrate(Migrate),
    Backup(BackupTo),
    Restore(RestoreFrom),
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

/// Serve until ctrl-c or SIGTERM; a second one ends at once.
///
/// Everything can stand in a file, see `broker config show --example`. The trust list's file is read again
/// when it changes and on SIGHUP.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker serve --data /var/lib/broker --listen 127.0.0.1:8080 --issuer https://broker.example \\\n      \
--trust-list trust-list.jwt --registrar-key registrar.jwk.json"
)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) serving: Serving,
}

/// Where the broker and its configuration are.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Place {
    /// The broker's folder; the broker may be running.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The configuration; else BROKER_CONFIG, else broker.toml in the broker's folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

impl Place {
    pub(crate) fn given(&self) -> Given {
        let mut given = Given::default();
        given.broker.data.clone_from(&self.data);
        given
    }
}

/// What serving needs, as far as it is said here.
#[derive(Debug, Clone, Args)]
pub(crate) struct Serving {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: Option<SocketAddr>,
    /// The address under which everybody reaches this broker, without a trailing slash.
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    #[command(flatten)]
    pub(crate) trust: TrustFiles,
    /// A proxy in front whose Forwarded or X-Forwarded-For header is believed; may be given several
    /// times. Nobody else's is.
    #[arg(long = "trusted-proxy", value_name = "ADDR|NETWORK")]
    pub(crate) trusted_proxies: Vec<TrustedProxy>,
    /// Where metrics and health are served for the operator's own machines.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) admin: Option<SocketAddr>,
    /// The certificate and its chain (PEM), to speak TLS without a proxy.
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// How long requests may take to end after SIGTERM.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) shutdown_seconds: Option<u64>,
    /// The storage engine.
    #[arg(long, value_enum)]
    pub(crate) store: Option<StoreKind>,
    /// How log lines are written.
    #[arg(long, value_enum)]
    pub(crate) log_format: Option<LogFormat>,
    /// A witness that is asked to cosign the global log, by its address and key; may be given several
    /// times.
    #[arg(long = "witness", value_name = "URL=VKEY")]
    pub(crate) witnesses: Vec<WitnessAt>,
    /// Allow an http issuer on loopback.
    #[arg(long)]
    pub(crate) development: bool,
}

impl Serving {
    pub(crate) fn given(&self) -> Given {
        let mut given = self.trust.given(&self.place);
        given.broker.issuer.clone_from(&self.issuer);
        given.broker.development = self.development.then_some(true);
        given.http.listen = self.listen;
        given.http.admin = self.admin;
        given.http.tls_certificate.clone_from(&self.tls_certificate);
        given.http.tls_key.clone_from(&self.tls_key);
        given.http.shutdown_seconds = self.shutdown_seconds;
        let proxies = &self.trusted_proxies;
        given.http.trusted_proxies =
            (!proxies.is_empty()).then(|| crate::settings::Proxies(proxies.clone()));
        let witnesses = &self.witnesses;
        given.global_log.witnesses =
            (!witnesses.is_empty()).then(|| crate::settings::Witnesses(witnesses.clone()));
        given.store.kind = self.store;
        given.log.format = self.log_format;
        given
    }
}

/// The registrar's list and key.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct TrustFiles {
    /// The registrar's signed list.
    #[arg(long, value_name = "FILE")]
    pub(crate) trust_list: Option<PathBuf>,
    /// The registrar's public key (JWK), got from the registrar and not from the network.
    #[arg(long, value_name = "FILE")]
    pub(crate) registrar_key: Option<PathBuf>,
}

impl TrustFiles {
    pub(crate) fn given(&self, place: &Place) -> Given {
        let mut given = place.given();
        given.trust.list.clone_from(&self.trust_list);
        given.trust.registrar_key.clone_from(&self.registrar_key);
        given
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    Check(ConfigCheck),
    Show(ConfigShow),
}

/// Say what `serve` would be configured with, secrets covered, and what is wrong with it.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  broker config check --config /etc/broker/broker.toml")]
pub(crate) struct ConfigCheck {
    #[command(flatten)]
    pub(crate) serving: Serving,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print the configuration, secrets covered, or an example of one.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  broker config show --example > /etc/broker/broker.toml")]
pub(crate) struct ConfigShow {
    #[command(flatten)]
    pub(crate) serving: Serving,
    /// Print a commented example with every setting instead.
    #[arg(long)]
    pub(crate) example: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    List(KeyList),
    Rotate(KeyRotate),
    Retire(KeyRetire),
}

/// Show the keys, from when each is used, and which are only published any more.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  broker key list --data /var/lib/broker")]
pub(crate) struct KeyList {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which of the two rotated keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum RotatedKey {
    /// Signs receipts, log heads and notices.
    Signing,
    /// Seals codes, tokens and one-time addresses.
    Sealing,
}

/// Make a new key beside the old one, to be used from a stated moment on; a running broker takes it up.
///
/// For a signing key the broker's entry for the registrar is printed, with both keys. Everybody's trust
/// list names the new key after 30 days at the latest, which is why it signs from then on; and never
/// before the broker's own list names it.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker key rotate signing --data /var/lib/broker --issuer https://broker.example > entry.json"
)]
pub(crate) struct KeyRotate {
    /// The key's kind.
    #[arg(value_enum)]
    pub(crate) kind: RotatedKey,
    #[command(flatten)]
    pub(crate) place: Place,
    /// From when on it is used (RFC 3339): a signing key from 30 days from now if it is not said, a
    /// sealing key at once.
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<chrono::DateTime<chrono::Utc>>,
    /// The address under which everybody reaches this broker, for the entry.
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// Allow http on loopback.
    #[arg(long)]
    pub(crate) development: bool,
}

/// Remove the private half of a key that a newer one has replaced.
///
/// What a signing key has signed can still be checked, unless it is distrusted. What a sealing key has
/// sealed ends: refresh tokens that live as long as a share, too.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  broker key retire --data /var/lib/broker 5L0hZkPCtnUA9h3W")]
pub(crate) struct KeyRetire {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The key's id.
    pub(crate) id: String,
    /// A signing key that somebody else may have: its public half goes too, and nothing it has signed is
    /// believed any more.
    #[arg(long)]
    pub(crate) distrusted: bool,
    /// A sealing key: end what it has sealed although that may live.
    #[arg(long)]
    pub(crate) end_tokens: bool,
}

/// Say whether the broker serves, and what keeps it from that.
///
/// Exit code 0 when it serves, 6 when it refuses, 7 when none runs.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  broker health --data /var/lib/broker")]
pub(crate) struct Health {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClockCommand {
    Accept(ClockAccept),
}

/// Say that the machine's clock is right, after it has jumped and the broker refuses.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  broker clock accept --data /var/lib/broker")]
pub(crate) struct ClockAccept {
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Copy the store in sled and the keys into a new folder, also while the broker runs.
///
/// Whoever has the copy has the keys: keep it like the broker's own folder. A store in PostgreSQL is
/// copied with the database's own tools.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker backup --data /var/lib/broker /var/backups/broker/2026-05-29"
)]
pub(crate) struct BackupTo {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Where the copy goes; made, or empty.
    pub(crate) folder: PathBuf,
}

/// Put a copy in place, where no broker is yet.
///
/// Shares that people have stopped since the copy live in it again. So every token from before stops
/// working, and recipients ask people anew.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker restore --data /var/lib/broker /var/backups/broker/2026-05-29"
)]
pub(crate) struct RestoreFrom {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The copy.
    pub(crate) folder: PathBuf,
    /// Let tokens from before go on working: only for a copy since which nobody has decided anything.
    #[arg(long)]
    pub(crate) accept_older: bool,
}

/// Make the store's tables, or raise what an older version left.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  broker migrate --config /etc/broker/broker.toml")]
pub(crate) struct Migrate {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The storage engine.
    #[arg(long, value_enum)]
    pub(crate) store: Option<StoreKind>,
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
    #[command(flatten)]
    pub(crate) place: Place,
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
    pub(crate) place: Place,
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
    #[command(flatten)]
    pub(crate) place: Place,
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
    #[command(flatten)]
    pub(crate) place: Place,
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
    #[command(flatten)]
    pub(crate) place: Place,
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
    #[command(flatten)]
    pub(crate) place: Place,
    /// The grant's id.
    pub(crate) id: GrantId,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    Verify(LogVerify),
}

/// Compute every person's log again and compare it with its tree; then build the global log again from
/// its entries, and hold it against its tiles, its signed checkpoint, what witnesses have cosigned, and
/// checkpoints that somebody has kept.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  broker log verify --data /var/lib/broker --checkpoint kept.txt --witness 'witness.example/1+0123abcd+BA…'"
)]
pub(crate) struct LogVerify {
    #[command(flatten)]
    pub(crate) place: Place,
    /// A checkpoint of this log that somebody has kept; may be given several times.
    #[arg(long = "checkpoint", value_name = "FILE")]
    pub(crate) checkpoints: Vec<PathBuf>,
    /// A witness that must have cosigned the log; may be given several times.
    #[arg(long = "witness", value_name = "VKEY")]
    pub(crate) witnesses: Vec<VerifierKey>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The keys' folder.
pub(crate) fn keys(data: &Path) -> PathBuf {
    data.join("keys")
}

/// The operator's socket of a running broker.
pub(crate) fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

#[cfg(test)]
mod tests;
