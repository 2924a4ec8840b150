//! A participant that authenticates by assertion alone: where nothing is bound to a key, there is nothing
//! for a DPoP proof to prove.

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::{FromRequest, Request};
use credential_core::trust::ResourceRole;

use super::{
    Form,
    assertion::{self, KeysOf},
    proof::TOO_OFTEN,
    remember,
};
use crate::{
    api::{Refusals, form_body, refusals},
    error::RouteError,
    nonces::Nonces,
    state::AppState,
};

/// A recipient that has authenticated, and the rest of its form.
#[derive(Debug)]
pub(crate) struct Asserted {
    id: String,
    form: Form,
}

impl Asserted {
    /// Its client id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The form's parameters.
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }
}

impl FromRequest<AppState> for Asserted {
    type Rejection = RouteError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, RouteError> {
        let (id, form) = authenticate(request, state, assertion::recipient).await?;
        Ok(Self { id, form })
    }
}

/// A resource server that has authenticated, what it is listed for, and the rest of its form.
#[derive(Debug)]
pub(crate) struct ResourceServer {
    id: String,
    role: ResourceRole,
    form: Form,
}

impl ResourceServer {
    /// Its entity identifier.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// What it is listed for.
    pub(crate) fn role(&self) -> &ResourceRole {
        &self.role
    }

    /// The form's parameters.
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }
}

impl FromRequest<AppState> for ResourceServer {
    type Rejection = RouteError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, RouteError> {
        let (id, form) = authenticate(request, state, assertion::resource_server).await?;
        let trust = state.trust.current();
        let list = trust.list(state.clock.now());
        let list = list.ok_or(RouteError::TrustExpired)?;
        let (_participant, role) = list
            .resource_server(&id)
            .ok_or(RouteError::Client("client_unknown"))?;
        let role = role.clone();
        Ok(Self { id, role, form })
    }
}

async fn authenticate(
    request: Request,
    state: &AppState,
    keys_of: KeysOf,
) -> Result<(String, Form), RouteError> {
    let nonces = Nonces::of(request.extensions())?;
    let form = Form::from_request(request, state).await?;
    let (id, assertion) = assertion::check(&form, state, &nonces, keys_of)?;
    match remember(&*state.store, vec![assertion]).await? {
        None => Ok((id, form)),
        Some(_) => Err(RouteError::Client("assertion_replayed")),
    }
}

impl OperationInput for Asserted {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        form_body(operation, assertion::form().schema());
    }

    fn inferred_early_responses(ctx: &mut GenContext, operation: &mut Operation) -> Refusals {
        let mut early = Form::inferred_early_responses(ctx, operation);
        early.extend(refusals(ctx, &[assertion::REFUSED, (429, TOO_OFTEN)]));
        early
    }
}

impl OperationInput for ResourceServer {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        Asserted::operation_input(ctx, operation);
    }

    fn inferred_early_responses(ctx: &mut GenContext, operation: &mut Operation) -> Refusals {
        Asserted::inferred_early_responses(ctx, operation)
    }
}
