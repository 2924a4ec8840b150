//! `broker grant show` and `broker log verify`: on the files, or by asking the broker that has them open.

use std::path::Path;

use consent_broker::{
    control,
    exhibit::peek,
    log_check::{LogCheck, check_logs},
    storage::{LocalStore, StorageError},
};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::{
    config::{self, GrantShow, LogVerify},
    control_client::ask,
    failure::Failure,
    output,
};

pub(crate) fn grant(arguments: &GrantShow) -> Result<(), Failure> {
    let held = match open(&arguments.data)? {
        Some(store) => runtime()?.block_on(peek(&store, arguments.id))?,
        None => {
            let path = control::GRANT_PATH.replace("{grant_id}", &arguments.id.to_string());
            ask(&config::socket(&arguments.data), &path)?
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
    let found: LogCheck = match open(&arguments.data)? {
        Some(store) => runtime()?.block_on(check_logs(&store))?,
        None => {
            let answer = ask(&config::socket(&arguments.data), control::LOG_PATH)?;
            serde_json::from_value(answer.unwrap_or(Value::Null)).map_err(Failure::unexpected)?
        }
    };
    if arguments.json {
        let mut json = serde_json::to_value(&found).map_err(Failure::unexpected)?;
        if let Value::Object(members) = &mut json {
            members.insert("schema".into(), "broker.log-check/1".into());
        }
        output::json(&json)?;
    } else {
        output::line(&format!(
            "{} logs, {} entries, {} damaged",
            found.logs,
            found.entries,
            found.damaged.len()
        ))?;
    }
    if found.damaged.is_empty() {
        return Ok(());
    }
    let error = anyhow::anyhow!("a log was changed after the fact");
    Err(Failure::new(Failure::DAMAGED, error))
}

/// The store; none when a running broker has it open.
pub(super) fn open(data: &Path) -> Result<Option<LocalStore>, Failure> {
    let folder = config::store(data);
    if !folder.exists() {
        let error = anyhow::anyhow!("there is no store in {}", data.display());
        return Err(Failure::new(Failure::NOT_FOUND, error));
    }
    match LocalStore::open(&folder) {
        Ok(store) => Ok(Some(store)),
        Err(StorageError::InUse) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn runtime() -> Result<Runtime, Failure> {
    Runtime::new().map_err(Failure::unexpected)
}
