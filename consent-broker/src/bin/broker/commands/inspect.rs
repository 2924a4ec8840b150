//! `broker grant show` and `broker log verify`: on the files, or by asking the broker that has them open.

use consent_broker::{
    control,
    exhibit::peek,
    log_check::{LogCheck, check_logs},
};
use serde_json::Value;

use crate::{
    config::{self, GrantShow, LogVerify},
    control_client::ask,
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
    let found: LogCheck = match own(&given.store()?)? {
        Some(Own { runtime, store, .. }) => runtime.block_on(check_logs(&*store))?,
        None => {
            let answer = ask(&config::socket(&given.data()?), control::LOG_PATH)?;
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
