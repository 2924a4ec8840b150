//! The program `registrar`: decides who is on the trust list and signs it, offline.

mod commands;
mod config;
mod failure;
mod output;

use std::process::ExitCode;

use clap::Parser as _;

use crate::config::{Cli, Command};

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Init(arguments) => commands::init(&arguments),
        Command::Add(arguments) => commands::add(&arguments),
        Command::Remove(arguments) => commands::remove(&arguments),
        Command::List(arguments) => commands::list(&arguments),
        Command::Publish(arguments) => commands::publish(&arguments),
        Command::Key(arguments) => commands::key(&arguments),
        Command::Serve(arguments) => commands::serve(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
