//! What each command does.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use consent_broker::registrar::{Change, Entry, RegistryFolder, list_router};
use credential_core::{
    clock::{Clock as _, SystemClock},
    network::Network,
};
use serde_json::json;

use crate::{
    config::{Add, Init, Key, List, Publish, Remove, Serve},
    failure::Failure,
    output,
};

pub(crate) fn init(arguments: &Init) -> Result<(), Failure> {
    network(arguments.development)
        .check(&arguments.entity_id)
        .map_err(|error| Failure::new(Failure::USAGE, error).about("--entity-id"))?;
    RegistryFolder::create(&arguments.data, &arguments.entity_id)?;
    output::message(
        "The registrar is made. Next: registrar key, registrar add, registrar publish.",
    );
    Ok(())
}

pub(crate) fn add(arguments: &Add) -> Result<(), Failure> {
    let mut folder = RegistryFolder::open(&arguments.data)?;
    let mut entry = read_entry(&arguments.entry)?;
    let overrides = [
        (&mut entry.name.fi, &arguments.name_fi),
        (&mut entry.name.sv, &arguments.name_sv),
        (&mut entry.name.en, &arguments.name_en),
        (&mut entry.business_id, &arguments.business_id),
        (&mut entry.organisation_oid, &arguments.oid),
    ];
    for (listed, given) in overrides {
        if given.is_some() {
            listed.clone_from(given);
        }
    }
    let id = entry.entity_id.clone();
    let change = folder.registry.add(entry, network(arguments.development))?;
    folder.save()?;
    let what = match change {
        Change::Added => "added",
        Change::Rekeyed => "has other keys now: wallets will show this to their owners",
        Change::OtherIssuing => {
            "issues otherwise: look at its credential types, its DID and its authorities"
        }
        Change::Updated => "updated",
        Change::Unchanged => "was listed exactly so",
    };
    output::message(&format!("{id}: {what}. It counts with the next publish."));
    Ok(())
}

pub(crate) fn remove(arguments: &Remove) -> Result<(), Failure> {
    let mut folder = RegistryFolder::open(&arguments.data)?;
    if !folder.registry.remove(&arguments.entity_id) {
        let error = anyhow::anyhow!("{} is not listed", arguments.entity_id);
        return Err(Failure::new(Failure::NOT_FOUND, error));
    }
    folder.save()?;
    output::message("Removed. It counts with the next publish.");
    Ok(())
}

pub(crate) fn list(arguments: &List) -> Result<(), Failure> {
    let registry = RegistryFolder::open(&arguments.data)?.registry;
    if arguments.json {
        let participants: Vec<_> = registry.participants().collect();
        return output::json(&json!({
            "schema": "registrar.participants/1",
            "registrar": registry.registrar(),
            "sequence": registry.sequence(),
            "participants": participants,
        }));
    }
    for entry in registry.participants() {
        let name = entry.name.fi.as_deref().unwrap_or_default();
        output::line(&format!("{}\t{name}\t{}", entry.entity_id, roles(entry)))?;
    }
    Ok(())
}

fn roles(entry: &Entry) -> String {
    let roles = [
        entry.issuer.as_ref().map(|_| "issuer"),
        entry.recipient.as_ref().map(|_| "recipient"),
        entry.broker.as_ref().map(|_| "broker"),
        entry.resource.as_ref().map(|_| "resource"),
    ];
    roles.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

pub(crate) fn publish(arguments: &Publish) -> Result<(), Failure> {
    let mut folder = RegistryFolder::open(&arguments.data)?;
    let signer = folder.signer()?;
    let life = TimeDelta::days(arguments.days.into());
    let signed = folder
        .registry
        .publish(SystemClock.now(), life, &signer)
        .map_err(Failure::unexpected)?;
    // The number is used up before anyone can see the list, so no two lists ever share it.
    folder.save()?;
    RegistryFolder::write_list(&arguments.out, &signed)?;
    output::message(&format!(
        "List {} is written to {}.",
        folder.registry.sequence(),
        arguments.out.display()
    ));
    Ok(())
}

pub(crate) fn key(arguments: &Key) -> Result<(), Failure> {
    let key = RegistryFolder::open(&arguments.data)?.public_key()?;
    output::json(&serde_json::to_value(&key).map_err(Failure::unexpected)?)
}

pub(crate) fn serve(arguments: &Serve) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::unexpected)?;
    runtime.block_on(serve_list(arguments.file.clone(), arguments))
}

async fn serve_list(file: PathBuf, arguments: &Serve) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind(arguments.listen)
        .await
        .map_err(|error| Failure::new(Failure::NETWORK, error).about(arguments.listen))?;
    let address = listener.local_addr().map_err(Failure::unexpected)?;
    output::message(&format!("The list is at http://{address}/trust-list"));
    axum::serve(listener, list_router(file))
        .with_graceful_shutdown(told_to_stop())
        .await
        .map_err(|error| Failure::new(Failure::NETWORK, error))
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        tokio::signal::ctrl_c().await.unwrap_or_default();
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    tokio::signal::ctrl_c().await.unwrap_or_default();
}

fn read_entry(path: &Path) -> Result<Entry, Failure> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        let read = std::io::stdin().lock().read_to_string(&mut text);
        read.map(|_length| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| {
        Failure::new(Failure::NOT_FOUND, error).about(path.display().to_string())
    })?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::new(Failure::DAMAGED, error).about(path.display().to_string()))
}

fn network(development: bool) -> Network {
    if development {
        Network::Loopback
    } else {
        Network::Public
    }
}
