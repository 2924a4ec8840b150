//! `POST /par`: pushed authorization requests (RFC 9126), the only way to begin the authorization code
//! flow (OpenID4VCI 1.0 section 5, HAIP 1.0 section 4).

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use credential_core::{
    encoding::from_base64url,
    oauth::token::PushedResponse,
    oid4vci::authorization::{CredentialDetail, DETAIL_TYPE},
};

use crate::server::{
    IssuerState,
    answer::{Refusal, private_json},
    attestation::attested,
    authorization::{Asked, Pushed, REQUEST_LIFE, REQUEST_URI_PREFIX, may_redirect_to},
    dpop::{Side, proven},
    form::Form,
    issuance::of_configuration,
};

/// Longest value of a parameter that goes into handles, in octets.
const LONGEST: usize = 256;
/// Most entries of `authorization_details`.
const MAX_DETAILS: usize = 32;

pub(in crate::server) async fn post(
    State(state): State<IssuerState>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    let mut asked = asked(&state, &form)?;
    let client = attested(&state, &headers, Some(&asked.client_id))?;
    let shown = proven(&state, Side::Authorization, "/par", &headers, None)?;
    asked.dpop_jkt = bound_key(asked.dpop_jkt, shown)?;
    asked.attested = client;
    let until = state.now() + REQUEST_LIFE;
    let handle = state.handles().seal(Pushed { asked }, until)?;
    let mut response = private_json(&PushedResponse {
        request_uri: format!("{REQUEST_URI_PREFIX}{handle}"),
        expires_in: u32::try_from(REQUEST_LIFE.num_seconds()).unwrap_or_default(),
    });
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

fn asked(state: &IssuerState, form: &Form) -> Result<Asked, Refusal> {
    // RFC 9126 section 2.1: a request_uri cannot be pushed; request objects are not taken.
    if form.value("request_uri").is_some() || form.value("request").is_some() {
        return Err(OBJECT);
    }
    if form.value("response_type") != Some("code") {
        return Err(RESPONSE_TYPE);
    }
    if form
        .value("response_mode")
        .is_some_and(|mode| mode != "query")
    {
        return Err(RESPONSE_MODE);
    }
    let plain =
        |value: &&str| value.len() <= LONGEST && value.bytes().all(|b| matches!(b, b' '..=b'~'));
    let client_id = form.value("client_id").filter(plain).ok_or(CLIENT_ID)?;
    let redirect_uri = form
        .value("redirect_uri")
        .filter(|uri| may_redirect_to(uri, state.profile().network()))
        .ok_or(REDIRECT_URI)?;
    let wallet_state = form.value("state");
    if wallet_state.is_some_and(|value| !plain(&value)) {
        return Err(STATE);
    }
    let challenge = form.value("code_challenge").filter(|challenge| {
        let is_hash = |octets: Vec<u8>| octets.len() == 32;
        form.value("code_challenge_method") == Some("S256")
            && from_base64url(challenge).is_ok_and(is_hash)
    });
    let offer = match form.value("issuer_state") {
        None => None,
        Some(sent) => Some(state.handles().offer_of_state(sent).ok_or(ISSUER_STATE)?),
    };
    let (configurations, by_identifier) = configurations(state, form)?;
    Ok(Asked {
        client_id: client_id.into(),
        redirect_uri: redirect_uri.into(),
        state: wallet_state.map(str::to_owned),
        code_challenge: challenge.ok_or(CHALLENGE)?.into(),
        dpop_jkt: form.value("dpop_jkt").filter(plain).map(str::to_owned),
        attested: None,
        configurations,
        by_identifier,
        offer,
    })
}

/// What is asked for, by `authorization_details` (section 5.1.1) and by `scope` (section 5.1.2), and
/// whether the former were used. Scopes that are not known are ignored.
fn configurations(state: &IssuerState, form: &Form) -> Result<(Vec<String>, bool), Refusal> {
    let mut wanted: Vec<String> = Vec::new();
    let details = form.value("authorization_details");
    if let Some(details) = details {
        let details: Vec<CredentialDetail> =
            serde_json::from_str(details).map_err(|_malformed| DETAILS)?;
        let issuer = state.profile().identifier();
        for detail in &details {
            let here =
                detail.locations.is_empty() || detail.locations.iter().any(|at| at == issuer);
            if detail.kind != DETAIL_TYPE || !here {
                return Err(DETAILS);
            }
            of_configuration(&detail.credential_configuration_id).ok_or(DETAILS_UNKNOWN)?;
        }
        if details.is_empty() || details.len() > MAX_DETAILS {
            return Err(DETAILS);
        }
        wanted.extend(
            details
                .into_iter()
                .map(|detail| detail.credential_configuration_id),
        );
    }
    let scopes = form.value("scope").unwrap_or_default().split(' ');
    let known = scopes.filter(|scope| of_configuration(scope).is_some());
    wanted.extend(known.map(str::to_owned));
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Err(SCOPE);
    }
    Ok((wanted, details.is_some()))
}

/// The key that the code will be bound to: named in the request, shown by a proof, or both, which must
/// then agree (RFC 9449 section 10.1).
fn bound_key(named: Option<String>, shown: Option<String>) -> Result<Option<String>, Refusal> {
    match (named, shown) {
        (Some(named), Some(shown)) if named != shown => Err(OTHER_KEY),
        (named, shown) => Ok(shown.or(named)),
    }
}

const OBJECT: Refusal = Refusal::bad_request(
    "request_not_supported",
    "request_object_pushed",
    "Requests are pushed as form parameters, without a request object.",
);
const RESPONSE_TYPE: Refusal = Refusal::bad_request(
    "unsupported_response_type",
    "response_type_unsupported",
    "Only the response type code is supported.",
);
const RESPONSE_MODE: Refusal = Refusal::bad_request(
    "invalid_request",
    "response_mode_unsupported",
    "Only the response mode query is supported.",
);
const CLIENT_ID: Refusal = Refusal::bad_request(
    "invalid_request",
    "client_id_malformed",
    "The client_id is missing, too long, or not plain text.",
);
const REDIRECT_URI: Refusal = Refusal::bad_request(
    "invalid_request",
    "redirect_uri_refused",
    "The redirect_uri must be https, a loopback address, or of an app's own scheme.",
);
const STATE: Refusal = Refusal::bad_request(
    "invalid_request",
    "state_malformed",
    "The state is too long, or not plain text.",
);
const CHALLENGE: Refusal = Refusal::bad_request(
    "invalid_request",
    "code_challenge_missing",
    "A code_challenge with the method S256 is needed.",
);
const ISSUER_STATE: Refusal = Refusal::bad_request(
    "invalid_request",
    "issuer_state_unknown",
    "The issuer_state is not of this issuer.",
);
const SCOPE: Refusal = Refusal::bad_request(
    "invalid_scope",
    "nothing_asked_for",
    "No credential of this issuer is asked for.",
);
const DETAILS: Refusal = Refusal::bad_request(
    "invalid_authorization_details",
    "details_malformed",
    "The authorization_details are not of the required form.",
);
const DETAILS_UNKNOWN: Refusal = Refusal::bad_request(
    "invalid_authorization_details",
    "details_unknown_configuration",
    "The authorization_details name a configuration that this issuer does not have.",
);
const OTHER_KEY: Refusal = Refusal::bad_request(
    "invalid_dpop_proof",
    "dpop_other_key",
    "The proof is of another key than dpop_jkt names.",
);
