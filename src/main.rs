//! The demonstration: one study record, from the register to an employer and back, on this machine.

mod demonstration;

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use credential_core::text::Language;

const ABOUT: &str = r"Examples:

  cargo run --release -- --once
  cargo run --release -- --once --lang sv
  cargo run --release -- --record my-koski-document.json
  cargo run --release -- --once --json

Starts registrar, issuer, broker and recipient on free ports of this machine with a throw-away
folder, takes one study record the whole way (credential, wallet, request, share, reading, access
log, stop), and tells each stage. Nothing leaves the machine. Without --once the servers keep
running, with the next commands to try by hand.

Exit codes: 0 done, 1 unexpected failure, 2 usage, 3 closed pipe, 5 file not found, 6 nothing in the
record can become a credential yet, 8 the record cannot be read.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "osaamislompakko", version, about = ABOUT)]
struct Cli {
    /// Exit when the story is told.
    #[arg(long)]
    once: bool,
    /// Another record: a document of the national study register (JSON). Without it, an invented one.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// One JSON document with the stages, on stdout.
    #[arg(long)]
    json: bool,
    /// fi, sv or en.
    #[arg(long, default_value = "en")]
    lang: Language,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli {
        once,
        record,
        json,
        lang,
    } = Cli::parse();
    demonstration::run(demonstration::Settings {
        once,
        record,
        json,
        language: lang,
    })
    .await
}
