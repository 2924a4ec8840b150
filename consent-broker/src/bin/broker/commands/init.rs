//! `broker init`.

use std::{fs, path::Path};

use consent_broker::{BrokerKeys, registrar::Entry};
use credential_core::{rng::SystemRng, text::Text, transparency::origin_of, trust::BrokerRole};
use serde_json::Value;

use crate::{
    config::{self, Init},
    failure::Failure,
    output,
    settings::Given,
};

pub(crate) fn run(arguments: &Init) -> Result<(), Failure> {
    let mut given = Given::default();
    given.broker.issuer = Some(arguments.issuer.clone());
    given.broker.development = Some(arguments.development);
    given.issuer()?;
    let folder = config::keys(&arguments.data);
    make_private(&folder)
        .map_err(|error| Failure::unexpected(error).about("the broker's folder"))?;
    let keys = BrokerKeys::create(&folder, &SystemRng::default())?;
    output::json(&entry(arguments.issuer.clone(), &keys)?)?;
    output::message(
        "Keys are made. Hand the printed entry to the registrar, who adds the legal name.",
    );
    Ok(())
}

/// What the registrar is handed.
pub(super) fn entry(issuer: String, keys: &BrokerKeys) -> Result<Value, Failure> {
    let log = keys
        .log_signer(&origin_of(&issuer))
        .map_err(|error| Failure::new(Failure::USAGE, error).about("--issuer"))?;
    let entry = Entry {
        entity_id: issuer.clone(),
        name: Text::default(),
        business_id: None,
        organisation_oid: None,
        jwks: keys.public(),
        issuer: None,
        recipient: None,
        broker: Some(BrokerRole {
            issuer,
            log_key: Some(log.verifier().clone()),
            witnesses: Vec::new(),
        }),
        resource: None,
    };
    serde_json::to_value(&entry).map_err(Failure::unexpected)
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
