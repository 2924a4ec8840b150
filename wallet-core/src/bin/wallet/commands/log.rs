//! `wallet log …`

use std::collections::BTreeMap;

use clap::Subcommand;
use credential_core::id::GrantId;

use crate::{Context, failure::Failure};

/// Who looked.
#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// Everything that happened to your shares, fetched and checked: wallet log list
    List {
        /// Only one share.
        #[arg(long)]
        share: Option<GrantId>,
        /// Only what the wallet has already checked; do not ask the broker.
        #[arg(long)]
        offline: bool,
    },
}

impl Log {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let Self::List { share, offline } = self;
        let (wallet, words) = (context.open()?, &context.words);
        let shares = wallet.shares()?;
        if !offline {
            for broker in wallet.brokers()? {
                let size = wallet.sync_log(&broker).await?.head.head().size.to_string();
                context
                    .output
                    .message(&words.say("log-checked", &[("size", &size)]));
            }
        }
        let names: BTreeMap<&str, &str> = shares
            .iter()
            .map(|s| (s.details.recipient.as_str(), words.text(&s.recipient_name)))
            .collect();
        let entries = wallet.log(share)?;
        let name = |client: &str| names.get(client).copied();
        let mut lines: Vec<String> = entries
            .iter()
            .map(|entry| words.entry(entry, name(&entry.recipient)))
            .collect();
        if lines.is_empty() {
            lines.push(words.say("log-none", &[]));
        }
        context.output.data("wallet.log/1", &entries, &lines)
    }
}
