//! `wallet init`

use std::{
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use credential_core::{jose::Jwk, trust::TrustList};
use serde_json::json;
use wallet_core::{
    Wallet,
    vault::{KdfCost, Passphrase},
};

use crate::{Context, failure::Failure};

/// The shortest passphrase a wallet is made with, in octets: four short words.
const LEAST: usize = 12;

/// Make a new wallet in its folder. The registrar's key is pinned now and never changes silently.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The registrar's public key (a JWK file).
    #[arg(long)]
    registrar_key: PathBuf,
    /// The registrar's signed list (a file); later: wallet trust update.
    #[arg(long)]
    trust_list: Option<PathBuf>,
}

impl Init {
    pub(crate) fn run(&self, context: &Context) -> Result<(), Failure> {
        let key = read(&self.registrar_key)?;
        let key: Jwk = serde_json::from_str(&key)
            .map_err(|_error| Failure::usage("the registrar's key file is not a public JWK"))?;
        let list = self.trust_list.as_deref().map(read).transpose()?;
        if let Some(list) = &list {
            // Before anything is made: a wallet without its list could not be made again.
            let now = context.surroundings.clock.now();
            TrustList::verify(list.trim(), &key, None, now).map_err(wallet_core::Error::from)?;
        }
        let passphrase = context.passphrase.read_new(&context.words)?;
        check_length(&passphrase, context)?;
        let cost = KdfCost::recommended();
        let surroundings = context.surroundings.clone();
        let wallet = Wallet::create(&context.home, &passphrase, cost, &key, surroundings)?;
        if let Some(list) = &list {
            wallet.import_trust_list(list)?;
        }
        let path = context.home.display().to_string();
        let line = context.words.say("wallet-made", &[("path", &path)]);
        context
            .output
            .data("wallet.init/1", &json!({ "path": path }), &[line])
    }
}

fn check_length(passphrase: &Passphrase, context: &Context) -> Result<(), Failure> {
    if passphrase.octets() >= LEAST {
        return Ok(());
    }
    let least = LEAST.to_string();
    let short = context.words.say("passphrase-short", &[("least", &least)]);
    Err(Failure::usage(short.trim_end_matches('.')))
}

/// Reads a text file of at most 64 MiB, which a list of 20,000 statements does not reach.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    const LONGEST: u64 = 64 << 20;
    let failed = |why: &str| Failure::usage(&format!("cannot read {}: {why}", path.display()));
    let file = File::open(path).map_err(|error| failed(&error.to_string()))?;
    let mut text = String::new();
    let read = file.take(LONGEST + 1).read_to_string(&mut text);
    match read.map_err(|error| failed(&error.to_string()))? {
        octets if octets as u64 > LONGEST => Err(failed("it is too large")),
        _ => Ok(text),
    }
}
