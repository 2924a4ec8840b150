//! The program `broker`: makes a broker's keys, serves, and shows what it holds.

mod commands;
mod config;
mod control_client;
mod failure;
mod output;

use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::config::{Cli, Command, GrantCommand, LogCommand, ParticipantCommand, TrustListCommand};

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_unset| EnvFilter::new("info")),
        )
        .init();
    let done = match cli.command {
        Command::Init(arguments) => commands::init::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Trustlist(TrustListCommand::Update(arguments)) => {
            commands::trust_list::update(&arguments)
        }
        Command::Trustlist(TrustListCommand::Show(arguments)) => {
            commands::trust_list::show(&arguments)
        }
        Command::Participant(ParticipantCommand::Suspend(arguments)) => {
            commands::participant::suspend(&arguments)
        }
        Command::Participant(ParticipantCommand::Resume(arguments)) => {
            commands::participant::resume(&arguments)
        }
        Command::Participant(ParticipantCommand::List(arguments)) => {
            commands::participant::list(&arguments)
        }
        Command::Grant(GrantCommand::Show(arguments)) => commands::inspect::grant(&arguments),
        Command::Log(LogCommand::Verify(arguments)) => commands::inspect::logs(&arguments),
        Command::Openapi => output::json(&consent_broker::openapi()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
