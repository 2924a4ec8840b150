//! `broker trustlist`.

use std::{fs, path::Path};

use consent_broker::{TrustHandle, registrar::RegistryFolder};
use credential_core::{
    clock::{Clock as _, SystemClock},
    jose::Jwk,
};
use serde_json::json;

use crate::{
    config::{TrustFiles, TrustListShow, TrustListUpdate},
    failure::Failure,
    output,
};

pub(crate) fn update(arguments: &TrustListUpdate) -> Result<(), Failure> {
    let newer = read(&arguments.file)?;
    let now = SystemClock.now();
    let known = if arguments.trust.trust_list.exists() {
        // One that has expired since is no obstacle, but its number is lost with it.
        load(&arguments.trust).ok()
    } else {
        None
    };
    let sequence = match known {
        Some(trust) => trust.import(&newer, now)?,
        None => TrustHandle::new(registrar_key(&arguments.trust)?, &newer, now)?
            .current()
            .sequence(),
    };
    RegistryFolder::write_list(&arguments.trust.trust_list, newer.trim())?;
    output::message(&format!("List {sequence} is in place."));
    Ok(())
}

pub(crate) fn show(arguments: &TrustListShow) -> Result<(), Failure> {
    let trust = load(&arguments.trust)?.current();
    let Some(list) = trust.list(SystemClock.now()) else {
        let error = anyhow::anyhow!("the list has expired");
        return Err(Failure::new(Failure::REFUSED, error));
    };
    if !arguments.json {
        for participant in list.participants() {
            let name = participant.name.fi.as_deref().unwrap_or_default();
            output::line(&format!("{}\t{name}", participant.entity_id))?;
        }
        return Ok(());
    }
    let participants: Vec<_> = list
        .participants()
        .iter()
        .map(|p| json!({"entity_id": p.entity_id, "name": p.name, "business_id": p.business_id}))
        .collect();
    output::json(&json!({
        "schema": "broker.trust-list/1",
        "registrar": list.registrar(),
        "sequence": list.sequence(),
        "expires_at": list.expires_at(),
        "participants": participants,
    }))
}

/// The list in use, verified with the registrar's key.
pub(crate) fn load(files: &TrustFiles) -> Result<TrustHandle, Failure> {
    let signed = read(&files.trust_list)?;
    Ok(TrustHandle::new(
        registrar_key(files)?,
        &signed,
        SystemClock.now(),
    )?)
}

fn registrar_key(files: &TrustFiles) -> Result<Jwk, Failure> {
    let text = read(&files.registrar_key)?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(Failure::DAMAGED, error).about("the registrar's key"))
}

pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::new(Failure::NOT_FOUND, error).about(path.display().to_string()))
}
