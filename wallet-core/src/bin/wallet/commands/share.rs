//! `wallet share …`

mod change;

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};
use credential_core::{
    consent::details::ClaimRef,
    id::{GrantId, RequestId},
};
use serde_json::json;
use wallet_core::{Wallet, consent::share::Approved, disclosure::Selection};

use crate::{Context, failure::Failure};

/// Shares.
#[derive(Debug, Subcommand)]
pub(crate) enum Share {
    /// Answer a request by sharing: wallet share create --request 0b0e… --include degree/grade
    Create(Create),
    /// What you share right now, and what you shared before.
    List {
        /// Do not ask the brokers which shares have ended.
        #[arg(long)]
        offline: bool,
    },
    /// One share with what happened to it.
    Show {
        /// Its id, from `list`.
        id: GrantId,
    },
    /// Put fresh certificates where those who may read them find them: wallet share refresh
    Refresh {
        /// For shares whose last ones end within this many days.
        #[arg(long, value_name = "DAYS", default_value = "7", value_parser = clap::value_parser!(u16).range(1..))]
        days: u16,
    },
    /// Hold a share back for a while: wallet share pause 7c1d…
    Pause {
        /// Its id, from `list`.
        id: GrantId,
    },
    /// Let a paused share go on.
    Resume {
        /// Its id, from `list`.
        id: GrantId,
    },
    Narrow(change::Narrow),
    Renew(change::Renew),
    /// Stop a share at once: wallet share stop 7c1d…, or everything: wallet share stop --all
    Stop {
        /// Its id, from `list`.
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        id: Option<GrantId>,
        /// Stop everything you share.
        #[arg(long)]
        all: bool,
    },
    /// The signed receipts of a share.
    Receipt {
        /// Its id, from `list`.
        id: GrantId,
    },
}

/// Nothing optional goes along unless you include it. Without --yes you see exactly what leaves, and
/// are asked.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The request, from `wallet request list`.
    #[arg(long)]
    request: RequestId,
    /// Let an optional item go along, as CREDENTIAL/ITEM; may be given several times.
    #[arg(long = "include", value_name = "CREDENTIAL/ITEM", value_parser = claim_ref)]
    include: Vec<ClaimRef>,
    /// End earlier than asked, after this many days.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    days: Option<u16>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// Only show what would leave.
    #[arg(long, conflicts_with = "yes")]
    preview: bool,
}

fn claim_ref(text: &str) -> Result<ClaimRef, String> {
    let (credential, claim) = text.split_once('/').ok_or("write it as CREDENTIAL/ITEM")?;
    Ok(ClaimRef {
        credential_id: credential.into(),
        claim_id: claim.into(),
    })
}

impl Share {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let wallet = context.open()?;
        match self {
            Self::Create(create) => create.run(context, &wallet).await,
            Self::List { offline } => list(context, &wallet, offline).await,
            Self::Show { id } => show(context, &wallet, id),
            Self::Refresh { days } => refresh(context, &wallet, days).await,
            Self::Pause { id } => change::pause(context, &wallet, id).await,
            Self::Resume { id } => change::resume(context, &wallet, id).await,
            Self::Narrow(narrow) => narrow.run(context, &wallet).await,
            Self::Renew(renew) => renew.run(context, &wallet).await,
            Self::Stop { id: Some(id), .. } => stop(context, &wallet, id).await,
            Self::Stop { id: None, .. } => change::stop_all(context, &wallet).await,
            Self::Receipt { id } => receipts(context, &wallet, id).await,
        }
    }
}

impl Create {
    async fn run(self, context: &Context, wallet: &Wallet) -> Result<(), Failure> {
        let (words, open) = (&context.words, wallet.request(self.request)?);
        let (request, held) = (open.request(), wallet.credentials()?);
        let mut selection =
            Selection::smallest(request, &held).map_err(wallet_core::Error::from)?;
        for claim in &self.include {
            selection
                .include(request, &held, claim)
                .map_err(wallet_core::Error::from)?;
        }
        let until = self.end(context, wallet.proposed_end(&open)?);
        let items = selection.preview(request, &held, words.language());
        let lines = words.request(&open, &items, until);
        if self.preview {
            return context.output.data("wallet.preview/1", &items, &lines);
        }
        let name = words.text(&request.recipient().name).to_owned();
        let count = items.iter().filter(|item| item.shared).count().to_string();
        let about = [
            ("count", count.as_str()),
            ("name", &name),
            ("date", &words.day(until)),
        ];
        if !self.yes && !agreed(context, &lines, &words.say("share-question", &about))? {
            context
                .output
                .message(&words.say("request-nothing-shared", &[]));
            return Ok(());
        }
        let approved = wallet.approve(&open, &selection, until).await?;
        made(context, wallet, &approved)
    }

    fn end(&self, context: &Context, proposed: DateTime<Utc>) -> DateTime<Utc> {
        let now = context.surroundings.clock.now();
        self.days.map_or(proposed, |days| {
            proposed.min(now + TimeDelta::days(days.into()))
        })
    }
}

/// What could not be renewed is told last and makes the command fail, so that nobody overlooks it.
async fn refresh(context: &Context, wallet: &Wallet, days: u16) -> Result<(), Failure> {
    let words = &context.words;
    let done = wallet.renew_deposits(TimeDelta::days(days.into())).await?;
    let mut lines = Vec::new();
    for renewed in &done.renewed {
        let share = wallet.share(renewed.grant_id)?;
        let name = words.text(&share.recipient_name).to_owned();
        if let Some(key) = &renewed.new_key {
            let key: String = key.chars().take(12).collect();
            lines.push(words.say("share-new-key", &[("name", &name), ("key", &key)]));
        }
        let about = [("name", &*name), ("date", &*words.day(renewed.until))];
        lines.push(words.say("share-renewed", &about));
    }
    if lines.is_empty() {
        lines.push(words.say("share-none-renewed", &[]));
    }
    let value = json!({
        "renewed": done.renewed,
        "failed": done.failed.iter().map(|one| {
            json!({"grant_id": one.grant_id, "reason": one.error.reason()})
        }).collect::<Vec<_>>(),
    });
    context
        .output
        .data("wallet.share-refreshed/1", &value, &lines)?;
    match done.failed.into_iter().next() {
        None => Ok(()),
        Some(failed) => Err(failed.error.into()),
    }
}

/// Tells what was granted, which after a repeated answer is what was signed at first.
fn made(context: &Context, wallet: &Wallet, approved: &Approved) -> Result<(), Failure> {
    let (words, share) = (&context.words, wallet.share(approved.grant_id)?);
    let receipts = wallet.kept_receipts(approved.grant_id)?;
    let number = receipts
        .first()
        .map(|receipt| receipt.receipt_id.to_string());
    let about = [
        ("name", words.text(&share.recipient_name)),
        ("date", &*words.day(share.details.until)),
        ("receipt", number.as_deref().unwrap_or("none")),
    ];
    let mut lines = vec![
        words.say("share-made", &about),
        approved.grant_id.to_string(),
    ];
    lines.extend(words.delivery(&approved.delivery));
    let value = json!({
        "grant_id": approved.grant_id, "until": share.details.until, "receipt": number,
        "complete_url": approved.delivery.complete_url(),
        "digits": approved.delivery.digits(),
    });
    context.output.data("wallet.share-made/1", &value, &lines)
}

/// Shows exactly what leaves and asks; the default answer is no.
fn agreed(context: &Context, lines: &[String], question: &str) -> Result<bool, Failure> {
    context.output.message(&lines.join("\n"));
    let words = &context.words;
    let question = format!("{question} {}", words.say("share-answers", &[]));
    if context.no_input {
        return Err(Failure::usage(&format!("{question} (--yes)")));
    }
    let answer = context.output.ask(&question);
    let answer = answer.ok_or_else(|| Failure::usage(&format!("{question} (--yes)")))?;
    Ok(answer.to_lowercase() == words.say("share-yes", &[]))
}

async fn list(context: &Context, wallet: &Wallet, offline: bool) -> Result<(), Failure> {
    let shares = if offline {
        wallet.shares()?
    } else {
        wallet.refresh_shares().await?
    };
    let mut lines: Vec<String> = shares
        .iter()
        .map(|share| context.words.share(share))
        .collect();
    if lines.is_empty() {
        lines.push(context.words.say("share-none", &[]));
    }
    context.output.data("wallet.shares/1", &shares, &lines)
}

fn show(context: &Context, wallet: &Wallet, id: GrantId) -> Result<(), Failure> {
    let (share, log) = (wallet.share(id)?, wallet.log(Some(id))?);
    let name = context.words.text(&share.recipient_name);
    let mut lines = vec![context.words.share(&share)];
    lines.extend(
        log.iter()
            .map(|entry| format!("  {}", context.words.entry(entry, Some(name)))),
    );
    context.output.data(
        "wallet.share/1",
        &json!({"share": share, "log": log}),
        &lines,
    )
}

async fn stop(context: &Context, wallet: &Wallet, id: GrantId) -> Result<(), Failure> {
    let share = wallet.stop(id).await?;
    let lines = [
        context.words.share(&share),
        context.words.say("share-stopped", &[]),
    ];
    context
        .output
        .data("wallet.share-stopped/1", &share, &lines)
}

async fn receipts(context: &Context, wallet: &Wallet, id: GrantId) -> Result<(), Failure> {
    let receipts = wallet.receipts(id).await?;
    let words = &context.words;
    let line = |receipt: &wallet_core::consent::receipts::StoredReceipt| {
        let (time, event) = (
            words.moment(receipt.recorded_at),
            words.event(receipt.event),
        );
        format!(
            "{}  {time}  {event}\n{}",
            receipt.receipt_id, receipt.signed
        )
    };
    let lines: Vec<String> = receipts.iter().map(line).collect();
    context.output.data("wallet.receipts/1", &receipts, &lines)
}
