//! What a recipient ends by itself: its tokens, or the whole grant.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    consent::receipt::Event,
};

use super::{grants, log, needs, tx::Tx};
use crate::{
    grant::{Ending, Grant, Papers},
    notary::Notary,
    storage::{StorageError, UseToken},
};

/// Revocation by the recipient: every handle ends, the grant stays.
pub(super) fn end_handles(
    tx: &mut Tx<'_>,
    order: &UseToken,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    let Some((mut grant, _papers)) = living(tx, order, now)? else {
        return Ok(false);
    };
    grant.end_handles();
    grants::keep(tx, &grant)?;
    let revoked = grants::line(&grant, Kind::TokensRevoked, Outcome::Done);
    log::append(tx, grant.subject_id, revoked, notary, now)?;
    Ok(true)
}

/// The recipient needs the grant no longer: it ends, and what was deposited is gone in the same step.
pub(super) fn give_up(
    tx: &mut Tx<'_>,
    order: &UseToken,
    notary: &Notary,
    now: DateTime<Utc>,
) -> Result<bool, StorageError> {
    tx.expect(&needs::whole_grant(order.subject_id, order.grant_id))?;
    let Some((mut grant, papers)) = living(tx, order, now)? else {
        return Ok(false);
    };
    let owner = (grant.subject_id, grant.grant_id);
    grant.end(Ending::GivenUp, now);
    grants::keep(tx, &grant)?;
    grants::remove_deposits(tx, owner.0, owner.1)?;
    let given_up = grants::line(&grant, Kind::GivenUp, Outcome::Done);
    let seq = log::append(tx, owner.0, given_up, notary, now)?;
    log::keep_receipt(tx, owner, (Event::GivenUp, seq), &papers, notary, now)?;
    Ok(true)
}

/// The grant of a handle that still works.
fn living(
    tx: &Tx<'_>,
    order: &UseToken,
    now: DateTime<Utc>,
) -> Result<Option<(Grant, Papers)>, StorageError> {
    let found = grants::find(tx, order.subject_id, order.grant_id)?;
    Ok(found.filter(|(grant, _papers)| grant.may_have_token(order.epoch, now)))
}
