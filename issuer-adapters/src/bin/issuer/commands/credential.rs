//! `issuer credential`: what was issued, and whether it is still good.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use credential_core::clock::{Clock as _, SystemClock};
use issuer_adapters::server::{IssuedEntry, StatusChange};

use crate::{control, control::Ask, failure::Failure, folder::Folder, output::Output};

/// Issued credentials. They are known by their place in the status list; the registry holds no names.
/// A running server is asked; otherwise the registry is opened.
#[derive(Debug, Subcommand)]
pub(crate) enum Credential {
    /// List everything issued.
    List(Where),
    /// Withdraw a credential for good.
    Revoke(Which),
    /// Declare that a credential is not to be relied on for now.
    Suspend(Which),
    /// End a suspension.
    Resume(Which),
}

#[derive(Debug, Args)]
pub(crate) struct Where {
    /// The institution's folder.
    #[arg(long)]
    data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    #[command(flatten)]
    place: Where,
    /// The credential's place in the status list.
    #[arg(long)]
    index: u32,
}

pub(crate) fn credential(command: &Credential, output: &Output) -> Result<(), Failure> {
    let (place, ask) = match command {
        Credential::List(place) => (place, Ask::List),
        Credential::Revoke(which) => which.change(StatusChange::Revoke),
        Credential::Suspend(which) => which.change(StatusChange::Suspend),
        Credential::Resume(which) => which.change(StatusChange::Resume),
    };
    let folder = Folder::at(&place.data);
    let entries = match control::ask(&folder, ask)? {
        Some(entries) => entries,
        None => answer(&folder, ask)?,
    };
    let lines: Vec<_> = entries.iter().map(line).collect();
    output.data("issuer.credentials/1", &entries, &lines)
}

impl Which {
    fn change(&self, change: StatusChange) -> (&Where, Ask) {
        let ask = Ask::Change {
            index: self.index,
            change,
        };
        (&self.place, ask)
    }
}

/// From the registry itself, when no server runs.
fn answer(folder: &Folder, ask: Ask) -> Result<Vec<IssuedEntry>, Failure> {
    let registry = folder.registry(&folder.sealing_key()?)?;
    Ok(match ask {
        Ask::List => registry.issued()?,
        Ask::Change { index, change } => {
            vec![registry.change_status(index, change, SystemClock.now())?]
        }
    })
}

fn line(entry: &IssuedEntry) -> String {
    format!(
        "{:>7}  {:9}  {}  {}  offer {}",
        entry.index,
        format!("{:?}", entry.status).to_lowercase(),
        entry.issued_at.to_rfc3339(),
        entry.vct,
        entry.offer,
    )
}
