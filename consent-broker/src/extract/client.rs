//! A recipient, authenticated: `private_key_jwt` (FAPI 2.0 section 5.3.2.1) with a key of the trust
//! list, and a DPoP proof.

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::{FromRequest, Request};

use super::{Form, Proven, assertion, remember};
use crate::{
    api::{Refusals, form_body, refusals},
    error::RouteError,
    limits::Limits,
    nonces::Nonces,
    state::AppState,
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
        let (limits, nonces) = (Limits::of(&parts)?, Nonces::of(&parts.extensions)?);
        let form = Form::from_request(Request::from_parts(parts, body), state).await?;
        let (id, assertion) = assertion::check(&form, state, &nonces, assertion::recipient)?;
        let proof = proof?;
        match remember(&*state.store, vec![assertion, proof.id()]).await? {
            None => {
                limits.clients.admit(&id, state.clock.now())?;
                Ok(Self {
                    id,
                    jkt: proof.jkt().into(),
                    form,
                })
            }
            Some(0) => Err(RouteError::Client("assertion_replayed")),
            Some(_) => Err(RouteError::Proof("dpop_replayed")),
        }
    }
}

impl OperationInput for Client {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        Proven::operation_input(ctx, operation);
        form_body(operation, assertion::form().schema());
    }

    fn inferred_early_responses(ctx: &mut GenContext, operation: &mut Operation) -> Refusals {
        let mut early = Proven::inferred_early_responses(ctx, operation);
        early.extend(Form::inferred_early_responses(ctx, operation));
        early.extend(refusals(ctx, &[assertion::REFUSED]));
        early
    }
}
