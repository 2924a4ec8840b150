//! `verify init`: keys, and the entry that the registrar signs.

use std::{path::Path, process::ExitCode};

use credential_core::{
    jose::{Es256Key, Jwk, JwkSet, KeyUse, Signer as _},
    network::Network,
    text::Text,
    trust::{Entry, IntendedUse, RecipientRole},
};
use verifier_sdk::RecipientKey;

use crate::{
    args::Init,
    failure::{Failure, Kind},
    output::Output,
    settings::Settings,
    store::{KeyName, Profile, Store, read_json},
};

pub(crate) fn run(
    init: &Init,
    settings: Settings<'_>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let folder = settings.common.data.as_deref();
    let folder = folder.ok_or_else(|| Failure::new(Kind::Usage, "folder_missing", "--data"))?;
    check_addresses(init, settings)?;
    let uses = intended_uses(&init.uses)?;
    let store = Store::create(folder)?;
    let jwks = make_keys(&store)?;
    let profile = Profile {
        entity: init.entity.clone(),
        redirect_uri: init.redirect.clone(),
    };
    store.save_profile(&profile)?;
    let entry = Entry {
        entity_id: init.entity.clone(),
        name: Text::new(&init.name_fi, &init.name_sv, &init.name_en),
        business_id: init.business_id.clone(),
        organisation_oid: None,
        jwks,
        issuer: None,
        recipient: Some(RecipientRole {
            client_id: profile.client_id(),
            redirect_uris: vec![init.redirect.clone()],
            event_endpoint: init.events.clone(),
            intended_uses: uses,
        }),
        broker: None,
        resource: None,
    };
    output.tell("init-done", &[("folder", &folder.display().to_string())]);
    let mut text = serde_json::to_string_pretty(&entry).map_err(anyhow::Error::from)?;
    text.push('\n');
    output.data(&entry, &text)
}

fn check_addresses(init: &Init, settings: Settings<'_>) -> Result<(), Failure> {
    let unusable = |name: &str, error| {
        Failure::new(
            Kind::Usage,
            "address_not_allowed",
            format!("{name}: {error}"),
        )
    };
    // An identifier, never fetched: an https one is always in order.
    let entity = Network::Public.check(&init.entity);
    entity
        .or_else(|_error| settings.network().check(&init.entity))
        .map_err(|error| unusable("--entity", error))?;
    // Browsers may come back to a program on the recipient's own machine.
    let by_policy = settings.network().check(&init.redirect);
    by_policy
        .or_else(|error| {
            let local = Network::Loopback.check(&init.redirect);
            local.map_err(|_not_local| error)
        })
        .map_err(|error| unusable("--redirect", error))?;
    Ok(())
}

fn intended_uses(path: &Path) -> Result<Vec<IntendedUse>, Failure> {
    let uses: Vec<IntendedUse> = read_json(path)?;
    for intended in &uses {
        intended.dcql_query.check().map_err(|error| {
            Failure::new(Kind::Usage, "intended_use_invalid", error.to_string())
        })?;
    }
    if uses.is_empty() {
        return Err(Failure::new(
            Kind::Usage,
            "intended_use_missing",
            path.display().to_string(),
        ));
    }
    Ok(uses)
}

/// Three keys, of which two are registered.
fn make_keys(store: &Store) -> Result<JwkSet, Failure> {
    let signing = make_signing_key(store, KeyName::Signing)?;
    make_signing_key(store, KeyName::Dpop)?;
    let encryption = RecipientKey::generate()?;
    store.save_key(KeyName::Encryption, &encryption.to_pkcs8())?;
    Ok(JwkSet {
        keys: vec![signing, encryption.public_jwk().clone()],
    })
}

fn make_signing_key(store: &Store, name: KeyName) -> Result<Jwk, Failure> {
    let (key, pkcs8) = Es256Key::generate()
        .map_err(|error| Failure::new(Kind::Unexpected, "key_unavailable", error.to_string()))?;
    store.save_key(name, &pkcs8)?;
    Ok(key.public_jwk().clone().with_use(KeyUse::Sig))
}
