//! A way in to private readers for the fuzz targets (feature `fuzzing`). No part of the interface.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use credential_core::message::MessageHeader;

use crate::{extract::Form, message_check, storage::decoded};

/// The parameters of a form body.
///
/// # Errors
/// The refusal's stable code.
pub fn form(octets: &[u8]) -> Result<BTreeMap<String, String>, &'static str> {
    Form::parse(octets)
        .map(Form::into_parameters)
        .map_err(|refused| refused.reason())
}

/// Until when a message of this sender waits.
///
/// # Errors
/// The refusal's stable code.
pub fn message(
    header: &MessageHeader,
    sender: &str,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, &'static str> {
    message_check::check(header, sender, now)
}

/// A stored row of this kind, read and written again; none for a letter that is no kind of row.
///
/// # Errors
/// The refusal's stable code.
#[must_use]
pub fn stored_row(kind: u8, value: &[u8]) -> Option<Result<Vec<u8>, &'static str>> {
    decoded::again(kind, value).map(|again| again.map_err(|error| error.reason()))
}
