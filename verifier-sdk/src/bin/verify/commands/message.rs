//! `verify message`: a sealed message for the person who shares.

use std::process::ExitCode;

use chrono::Utc;
use credential_core::{
    clock::{Clock as _, SystemClock},
    message::{Deletion, MessageKind},
    text::{Language, Text},
};
use serde_json::json;
use verifier_sdk::recipient::Message;

use crate::{args, failure::Failure, output::Output, settings::Settings};

pub(crate) async fn run(
    command: &args::Message,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let grant = settings.store()?.grant(command.grant)?;
    let recipient = settings.recipient(grant.broker()).await?;
    let now = SystemClock.now();
    let message = message(command, output.language(), now);
    let id = recipient.send_message(&grant, &message).await?;
    output.tell("message-left", &[]);
    let value = json!({"schema": "verify.message/1", "grant_id": grant.id(), "message_id": id});
    output.data(&value, &format!("{id}\n"))
}

fn message(command: &args::Message, language: Language, now: chrono::DateTime<Utc>) -> Message {
    let text = |text: &str| {
        let text = Some(text.to_owned());
        match language {
            Language::Fi => Text {
                fi: text,
                ..Text::default()
            },
            Language::Sv => Text {
                sv: text,
                ..Text::default()
            },
            Language::En => Text {
                en: text,
                ..Text::default()
            },
        }
    };
    Message {
        kind: match command.kind {
            args::MessageKind::Proposal => MessageKind::Proposal,
            args::MessageKind::Question => MessageKind::Question,
            args::MessageKind::DeletionReceipt => MessageKind::DeletionReceipt,
        },
        text: text(&command.text),
        deletion: command.deleted.as_deref().map(|what| Deletion {
            what: text(what),
            at: now.timestamp(),
        }),
    }
}
