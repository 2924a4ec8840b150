//! Makes the six digits of a decision. They follow from the decision and the broker's secret, so that
//! the same decision again gets the same digits and none are kept: the row holds a keyed hash.

use chrono::{DateTime, Utc};
use credential_core::{consent::digits::Digits, encoding::base64url, id::RequestId};

use crate::{error::RouteError, handles::HandleKey, interaction::AwaitedDigits};

/// The digits of the decision with this digest.
pub(crate) fn of_decision(
    key: &HandleKey,
    request_id: RequestId,
    digest: &str,
) -> Result<Digits, RouteError> {
    let purpose = [
        b"six digits/".as_slice(),
        request_id.as_bytes(),
        digest.as_bytes(),
    ];
    let derived = key.derive(&purpose).ok_or(RouteError::NotMade)?;
    let octets = derived.first_chunk().ok_or(RouteError::NotMade)?;
    Ok(Digits::of(*octets))
}

/// What the row keeps of them.
pub(crate) fn awaited(
    key: &HandleKey,
    request_id: RequestId,
    digits: &Digits,
    now: DateTime<Utc>,
) -> Result<AwaitedDigits, RouteError> {
    Ok(AwaitedDigits::new(hash(key, request_id, digits)?, now))
}

/// Compares with what the row keeps.
pub(crate) fn hash(
    key: &HandleKey,
    request_id: RequestId,
    digits: &Digits,
) -> Result<String, RouteError> {
    let purpose = [
        b"six digits hash/".as_slice(),
        request_id.as_bytes(),
        digits.as_str().as_bytes(),
    ];
    let derived = key.derive(&purpose).ok_or(RouteError::NotMade)?;
    Ok(base64url(derived.as_slice()))
}
