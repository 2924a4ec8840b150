//! `broker trustlist`.

use std::{fs, path::Path};

use consent_broker::{
    TrustHandle,
    control::{self, Imported},
    registrar::RegistryFolder,
};
use credential_core::{
    clock::{Clock as _, SystemClock},
    jose::Jwk,
};
use serde_json::json;

use crate::{
    config::{self, TrustListShow, TrustListUpdate},
    control_client::tell,
    failure::Failure,
    output,
    settings::Given,
    store::{Own, configured, own_or_new},
};

pub(crate) fn update(arguments: &TrustListUpdate) -> Result<(), Failure> {
    let given = arguments.trust.given(&arguments.place);
    let given = configured(&arguments.place, given)?.merged();
    let (in_use, key) = (given.trust_list()?, given.registrar_key()?);
    let newer = read(&arguments.file)?;
    let sequence = match own_or_new(&given.store()?)? {
        Some(Own { runtime, store, .. }) => {
            let key = registrar_key(&key)?;
            let now = SystemClock.now();
            let list = TrustHandle::new(key, &newer, now)?;
            // The file may be newer than what this store has seen; one that has expired is no obstacle.
            if let Ok(in_use) = load(&given) {
                in_use.import(&newer, now)?;
            }
            runtime.block_on(list.confirm(&*store))?
        }
        None => {
            let order = json!({ "trust_list": newer.trim() });
            let socket = config::socket(&given.data()?);
            let imported: Imported = tell(&socket, control::TRUST_LIST_PATH, &order)?;
            imported.sequence
        }
    };
    // Last, because the broker is the one to say whether the list is accepted. Should this fail, the
    // same update can be made again.
    RegistryFolder::write_list(&in_use, newer.trim())?;
    output::message(&format!("List {sequence} is in force."));
    Ok(())
}

pub(crate) fn show(arguments: &TrustListShow) -> Result<(), Failure> {
    let given = arguments.trust.given(&arguments.place);
    let trust = load(&configured(&arguments.place, given)?.merged())?.current();
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
pub(crate) fn load(given: &Given) -> Result<TrustHandle, Failure> {
    let key = registrar_key(&given.registrar_key()?)?;
    let signed = read(&given.trust_list()?)?;
    Ok(TrustHandle::new(key, &signed, SystemClock.now())?)
}

fn registrar_key(file: &Path) -> Result<Jwk, Failure> {
    let text = read(file)?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(Failure::DAMAGED, error).about("the registrar's key"))
}

pub(crate) fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::new(Failure::NOT_FOUND, error).about(path.display().to_string()))
}
