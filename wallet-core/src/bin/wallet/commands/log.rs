//! `wallet log …`

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Subcommand;
use credential_core::{access_log::Entry, id::GrantId};
use wallet_core::Wallet;

use super::init::read;
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
        /// Then tell what happens from now on, until ctrl-c. With --json, one document for each news.
        #[arg(long, conflicts_with = "offline")]
        follow: bool,
    },
    /// What brokers have signed that does not go together, such as the two statements about each look that
    /// "check" did not find: wallet log evidence
    Evidence,
    /// Whether a look that somebody has the broker's receipt of is in your log: wallet log check read-….jwt
    Check {
        /// The receipt, as the one who looked has it.
        receipt: PathBuf,
    },
}

impl Log {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::List {
                share,
                offline,
                follow,
            } => list(context, share, offline, follow).await,
            Self::Check { receipt } => check(context, &receipt).await,
            Self::Evidence => evidence(context),
        }
    }
}

async fn check(context: &Context, receipt: &Path) -> Result<(), Failure> {
    let receipt = read(receipt)?;
    let (wallet, words) = (context.open()?, &context.words);
    let entry = wallet.find_reading(&receipt).await?;
    let shares = wallet.shares()?;
    let share = shares.iter().find(|share| share.grant_id == entry.grant_id);
    let name = share.map(|share| words.text(&share.recipient_name));
    let lines = [words.say("log-has-it", &[]), words.entry(&entry, name)];
    context.output.data("wallet.log-check/1", &entry, &lines)
}

fn evidence(context: &Context) -> Result<(), Failure> {
    let wallet = context.open()?;
    let omissions = wallet.omissions()?;
    let signed = omissions
        .iter()
        .flat_map(|omission| [omission.receipt.clone(), omission.head.signed().to_owned()]);
    let mut lines: Vec<String> = signed.collect();
    let global = wallet.global_log_evidence()?;
    for shown in &global {
        lines.extend(shown.known.iter().cloned());
        lines.push(shown.shown.checkpoint.clone());
        lines.push(shown.head.signed().to_owned());
    }
    if lines.is_empty() {
        lines.push(context.words.say("log-no-evidence", &[]));
    }
    let evidence = serde_json::json!({ "omissions": omissions, "global_log": global });
    context
        .output
        .data("wallet.log-evidence/2", &evidence, &lines)
}

async fn list(
    context: &Context,
    share: Option<GrantId>,
    offline: bool,
    follow: bool,
) -> Result<(), Failure> {
    let (wallet, words) = (context.open()?, &context.words);
    let shares = wallet.shares()?;
    if !offline {
        for broker in wallet.brokers()? {
            let sync = wallet.sync_log(&broker).await?;
            let size = sync.head.head().size.to_string();
            let checked = words.say("log-checked", &[("size", &size)]);
            let lines = std::iter::once(checked).chain(words.global_log(&sync.global));
            lines.for_each(|line| context.output.message(&line));
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
    context.output.data("wallet.log/1", &entries, &lines)?;
    if !follow {
        return Ok(());
    }
    let show = |entries: Vec<Entry>| {
        let of_share = |entry: &Entry| share.is_none_or(|id| entry.grant_id == id);
        let entries: Vec<Entry> = entries.into_iter().filter(of_share).collect();
        if entries.is_empty() {
            return Ok(());
        }
        let lines = entries
            .iter()
            .map(|entry| words.entry(entry, name(&entry.recipient)));
        let lines: Vec<String> = lines.collect();
        context.output.data("wallet.log/1", &entries, &lines)
    };
    self::follow(&wallet, show).await
}

const PAUSE: Duration = Duration::from_secs(1);

/// Shows what is new at each broker until it is interrupted. One broker after the other: each waits a
/// quarter of a minute at most.
async fn follow(
    wallet: &Wallet,
    show: impl Fn(Vec<Entry>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let watching = async {
        let brokers = wallet.brokers()?;
        if brokers.is_empty() {
            return Ok(());
        }
        loop {
            for broker in &brokers {
                if let Some(sync) = wallet.watch_log(broker).await? {
                    show(sync.new)?;
                }
            }
            // A broker that answers at once is not asked without pause.
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::select! {
        ended = watching => ended,
        _interrupted = tokio::signal::ctrl_c() => Ok(()),
    }
}
