//! `verify file`: check a credential that somebody handed over.

use std::process::ExitCode;

use credential_core::clock::{FixedClock, SystemClock};
use verifier_sdk::{Verifier, http::HttpClient};

use crate::{
    args::File, failure::Failure, output::Output, settings::Settings, store::read_text, trust,
};

pub(crate) async fn run(
    file: &File,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let text = read_text(&file.file)?;
    let trust = trust::load(&settings).await?;
    let builder = match file.offline {
        true => Verifier::builder().offline(),
        false => Verifier::builder().http(HttpClient::new(settings.network())?),
    };
    let verifier = match file.at {
        Some(at) => settings.built(builder, trust, FixedClock::at(at))?,
        None => settings.built(builder, trust, SystemClock)?,
    };
    output.report(&verifier.verify_file(&text).await?)
}
