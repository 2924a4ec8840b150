//! `issuer badge`: the achievements of records as signed Open Badges, one file each.

use std::path::PathBuf;

use clap::Args;
use credential_core::{
    clock::{Clock as _, SystemClock},
    credential::CredentialClaims,
    linked_data::VerifiedDocument,
    rng::SystemRng,
    text::Language,
};
use issuer_adapters::{
    badge::{self, BadgeError},
    mapping,
};
use serde::Serialize;

use super::{
    files::{check_absent, make, write},
    init::{chosen, of_development},
    understand,
};
use crate::{
    failure::{Failure, Kind},
    output::Output,
    place::Place,
};

/// Signs each achievement of a study record or table as an Open Badge 3.0, which anybody can verify who has
/// your entry of the trust list. The name is in it as a hash only. Nothing is overwritten, and only you may
/// read the files. What is no achievement (transcripts, study places, minimal proofs) is left out and counted.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n\n  issuer badge course.csv --data issuer --out badges --language sv"
)]
pub(crate) struct Badge {
    /// The record or table.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// The folder to write to; it is made when it is not there.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// fi, sv or en: the language of the badges, where their titles have it.
    #[arg(long, default_value = "en")]
    language: Language,
}

#[derive(Debug, Serialize)]
struct Report {
    badges: Vec<Signed>,
    /// Credentials of the same records that are no achievements.
    left_out: usize,
}

#[derive(Debug, Serialize)]
struct Signed {
    file: PathBuf,
    /// Which of the document's people it is about, from 1 in its order.
    person: usize,
    name: String,
}

pub(crate) fn badge(args: &Badge, output: &Output) -> Result<(), Failure> {
    let made = signed(args)?;
    check_absent(made.badges.iter().map(|(signed, _badge)| &signed.file))?;
    make(&args.out)?;
    for (signed, badge) in &made.badges {
        let text = serde_json::to_vec_pretty(&badge.to_json()).map_err(Failure::unexpected)?;
        write(&signed.file, &text)?;
    }
    let mut lines: Vec<String> = made
        .badges
        .iter()
        .map(|(signed, _badge)| format!("{}  {}", signed.file.display(), signed.name))
        .collect();
    if made.left_out > 0 {
        let count = made.left_out;
        lines.push(format!(
            "{count} credentials of the record are no achievements."
        ));
    }
    let report = Report {
        badges: made.badges.into_iter().map(|(signed, _)| signed).collect(),
        left_out: made.left_out,
    };
    output.data("issuer.badge/1", &report, &lines)
}

/// What is ready to be written.
struct Made {
    badges: Vec<(Signed, VerifiedDocument)>,
    left_out: usize,
}

fn signed(args: &Badge) -> Result<Made, Failure> {
    let institution = args.place.folder().institution()?;
    let (_folder, keys) = args.place.unlock()?;
    let key = keys.badge_key()?.ok_or_else(no_key)?;
    let (identifier, name) = (
        of_development(chosen(&institution, None)?),
        institution.name(),
    );
    let of_all = badge::Badge {
        issuer: &identifier,
        issuer_name: &name,
        holder: None,
        issued_at: SystemClock.now(),
        expires_at: None,
        language: args.language,
    };
    let mut made = Made {
        badges: Vec::new(),
        left_out: 0,
    };
    for (person, claims) in credentials(args)? {
        match badge::issue(&claims, &of_all, &key, &SystemRng::default()) {
            Ok(document) => {
                let number = made.badges.len() + 1;
                made.badges
                    .push((described(args, number, person, &document), document));
            }
            Err(BadgeError::NotABadge) => made.left_out += 1,
            Err(error) => return Err(refused(&args.file, person, &error)),
        }
    }
    if made.badges.is_empty() {
        let message = format!("{} holds no achievement", args.file.display());
        return Err(Failure::new(Kind::NotFound, "badge_nothing", message));
    }
    Ok(made)
}

/// The credentials of all people of the document, with the number of the person.
fn credentials(args: &Badge) -> Result<Vec<(usize, CredentialClaims)>, Failure> {
    let understood = understand(&args.file)?;
    let of_each = (1..).zip(&understood.records);
    Ok(of_each
        .flat_map(|(person, record)| {
            let credentials = mapping::credentials(record).credentials;
            credentials.into_iter().map(move |claims| (person, claims))
        })
        .collect())
}

/// `course.badge-3.json`.
fn described(args: &Badge, number: usize, person: usize, badge: &VerifiedDocument) -> Signed {
    let stem = args.file.file_stem().unwrap_or_default();
    let name = badge.document().get("name");
    Signed {
        file: args
            .out
            .join(format!("{}.badge-{number}.json", stem.to_string_lossy())),
        person,
        name: name
            .and_then(|it| it.as_str())
            .unwrap_or_default()
            .to_owned(),
    }
}

fn no_key() -> Failure {
    let message = "this folder was made before there were badges; print its entry again with issuer entry, \
                   which makes the key, and give it to the registrar";
    Failure::new(Kind::Refused, "badge_no_key", message.to_owned())
}

fn refused(file: &std::path::Path, person: usize, error: &BadgeError) -> Failure {
    let message = format!("{}, person {person}: {error}", file.display());
    Failure::new(Kind::Refused, error.reason(), message)
}
