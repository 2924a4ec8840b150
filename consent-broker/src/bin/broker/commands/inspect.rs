//! `broker grant show` and `broker log verify`: on the files, or by asking the broker that has them open.

use std::path::Path;

use consent_broker::{
    BrokerKeys,
    control::{self, LogsToVerify},
    exhibit::peek,
    log_check::{Against, LogCheck, check_logs_against},
    storage::Store,
};
use serde_json::Value;

use crate::{
    config::{self, GrantShow, LogVerify},
    control_client::{ask, tell},
    failure::Failure,
    output,
    store::{Own, configured, own},
};

pub(crate) fn grant(arguments: &GrantShow) -> Result<(), Failure> {
    let given = configured(&arguments.place, arguments.place.given())?.merged();
    let held = match own(&given.store()?)? {
        Some(Own { runtime, store, .. }) => runtime.block_on(peek(&*store, arguments.id))?,
        None => {
            let path = control::GRANT_PATH.replace("{grant_id}", &arguments.id.to_string());
            ask(&config::socket(&given.data()?), &path)?
        }
    };
    match held {
        Some(held) => output::json(&held),
        None => {
            let error = anyhow::anyhow!("the broker holds nothing about this grant");
            Err(Failure::new(Failure::NOT_FOUND, error))
        }
    }
}

pub(crate) fn logs(arguments: &LogVerify) -> Result<(), Failure> {
    let given = configured(&arguments.place, arguments.place.given())?.merged();
    let order = LogsToVerify {
        witnesses: arguments.witnesses.clone(),
        kept: arguments
            .checkpoints
            .iter()
            .map(|file| read(file))
            .collect::<Result<_, _>>()?,
    };
    let found: LogCheck = match own(&given.store()?)? {
        Some(Own { runtime, store, .. }) => {
            runtime.block_on(check(&*store, &given.data()?, order))?
        }
        None => {
            let order = serde_json::to_value(&order).map_err(Failure::unexpected)?;
            tell(&config::socket(&given.data()?), control::LOG_PATH, &order)?
        }
    };
    if arguments.json {
        let mut json = serde_json::to_value(&found).map_err(Failure::unexpected)?;
        if let Value::Object(members) = &mut json {
            members.insert("schema".into(), "broker.log-check/1".into());
        }
        output::json(&json)?;
    } else {
        show(&found)?;
    }
    if found.is_sound() {
        return Ok(());
    }
    let error = anyhow::anyhow!("a log was changed after the fact");
    Err(Failure::new(Failure::DAMAGED, error))
}

/// The log is called what its newest checkpoint says, and must be signed with the key in this folder.
async fn check(store: &dyn Store, data: &Path, order: LogsToVerify) -> Result<LogCheck, Failure> {
    let origin = store.checkpoints().await.ok().flatten();
    let origin = origin.and_then(|found| found.newest.lines().next().map(str::to_owned));
    let signer = match origin {
        Some(origin) => BrokerKeys::load(&config::keys(data))?
            .log_signer(&origin)
            .ok(),
        None => None,
    };
    let against = Against {
        log: signer.map(|signer| signer.verifier().clone()),
        witnesses: order.witnesses,
        kept: order.kept,
    };
    Ok(check_logs_against(store, &against).await?)
}

fn show(found: &LogCheck) -> Result<(), Failure> {
    let (persons, global) = (found, &found.global);
    output::line(&format!(
        "{} logs, {} entries, {} of them erased, {} damaged",
        persons.logs,
        persons.entries,
        persons.erased,
        persons.damaged.len()
    ))?;
    output::line(&format!(
        "global log: {} entries, {} heads found in it, {} faults",
        global.entries,
        global.heads,
        global.faults.len()
    ))?;
    for fault in &global.faults {
        let fault = serde_json::to_string(fault).map_err(Failure::unexpected)?;
        output::line(&format!("fault: {fault}"))?;
    }
    Ok(())
}

fn read(file: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(file)
        .map_err(|error| Failure::new(Failure::NOT_FOUND, error).about(file.display().to_string()))
}
