//! The program `issuer`: an institution's credentials, from its records to the wallets of its people.

mod asked;
mod commands;
mod control;
mod desk;
mod failure;
mod folder;
mod identity;
mod letter;
mod output;
mod place;
mod results;

use std::{process::ExitCode, sync::LazyLock};

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
  issuer template new badge.json && issuer template check badge.json
  issuer issue --template badge.json --csv course.csv --data issuer --dry-run
  issuer issue --template badge.json --csv course.csv --data issuer --matched in-person
  issuer offer letter --data issuer --id … --out letter.html --code-sheet code.html
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
    /// Templates for credentials from a spreadsheet: list, new, check.
    #[command(subcommand)]
    Template(commands::template::TemplateCommand),
    /// Offer a credential to everybody in a spreadsheet.
    Issue(commands::issue::Issue),
    /// Offers: list, cancel, resend, print a letter.
    #[command(subcommand)]
    Offer(commands::offer::OfferCommand),
    /// Run the issuing server, and offer the credentials of records.
    Serve(commands::serve::Serve),
    /// The institution's keys: list, rotate, protect; a request for a certificate, and the certificate.
    #[command(subcommand)]
    Key(commands::key::Key),
    /// Write what proves a credential years later.
    Evidence(commands::evidence::Evidence),
    /// Print what the server publishes.
    #[command(subcommand)]
    Metadata(commands::metadata::Metadata),
    /// The audit file: check its chain.
    #[command(subcommand)]
    Audit(commands::audit::Audit),
    /// Issued credentials: list, show, revoke, suspend, resume.
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
        Command::Template(command) => commands::template::template(&command, output),
        Command::Issue(issue) => commands::issue::issue(&issue, output),
        Command::Offer(command) => commands::offer::offer(&command, output),
        Command::Evidence(args) => commands::evidence::evidence(&args, output),
        Command::Metadata(command) => commands::metadata::metadata(&command, output).await,
        Command::Audit(command) => commands::audit::audit(&command, output),
        Command::Serve(serve) => commands::serve::serve(serve, output).await,
        Command::Key(command) => commands::key::key(&command, output),
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

/// The account of the machine that runs this program, as far as the environment says it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the environment"
)]
fn account() -> &'static str {
    static ACCOUNT: LazyLock<String> = LazyLock::new(|| {
        let names = ["USER", "LOGNAME", "USERNAME"].into_iter();
        let mut said = names.filter_map(|name| std::env::var(name).ok());
        said.next().unwrap_or_else(|| "unknown".into())
    });
    &ACCOUNT
}
