//! The program `issuer`: an institution's credentials, from its records to the wallets of its people.

mod commands;
mod control;
mod failure;
mod folder;
mod output;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::{failure::Failure, output::Output};

const ABOUT: &str = r"Examples:

  issuer init --data issuer --identifier https://opisto.example \
    --name-fi Opisto --name-sv Institutet --name-en College > entry.json
  issuer map record.json --report
  issuer export record.json --as elmo --out exported
  issuer badge course.csv --data issuer --out badges --language fi
  issuer serve --data issuer --listen 127.0.0.1:7001 --record record.json --matched in-person
  issuer credential revoke --data issuer --index 482113

A record becomes credentials; an offer is a link and a code that one person collects them with.
`init` prints what the registrar enters into the trust list.

Exit codes: 0 done, 1 unexpected failure, 2 usage or input needed, 3 closed pipe, 5 not found,
6 refused, 7 network (safe to repeat), 8 damaged data: a record that cannot be read, a damaged store.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "issuer", version, about = ABOUT)]
struct Cli {
    /// JSON on stdout instead of text, and errors as JSON on stderr.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an institution's keys and empty registry; prints its entry for the trust list.
    Init(commands::init::Init),
    /// Print the entry for the trust list again.
    Entry(commands::init::Entry),
    /// Show which credentials a study record gives, and what was left out.
    Map(commands::map::Map),
    /// Write a study record in an open format.
    Export(commands::export::Export),
    /// Sign the achievements of a record as Open Badges, as files.
    Badge(commands::badge::Badge),
    /// Run the issuing server, and offer the credentials of records.
    Serve(commands::serve::Serve),
    /// Issued credentials: list, revoke, suspend, resume.
    #[command(subcommand)]
    Credential(commands::credential::Credential),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log_to_stderr();
    let output = Output::new(cli.json);
    match run(cli.command, &output).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(cli.json),
    }
}

async fn run(command: Command, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Init(init) => commands::init::init(&init, output),
        Command::Entry(entry) => commands::init::entry(&entry, output),
        Command::Map(map) => commands::map::map(&map, output),
        Command::Export(export) => commands::export::export(&export, output),
        Command::Badge(badge) => commands::badge::badge(&badge, output),
        Command::Serve(serve) => commands::serve::serve(serve, output).await,
        Command::Credential(command) => commands::credential::credential(&command, output),
    }
}

/// `RUST_LOG` chooses what is logged; without it, what an institution wants to see.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_unset| EnvFilter::new("issuer=info,issuer_adapters=info,warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
