//! `POST /token`: a code becomes an access token, once (OpenID4VCI 1.0 section 6); here the pre-authorised
//! code and its transaction code, beside it the authorization code.

use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::TimeDelta;
use credential_core::{
    id::OfferId,
    oid4vci::{
        PRE_AUTHORIZED_GRANT,
        authorization::{AUTHORIZATION_CODE_GRANT, CredentialDetail, IssuanceToken},
    },
};

use super::token_by_code;
use crate::server::{
    IssuerState, RegistryError, SealError,
    access::identifier,
    answer::{Refusal, off_the_loop, private_json},
    attestation::attested,
    dpop::{Side, proven},
    form::Form,
    handles::Grant,
    registry::Redemption,
};

/// Why no token was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(in crate::server) enum TokenError {
    #[error("a grant type that is not known")]
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
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Refusal> {
    match form.value("grant_type") {
        Some(PRE_AUTHORIZED_GRANT) => pre_authorized(state, &headers, &form).await,
        Some(AUTHORIZATION_CODE_GRANT) => token_by_code::redeem(state, &headers, &form).await,
        _ => Err(TokenError::GrantType.into()),
    }
}

async fn pre_authorized(
    state: IssuerState,
    headers: &HeaderMap,
    form: &Form,
) -> Result<Response, Refusal> {
    let code = form
        .value("pre-authorized_code")
        .ok_or(TokenError::NoCode)?;
    let offer = state
        .handles()
        .offer_of_code(code)
        .ok_or(TokenError::OfferDead)?;
    // Who has no code of ours fills no memory with used proofs.
    attested(&state, headers, form.value("client_id"))?;
    let jkt = proven(&state, Side::Authorization, "/token", headers, None)?;
    let tx_code = form.value("tx_code").map(str::to_owned);
    let answer = off_the_loop(state, move |state| {
        redeem(state, offer, tx_code.as_deref(), jkt)
            .inspect_err(|error| tracing::info!(offer.id = %offer, %error, "no token was given"))
    });
    Ok(private_json(&answer.await?))
}

fn redeem(
    state: &IssuerState,
    offer: OfferId,
    tx_code: Option<&str>,
    jkt: Option<String>,
) -> Result<IssuanceToken, TokenError> {
    let now = state.now();
    let life = state.token_life(&offer, jkt.is_some())?;
    match state.registry().redeem(&offer, tx_code, now, now + life)? {
        Redemption::Granted => Ok(token(
            state,
            Grant {
                offer,
                configurations: None,
                by_identifier: false,
                jkt,
            },
            life,
        )?),
        Redemption::CodeMissing => Err(TokenError::TxCodeMissing),
        Redemption::CodeNotExpected => Err(TokenError::TxCodeNotExpected),
        Redemption::CodeWrong => Err(TokenError::TxCodeWrong),
        Redemption::Dead => Err(TokenError::OfferDead),
    }
}

/// The answer for a grant; details name what was asked for by them.
pub(super) fn token(
    state: &IssuerState,
    grant: Grant,
    life: TimeDelta,
) -> Result<IssuanceToken, SealError> {
    let details = grant.configurations.iter().flatten().map(|configuration| {
        let mut detail = CredentialDetail::new(configuration);
        let named = identifier(&grant.offer, configuration);
        detail.credential_identifiers.push(named);
        detail
    });
    let bound = grant.jkt.is_some();
    Ok(IssuanceToken {
        authorization_details: details.filter(|_| grant.by_identifier).collect(),
        token_type: if bound { "DPoP" } else { "Bearer" }.into(),
        expires_in: u32::try_from(life.num_seconds()).unwrap_or_default(),
        access_token: state.handles().seal(grant, state.now() + life)?,
    })
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::GrantType => Self::bad_request(
                "unsupported_grant_type",
                "grant_type_unsupported",
                "Only the pre-authorized code and the authorization code are supported.",
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
            TokenError::Seal(error) => error.into(),
        }
    }
}
