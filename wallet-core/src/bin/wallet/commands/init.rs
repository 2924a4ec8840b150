//! `wallet init`

use std::{fs, path::PathBuf};

use clap::Args;
use credential_core::jose::Jwk;
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
        let passphrase = context
            .passphrase
            .read(&context.words.say("ask-new-passphrase", &[]))?;
        check_length(&passphrase, context)?;
        let cost = KdfCost::recommended();
        let surroundings = context.surroundings.clone();
        let wallet = Wallet::create(&context.home, &passphrase, cost, &key, surroundings)?;
        if let Some(file) = &self.trust_list {
            wallet.import_trust_list(&read(file)?)?;
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
    Err(Failure::usage(
        &context.words.say("passphrase-short", &[("least", &least)]),
    ))
}

pub(super) fn read(path: &PathBuf) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::usage(&format!("cannot read {}: {error}", path.display())))
}
