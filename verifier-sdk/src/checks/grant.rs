//! What ties a presentation to one grant: the envelope, the holder's decision and the key binding.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::decision::{DecisionClaims, SignedDecision},
    encoding::sha256_base64url,
    mailbox::{MAX_LIFE_SECONDS, key_binding_nonce},
    sd_jwt::KeyBinding,
};

use super::{Check, Reason};
use crate::{
    open::{GrantExpectation, OpenError, OpenedPresentation},
    verify::MAX_AHEAD,
};

/// The envelope and the decision inside it.
pub(crate) fn check(
    opened: &OpenedPresentation,
    expected: &GrantExpectation<'_>,
    now: DateTime<Utc>,
) -> Vec<Check> {
    let mut checks: Vec<Check> = envelope(opened, expected, now).into_iter().collect();
    checks.push(decision(opened, expected, now));
    if expected.details.until <= now {
        checks.push(Check::new(Reason::GrantEnded, now));
    }
    checks
}

/// A deposit may be opened under one expectation and verified under another, or later.
fn envelope(
    opened: &OpenedPresentation,
    expected: &GrantExpectation<'_>,
    now: DateTime<Utc>,
) -> Option<Check> {
    let (header, details) = (opened.header(), expected.details);
    let same_terms = details
        .hash_base64url()
        .is_ok_and(|hash| hash == header.details_hash);
    let error = if header.grant_id != details.grant_id {
        OpenError::OtherGrant
    } else if header.recipient != expected.client_id {
        OpenError::OtherRecipient
    } else if !same_terms {
        OpenError::OtherDetails
    } else if now.timestamp() >= header.exp {
        OpenError::Expired
    } else {
        return None;
    };
    Some(not_opened(error, now))
}

/// The check that a deposit failed before anything in it could be looked at.
pub(crate) fn not_opened(error: OpenError, now: DateTime<Utc>) -> Check {
    let reason = match error {
        OpenError::OtherGrant => Reason::DepositMoved,
        OpenError::OtherRecipient => Reason::DepositForAnother,
        OpenError::OtherDetails => Reason::DepositOtherTerms,
        OpenError::NotYet => Reason::DepositNotYet,
        OpenError::Expired => Reason::DepositExpired,
        OpenError::Replayed { .. } => Reason::DepositReplayed,
        OpenError::NotOpened => Reason::DepositNotOpened,
        OpenError::Form(_) | OpenError::Content => Reason::DepositMalformed,
    };
    Check::detailed(reason, error.reason(), now)
}

fn decision(
    opened: &OpenedPresentation,
    expected: &GrantExpectation<'_>,
    now: DateTime<Utc>,
) -> Check {
    match SignedDecision::open(opened.decision().clone()) {
        Ok(decision) => Check::new(why_decision(decision.claims(), expected), now),
        Err(error) => Check::detailed(Reason::DecisionInvalid, error.reason(), now),
    }
}

fn why_decision(claims: &DecisionClaims, expected: &GrantExpectation<'_>) -> Reason {
    let of_this_grant = claims.grant_id == expected.details.grant_id
        && claims.recipient == expected.client_id
        && claims.aud == expected.broker
        && claims.request_hash == sha256_base64url(expected.request);
    if !claims.decision.grants() {
        Reason::DecisionInvalid
    } else if !of_this_grant {
        Reason::DecisionOfAnotherGrant
    } else if claims.details.as_ref() != Some(expected.details) {
        Reason::DecisionOtherTerms
    } else {
        Reason::DecisionSigned
    }
}

/// The nonce of every key binding in this deposit.
pub(crate) fn nonce(opened: &OpenedPresentation, expected: &GrantExpectation<'_>) -> String {
    let details = expected.details;
    key_binding_nonce(&details.nonce, details.grant_id, opened.sequence())
}

/// What every key binding in this deposit must say: ours, of this grant and place, made before now
/// and at most 30 days before the deposit's end.
pub(crate) fn key_binding<'a>(
    opened: &OpenedPresentation,
    expected: &GrantExpectation<'a>,
    nonce: &'a str,
    now: DateTime<Utc>,
) -> KeyBinding<'a> {
    let end = DateTime::from_timestamp(opened.header().exp, 0).unwrap_or(now);
    KeyBinding {
        audience: expected.client_id,
        nonce,
        earliest: end - TimeDelta::seconds(MAX_LIFE_SECONDS),
        latest: now + MAX_AHEAD,
    }
}
