//! The program `broker`: makes a broker's keys, serves, and shows what it holds.

mod commands;
mod config;
mod control_client;
mod failure;
mod logging;
mod output;
mod settings;
mod store;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{
    config::{
        Cli, ClockCommand, Command, ConfigCommand, GrantCommand, KeyCommand, LogCommand,
        ParticipantCommand, TrustListCommand,
    },
    settings::LogFormat,
};

/// A quarter of a request's time is allocation under the system's own allocator (docs/adr/0023).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Serving begins its log itself, in the format that is configured.
    if !matches!(cli.command, Command::Serve(_)) {
        logging::begin(LogFormat::Text);
    }
    let done = match cli.command {
        Command::Init(arguments) => commands::init::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Config(ConfigCommand::Check(arguments)) => commands::config::check(&arguments),
        Command::Config(ConfigCommand::Show(arguments)) => commands::config::show(&arguments),
        Command::Key(KeyCommand::List(arguments)) => commands::key::list(&arguments),
        Command::Key(KeyCommand::Rotate(arguments)) => commands::key::rotate(&arguments),
        Command::Key(KeyCommand::Retire(arguments)) => commands::key::retire(&arguments),
        Command::Health(arguments) => commands::node::health(&arguments),
        Command::Clock(ClockCommand::Accept(arguments)) => commands::node::accept_clock(&arguments),
        Command::Backup(arguments) => commands::backup::back_up(&arguments),
        Command::Restore(arguments) => commands::backup::restore(&arguments),
        Command::Migrate(arguments) => commands::migrate::run(&arguments),
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
