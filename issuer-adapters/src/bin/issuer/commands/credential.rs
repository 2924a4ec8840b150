//! `issuer credential`: what was issued, and whether it is still good.

use clap::{Args, Subcommand};
use issuer_adapters::{
    audit::MAX_REASON,
    server::{IssuedEntry, StatusChange},
};

use crate::{
    asked::{Answer, Ask},
    desk::Desk,
    failure::{Failure, Kind},
    output::Output,
    place::Place,
};

/// Issued credentials. They are known by their place in the status list; the registry holds no names.
/// A running server is asked; otherwise the registry is opened.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Examples:\n\n  issuer credential list --data issuer\n  issuer credential revoke --data issuer --index 482113 --reason \"issued by mistake\""
)]
pub(crate) enum Credential {
    /// List everything issued.
    List(Place),
    /// Show one credential's entry.
    Show(Which),
    /// Withdraw a credential for good.
    Revoke(Changed),
    /// Declare that a credential is not to be relied on for now.
    Suspend(Changed),
    /// End a suspension.
    Resume(Changed),
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    #[command(flatten)]
    place: Place,
    /// The credential's place in the status list.
    #[arg(long)]
    index: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Changed {
    #[command(flatten)]
    which: Which,
    /// Why, for the audit file: no names. Nobody else is told.
    #[arg(long)]
    reason: Option<String>,
}

pub(crate) fn credential(command: &Credential, output: &Output) -> Result<(), Failure> {
    let (place, ask) = match command {
        Credential::List(place) => (place, Ask::List),
        Credential::Show(which) => (&which.place, Ask::List),
        Credential::Revoke(changed) => changed.ask(StatusChange::Revoke)?,
        Credential::Suspend(changed) => changed.ask(StatusChange::Suspend)?,
        Credential::Resume(changed) => changed.ask(StatusChange::Resume)?,
    };
    let Answer::Entries(mut entries) = Desk::open(place)?.ask(ask)? else {
        return Err(Failure::unexpected("another answer than was asked for"));
    };
    if let Credential::Show(which) = command {
        entries.retain(|it| it.index == which.index || it.copies.contains(&which.index));
        if entries.is_empty() {
            let message = format!("no credential was issued under the index {}", which.index);
            return Err(Failure::new(
                Kind::NotFound,
                "registry_no_such_credential",
                message,
            ));
        }
    }
    // Copies of one credential are one line; as JSON each has its own entry, which names the others.
    let is_listed = |entry: &&IssuedEntry| {
        let first = entry.copies.iter().all(|copy| entry.index < *copy);
        first || !matches!(command, Credential::List(_))
    };
    let lines: Vec<_> = entries.iter().filter(is_listed).map(line).collect();
    output.data("issuer.credentials/1", &entries, &lines)
}

impl Changed {
    fn ask(&self, change: StatusChange) -> Result<(&Place, Ask), Failure> {
        let reason = self
            .reason
            .as_deref()
            .map(str::trim)
            .filter(|reason| !reason.is_empty());
        if let Some(reason) = reason
            && (reason.chars().count() > MAX_REASON || reason.chars().any(char::is_control))
        {
            let message = format!("a reason is one line of at most {MAX_REASON} characters");
            return Err(Failure::usage(message));
        }
        let ask = Ask::Change {
            index: self.which.index,
            change,
            reason: reason.map(str::to_owned),
        };
        Ok((&self.which.place, ask))
    }
}

fn line(entry: &IssuedEntry) -> String {
    let copies = match entry.copies.len() {
        0 => String::new(),
        more => format!("  in {} copies", more + 1),
    };
    format!(
        "{:>7}  {:9}  {}  {}  offer {}{copies}",
        entry.index,
        format!("{:?}", entry.status).to_lowercase(),
        entry.issued_at.to_rfc3339(),
        entry.vct,
        entry.offer,
    )
}
