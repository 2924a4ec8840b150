//! The mailbox: a recipient reads the sealed deposit of its grant. Every read is in the person's log before
//! the first octet leaves; so is every refused read with a token that is good in itself, be it that the
//! grant has ended, that nothing is deposited, that the key is not the token's, or that the recipient may
//! not ask any more. What comes too often is refused without a line.
//!
//! That a share is paused is told to nobody but who could read it otherwise.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Extension,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, SecondsFormat, Utc};
use credential_core::{
    access_log::ReadReceiptClaims,
    clock::Clock,
    encoding::base64url,
    id::{GrantId, ReadId},
};

use crate::{
    api::{Describe as _, text, uuid},
    error::RouteError,
    extract::Authorized,
    keys::BrokerKeys,
    limits::Limits,
    notary::Notary,
    storage::{Read, ReadAnswer, Reading, Store},
    suspension::is_suspended,
};

/// The resource that access tokens are for, relative to the issuer.
pub const RESOURCE: &str = "/mailbox";
/// Where one grant's mailbox stands.
pub const PATH: &str = "/mailbox/{grant_id}";

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn get(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(keys): State<BrokerKeys>,
    State(notary): State<Notary>,
    Extension(limits): Extension<Arc<Limits>>,
    authorized: Authorized,
    grant_id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, RouteError> {
    let now = clock.now();
    let token = authorized.token();
    // A foreign, an unknown and a misspelt grant are the same to who asks.
    let named = grant_id.map_err(|_not_text| RouteError::Token)?;
    if named.parse::<GrantId>() != Ok(token.grant_id) {
        return Err(RouteError::Token);
    }
    limits.grants.admit(&token.grant_id.to_string(), now)?;
    let read_id: ReadId = headers
        .get("read-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok())
        .ok_or(RouteError::Malformed("read_id_missing"))?;
    let order = Read {
        recipient: token.client_id.clone(),
        subject_id: token.subject_id,
        grant_id: token.grant_id,
        epoch: token.epoch,
        jkt: token.jkt.clone(),
        read_id,
    };
    let reader = (token.client_id.as_str(), token.grant_id, read_id);
    let reading = match store.read(order, &notary, now).await? {
        ReadAnswer::Given(reading) => *reading,
        ReadAnswer::Paused => return Err(RouteError::Paused),
        ReadAnswer::Refused => return Err(refused(&*store, &token.client_id).await),
    };
    let log_id = log_pseudonym(&keys, &reading, token.grant_id)?;
    let receipt = notary.read_receipt(&claims(&reading, reader, log_id, &notary, now))?;
    answer(reading, &receipt)
}

/// What the recipient can hold against us if this reading were ever missing from the person's log.
fn claims(
    reading: &Reading,
    (client_id, grant_id, read_id): (&str, GrantId, ReadId),
    log_id: String,
    notary: &Notary,
    now: DateTime<Utc>,
) -> ReadReceiptClaims {
    ReadReceiptClaims {
        iss: notary.issuer().into(),
        aud: client_id.into(),
        iat: now.timestamp(),
        grant_id,
        read_id,
        deposit_hash: reading.deposit.hash.clone(),
        log_id,
        seq: reading.seq,
        leaf: base64url(reading.leaf),
    }
}

/// A recipient that is suspended learns it at its own grants, ended ones too, and nothing else.
async fn refused(store: &dyn Store, client_id: &str) -> RouteError {
    match is_suspended(store, client_id).await {
        Ok(true) => RouteError::SuspendedReader,
        Ok(false) => RouteError::Token,
        Err(error) => error.into(),
    }
}

fn answer(reading: Reading, receipt: &str) -> Result<Response, RouteError> {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_error| RouteError::NotMade);
    let headers = [
        ("content-type", value("application/jose")?),
        ("grant-expires", value(&time(reading.until))?),
        ("deposited-at", value(&time(reading.deposit.deposited_at))?),
        ("log-receipt", value(receipt)?),
    ];
    let mut response = (headers, reading.ciphertext).into_response();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/jose"));
    Ok(response)
}

/// Names the person's log to one recipient under one grant: two recipients that compare their log
/// receipts cannot tell from the name that they read the same person.
fn log_pseudonym(
    keys: &BrokerKeys,
    reading: &Reading,
    grant_id: GrantId,
) -> Result<String, RouteError> {
    let purpose = [
        b"log-receipt".as_slice(),
        reading.log_id.as_bytes(),
        grant_id.as_bytes(),
    ];
    let name = keys
        .names_key()
        .derive(&purpose)
        .ok_or(RouteError::NotMade)?;
    name.first_chunk::<16>()
        .map(base64url)
        .ok_or(RouteError::NotMade)
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("read", "Read the sealed deposit of a grant.")
        .tag("recipient")
        .takes_header(
            "Read-Id",
            "Names this read, so that its repetition is not counted.",
            uuid(),
            true,
        )
        .answers(
            200,
            "The sealed deposit, a compact JWE.",
            "application/jose",
            text(),
        )
        .with_header(200, "Grant-Expires", "When the grant ends (RFC 3339).")
        .with_header(200, "Deposited-At", "When the wallet deposited (RFC 3339).")
        .with_header(
            200,
            "Log-Receipt",
            "The broker's signed word where this read stands in the person's log.",
        )
        .refuses(403, "The broker's operator has suspended the recipient.")
}
