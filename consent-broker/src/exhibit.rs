//! What the broker holds about a grant, laid open: the row as it is stored, the signed papers, and the
//! sealed octets. Nothing is left out but length, because nothing here says who the person is or what
//! was shared.

use credential_core::{
    consent::request::{self, RequestObject},
    encoding::from_base64url,
    id::GrantId,
    jose::jws::Unverified,
    notices::{self, NoticeClaims},
};
use serde_json::{Value, json};

use crate::{
    state::AppState,
    storage::{Held, HeldMessage, SealedDeposit, StorageError, Store, WaitingNotice},
};

/// How many characters of a long text are shown.
const SHOWN: usize = 64;

impl AppState {
    /// What this broker holds about a grant, as JSON; none when it holds nothing.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn peek(&self, grant_id: GrantId) -> Result<Option<Value>, StorageError> {
        peek(&*self.store, grant_id).await
    }
}

/// What a store holds about a grant, as JSON; none when it holds nothing.
///
/// # Errors
/// [`StorageError`].
pub async fn peek(store: &dyn Store, grant_id: GrantId) -> Result<Option<Value>, StorageError> {
    let held = store.held(grant_id).await?;
    held.as_ref().map(show).transpose()
}

fn show(held: &Held) -> Result<Value, StorageError> {
    let deposits = held
        .deposits
        .iter()
        .map(show_deposit)
        .collect::<Result<Vec<_>, _>>()?;
    let messages = held
        .messages
        .iter()
        .map(show_message)
        .collect::<Result<Vec<_>, _>>()?;
    let papers = &held.papers;
    Ok(json!({
        "schema": "broker.grant/1",
        "grant": json(&held.grant)?,
        "papers": {
            "request": shortened(&papers.request),
            "asked": asked(&papers.request),
            "decision": json(&papers.decision)?,
            "earlier": json(&papers.earlier)?,
            "change": json(&papers.change)?,
            "granted": json(&papers.granted())?,
        },
        "deposits": deposits,
        "notices": held.notices.iter().map(show_notice).collect::<Vec<_>>(),
        "messages": messages,
        "acknowledgements": held.acks.iter().map(|ack| shortened(ack)).collect::<Vec<_>>(),
    }))
}

fn show_deposit(deposit: &SealedDeposit) -> Result<Value, StorageError> {
    let header = deposit.ciphertext.split('.').next().unwrap_or_default();
    let header: Value = from_base64url(header)
        .ok()
        .and_then(|octets| serde_json::from_slice(&octets).ok())
        .ok_or(StorageError::Damaged)?;
    Ok(json!({
        "row": json(&deposit.row)?,
        "header": header,
        "ciphertext": shortened(&deposit.ciphertext),
    }))
}

/// What the recipient is still to be told, readable.
fn show_notice(notice: &WaitingNotice) -> Value {
    let claims = Unverified::parse(&notice.set, notices::TYP)
        .and_then(|signed| signed.untrusted_payload::<NoticeClaims>());
    let events = claims.ok().map(|claims| claims.events);
    json!({ "jti": notice.jti, "events": events })
}

fn show_message(held: &HeldMessage) -> Result<Value, StorageError> {
    Ok(json!({
        "message_id": held.message_id,
        "row": json(&held.row)?,
        "ciphertext": held.message.as_deref().map(shortened),
    }))
}

/// The purpose and query of the recipient's own request, readable in the signed text above it.
fn asked(signed: &str) -> Value {
    Unverified::parse(signed, request::TYP)
        .and_then(|object| object.untrusted_payload::<RequestObject>())
        .ok()
        .and_then(|object| serde_json::to_value(object.authorization_details).ok())
        .unwrap_or(Value::Null)
}

fn json(value: &impl serde::Serialize) -> Result<Value, StorageError> {
    serde_json::to_value(value).map_err(|_error| StorageError::Damaged)
}

fn shortened(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN).collect();
    match text.len().checked_sub(shown.len()) {
        Some(rest) if rest > 0 => format!("{shown}… ({} characters)", text.len()),
        _ => shown,
    }
}
