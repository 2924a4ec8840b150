//! `issuer offer`: offers that wait for their holders.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use credential_core::id::OfferId;
use issuer_adapters::server::{OfferState, WaitingOffer};
use serde_json::json;

use super::files::{check_absent, write};
use crate::{
    asked::{Answer, Ask, Handed},
    desk::Desk,
    failure::{Failure, Kind},
    letter::{Letter, Sheet},
    output::Output,
    place::Place,
};

/// Offers. They are known by their ids, which stand in the results of issuer issue; the registry holds no names.
/// A running server is asked; otherwise the registry is opened.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Examples:\n\n  issuer offer list --data issuer\n  issuer offer resend --data issuer --id 0b0c7a5e-…\n  issuer offer letter --data issuer --id 0b0c7a5e-… --out letter.html --code-sheet code.html"
)]
pub(crate) enum OfferCommand {
    /// List the offers that are kept.
    List(Place),
    /// Take an offer back: its link is dead, its claims are deleted.
    Cancel(Which),
    /// Let what is in an offer wait: wallets that come for it are told to ask again later, for up to 30 days.
    Hold(Which),
    /// Release what was held; wallets that ask again get it.
    Release(Which),
    /// A new link and code for the same claims; the old ones are dead.
    Resend(Resend),
    /// Write a letter with the link as a QR code, and the code on a sheet of its own.
    Letter(LetterArgs),
}

#[derive(Debug, Args)]
pub(crate) struct Which {
    #[command(flatten)]
    place: Place,
    /// The offer's id.
    #[arg(long)]
    id: String,
}

#[derive(Debug, Args)]
pub(crate) struct Resend {
    #[command(flatten)]
    which: Which,
    /// For how many days the new offer can be collected.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=90))]
    valid_for: u32,
}

/// Writes two pages to print, in Finnish, Swedish and English. Send the letter, and hand the code over by another
/// way: whoever has both collects.
#[derive(Debug, Args)]
pub(crate) struct LetterArgs {
    #[command(flatten)]
    which: Which,
    /// The letter (HTML); nothing is overwritten.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The sheet with the code (HTML); nothing is overwritten.
    #[arg(long, value_name = "FILE")]
    code_sheet: PathBuf,
}

pub(crate) fn offer(command: &OfferCommand, output: &Output) -> Result<(), Failure> {
    match command {
        OfferCommand::List(place) => show(Desk::open(place)?.ask(Ask::Offers)?, output),
        OfferCommand::Cancel(which) => {
            let ask = Ask::Cancel { offer: which.id()? };
            show(Desk::open(&which.place)?.ask(ask)?, output)
        }
        OfferCommand::Hold(which) => hold(which, true, output),
        OfferCommand::Release(which) => hold(which, false, output),
        OfferCommand::Resend(resend) => {
            let ask = Ask::Resend {
                offer: resend.which.id()?,
                days: resend.valid_for,
            };
            show(Desk::open(&resend.which.place)?.ask(ask)?, output)
        }
        OfferCommand::Letter(args) => letter(args, output),
    }
}

fn hold(which: &Which, held: bool, output: &Output) -> Result<(), Failure> {
    let ask = Ask::Hold {
        offer: which.id()?,
        held,
    };
    show(Desk::open(&which.place)?.ask(ask)?, output)
}

impl Which {
    fn id(&self) -> Result<OfferId, Failure> {
        let not_an_id = |error| Failure::usage(format!("{}: {error}", self.id));
        self.id.parse().map_err(not_an_id)
    }
}

fn show(answer: Answer, output: &Output) -> Result<(), Failure> {
    match answer {
        Answer::Offers(offers) => {
            let lines: Vec<_> = offers.iter().map(line).collect();
            output.data("issuer.offers/1", &offers, &lines)
        }
        Answer::Open(handed) => {
            let Handed {
                offer,
                link,
                tx_code,
            } = &handed;
            let mut lines = vec![line(offer), format!("  link:  {link}")];
            lines.extend(tx_code.as_ref().map(|code| format!("  code:  {code}")));
            let data = json!({"offer": offer, "link": link, "tx_code": tx_code});
            output.data("issuer.offer/1", &data, &lines)
        }
        _ => Err(other_answer()),
    }
}

fn letter(args: &LetterArgs, output: &Output) -> Result<(), Failure> {
    if args.out == args.code_sheet {
        return Err(Failure::usage(
            "letter and code sheet must be two files: link and code must not travel together",
        ));
    }
    check_absent([&args.out, &args.code_sheet])?;
    let offer = args.which.id()?;
    let answer = Desk::open(&args.which.place)?.ask(Ask::Open { offer })?;
    let Answer::Open(handed) = answer else {
        return Err(other_answer());
    };
    let code = handed.tx_code.as_deref().ok_or_else(|| {
        let message = "this offer has no code to print; resend it, and print the new one";
        Failure::new(Kind::Refused, "offer_without_code", message)
    })?;
    let institution = args.which.place.folder().institution()?;
    let page = Letter {
        institution: &institution.name(),
        offer: &handed.offer,
        link: &handed.link,
    };
    let page = page.page().ok_or_else(|| {
        let message = "the link is too long for a QR code";
        Failure::new(Kind::Refused, "letter_link_too_long", message)
    })?;
    let sheet = Sheet {
        institution: &institution.name(),
        offer: &handed.offer,
        code,
    };
    write(&args.out, page.as_bytes())?;
    write(&args.code_sheet, sheet.page().as_bytes())?;
    let lines = [
        format!("letter: {}", args.out.display()),
        format!("code:   {}", args.code_sheet.display()),
    ];
    let data = json!({"offer": handed.offer, "letter": args.out, "code_sheet": args.code_sheet});
    output.data("issuer.letter/1", &data, &lines)
}

fn line(offer: &WaitingOffer) -> String {
    let state = match offer.state {
        OfferState::Waiting => "waiting",
        OfferState::Redeemed => "redeemed",
        _ => "expired",
    };
    format!(
        "{}  {state:8}  until {}  {}",
        offer.id,
        offer.expires_at.to_rfc3339(),
        offer.credential_types.join(" ")
    )
}

fn other_answer() -> Failure {
    Failure::unexpected("another answer than was asked for")
}
