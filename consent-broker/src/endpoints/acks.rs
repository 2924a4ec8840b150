//! A recipient acknowledges a reading: it hands back the receipt that came with it, and its own signature
//! over it. That needs no token, as the grant may have ended with that very reading.

use std::sync::Arc;

use aide::transform::TransformOperation;
use axum::{
    Extension,
    extract::{Path, State, rejection::PathRejection},
};
use credential_core::{
    access_log::{ReadReceipt, read_ack},
    clock::Clock,
    id::GrantId,
    jose::VerifyingKey,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    api::{Created, Describe as _, FormSchema, compact_jws},
    error::RouteError,
    extract::Client,
    keys::BrokerKeys,
    limits::Limits,
    notary::Notary,
    storage::{AcknowledgeRead, Store},
    trust::TrustHandle,
};

/// Where the endpoint stands.
pub const PATH: &str = "/grants/{grant_id}/acks";

/// What the recipient gets, the same for the same reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AckAnswer {
    /// The place of the reading in the person's log.
    pub seq: u64,
}

#[expect(
    clippy::too_many_arguments,
    reason = "a handler's arguments are the parts of the broker it uses"
)]
pub(crate) async fn post(
    State(store): State<Arc<dyn Store>>,
    State(clock): State<Arc<dyn Clock>>,
    State(trust): State<TrustHandle>,
    State(keys): State<BrokerKeys>,
    State(notary): State<Notary>,
    Extension(limits): Extension<Arc<Limits>>,
    grant_id: Result<Path<String>, PathRejection>,
    client: Client,
) -> Result<Created<AckAnswer>, RouteError> {
    let now = clock.now();
    let (receipt, ack) = (
        client.form().require("receipt")?,
        client.form().require("ack")?,
    );
    let own = own_key(&keys, receipt, &notary)?;
    let receipt = ReadReceipt::verify(receipt, &own, notary.issuer())?;
    let read = receipt.claims();
    let (grant, seq) = (read.grant_id, read.seq);
    // Another's receipt, and one of another grant than is named, are as unknown as any.
    let named = grant_id.map_err(|_not_text| RouteError::UnknownGrant)?;
    if read.aud != client.id() || named.parse::<GrantId>() != Ok(grant) {
        return Err(RouteError::UnknownGrant);
    }
    limits.grants.admit(&grant.to_string(), now)?;
    let trust = trust.current();
    let list = trust.list(now).ok_or(RouteError::TrustExpired)?;
    let (participant, _role) = list
        .recipient(client.id())
        .ok_or(RouteError::NotRegistered)?;
    read_ack::verify(ack, &receipt, &participant.keys, now)?;
    let order = AcknowledgeRead {
        grant_id: grant,
        recipient: client.id().into(),
        read_id: read.read_id,
        ack: ack.into(),
    };
    let kept = store.acknowledge_read(order, &notary, now).await?;
    kept.ok_or(RouteError::UnknownGrant)?;
    Ok(Created(AckAnswer { seq }))
}

/// The key of ours that signed this, also one that has been replaced since; whatever names none of ours is
/// held against the one that signs now, and fails.
fn own_key(keys: &BrokerKeys, receipt: &str, notary: &Notary) -> Result<VerifyingKey, RouteError> {
    let said = ReadReceipt::claimed_issuer(receipt).ok();
    let named = said.and_then(|(_issuer, kid)| keys.verifying(&kid?));
    let present = || VerifyingKey::try_from(notary.signer().public_jwk());
    named
        .map_or_else(present, Ok)
        .map_err(|_unusable| RouteError::NotMade)
}

pub(crate) fn describe(operation: TransformOperation<'_>) -> TransformOperation<'_> {
    operation
        .called("acknowledge", "Acknowledge a reading.")
        .tag("recipient")
        .takes_form(&[FormSchema::default()
            .required(
                "receipt",
                "The `Log-Receipt` that came with the reading.",
                compact_jws(),
            )
            .required(
                "ack",
                "The recipient's signature over it (`read-ack+jwt`).",
                compact_jws(),
            )])
        .refuses(404, "This recipient has no such grant.")
}
