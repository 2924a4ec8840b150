//! `issuer badge`: the achievements of records as signed Open Badges, one file each.

use std::path::PathBuf;

use clap::Args;
use credential_core::{
    clock::{Clock as _, SystemClock},
    credential::CredentialClaims,
    linked_data::VerifiedDocument,
    rng::SystemRng,
    status_list::bitstring::BitstringEntry,
    text::Language,
};
use issuer_adapters::{
    badge::{self, BadgeError},
    mapping,
};
use serde::Serialize;
use serde_json::Value;

use super::{
    files::{check_absent, make, write},
    init::{chosen, of_development},
    matched::{self, Matched},
    understand,
};
use crate::{
    asked::{Answer, Ask},
    desk::Desk,
    failure::{Failure, Kind},
    folder::Institution,
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
    /// Give each badge a place in the lists of status that issuer serve publishes, so that it can be revoked
    /// and suspended. Who checks such a badge asks your server.
    #[arg(long)]
    revocable: bool,
    /// How the persons were matched to the record; kept in the registry with --revocable.
    #[arg(long, value_enum, requires = "revocable")]
    matched: Option<Matched>,
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
    /// By which it is revoked: issuer credential revoke --index.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u32>,
}

pub(crate) fn badge(args: &Badge, output: &Output) -> Result<(), Failure> {
    let made = signed(args, output)?;
    check_absent(made.badges.iter().map(|(signed, _badge)| &signed.file))?;
    make(&args.out)?;
    for (signed, badge) in &made.badges {
        let text = serde_json::to_vec_pretty(&badge.to_json()).map_err(Failure::unexpected)?;
        write(&signed.file, &text)?;
    }
    let mut lines: Vec<String> = made
        .badges
        .iter()
        .map(|(signed, _badge)| {
            let index = signed.index.map(|index| format!("  {index}"));
            format!(
                "{}  {}{}",
                signed.file.display(),
                signed.name,
                index.unwrap_or_default()
            )
        })
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

fn signed(args: &Badge, output: &Output) -> Result<Made, Failure> {
    let institution = args.place.folder().institution()?;
    let (_folder, keys) = args.place.unlock()?;
    let key = keys.badge_key()?.ok_or_else(no_key)?;
    let (achievements, others): (Vec<_>, Vec<_>) = credentials(args)?
        .into_iter()
        .partition(|(_person, claims)| badge::is_achievement(claims));
    if achievements.is_empty() {
        let message = format!("{} holds no achievement", args.file.display());
        return Err(Failure::new(Kind::NotFound, "badge_nothing", message));
    }
    let (identifier, places) = places(args, &institution, &achievements, output)?;
    let name = institution.name();
    let mut badges = Vec::new();
    for ((person, claims), (index, status)) in achievements.iter().zip(places) {
        let about = badge::Badge {
            issuer: &identifier,
            issuer_name: &name,
            holder: None,
            issued_at: SystemClock.now(),
            expires_at: None,
            status: &status,
            language: args.language,
        };
        let document = badge::issue(claims, &about, &key, &SystemRng::default())
            .map_err(|error| refused(&args.file, *person, &error))?;
        let number = badges.len() + 1;
        let described = Signed {
            index,
            ..described(args, number, *person, &document)
        };
        badges.push((described, document));
    }
    Ok(Made {
        badges,
        left_out: others.len(),
    })
}

/// Who issues, and for each badge its index and its places, which it has when it shall be revocable.
type InLists = (String, Vec<(Option<u32>, Vec<BitstringEntry>)>);

fn places(
    args: &Badge,
    institution: &Institution,
    achievements: &[(usize, CredentialClaims)],
    output: &Output,
) -> Result<InLists, Failure> {
    if !args.revocable {
        let identifier = of_development(chosen(institution, None)?);
        return Ok((identifier, vec![(None, Vec::new()); achievements.len()]));
    }
    let vcts = achievements
        .iter()
        .map(|(_person, claims)| claims.credential_type().vct().to_owned());
    let ask = Ask::Places {
        vcts: vcts.collect(),
        matched: matched::asked(args.matched, output)?,
    };
    // Who publishes the lists has to be who signs the badges, at the address where it is reached.
    let Answer::Places { identifier, places } = Desk::open(&args.place)?.ask(ask)? else {
        return Err(Failure::unexpected("another answer than places"));
    };
    let read = |(index, entries): (u32, Vec<Value>)| {
        let entries = BitstringEntry::read_all(&Value::Array(entries));
        entries.map(|entries| (Some(index), entries))
    };
    let read: Option<Vec<_>> = places.into_iter().map(read).collect();
    let read = read.ok_or_else(|| Failure::unexpected("places that cannot be read"))?;
    Ok((identifier, read))
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
        index: None,
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
