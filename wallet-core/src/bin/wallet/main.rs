//! The program `wallet`: a person's certificates, requests, shares, receipts and access log.

mod commands;
mod failure;
mod output;
mod passphrase;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Args, Parser, Subcommand};
use credential_core::{clock::SystemClock, network::Network, rng::SystemRng, text::Language};
use verifier_sdk::http::HttpClient;
use wallet_core::{Surroundings, Wallet, words::Words};

use crate::{failure::Failure, output::Output, passphrase::PassphraseSource};

const ABOUT: &str = r"Examples:

  wallet init --registrar-key registrar.jwk --trust-list trust-list.jwt
  wallet credential add 'openid-credential-offer://?credential_offer_uri=…' --code 493817
  wallet credential add badge.json
  wallet request open 'https://broker.example/authorize?…'
  wallet share create --request 0b0e… --include degree/grade
  wallet log list
  wallet share stop 7c1d…

Your wallet is one encrypted folder. What you share leaves it encrypted for one recipient.

Exit codes: 0 done, 1 unexpected failure, 2 usage or input needed, 3 closed pipe, 4 wrong
passphrase or wallet in use, 5 not found, 6 refused, 7 network (safe to repeat), 8 damaged data.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "wallet", version, about = ABOUT)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Common {
    /// The wallet's folder [default: $WALLET_HOME, or ~/.local/share/osaamislompakko].
    #[arg(long, global = true)]
    home: Option<PathBuf>,
    /// fi, sv or en.
    #[arg(long, global = true, default_value = "en")]
    lang: Language,
    /// One JSON document on stdout instead of text.
    #[arg(long, global = true)]
    json: bool,
    /// Never ask; fail with what would have been asked.
    #[arg(long, global = true)]
    no_input: bool,
    /// Read the passphrase from the first line of this file.
    #[arg(long, global = true)]
    passphrase_file: Option<PathBuf>,
    /// Read the passphrase from the first line of this open file descriptor.
    #[arg(long, global = true, conflicts_with = "passphrase_file")]
    passphrase_fd: Option<u32>,
    /// Talk to servers on this machine by plain http, and to no others.
    #[arg(long, global = true)]
    development: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new wallet.
    Init(commands::init::Init),
    /// How much there is, and what waits.
    Status,
    /// Certificates: add, list, show.
    #[command(subcommand)]
    Credential(commands::credential::Credential),
    /// Requests for your information: open, list, show, decline.
    #[command(subcommand)]
    Request(commands::request::Request),
    /// Shares: create, list, show, pause, resume, narrow, renew, stop, receipt.
    #[command(subcommand)]
    Share(commands::share::Share),
    /// Who looked.
    #[command(subcommand)]
    Log(commands::log::Log),
    /// Messages from those you share with: list, show.
    #[command(subcommand)]
    Messages(commands::messages::Messages),
    /// The registrar's list of checked organisations.
    #[command(subcommand)]
    Trust(commands::trust::Trust),
}

/// What a command works with.
pub(crate) struct Context {
    words: Words,
    output: Output,
    home: PathBuf,
    surroundings: Surroundings,
    passphrase: PassphraseSource,
    no_input: bool,
}

impl Context {
    fn new(common: Common) -> Result<Self, Failure> {
        let network = if common.development {
            Network::Loopback
        } else {
            Network::Public
        };
        let http = HttpClient::new(network).map_err(Failure::setup)?;
        let clock = Arc::new(SystemClock);
        let surroundings = Surroundings {
            clock,
            rng: Arc::new(SystemRng::default()),
            http,
        };
        Ok(Self {
            words: Words::new(common.lang),
            output: Output::new(common.json),
            home: common
                .home
                .or_else(default_home)
                .ok_or_else(Failure::no_home)?,
            surroundings,
            passphrase: PassphraseSource::new(
                common.passphrase_file,
                common.passphrase_fd,
                common.no_input,
            ),
            no_input: common.no_input,
        })
    }

    fn open(&self) -> Result<Wallet, Failure> {
        let passphrase = self.passphrase.read(&self.words)?;
        Ok(Wallet::open(
            &self.home,
            &passphrase,
            self.surroundings.clone(),
        )?)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the program's own settings, read in one place"
)]
fn default_home() -> Option<PathBuf> {
    let from = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    from("WALLET_HOME").map(PathBuf::from).or_else(|| {
        let data = from("XDG_DATA_HOME").map(PathBuf::from);
        let data = data.or_else(|| Some(PathBuf::from(from("HOME")?).join(".local/share")));
        data.map(|folder| folder.join("osaamislompakko"))
    })
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { common, command } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misused(&error),
    };
    let (language, json) = (common.lang, common.json);
    let result = async { run(&Context::new(common)?, command).await }.await;
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&Words::new(language), json),
    }
}

/// Help, or a command that cannot be understood; as JSON when that was asked for.
fn misused(error: &clap::Error) -> ExitCode {
    let as_json = std::env::args_os().any(|argument| argument == "--json");
    if !as_json || !error.use_stderr() {
        error.exit()
    }
    let text = error.render().to_string();
    let sentence = text.lines().next().unwrap_or_default();
    let sentence = sentence.strip_prefix("error: ").unwrap_or(sentence);
    Failure::usage(sentence).report(&Words::new(Language::default()), true)
}

async fn run(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Init(init) => init.run(context),
        Command::Status => commands::status(context),
        Command::Credential(credential) => credential.run(context).await,
        Command::Request(request) => request.run(context).await,
        Command::Share(share) => share.run(context).await,
        Command::Log(log) => log.run(context).await,
        Command::Messages(messages) => messages.run(context).await,
        Command::Trust(trust) => trust.run(context).await,
    }
}
