//! `issuer evidence`: what proves a credential years later.

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use credential_core::{
    clock::{Clock as _, SystemClock},
    evidence::Evidence as Bundle,
    jose::Jwk,
    trust,
};
use serde_json::json;

use super::files::{check_absent, write};
use crate::{
    asked::{Answer, Ask},
    desk::Desk,
    failure::{Failure, Kind},
    output::Output,
    place::Place,
};

/// Writes evidence about one credential, to be handed out with it: your keys, its status now, the registrar's list
/// and the description of its type, signed. With it and the registrar's key, verify file --evidence checks the
/// credential after your keys or you are gone. Make it within a day of the issue: it shows what was so when it was
/// made, by your own clock.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n\n  issuer evidence 482113 --data issuer --trust trust-list.jwt --registrar-key registrar.jwk --out 482113.evidence"
)]
pub(crate) struct Evidence {
    /// The credential's place in the status list.
    index: u32,
    /// The registrar's trust list of today, which lists your keys.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// The registrar's public key: what does not verify by it is not written.
    #[arg(long, value_name = "FILE")]
    registrar_key: PathBuf,
    /// The file to write; nothing is overwritten.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn evidence(args: &Evidence, output: &Output) -> Result<(), Failure> {
    check_absent([&args.out])?;
    let key = read(&args.registrar_key)?;
    let registrar: Jwk = serde_json::from_str(&key).map_err(|error| {
        let message = format!("{}: {error}", args.registrar_key.display());
        Failure::new(Kind::Damaged, "registrar_key_unreadable", message)
    })?;
    let ask = Ask::Evidence {
        index: args.index,
        trust_list: read(&args.trust)?.trim().to_owned(),
    };
    let Answer::Evidence(signed) = Desk::open(&args.place)?.ask(ask)? else {
        return Err(Failure::unexpected("another answer than was asked for"));
    };
    let bundle = Bundle::verify(&signed, &registrar, SystemClock.now()).map_err(|error| {
        let message = format!("the evidence would not verify: {error}");
        Failure::new(Kind::Refused, error.reason(), message)
    })?;
    write(&args.out, signed.as_bytes())?;
    let lines = [format!(
        "{}: credential {} of {}, as of {}",
        args.out.display(),
        args.index,
        bundle.issuer(),
        bundle.made_at().to_rfc3339()
    )];
    let data = json!({"file": args.out, "index": args.index, "made_at": bundle.made_at()});
    output.data("issuer.evidence/1", &data, &lines)
}

fn read(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| {
            file.take(trust::MAX_LENGTH as u64 + 1)
                .read_to_string(&mut text)
        })
        .map_err(|error| Failure::file(path, &error))?;
    Ok(text)
}
