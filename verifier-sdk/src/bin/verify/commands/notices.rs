//! `verify notices`: what became of shares. What is said is kept before the broker hears that it arrived.

use std::process::ExitCode;

use serde_json::{Value, json};
use verifier_sdk::{
    notice,
    recipient::{PolledNotices, Recipient},
};

use crate::{
    args::Notices, failure::Failure, output::Output, settings::Settings, store::Store, trust,
};

/// How often the broker is believed that more waits.
const MOST_ROUNDS: usize = 250;

pub(crate) async fn run(
    command: &Notices,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let store = settings.store()?;
    let trust = trust::load(&settings).await?;
    let recipient = settings.recipient(&command.broker).await?;
    let mut all = PolledNotices::default();
    for round in 0..MOST_ROUNDS {
        let may_wait = command.wait && round == 0;
        let mut polled = recipient.poll_notices(&trust, may_wait).await?;
        take(&store, &recipient, &polled).await?;
        all.notices.append(&mut polled.notices);
        all.refused.append(&mut polled.refused);
        if !polled.has_more {
            break;
        }
    }
    show(&all, output)
}

/// Keeps what the notices say about the grants in the folder, then acknowledges them.
async fn take(store: &Store, recipient: &Recipient, polled: &PolledNotices) -> Result<(), Failure> {
    if polled.notices.is_empty() && polled.refused.is_empty() {
        return Ok(());
    }
    for notice in &polled.notices {
        if let Some(mut grant) = store.grant_if_any(notice.grant_id())?
            && grant.follow(notice)
        {
            store.save_grant(&grant)?;
        }
    }
    Ok(recipient.acknowledge(polled).await?)
}

fn show(all: &PolledNotices, output: &Output) -> Result<ExitCode, Failure> {
    let mut text = String::new();
    for notice in &all.notices {
        text.push_str(&notice::to_text(notice, output.language()));
        text.push('\n');
    }
    if all.notices.is_empty() {
        output.tell("notices-none", &[]);
    }
    if !all.refused.is_empty() {
        let count = all.refused.len().to_string();
        output.tell("notices-refused", &[("count", &count)]);
    }
    let told = all
        .notices
        .iter()
        .map(|one| json!({"id": one.id(), "events": one.event()}));
    let refused = all.refused.iter();
    let refused = refused.map(|(jti, error)| json!({"id": jti, "reason": error.reason()}));
    let json = json!({"schema": "verify.notices/1", "notices": told.collect::<Vec<Value>>(),
        "refused": refused.collect::<Vec<Value>>()});
    output.data(&json, &text)
}
