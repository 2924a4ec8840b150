//! `witness`: cosigns other people's logs, so that nobody is shown another log than everybody.

mod args;
mod commands;
mod failure;
mod output;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .init();
    let done = match cli.command {
        Command::Init(arguments) => commands::init(&arguments),
        Command::Serve(arguments) => commands::serve(arguments),
        Command::Show(arguments) => commands::show(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
