//! `verify trust show`: who is on the list.

use std::process::ExitCode;

use credential_core::trust::Participant;
use serde_json::{Value, json};

use crate::{failure::Failure, output::Output, settings::Settings, trust};

pub(crate) async fn show(settings: Settings<'_>, output: &Output) -> Result<ExitCode, Failure> {
    let list = trust::load(&settings).await?;
    let until = list.expires_at().format("%-d.%-m.%Y %H.%M UTC").to_string();
    let number = list.sequence().to_string();
    let mut lines = vec![output.words("trust-title", &[("number", &number), ("time", &until)])];
    for participant in list.participants() {
        let name = participant.name.best(output.language()).unwrap_or_default();
        let name = format!("{name} ({})", participant.entity_id);
        let roles = roles(participant).map(|role| format!("trust-{role}"));
        lines.extend(roles.map(|id| output.words(&id, &[("name", &name)])));
    }
    lines.push(String::new());
    let participants: Vec<Value> = list.participants().iter().map(as_json).collect();
    let json = json!({"schema": "verify.trust/1", "registrar": list.registrar(),
        "sequence": list.sequence(), "expires_at": list.expires_at(), "hash": list.hash(),
        "participants": participants});
    output.data(&json, &lines.join("\n"))
}

fn roles(participant: &Participant) -> impl Iterator<Item = &'static str> {
    [
        participant.issuer.as_ref().map(|_role| "issuer"),
        participant.recipient.as_ref().map(|_role| "recipient"),
        participant.broker.as_ref().map(|_role| "broker"),
    ]
    .into_iter()
    .flatten()
}

fn as_json(participant: &Participant) -> Value {
    json!({
        "entity_id": participant.entity_id,
        "name": participant.name,
        "roles": roles(participant).collect::<Vec<_>>(),
    })
}
