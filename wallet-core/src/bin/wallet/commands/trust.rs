//! `wallet trust …`

use std::path::PathBuf;

use clap::Subcommand;
use credential_core::trust::TrustList;
use serde_json::json;

use super::init::read;
use crate::{Context, failure::Failure};

/// The registrar's list of checked organisations.
#[derive(Debug, Subcommand)]
pub(crate) enum Trust {
    /// Take a newer list, from a file or an address: wallet trust update FILE
    Update {
        /// A file, or an address.
        source: String,
    },
    /// What the list in the wallet says.
    Show,
}

impl Trust {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let wallet = context.open()?;
        let list = match self {
            Self::Update { source } if source.contains("://") => {
                wallet.fetch_trust_list(&source).await?
            }
            Self::Update { source } => wallet.import_trust_list(&read(&PathBuf::from(source))?)?,
            Self::Show => wallet.trust()?,
        };
        show(context, &list)
    }
}

fn show(context: &Context, list: &TrustList) -> Result<(), Failure> {
    let (count, date) = (
        list.participants().len(),
        context.words.day(list.expires_at()),
    );
    let line = context.words.say(
        "trust-updated",
        &[
            ("sequence", &list.sequence().to_string()),
            ("registrar", list.registrar()),
            ("count", &count.to_string()),
            ("date", &date),
        ],
    );
    let names = list.participants().iter().map(|participant| {
        format!(
            "  {}  {}",
            context.words.text(&participant.name),
            participant.entity_id
        )
    });
    let lines: Vec<String> = std::iter::once(line).chain(names).collect();
    let value = json!({
        "registrar": list.registrar(), "sequence": list.sequence(),
        "expires_at": list.expires_at(), "hash": list.hash(), "participants": count,
    });
    context.output.data("wallet.trust/1", &value, &lines)
}
