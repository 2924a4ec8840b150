//! What an access token opens (RFC 6750), for every address that needs one.

use axum::http::{HeaderMap, StatusCode, header};
use credential_core::id::OfferId;

use super::{IssuerState, answer::Refusal};

/// What the sender of a request may collect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Access {
    /// The offer that the access token opens.
    pub(super) offer: OfferId,
}

/// What the access token of a request opens. A token in the address is refused: addresses end up in logs.
pub(super) fn authorized(
    state: &IssuerState,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Access, Refusal> {
    if query.is_some_and(|query| !query.is_empty()) {
        return Err(QUERY);
    }
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(one), None) = (sent.next(), sent.next()) else {
        return Err(TOKEN);
    };
    one.to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
        .and_then(|(_, token)| state.handles().offer_of_token(token, state.now()))
        .map(|offer| Access { offer })
        .ok_or(TOKEN)
}

pub(super) const TOKEN: Refusal = Refusal {
    status: StatusCode::UNAUTHORIZED,
    error: "invalid_token",
    reason: "token_refused",
    description: "The access token is missing, unknown or expired.",
};
const QUERY: Refusal = Refusal::bad_request(
    "invalid_request",
    "query_not_allowed",
    "The access token belongs in the Authorization header.",
);
