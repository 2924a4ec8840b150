//! `verify receipt`: check a receipt, or fetch and check those of a grant.

use std::{path::Path, process::ExitCode};

use credential_core::{consent::receipt::Receipt, id::GrantId};
use serde_json::json;
use verifier_sdk::receipt;

use crate::{args, failure::Failure, output::Output, settings::Settings, store::read_text, trust};

pub(crate) async fn run(
    command: &args::Receipt,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let receipts = match (&command.file, command.grant) {
        (Some(file), _) => vec![of_file(file, settings).await?],
        (None, Some(grant)) => of_grant(grant, settings).await?,
        (None, None) => Vec::new(),
    };
    let claims: Vec<_> = receipts.iter().map(Receipt::claims).collect();
    let texts = receipts
        .iter()
        .map(|receipt| receipt::to_text(receipt, output.language()));
    let text = texts.collect::<Vec<_>>().join("\n");
    output.data(
        &json!({"schema": "verify.receipts/1", "receipts": claims}),
        &text,
    )
}

async fn of_file(file: &Path, settings: Settings<'_>) -> Result<Receipt, Failure> {
    let text = read_text(file)?;
    let trust = trust::load(&settings).await?;
    Ok(receipt::verify(text.trim(), &trust)?)
}

async fn of_grant(grant: GrantId, settings: Settings<'_>) -> Result<Vec<Receipt>, Failure> {
    let store = settings.store()?;
    let held = store.grant(grant)?;
    let trust = trust::load(&settings).await?;
    let recipient = settings.recipient(held.broker()).await?;
    let received = recipient.receipts(grant, &trust).await?;
    for one in &received {
        let id = one.receipt.claims().receipt_id.to_string();
        store.save_receipt(&id, &one.signed)?;
    }
    Ok(received.into_iter().map(|one| one.receipt).collect())
}
