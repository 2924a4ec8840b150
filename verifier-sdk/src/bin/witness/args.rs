//! Arguments of the program.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use credential_core::transparency::VerifierKey;

const EXIT_CODES: &str = "Exit codes: 0 ok, 1 unexpected failure, 2 usage, 3 closed pipe, 5 not found, \
6 refused, 7 network failure, 8 damaged data.";

/// A witness: cosigns the newest head of a log when everything it has seen before is its beginning.
#[derive(Debug, Parser)]
#[command(
    name = "witness",
    version,
    before_help = "Example:\n  witness init --data witness --name witness.example/1\n  \
witness serve --data witness --listen 127.0.0.1:8095 --log 'broker.example/log+0123abcd+AQ…'",
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
    Show(Show),
}

/// Make a witness's key and print its verifier key, which logs and wallets are given.
///
/// The key is PKCS #8 in a file of mode 0600, not encrypted: keep the folder where nobody else can read
/// it, and never restore an older copy of it.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  witness init --data witness --name witness.example/1")]
pub(crate) struct Init {
    /// The witness's folder; made when it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// What the witness is called: an address without a scheme, which need not answer.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,
}

/// Serve `POST /add-checkpoint` until ctrl-c or SIGTERM. TLS is for the proxy in front.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  witness serve --data witness --listen 127.0.0.1:8095 --log 'broker.example/log+0123abcd+AQ…'"
)]
pub(crate) struct Serve {
    /// The witness's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: SocketAddr,
    /// The verifier key of a log to witness; once for each log.
    #[arg(long = "log", value_name = "VKEY", required = true)]
    pub(crate) logs: Vec<VerifierKey>,
}

/// Print the witness's verifier key and the last head that it has cosigned of each log.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  witness show --data witness")]
pub(crate) struct Show {
    /// The witness's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
