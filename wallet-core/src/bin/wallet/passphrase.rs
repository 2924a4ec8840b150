//! Where the passphrase comes from: a terminal, a file, or an open descriptor; never an argument.

use std::{
    fs::File,
    io::{ErrorKind, IsTerminal as _, Read as _, stdin},
    path::{Path, PathBuf},
};

use wallet_core::{vault::Passphrase, words::Words};
use zeroize::Zeroizing;

use crate::failure::Failure;

/// The longest passphrase read, in octets.
const LONGEST: usize = 4096;

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

    /// Reads the passphrase, asking for it when it comes from the terminal.
    pub(crate) fn read(&self, words: &Words) -> Result<Passphrase, Failure> {
        let text = match &self.file {
            Some(path) => first_line(path)?,
            None => self.ask(&words.say("ask-passphrase", &[]))?,
        };
        passphrase(&text)
    }

    /// Reads a new passphrase; what is typed is typed twice.
    pub(crate) fn read_new(&self, words: &Words) -> Result<Passphrase, Failure> {
        let text = match &self.file {
            Some(path) => first_line(path)?,
            None => {
                let text = self.ask(&words.say("ask-new-passphrase", &[]))?;
                if self.ask(&words.say("ask-passphrase-again", &[]))? != text {
                    let differs = words.say("passphrase-differs", &[]);
                    return Err(Failure::usage(differs.trim_end_matches('.')));
                }
                text
            }
        };
        passphrase(&text)
    }

    fn ask(&self, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        if self.no_input || !stdin().is_terminal() {
            return Err(Failure::usage("give --passphrase-file or --passphrase-fd"));
        }
        let typed = rpassword::prompt_password(format!("{prompt}: "));
        typed.map(Zeroizing::new).map_err(Failure::unexpected)
    }
}

fn passphrase(text: &str) -> Result<Passphrase, Failure> {
    if text.is_empty() {
        return Err(Failure::usage("the passphrase is empty"));
    }
    Ok(Passphrase::from(text.as_bytes().to_vec()))
}

/// Read octet by octet: no buffer keeps a copy, and nothing behind the line is taken.
fn first_line(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let failed = |what: &str| Failure::usage(&format!("{what} {}", path.display()));
    let mut file = File::open(path).map_err(|_error| failed("cannot read"))?;
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut octet = Zeroizing::new([0]);
    loop {
        match file.read(&mut *octet) {
            Ok(0) => break,
            Ok(_) if *octet == [b'\n'] => break,
            Ok(_) if line.len() == LONGEST => return Err(failed("too long a passphrase in")),
            Ok(_) => line.extend_from_slice(&*octet),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_error) => return Err(failed("cannot read")),
        }
    }
    let text = std::str::from_utf8(&line).map_err(|_error| failed("no text in"))?;
    Ok(Zeroizing::new(text.trim_end_matches('\r').to_owned()))
}
