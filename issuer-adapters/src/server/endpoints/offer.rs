//! `GET /offers/{id}`: the offer a link refers to (OpenID4VCI 1.0 section 4.1.3), while it can be
//! redeemed. Unknown, used and expired offers are answered alike.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use credential_core::{
    id::OfferId,
    oid4vci::offer::{CredentialOffer, TxCode},
};

use crate::server::{
    IssuerState,
    answer::{Refusal, off_the_loop, private_json},
    issuance::configuration_id,
    offering::TX_CODE_DIGITS,
};

/// At most 300 characters; the wallet cannot be asked for its language.
const DESCRIPTION: &str = "Koodi, jonka sait oppilaitokselta. Koden som du fick av läroanstalten. \
    The code you got from the institution.";

pub(in crate::server) async fn get(
    State(state): State<IssuerState>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id: OfferId = id.parse().map_err(|_not_an_id| GONE)?;
    let offer = off_the_loop(state, move |state| credential_offer(state, id)).await?;
    Ok(private_json(&offer.ok_or(GONE)?))
}

fn credential_offer(
    state: &IssuerState,
    id: OfferId,
) -> Result<Option<CredentialOffer>, crate::server::RegistryError> {
    let Some(open) = state.registry().open_offer(&id, state.now())? else {
        return Ok(None);
    };
    let configurations = open.types.into_iter().map(configuration_id);
    let tx_code = TxCode {
        input_mode: Some("numeric".into()),
        length: Some(TX_CODE_DIGITS),
        description: Some(DESCRIPTION.into()),
    };
    let offer = CredentialOffer::pre_authorized(
        state.profile().identifier(),
        configurations.map(Into::into).collect(),
        state.handles().code(&id),
        open.needs_tx_code.then_some(tx_code),
    );
    Ok(Some(offer.or_authorized(state.handles().issuer_state(&id))))
}

const GONE: Refusal = Refusal {
    status: StatusCode::NOT_FOUND,
    error: "invalid_request",
    reason: "offer_dead",
    description: "There is no such offer, or it was used, or its time is over.",
};
