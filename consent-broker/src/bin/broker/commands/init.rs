//! `broker init`.

use std::{fs, path::Path};

use consent_broker::{BrokerKeys, registrar::Entry};
use credential_core::{network::Network, rng::SystemRng, text::Text, trust::BrokerRole};

use crate::{
    config::{self, Init},
    failure::Failure,
    output,
};

pub(crate) fn run(arguments: &Init) -> Result<(), Failure> {
    check_issuer(&arguments.issuer, arguments.development)?;
    let folder = config::keys(&arguments.data);
    make_private(&folder)
        .map_err(|error| Failure::unexpected(error).about("the broker's folder"))?;
    let keys = BrokerKeys::create(&folder, &SystemRng::default())?;
    let entry = Entry {
        entity_id: arguments.issuer.clone(),
        name: Text::default(),
        business_id: None,
        organisation_oid: None,
        jwks: keys.public(),
        issuer: None,
        recipient: None,
        broker: Some(BrokerRole {
            issuer: arguments.issuer.clone(),
        }),
        resource: None,
    };
    output::json(&serde_json::to_value(&entry).map_err(Failure::unexpected)?)?;
    output::message(
        "Keys are made. Hand the printed entry to the registrar, who adds the legal name.",
    );
    Ok(())
}

pub(crate) fn check_issuer(issuer: &str, development: bool) -> Result<(), Failure> {
    let network = if development {
        Network::Loopback
    } else {
        Network::Public
    };
    let url = network
        .check(issuer)
        .map_err(|error| Failure::new(Failure::USAGE, error).about("--issuer"))?;
    if issuer.ends_with('/') || url.query().is_some() || url.fragment().is_some() {
        let error = anyhow::anyhow!("--issuer must have no trailing slash, query or fragment");
        return Err(Failure::new(Failure::USAGE, error));
    }
    Ok(())
}

fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
