//! `broker participant`: who is suspended, and the orders to suspend and to resume. A running broker is
//! told on its socket and obeys from the next request on; without one, the store is changed.

use consent_broker::{
    control::{self, ParticipantList, ParticipantView, Resumed},
    suspension::Suspension,
};
use credential_core::clock::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::{
    config::{self, ParticipantListing, ParticipantResume, ParticipantSuspend},
    control_client::{ask, tell},
    failure::Failure,
    output,
    store::{Own, configured, own},
};

pub(crate) fn suspend(arguments: &ParticipantSuspend) -> Result<(), Failure> {
    let given = configured(&arguments.place, arguments.place.given())?.merged();
    let kept = match own(&given.store()?)? {
        Some(Own { runtime, store, .. }) => {
            let order = Suspension {
                participant: arguments.participant.clone(),
                note: arguments.reason.clone(),
                since: SystemClock.now(),
            };
            runtime.block_on(store.suspend(order))?
        }
        None => {
            let order = json!({"participant": arguments.participant, "reason": arguments.reason});
            tell(
                &config::socket(&given.data()?),
                control::SUSPEND_PATH,
                &order,
            )?
        }
    };
    output::message(&format!("{} is suspended.", kept.participant));
    Ok(())
}

pub(crate) fn resume(arguments: &ParticipantResume) -> Result<(), Failure> {
    let given = configured(&arguments.place, arguments.place.given())?.merged();
    let resumed = match own(&given.store()?)? {
        Some(Own { runtime, store, .. }) => {
            runtime.block_on(store.resume(&arguments.participant))?
        }
        None => {
            let order = json!({"participant": arguments.participant});
            let socket = config::socket(&given.data()?);
            let answer: Resumed = tell(&socket, control::RESUME_PATH, &order)?;
            answer.suspension
        }
    };
    if resumed.is_none() {
        let error = anyhow::anyhow!("{} is not suspended", arguments.participant);
        return Err(Failure::new(Failure::NOT_FOUND, error));
    }
    output::message(&format!("{} is resumed.", arguments.participant));
    Ok(())
}

pub(crate) fn list(arguments: &ParticipantListing) -> Result<(), Failure> {
    let given = configured(&arguments.place, arguments.place.given())?.merged();
    let found = match own(&given.store()?)? {
        Some(Own { runtime, store, .. }) => {
            output::message("No broker is running here: only who is suspended can be told.");
            unlisted(runtime.block_on(store.suspensions())?)
        }
        None => {
            let answer = ask(&config::socket(&given.data()?), control::PARTICIPANTS_PATH)?;
            serde_json::from_value(answer.unwrap_or(Value::Null)).map_err(Failure::unexpected)?
        }
    };
    if arguments.json {
        let mut json = serde_json::to_value(&found).map_err(Failure::unexpected)?;
        if let Value::Object(members) = &mut json {
            members.insert("schema".into(), "broker.participants/1".into());
        }
        return output::json(&json);
    }
    found
        .participants
        .iter()
        .try_for_each(|one| output::line(&shown(one)))
}

fn unlisted(suspensions: Vec<Suspension>) -> ParticipantList {
    let view = |suspension: Suspension| ParticipantView {
        entity_id: suspension.participant.clone(),
        name: credential_core::text::Text::default(),
        roles: Vec::new(),
        suspension: Some(suspension),
    };
    ParticipantList {
        trust_list: None,
        participants: suspensions.into_iter().map(view).collect(),
    }
}

fn shown(one: &ParticipantView) -> String {
    let name = one.name.fi.as_deref().unwrap_or("-");
    let state = match &one.suspension {
        Some(suspension) => format!(
            "suspended since {}: {}",
            suspension.since.format("%Y-%m-%d %H:%M UTC"),
            suspension.note.as_str()
        ),
        None => "active".to_owned(),
    };
    format!(
        "{}\t{name}\t{}\t{state}",
        one.entity_id,
        one.roles.join(", ")
    )
}
