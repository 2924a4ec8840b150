//! What an access token opens (RFC 6750, RFC 9449 section 7), for every address that needs one.

use axum::http::{HeaderMap, StatusCode, header};
use credential_core::id::OfferId;

use super::{
    IssuerState,
    answer::Refusal,
    dpop::{Side, proven},
    handles::Grant,
};

/// What the sender of a request may collect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Access {
    /// The offer that the access token opens.
    pub(super) offer: OfferId,
    /// Which of its configurations; none means all.
    configurations: Option<Vec<String>>,
    /// The token response named identifiers.
    by_identifier: bool,
}

impl Access {
    /// The configuration that a request names (OpenID4VCI 1.0 section 8.2): by an identifier of the token
    /// response when that had some, by its id otherwise, and never by both.
    pub(super) fn configuration(
        &self,
        id: Option<&str>,
        identifier: Option<&str>,
    ) -> Result<String, Refusal> {
        let named = match (id, identifier, self.by_identifier) {
            (Some(id), None, false) => id,
            (None, Some(identifier), true) => {
                configuration_of(&self.offer, identifier).ok_or(IDENTIFIER)?
            }
            (None, Some(_), false) => return Err(NO_IDENTIFIERS),
            (Some(_), None, true) => return Err(IDENTIFIER_NEEDED),
            (Some(_), Some(_), _) => return Err(BOTH),
            (None, None, _) => return Err(NEITHER),
        };
        let granted = self.configurations.as_ref();
        if granted.is_some_and(|granted| !granted.iter().any(|id| id == named)) {
            return Err(if self.by_identifier {
                IDENTIFIER
            } else {
                NOT_GRANTED
            });
        }
        Ok(named.to_owned())
    }
}

/// What the access token of a request to `path` opens. A token in the address is refused: addresses end
/// up in logs. A token that is bound to a key is taken with a proof of that key alone.
pub(super) fn authorized(
    state: &IssuerState,
    path: &str,
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
    let (scheme, token) = one
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or(TOKEN)?;
    let grant: Grant = state.handles().open(token, state.now()).ok_or(TOKEN)?;
    match &grant.jkt {
        None if scheme.eq_ignore_ascii_case("Bearer") => {}
        Some(bound) if scheme.eq_ignore_ascii_case("DPoP") => {
            match proven(state, Side::Resource, path, headers, Some(token))? {
                Some(shown) if shown == *bound => {}
                Some(_other) => return Err(OTHER_KEY),
                None => return Err(NO_PROOF),
            }
        }
        _ => return Err(TOKEN),
    }
    Ok(Access {
        offer: grant.offer,
        configurations: grant.configurations,
        by_identifier: grant.by_identifier,
    })
}

/// The `credential_identifier` of an offer's credential: its configuration, and which offer it is of.
pub(super) fn identifier(offer: &OfferId, configuration: &str) -> String {
    format!("{configuration}.{offer}")
}

fn configuration_of<'i>(offer: &OfferId, identifier: &'i str) -> Option<&'i str> {
    let (configuration, of) = identifier.split_once('.')?;
    (of == offer.to_string()).then_some(configuration)
}

pub(super) const TOKEN: Refusal = unauthorized(
    "invalid_token",
    "token_refused",
    "The access token is missing, unknown or expired.",
);
const OTHER_KEY: Refusal = unauthorized(
    "invalid_token",
    "token_of_another_key",
    "The access token is bound to another key.",
);
const NO_PROOF: Refusal = unauthorized(
    "invalid_dpop_proof",
    "dpop_missing",
    "The access token is used with a DPoP proof.",
);
const QUERY: Refusal = Refusal::bad_request(
    "invalid_request",
    "query_not_allowed",
    "The access token belongs in the Authorization header.",
);
const IDENTIFIER: Refusal = Refusal::bad_request(
    "unknown_credential_identifier",
    "identifier_unknown",
    "The token response named no such credential identifier.",
);
const NO_IDENTIFIERS: Refusal = Refusal::bad_request(
    "unknown_credential_identifier",
    "identifier_unknown",
    "The token response named no credential identifiers.",
);
const NOT_GRANTED: Refusal = Refusal::bad_request(
    "unknown_credential_configuration",
    "configuration_not_granted",
    "This credential configuration was not granted.",
);
const IDENTIFIER_NEEDED: Refusal = Refusal::bad_request(
    "invalid_credential_request",
    "identifier_needed",
    "The token response named credential identifiers, so one of them is needed.",
);
const BOTH: Refusal = Refusal::bad_request(
    "invalid_credential_request",
    "request_malformed",
    "A credential is named by its identifier or its configuration, not by both.",
);
const NEITHER: Refusal = Refusal::bad_request(
    "invalid_credential_request",
    "request_malformed",
    "The request is not JSON of the required form.",
);

const fn unauthorized(
    error: &'static str,
    reason: &'static str,
    description: &'static str,
) -> Refusal {
    Refusal {
        status: StatusCode::UNAUTHORIZED,
        error,
        reason,
        description,
    }
}
