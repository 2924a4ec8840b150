//! `verify`: ask for, read and check learning credentials.

mod args;
mod commands;
mod failure;
mod output;
mod settings;
mod store;
mod trust;

use std::process::ExitCode;

use clap::Parser as _;
use credential_core::text::Language;

use crate::{args::Arguments, output::Output};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .init();
    let language = arguments.common.lang.unwrap_or_else(language_of_session);
    let output = Output::new(language, arguments.common.json);
    let ran = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(failure::Failure::from)
        .and_then(|runtime| runtime.block_on(commands::run(&arguments, &output)));
    match ran {
        Ok(code) => code,
        Err(failure) => output.fail(&failure),
    }
}

/// By the first of the usual settings that names a language we speak; else English.
#[expect(
    clippy::disallowed_methods,
    reason = "only main.rs reads the environment"
)]
fn language_of_session() -> Language {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .and_then(|value| value.get(..2)?.parse().ok())
        .unwrap_or_default()
}
