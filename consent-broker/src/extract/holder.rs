//! A person's wallet with its own token and DPoP proof.

use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::{extract::FromRequestParts, http::request::Parts};
use credential_core::id::SubjectId;

use super::token::{bound_token, refuse_replay, token_refusals};
use crate::{
    api::{Refusals, require_token},
    error::RouteError,
    handles::WalletToken,
    limits::Limits,
    state::AppState,
    storage::Account,
};

/// The security scheme of a wallet's own token.
pub(crate) const WALLET_TOKEN: &str = "walletToken";

/// A wallet whose token was made here, has not expired, and is used with the account's key, in a proof
/// that was not used before.
#[derive(Debug)]
pub(crate) struct Holder {
    account: Account,
    thumbprint: String,
    expires_at: i64,
}

impl Holder {
    /// The account's name in all rows.
    pub(crate) fn subject(&self) -> SubjectId {
        self.account.subject_id
    }

    /// The account, whether it is kept yet or not.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// When its token expires, seconds since 1970.
    pub(crate) fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// The thumbprint of the account's pairwise key.
    pub(crate) fn thumbprint(&self) -> &str {
        &self.thumbprint
    }
}

impl FromRequestParts<AppState> for Holder {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, RouteError> {
        let (token, proof) = bound_token::<WalletToken>(parts, state)?;
        if token.jkt != proof.jkt() {
            return Err(RouteError::Token);
        }
        refuse_replay(state, &proof).await?;
        let person = token.subject_id.to_string();
        Limits::of(parts)?
            .people
            .admit(&person, state.clock.now())?;
        Ok(Self {
            account: Account {
                subject_id: token.subject_id,
                log_id: token.log_id,
            },
            thumbprint: token.jkt,
            expires_at: token.exp,
        })
    }
}

impl OperationInput for Holder {
    fn operation_input(_ctx: &mut GenContext, operation: &mut Operation) {
        require_token(operation, WALLET_TOKEN);
    }

    fn inferred_early_responses(ctx: &mut GenContext, _operation: &mut Operation) -> Refusals {
        token_refusals(ctx)
    }
}
