//! One file a command.

mod batch;
mod file;
mod init;
mod message;
mod notices;
mod page;
mod read;
mod receipt;
mod request;
mod schema;
mod trust;

use std::process::ExitCode;

use crate::{
    args::{Arguments, Command, Trust},
    failure::Failure,
    output::Output,
    settings::Settings,
};

pub(crate) async fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode, Failure> {
    let settings = Settings {
        common: &arguments.common,
    };
    match &arguments.command {
        Command::Init(init) => init::run(init, settings, output),
        Command::Request(request) => request::run(request, settings, output).await,
        Command::Answer(answer) => request::take(answer, settings, output).await,
        Command::Read(read) => read::run(read, settings, output).await,
        Command::Message(message) => message::run(message, settings, output).await,
        Command::Receipt(receipt) => receipt::run(receipt, settings, output).await,
        Command::Page(page) => page::run(page, settings, output).await,
        Command::Notices(notices) => notices::run(notices, settings, output).await,
        Command::Batch(batch) => batch::run(batch, settings, output).await,
        Command::File(file) => file::run(file, settings, output).await,
        Command::Schema => schema::run(output),
        Command::Trust(Trust::Show) => trust::show(settings, output).await,
    }
}
