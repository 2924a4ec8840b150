//! A recipient, authenticated: `private_key_jwt` (FAPI 2.0 section 5.3.2.1) with a key of the trust
//! list, and a DPoP proof.

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::{FromRequest, Request};
use credential_core::oauth::client_assertion;

use super::{Form, Proven, remember};
use crate::{
    api::{FormSchema, Refusals, compact_jws, form_body, refusals, text},
    error::RouteError,
    state::AppState,
    storage::ProofId,
};

/// A recipient that has authenticated, the key it proved, and the rest of its form.
///
/// The assertion and the proof were both new.
#[derive(Debug)]
pub(crate) struct Client {
    id: String,
    jkt: String,
    form: Form,
}

impl Client {
    /// Its client id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The thumbprint of the proven DPoP key.
    pub(crate) fn jkt(&self) -> &str {
        &self.jkt
    }

    /// The form's parameters.
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }
}

impl FromRequest<AppState> for Client {
    type Rejection = RouteError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, RouteError> {
        let (parts, body) = request.into_parts();
        let proof = Proven::check(&parts, state, None);
        let form = Form::from_request(Request::from_parts(parts, body), state).await?;
        let (id, assertion) = authenticate(&form, state)?;
        let proof = proof?;
        match remember(&*state.store, vec![assertion, proof.id()]).await? {
            None => Ok(Self {
                id,
                jkt: proof.jkt().into(),
                form,
            }),
            Some(0) => Err(RouteError::Client("assertion_replayed")),
            Some(_) => Err(RouteError::Proof("dpop_replayed")),
        }
    }
}

fn authenticate(form: &Form, state: &AppState) -> Result<(String, ProofId), RouteError> {
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
    let (participant, _role) = list
        .recipient(&claimed)
        .ok_or(RouteError::Client("client_unknown"))?;
    let checked =
        client_assertion::check_client(assertion, &claimed, &participant.keys, &state.issuer, now)?;
    let memory = ProofId {
        owner: format!("client {claimed}"),
        id: checked.id().into(),
        until: checked.remember_until(),
    };
    Ok((claimed, memory))
}

impl OperationInput for Client {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        Proven::operation_input(ctx, operation);
        let form = FormSchema::default()
            .optional("client_id", "The client that asserts.", text())
            .constant("client_assertion_type", client_assertion::TYPE)
            .required(
                "client_assertion",
                "Signed with a key of the trust list; its audience is the issuer identifier.",
                compact_jws(),
            );
        form_body(operation, form.schema());
    }

    fn inferred_early_responses(ctx: &mut GenContext, operation: &mut Operation) -> Refusals {
        let mut early = Proven::inferred_early_responses(ctx, operation);
        early.extend(Form::inferred_early_responses(ctx, operation));
        early.extend(refusals(ctx, &[(401, "The client is not authenticated.")]));
        early
    }
}
