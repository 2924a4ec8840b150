//! `wallet share pause|resume|narrow|renew`, and stopping everything.

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use credential_core::{consent::details::ClaimRef, id::GrantId};
use wallet_core::{
    Wallet,
    consent::share::{Less, Share},
};

use super::{agreed, claim_ref};
use crate::{Context, failure::Failure};

/// Share less than before. What they have read before they may still have.
#[derive(Debug, Args)]
pub(crate) struct Narrow {
    /// Its id, from `list`.
    id: GrantId,
    /// Leave an optional item out from now on, as CREDENTIAL/ITEM; may be given several times.
    #[arg(
        long = "leave-out",
        value_name = "CREDENTIAL/ITEM",
        value_parser = claim_ref,
        required_unless_present_any = ["days", "reads"]
    )]
    leave_out: Vec<ClaimRef>,
    /// End sooner, this many days from now.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    days: Option<u16>,
    /// Allow this many looks altogether, those that were made included.
    #[arg(long, value_name = "LOOKS", value_parser = clap::value_parser!(u32).range(1..))]
    reads: Option<u32>,
}

/// Share the same for longer. Without --yes you are asked.
#[derive(Debug, Args)]
pub(crate) struct Renew {
    /// Its id, from `list`.
    id: GrantId,
    /// End this many days from now; without it, when what was asked would end if it were asked now.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    days: Option<u16>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn pause(context: &Context, wallet: &Wallet, id: GrantId) -> Result<(), Failure> {
    let share = wallet.pause(id).await?;
    changed(context, &share, ("wallet.share-paused/1", "share-paused"))
}

pub(super) async fn resume(context: &Context, wallet: &Wallet, id: GrantId) -> Result<(), Failure> {
    let share = wallet.resume(id).await?;
    changed(context, &share, ("wallet.share-resumed/1", "share-resumed"))
}

impl Narrow {
    pub(super) async fn run(self, context: &Context, wallet: &Wallet) -> Result<(), Failure> {
        let less = Less {
            until: self.days.map(|days| days_from_now(context, days)),
            max_reads: self.reads,
            leave_out: self.leave_out,
        };
        let share = wallet.narrow(self.id, &less).await?;
        changed(
            context,
            &share,
            ("wallet.share-narrowed/1", "share-narrowed"),
        )
    }
}

impl Renew {
    pub(super) async fn run(self, context: &Context, wallet: &Wallet) -> Result<(), Failure> {
        let (words, share) = (&context.words, wallet.share(self.id)?);
        let until = match self.days {
            Some(days) => days_from_now(context, days),
            None => wallet.renewal_end(self.id)?,
        };
        let about = [
            ("name", words.text(&share.recipient_name)),
            ("date", &*words.day(until)),
        ];
        let question = words.say("share-renew-question", &about);
        if !self.yes && !agreed(context, &[words.share(&share)], &question)? {
            context.output.message(&words.say("share-unchanged", &[]));
            return Ok(());
        }
        let share = wallet.renew(self.id, until).await?;
        changed(context, &share, ("wallet.share-renewed/1", "share-renewed"))
    }
}

/// Tells what became of every share; a broker that did not confirm makes it a failure.
pub(super) async fn stop_all(context: &Context, wallet: &Wallet) -> Result<(), Failure> {
    let words = &context.words;
    let stopped = wallet.stop_all().await?;
    let mut lines: Vec<String> = stopped.shares.iter().map(|s| words.share(s)).collect();
    lines.push(if lines.is_empty() {
        words.say("share-none", &[])
    } else {
        words.say("share-stopped", &[])
    });
    let schema = "wallet.shares-stopped/1";
    match stopped.failures.into_iter().next() {
        None => context.output.data(schema, &stopped.shares, &lines),
        Some(error) => {
            let shares = stopped.shares.iter().map(|share| words.share(share));
            context
                .output
                .message(&shares.collect::<Vec<_>>().join("\n"));
            Err(error.into())
        }
    }
}

fn changed(
    context: &Context,
    share: &Share,
    (schema, message): (&'static str, &str),
) -> Result<(), Failure> {
    let words = &context.words;
    let about = [
        ("name", words.text(&share.recipient_name)),
        ("date", &*words.day(share.details.until)),
    ];
    let lines = [words.share(share), words.say(message, &about)];
    context.output.data(schema, share, &lines)
}

fn days_from_now(context: &Context, days: u16) -> DateTime<Utc> {
    context.surroundings.clock.now() + TimeDelta::days(days.into())
}
