//! Where the institution is, and what opens its keys: a terminal, a file, or an open descriptor; never
//! an argument, which other people of the machine could read.

use std::{
    fs::File,
    io::{ErrorKind, IsTerminal as _, Read as _, stdin},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use credential_core::rng::SystemRng;
use issuer_adapters::keystore::{Passphrase, UnlockedKeys};
use zeroize::Zeroizing;

use crate::{failure::Failure, folder::Folder};

/// The longest passphrase read, in octets.
const LONGEST: usize = 4096;
/// The shortest that a new one may be, in characters.
const SHORTEST: usize = 12;

/// The institution's folder, for commands that open it.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The institution's folder.
    #[arg(long)]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseFrom,
}

/// Where the passphrase of the keys comes from; asked for on a terminal when neither is given.
#[derive(Debug, Args)]
pub(crate) struct PassphraseFrom {
    /// A file whose first line is the passphrase of the keys.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_fd")]
    passphrase_file: Option<PathBuf>,
    /// An open descriptor from which the passphrase of the keys is read.
    #[arg(long, value_name = "NUMBER")]
    passphrase_fd: Option<u32>,
}

impl Place {
    pub(crate) fn folder(&self) -> Folder {
        Folder::at(&self.data)
    }

    /// The folder and its keys, unlocked; asks for a passphrase only when there is one.
    pub(crate) fn unlock(&self) -> Result<(Folder, UnlockedKeys), Failure> {
        let folder = self.folder();
        let store = folder.keys()?;
        let passphrase = match store.is_protected() {
            true => Some(self.passphrase.read()?),
            false => None,
        };
        let rng = Arc::new(SystemRng::default());
        Ok((folder, store.unlock(passphrase.as_ref(), rng)?))
    }
}

impl PassphraseFrom {
    fn read(&self) -> Result<Passphrase, Failure> {
        let text = match self.file() {
            Some(path) => first_line(&path)?,
            None => ask("Passphrase")?,
        };
        Ok(Passphrase::from(text.as_str()))
    }

    /// A new passphrase; what is typed is typed twice.
    pub(crate) fn read_new(&self) -> Result<Passphrase, Failure> {
        let text = match self.file() {
            Some(path) => first_line(&path)?,
            None => {
                let text = ask("New passphrase")?;
                if ask("The same again")? != text {
                    return Err(Failure::usage("the two passphrases differ"));
                }
                text
            }
        };
        if text.chars().count() < SHORTEST {
            let message = format!("a passphrase has at least {SHORTEST} characters");
            return Err(Failure::usage(message));
        }
        Ok(Passphrase::from(text.as_str()))
    }

    fn file(&self) -> Option<PathBuf> {
        let descriptor = self.passphrase_fd.map(|it| format!("/dev/fd/{it}").into());
        self.passphrase_file.clone().or(descriptor)
    }
}

fn ask(prompt: &str) -> Result<Zeroizing<String>, Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::usage(
            "the keys have a passphrase: give --passphrase-file or --passphrase-fd",
        ));
    }
    let typed = rpassword::prompt_password(format!("{prompt}: "));
    typed.map(Zeroizing::new).map_err(Failure::unexpected)
}

/// Read octet by octet: no buffer keeps a copy, and nothing behind the line is taken.
fn first_line(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let failed = |what: &str| Failure::usage(format!("{what} {}", path.display()));
    let mut file = File::open(path).map_err(|error| Failure::file(path, &error))?;
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    let mut octet = Zeroizing::new([0]);
    loop {
        match file.read(&mut *octet) {
            Ok(0) => break,
            Ok(_) if *octet == [b'\n'] => break,
            Ok(_) if line.len() == LONGEST => return Err(failed("too long a passphrase in")),
            Ok(_) => line.extend_from_slice(&*octet),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::file(path, &error)),
        }
    }
    let text = std::str::from_utf8(&line).map_err(|_octets| failed("no text in"))?;
    let text = Zeroizing::new(text.trim_end_matches('\r').to_owned());
    match text.is_empty() {
        true => Err(failed("no passphrase in")),
        false => Ok(text),
    }
}
