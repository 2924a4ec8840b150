//! A recipient, authenticated: `private_key_jwt` (FAPI 2.0 section 5.3.2.1) with a key of the trust
//! list, and a DPoP proof.

use axum::extract::{FromRequest, Request};

use super::{Form, Proven, assertion, remember};
use crate::{error::RouteError, limits::Limits, nonces::Nonces, state::AppState};

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
