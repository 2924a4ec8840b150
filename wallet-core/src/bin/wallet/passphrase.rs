//! Where the passphrase comes from: a terminal, a file, or an open descriptor; never an argument.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, IsTerminal as _, Read as _, stdin},
    path::PathBuf,
};

use wallet_core::vault::Passphrase;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The longest passphrase read, in octets.
const LONGEST: u64 = 4096;

/// The chosen source.
#[derive(Debug)]
pub(crate) struct PassphraseSource {
    file: Option<PathBuf>,
    no_input: bool,
}

impl PassphraseSource {
    pub(crate) fn new(file: Option<PathBuf>, descriptor: Option<u32>, no_input: bool) -> Self {
        let from_descriptor = descriptor.map(|number| PathBuf::from(format!("/dev/fd/{number}")));
        Self {
            file: file.or(from_descriptor),
            no_input,
        }
    }

    /// Reads the passphrase, asking with `prompt` when it comes from the terminal.
    pub(crate) fn read(&self, prompt: &str) -> Result<Passphrase, Failure> {
        let text = match &self.file {
            Some(path) => first_line(path)?,
            None if self.no_input || !stdin().is_terminal() => {
                return Err(Failure::usage("give --passphrase-file or --passphrase-fd"));
            }
            None => Zeroizing::new(
                rpassword::prompt_password(format!("{prompt}: ")).map_err(Failure::unexpected)?,
            ),
        };
        if text.is_empty() {
            return Err(Failure::usage("the passphrase is empty"));
        }
        Ok(Passphrase::from(text.as_bytes().to_vec()))
    }
}

fn first_line(path: &PathBuf) -> Result<Zeroizing<String>, Failure> {
    let unreadable = |_error| Failure::usage(&format!("cannot read {}", path.display()));
    let file = File::open(path).map_err(unreadable)?;
    let mut line = Zeroizing::new(String::new());
    BufReader::new(file.take(LONGEST))
        .read_line(&mut line)
        .map_err(unreadable)?;
    Ok(Zeroizing::new(
        line.trim_end_matches(['\r', '\n']).to_owned(),
    ))
}
