//! `wallet messages …`

use clap::Subcommand;
use credential_core::id::MessageId;
use serde_json::json;
use wallet_core::{Error, consent::messages::ReceivedMessage};

use crate::{Context, failure::Failure};

/// Messages from those you share with. Nothing happens by itself because of a message.
#[derive(Debug, Subcommand)]
pub(crate) enum Messages {
    /// What came, newest first: wallet messages list
    List {
        /// Only what the wallet already has; do not ask the brokers.
        #[arg(long)]
        offline: bool,
    },
    /// One message with who wrote it about which share: wallet messages show 5f0c…
    Show {
        /// Its id, from `list`.
        id: MessageId,
    },
}

impl Messages {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List { offline } => list(context, offline).await,
            Self::Show { id } => show(context, id),
        }
    }
}

async fn list(context: &Context, offline: bool) -> Result<(), Failure> {
    let (wallet, words) = (context.open()?, &context.words);
    if !offline {
        for refused in wallet.fetch_messages().await?.refused {
            let about = [
                ("share", &*refused.grant_id.to_string()),
                ("code", refused.reason),
            ];
            context
                .output
                .message(&words.say("message-refused", &about));
        }
    }
    let messages = wallet.messages()?;
    let mut lines: Vec<String> = messages.iter().map(|one| words.message_line(one)).collect();
    if lines.is_empty() {
        lines.push(words.say("message-none", &[]));
    }
    context.output.data("wallet.messages/1", &messages, &lines)
}

/// A sender chooses a message's id, so that two senders may choose the same: all of them are shown.
fn show(context: &Context, id: MessageId) -> Result<(), Failure> {
    let (wallet, words) = (context.open()?, &context.words);
    let mut messages = wallet.messages()?;
    messages.retain(|message| message.said.message_id == id);
    if messages.is_empty() {
        return Err(Error::NotFound.into());
    }
    let lines = |message: &ReceivedMessage| words.message(message);
    let lines: Vec<String> = messages.iter().flat_map(lines).collect();
    let value = json!({ "messages": messages });
    context.output.data("wallet.message/1", &value, &lines)
}
