//! `verify file`: check a credential that somebody handed over.

use std::process::ExitCode;

use credential_core::{
    clock::{Clock as _, FixedClock, SystemClock},
    evidence::Evidence,
    x509::anchors,
};
use verifier_sdk::{Verifier, http::HttpClient, verify_by_evidence};

use crate::{
    args::{File, Judging},
    failure::{Failure, Kind},
    output::Output,
    settings::Settings,
    store::{read_file, read_text},
    trust,
};

pub(crate) async fn run(
    file: &File,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let octets = read_file(&file.file)?;
    if let Some(evidence) = &file.evidence {
        let text = std::str::from_utf8(&octets).map_err(|_other| {
            let detail = file.file.display().to_string();
            Failure::new(Kind::Damaged, "file_not_text", detail)
        })?;
        return by_evidence(text, &read_text(evidence)?, settings, output).await;
    }
    let verifier = verifier(&file.how, settings).await?;
    let report = match &file.person {
        Some(person) => verifier.verify_file_about(octets, person).await?,
        None => verifier.verify_file(octets).await?,
    };
    output.report(&report)
}

/// The verifier that files are judged by.
pub(super) async fn verifier(how: &Judging, settings: Settings<'_>) -> Result<Verifier, Failure> {
    let trust = trust::load(&settings).await?;
    let builder = match how.offline {
        true => Verifier::builder().offline(),
        false => Verifier::builder().http(HttpClient::new(settings.network())?),
    };
    let builder = builder.pdf_anchors(pdf_anchors(how)?);
    match how.at {
        Some(at) => settings.built(builder, trust, FixedClock::at(at)),
        None => settings.built(builder, trust, SystemClock),
    }
}

fn pdf_anchors(how: &Judging) -> Result<Vec<Vec<u8>>, Failure> {
    let Some(path) = &how.pdf_anchors else {
        return Ok(Vec::new());
    };
    anchors(&read_file(path)?).map_err(|error| {
        let detail = format!("{}: {error}", path.display());
        Failure::new(Kind::Damaged, "file_not_certificates", detail)
    })
}

/// By what the issuer gave with it, years ago perhaps; no list of today is asked for.
async fn by_evidence(
    text: &str,
    evidence: &str,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let (registrar, now) = (trust::pinned(&settings)?, SystemClock.now());
    let evidence = Evidence::verify(evidence.trim(), &registrar, now)
        .map_err(|error| Failure::new(Kind::NotValid, error.reason(), error.to_string()))?;
    output.report(&verify_by_evidence(text, &evidence, now).await?)
}
