//! `verify read`: read what is shared under a grant, check it, and print the report.

use std::process::ExitCode;

use verifier_sdk::recipient::ReadError;

use crate::{args::Read, failure::Failure, output::Output, settings::Settings, trust};

pub(crate) async fn run(
    read: &Read,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let store = settings.store()?;
    let mut grant = store.grant(read.grant)?;
    let trust = trust::load(&settings).await?;
    let recipient = settings.recipient(grant.broker()).await?;
    let verifier = settings.verifier(trust)?;
    let opened = recipient.read(&mut grant).await;
    // The tokens may have been renewed even when nothing could be read.
    store.save_grant(&grant)?;
    let report = match opened {
        Ok(opened) => {
            let expected = recipient.expectation(&grant);
            let report = verifier.verify_presentation(&opened, &expected).await?;
            if grant.learn_reply_address(&opened, &report) {
                store.save_grant(&grant)?;
            }
            report
        }
        Err(ReadError::Deposit(error)) => verifier.refuse(error)?,
        Err(error) => return Err(error.into()),
    };
    output.tell("share-opening-is-seen", &[]);
    output.report(&report)
}
