//! `broker key`: the keys' folder, and telling a running broker to take up what has changed there.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use consent_broker::{
    BrokerKeys, KeyFolder, KeyRole, KeyRow, RetireError,
    control::{self, KeysReloaded},
};
use credential_core::{
    clock::{Clock as _, SystemClock},
    rng::SystemRng,
    trust::MAX_LIFE,
};
use serde_json::json;

use super::init::entry;
use crate::{
    config::{self, KeyList, KeyRetire, KeyRotate, RotatedKey},
    control_client::tell,
    failure::Failure,
    output,
    store::configured,
};

/// How long what a sealing key has sealed may live: the longest share that a registrar permits is shorter.
const LONGEST_SHARE: TimeDelta = TimeDelta::days(3660);

pub(crate) fn list(arguments: &KeyList) -> Result<(), Failure> {
    let given = configured(&arguments.place, arguments.place.given())?.merged();
    let rows = KeyFolder::open(&config::keys(&given.data()?))?.rows()?;
    if arguments.json {
        return output::json(&json!({"schema": "broker.keys/1", "keys": rows}));
    }
    rows.iter().try_for_each(|row| output::line(&shown(row)))
}

fn shown(row: &KeyRow) -> String {
    let role = match row.role {
        KeyRole::Signing => "signing",
        KeyRole::Sealing => "sealing",
    };
    let state = match (row.is_retired, row.from) {
        (true, _) => "retired: its public half is left".to_owned(),
        (false, Some(from)) => format!("from {}", from.format("%Y-%m-%d %H:%M UTC")),
        (false, None) => "from the beginning".to_owned(),
    };
    format!("{}\t{role}\t{state}", row.id)
}

pub(crate) fn rotate(arguments: &KeyRotate) -> Result<(), Failure> {
    let mut given = arguments.place.given();
    given.broker.issuer.clone_from(&arguments.issuer);
    given.broker.development = arguments.development.then_some(true);
    let given = configured(&arguments.place, given)?.merged();
    let data = given.data()?;
    let (role, usual) = match arguments.kind {
        RotatedKey::Signing => (KeyRole::Signing, MAX_LIFE),
        RotatedKey::Sealing => (KeyRole::Sealing, TimeDelta::zero()),
    };
    let issuer = match role {
        KeyRole::Signing => Some(given.issuer()?),
        KeyRole::Sealing => None,
    };
    let from = arguments.from.unwrap_or_else(|| SystemClock.now() + usual);
    let mut folder = KeyFolder::open(&config::keys(&data))?;
    let row = folder.rotate(role, from, &SystemRng::default())?;
    if let Some(issuer) = issuer {
        let keys = BrokerKeys::load(&config::keys(&data))?;
        output::json(&entry(issuer, &keys)?)?;
        output::message(
            "Hand the printed entry to the registrar now: it names the old key and the new one.",
        );
    }
    output::message(&shown(&row));
    take_up(&data)
}

pub(crate) fn retire(arguments: &KeyRetire) -> Result<(), Failure> {
    let given = configured(&arguments.place, arguments.place.given())?.merged();
    let data = given.data()?;
    let now = SystemClock.now();
    let mut folder = KeyFolder::open(&config::keys(&data))?;
    let rows = folder.rows()?;
    let is_it = |row: &&KeyRow| row.id == arguments.id && !row.is_retired;
    let row = rows.iter().find(is_it);
    if row.is_some_and(|row| row.role == KeyRole::Sealing) && !arguments.end_tokens {
        refuse_living_tokens(&rows, &arguments.id, now)?;
    }
    let retired = folder.retire(&arguments.id, now, arguments.distrusted);
    retired.map_err(|error| match error {
        RetireError::Folder(error) => error.into(),
        RetireError::Unknown => Failure::new(Failure::NOT_FOUND, error),
        _ => Failure::new(Failure::REFUSED, error),
    })?;
    output::message(&format!(
        "{} is retired; its private half is removed.",
        arguments.id
    ));
    take_up(&data)
}

/// Refresh tokens live as long as a share.
fn refuse_living_tokens(rows: &[KeyRow], id: &str, now: DateTime<Utc>) -> Result<(), Failure> {
    let sealing = rows.iter().filter(|row| row.role == KeyRole::Sealing);
    let mut newer = sealing.skip_while(|row| row.id != id).skip(1);
    let is_over = |row: &KeyRow| row.from.is_some_and(|from| from + LONGEST_SHARE <= now);
    if newer.next().is_some_and(is_over) {
        return Ok(());
    }
    let error = anyhow::anyhow!(
        "what this key has sealed may live: recipients would have to ask people anew. \
         --end-tokens does it all the same"
    );
    Err(Failure::new(Failure::REFUSED, error))
}

/// Tells a running broker; without one, the next start reads the folder.
fn take_up(data: &Path) -> Result<(), Failure> {
    let socket = config::socket(data);
    if !socket.exists() {
        output::message("No broker is running here; the next start takes it up.");
        return Ok(());
    }
    let reloaded: Result<KeysReloaded, Failure> = tell(&socket, control::KEYS_PATH, &json!({}));
    match reloaded {
        Ok(reloaded) => {
            let listed = if reloaded.is_listed { "is" } else { "is NOT" };
            let kid = reloaded.signs_with;
            output::message(&format!(
                "The running broker has taken it up. It signs with {kid}, which {listed} on its trust list."
            ));
            Ok(())
        }
        // A socket that nobody listens on was left by one that is gone.
        Err(failure) if failure.is_network() => {
            output::message("No broker answers here; the next start takes it up.");
            Ok(())
        }
        Err(failure) => Err(failure.about("the running broker has not taken it up: restart it")),
    }
}
