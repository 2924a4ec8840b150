//! Client assertions: `private_key_jwt` (RFC 7523 section 2.2) with a key of the trust list.

use credential_core::{jose::JwkSet, oauth::client_assertion, trust::TrustList};

use super::Form;
use crate::{
    api::{FormSchema, compact_jws, text},
    error::RouteError,
    nonces::Nonces,
    state::AppState,
    storage::ProofId,
};

/// The keys of a participant, when it is on the list in this role.
pub(super) type KeysOf = for<'l> fn(&'l TrustList, &str) -> Option<&'l JwkSet>;

/// Checks the assertion of a form. Gives who sent it and what must be remembered of it.
pub(super) fn check(
    form: &Form,
    state: &AppState,
    nonces: &Nonces,
    keys_of: KeysOf,
) -> Result<(String, ProofId), RouteError> {
    let (Some(kind), Some(assertion)) = (
        form.find("client_assertion_type"),
        form.find("client_assertion"),
    ) else {
        return Err(RouteError::Client("assertion_missing"));
    };
    if kind != client_assertion::TYPE {
        return Err(RouteError::Client("assertion_type_unknown"));
    }
    let claimed = client_assertion::claimed_client(assertion)?;
    if form.find("client_id").is_some_and(|id| id != claimed) {
        return Err(RouteError::Client("assertion_other_client"));
    }
    let now = state.clock.now();
    let trust = state.trust.current();
    let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
    let keys = keys_of(list, &claimed).ok_or(RouteError::Client("client_unknown"))?;
    let checked = client_assertion::check_client(assertion, &claimed, keys, &state.issuer, now)?;
    if !nonces.is_since_start(checked.made_at()) {
        return Err(RouteError::Client("assertion_not_of_this_moment"));
    }
    let memory = ProofId {
        owner: format!("client {claimed}"),
        id: checked.id().into(),
        until: checked.remember_until(),
    };
    Ok((claimed, memory))
}

/// The keys of a recipient, by client id.
pub(super) fn recipient<'l>(list: &'l TrustList, id: &str) -> Option<&'l JwkSet> {
    list.recipient(id)
        .map(|(participant, _role)| &participant.keys)
}

/// The keys of a resource server, by entity identifier.
pub(super) fn resource_server<'l>(list: &'l TrustList, id: &str) -> Option<&'l JwkSet> {
    let found = list.resource_server(id);
    found.map(|(participant, _role)| &participant.keys)
}

/// What is answered to who does not authenticate.
pub(super) const REFUSED: (u16, &str) = (401, "The client is not authenticated.");

/// The parameters of an assertion.
pub(super) fn form() -> FormSchema {
    FormSchema::default()
        .optional("client_id", "The client that asserts.", text())
        .constant("client_assertion_type", client_assertion::TYPE)
        .required(
            "client_assertion",
            "Signed with a key of the trust list; its audience is the issuer identifier.",
            compact_jws(),
        )
}
