//! A recipient, authenticated: `private_key_jwt` (FAPI 2.0 section 5.3.2.1) with a key of the trust
//! list, and a DPoP proof. Only where a request is pushed may it name its key instead.

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::{FromRequest, Request};

use super::{Form, Proven, assertion, remember};
use crate::{
    api::{Refusals, compact_jws, form_body, header, refusals},
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
        let Pusher { id, jkt, form } = authenticate(request, state, Proof::Needed).await?;
        let jkt = jkt.ok_or(RouteError::Proof("dpop_not_exactly_one"))?;
        Ok(Self { id, jkt, form })
    }
}

/// A recipient that has authenticated, and the rest of its form, in which it may name its key
/// instead of showing a proof by it (RFC 9449 section 10.1).
///
/// The assertion was new, and so was the proof if there is one.
#[derive(Debug)]
pub(crate) struct Pusher {
    id: String,
    jkt: Option<String>,
    form: Form,
}

impl Pusher {
    /// Its client id.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The thumbprint of the DPoP key that was proven, when one was.
    pub(crate) fn jkt(&self) -> Option<&str> {
        self.jkt.as_deref()
    }

    /// The form's parameters.
    pub(crate) fn form(&self) -> &Form {
        &self.form
    }
}

impl FromRequest<AppState> for Pusher {
    type Rejection = RouteError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, RouteError> {
        authenticate(request, state, Proof::WhereShown).await
    }
}

/// When a proof must be there and good.
enum Proof {
    Needed,
    WhereShown,
}

async fn authenticate(
    request: Request,
    state: &AppState,
    wanted: Proof,
) -> Result<Pusher, RouteError> {
    let (parts, body) = request.into_parts();
    let is_looked_at = matches!(wanted, Proof::Needed) || parts.headers.contains_key("dpop");
    let proof = is_looked_at.then(|| Proven::check(&parts, state, None));
    let (limits, nonces) = (Limits::of(&parts)?, Nonces::of(&parts.extensions)?);
    let form = Form::from_request(Request::from_parts(parts, body), state).await?;
    let (id, assertion) = assertion::check(&form, state, &nonces, assertion::recipient)?;
    let proof = proof.transpose()?;
    let used = std::iter::once(assertion).chain(proof.as_ref().map(Proven::id));
    match remember(&*state.store, used.collect()).await? {
        None => {
            limits.clients.admit(&id, state.clock.now())?;
            let jkt = proof.map(|proof| proof.jkt().to_owned());
            Ok(Pusher { id, jkt, form })
        }
        Some(0) => Err(RouteError::Client("assertion_replayed")),
        Some(_) => Err(RouteError::Proof("dpop_replayed")),
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

impl OperationInput for Pusher {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        let proof = "A fresh DPoP proof for this request; needed where the request has no \
                     `dpop_jkt` (RFC 9449 section 10.1).";
        header(operation, "DPoP", proof, compact_jws(), false);
        form_body(operation, assertion::form().schema());
    }

    fn inferred_early_responses(ctx: &mut GenContext, operation: &mut Operation) -> Refusals {
        Client::inferred_early_responses(ctx, operation)
    }
}
