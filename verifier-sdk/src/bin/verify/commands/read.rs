//! `verify read`: read what is shared under a grant, check it, and print the report.

use std::process::ExitCode;

use credential_core::trust::TrustList;
use verifier_sdk::recipient::{AcknowledgeError, HeldGrant, ReadError, Recipient};

use crate::{
    args::Read, failure::Failure, output::Output, settings::Settings, store::Store, trust,
};

pub(crate) async fn run(
    read: &Read,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let store = settings.store()?;
    let mut grant = store.grant(read.grant)?;
    let trust = trust::load(&settings).await?;
    let recipient = settings.recipient(grant.broker()).await?;
    let verifier = settings.verifier(trust.clone())?;
    // An earlier reading that could not be confirmed then.
    confirm(&recipient, &mut grant, &trust, &store, output).await?;
    let opened = recipient.read(&mut grant).await;
    // The tokens may have been renewed even when nothing could be read.
    store.save_grant(&grant)?;
    confirm(&recipient, &mut grant, &trust, &store, output).await?;
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

/// Keeps the broker's receipt of the reading and confirms it. What was read is good without that too, so
/// whatever goes wrong is only told about.
async fn confirm(
    recipient: &Recipient,
    grant: &mut HeldGrant,
    trust: &TrustList,
    store: &Store,
    output: &Output,
) -> Result<(), Failure> {
    let not_confirmed = |reason| output.tell("read-not-confirmed", &[("reason", reason)]);
    match recipient.receipt_of_reading(grant, trust) {
        Ok(ours) => {
            let name = format!("read-{}", ours.receipt.claims().read_id);
            if let Err(failure) = store.save_receipt(&name, &ours.signed) {
                not_confirmed(failure.reason);
                return Ok(());
            }
        }
        Err(AcknowledgeError::NothingRead) => return Ok(()),
        Err(error) => {
            not_confirmed(error.reason());
            return Ok(());
        }
    }
    match recipient.acknowledge_reading(grant, trust).await {
        Ok(_ours) => store.save_grant(grant),
        Err(error) => {
            not_confirmed(error.reason());
            Ok(())
        }
    }
}
