//! `POST /token`: a pre-authorised code and its transaction code become an access token, once
//! (OpenID4VCI 1.0 section 6).

use axum::{extract::State, response::Response};
use credential_core::{id::OfferId, oauth::token::TokenResponse, oid4vci::PRE_AUTHORIZED_GRANT};

use crate::server::{
    IssuerState, RegistryError, SealError,
    answer::{Refusal, off_the_loop, private_json},
    form::Form,
    registry::Redemption,
};

/// Why no token was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(in crate::server) enum TokenError {
    #[error("another grant type than the pre-authorized code")]
    GrantType,
    #[error("no pre-authorized code was sent")]
    NoCode,
    #[error("a transaction code is needed")]
    TxCodeMissing,
    #[error("a transaction code was sent although none is needed")]
    TxCodeNotExpected,
    #[error("the transaction code is wrong")]
    TxCodeWrong,
    #[error("the code is unknown, used or expired, or was guessed at too often")]
    OfferDead,
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error(transparent)]
    Seal(#[from] SealError),
}

pub(in crate::server) async fn post(
    State(state): State<IssuerState>,
    form: Form,
) -> Result<Response, Refusal> {
    if form.value("grant_type") != Some(PRE_AUTHORIZED_GRANT) {
        return Err(TokenError::GrantType.into());
    }
    let code = form
        .value("pre-authorized_code")
        .ok_or(TokenError::NoCode)?;
    let offer = state
        .handles()
        .offer_of_code(code)
        .ok_or(TokenError::OfferDead)?;
    let tx_code = form.value("tx_code").map(str::to_owned);
    let answer = off_the_loop(state, move |state| {
        redeem(state, offer, tx_code.as_deref())
            .inspect_err(|error| tracing::info!(offer.id = %offer, %error, "no token was given"))
    });
    Ok(private_json(&answer.await?))
}

fn redeem(
    state: &IssuerState,
    offer: OfferId,
    tx_code: Option<&str>,
) -> Result<TokenResponse, TokenError> {
    let now = state.now();
    let life = state.lifetimes().access_token;
    let until = now + life;
    let registry = state.registry();
    match registry.redeem(&offer, tx_code, now, until)? {
        Redemption::Granted => Ok(TokenResponse {
            access_token: state.handles().token(&offer, until)?,
            token_type: "Bearer".into(),
            expires_in: u32::try_from(life.num_seconds()).unwrap_or_default(),
            refresh_token: None,
            authorization_details: Vec::new(),
            grant_id: None,
        }),
        Redemption::CodeMissing => Err(TokenError::TxCodeMissing),
        Redemption::CodeNotExpected => Err(TokenError::TxCodeNotExpected),
        Redemption::CodeWrong => Err(TokenError::TxCodeWrong),
        Redemption::Dead => Err(TokenError::OfferDead),
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::GrantType => Self::bad_request(
                "unsupported_grant_type",
                "grant_type_unsupported",
                "Only the pre-authorized code grant is supported.",
            ),
            TokenError::NoCode => Self::bad_request(
                "invalid_request",
                "code_missing",
                "The pre-authorized_code is missing.",
            ),
            TokenError::TxCodeMissing => Self::bad_request(
                "invalid_request",
                "tx_code_missing",
                "This offer needs a transaction code.",
            ),
            TokenError::TxCodeNotExpected => Self::bad_request(
                "invalid_request",
                "tx_code_not_expected",
                "This offer is used without a transaction code.",
            ),
            TokenError::TxCodeWrong => Self::bad_request(
                "invalid_grant",
                "tx_code_wrong",
                "The transaction code is wrong.",
            ),
            TokenError::OfferDead => Self::bad_request(
                "invalid_grant",
                "offer_dead",
                "This code cannot be used, or no longer.",
            ),
            TokenError::Registry(error) => error.into(),
            TokenError::Seal(error) => {
                tracing::error!(%error, "no token could be sealed");
                Self::UNAVAILABLE
            }
        }
    }
}
