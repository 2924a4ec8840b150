//! How the institution made sure that a record is the holder's own: asked for, and kept with the offer.

use std::io::{IsTerminal as _, stderr, stdin};

use clap::ValueEnum;
use issuer_adapters::server::HolderMatch;

use crate::{failure::Failure, output::Output};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Matched {
    /// An identity document was shown.
    InPerson,
    /// Bank, mobile or card certificate.
    StrongIdentification,
    /// The institution's own account.
    SchoolAccount,
    /// Invented persons; only for trying out.
    DemonstrationOnly,
}

impl From<Matched> for HolderMatch {
    fn from(matched: Matched) -> Self {
        match matched {
            Matched::InPerson => Self::InPerson,
            Matched::StrongIdentification => Self::StrongIdentification,
            Matched::SchoolAccount => Self::SchoolAccount,
            Matched::DemonstrationOnly => Self::DemonstrationOnly,
        }
    }
}

/// What was given, or what a person at the terminal answers.
pub(super) fn asked(given: Option<Matched>, output: &Output) -> Result<HolderMatch, Failure> {
    if let Some(given) = given {
        return Ok(given.into());
    }
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return Err(Failure::usage(
            "say with --matched how the persons were matched to the rows",
        ));
    }
    output.message("How were the persons matched to the rows?\n  1  an identity document was shown\n  2  strong electronic identification\n  3  the institution's own account");
    let mut line = String::new();
    stdin().read_line(&mut line).map_err(Failure::unexpected)?;
    match line.trim() {
        "1" => Ok(HolderMatch::InPerson),
        "2" => Ok(HolderMatch::StrongIdentification),
        "3" => Ok(HolderMatch::SchoolAccount),
        _ => Err(Failure::usage("answer 1, 2 or 3, or give --matched")),
    }
}
