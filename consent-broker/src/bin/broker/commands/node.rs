//! `broker health` and `broker clock`.

use consent_broker::control::{self, ClockAccepted, NodeHealth};
use serde_json::{Value, json};

use crate::{
    config::{self, ClockAccept, Health, Place},
    control_client::{ask, tell},
    failure::Failure,
    output,
    store::configured,
};

pub(crate) fn health(arguments: &Health) -> Result<(), Failure> {
    let answer = ask(&socket(&arguments.place)?, control::HEALTH_PATH)?;
    let answer = answer.unwrap_or(Value::Null);
    let health: NodeHealth = serde_json::from_value(answer.clone()).map_err(Failure::unexpected)?;
    if arguments.json {
        let mut json = answer;
        if let Value::Object(members) = &mut json {
            members.insert("schema".into(), "broker.health/1".into());
        }
        output::json(&json)?;
    } else {
        tell_of(&health)?;
    }
    match &health.reason {
        None => Ok(()),
        Some(reason) => {
            let error = anyhow::anyhow!("the broker refuses: {reason}");
            Err(Failure::new(Failure::REFUSED, error))
        }
    }
}

fn tell_of(health: &NodeHealth) -> Result<(), Failure> {
    let yes_or_no = |is_so| if is_so { "yes" } else { "no" };
    output::line(&format!("serves\t{}", yes_or_no(health.is_ready)))?;
    let hours = health.trust_list_expires_in_seconds / 3600;
    output::line(&format!(
        "trust list\t{}, good for {hours} h",
        health.trust_list
    ))?;
    let listed = yes_or_no(health.is_listed);
    output::line(&format!("its key is on that list\t{listed}"))?;
    match health.clock_difference_milliseconds {
        Some(difference) => output::line(&format!("clock has moved by\t{difference} ms")),
        None => Ok(()),
    }
}

pub(crate) fn accept_clock(arguments: &ClockAccept) -> Result<(), Failure> {
    let socket = socket(&arguments.place)?;
    let accepted: ClockAccepted = tell(&socket, control::CLOCK_PATH, &json!({}))?;
    let milliseconds = accepted.difference_milliseconds;
    output::message(&format!(
        "The clock is accepted; it had moved by {milliseconds} ms."
    ));
    Ok(())
}

fn socket(place: &Place) -> Result<std::path::PathBuf, Failure> {
    let given = configured(place, place.given())?.merged();
    Ok(config::socket(&given.data()?))
}
