//! The decision: what was shown and chosen becomes a grant that the holder signed.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{
        decision::{DecisionClaims, SignedDecision, Verdict},
        details::{GrantedDetails, RequestedDetails},
        receipt::ReceiptError,
        request::ConsentRequest,
    },
    id::GrantId,
    jose::{Jwk, Signer, jws::General},
};

use crate::{Error, disclosure::Selection};

/// A grant signed by its own fresh key. Only [`sign`] makes one, from a checked request and a
/// selection, and [`change`], from one that stands.
///
/// ```compile_fail
/// use wallet_core::consent::approve::SignedGrant;
/// fn unsigned(details: credential_core::consent::details::GrantedDetails) -> SignedGrant {
///     SignedGrant { details }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct SignedGrant {
    details: GrantedDetails,
    signed: General,
}

/// Signs the approval of `request`, narrowed to `selection`, until `until`. With `reply`, the public
/// half of a key of its own, the recipient may send messages.
///
/// # Errors
/// [`Error::NotOptional`] when something needed would be left out, [`Error::End`] for an end that is
/// past or later than asked, or the key does not sign.
pub fn sign(
    request: &ConsentRequest,
    selection: &Selection,
    (grant_id, until): (GrantId, DateTime<Utc>),
    now: DateTime<Utc>,
    holder: &dyn Signer,
    reply: Option<&Jwk>,
) -> Result<SignedGrant, Error> {
    let left_out = selection.left_out(request);
    let details = request
        .details()
        .granted(grant_id, request.client_id(), until, &left_out)?;
    if details.until <= now || !details.narrows(request.details(), now) {
        return Err(Error::End);
    }
    let claims = DecisionClaims {
        details: Some(details.clone()),
        reply_jwk: reply.map(Jwk::bare),
        ..decision(request, Verdict::Approved, grant_id, now)
    };
    Ok(SignedGrant {
        details,
        signed: claims.sign(holder)?,
    })
}

/// Signs the narrowing or renewal that `word` says, of a grant that stands as `before`.
///
/// # Errors
/// [`Error::NotLess`] or [`Error::End`] when it is neither of the two, or more than what was asked would
/// give now; or the key does not sign.
pub fn change(
    word: &DecisionClaims,
    before: &GrantedDetails,
    asked: &RequestedDetails,
    now: DateTime<Utc>,
    holder: &dyn Signer,
) -> Result<SignedGrant, Error> {
    let details = word.details.clone().ok_or(Error::NotLess)?;
    let (is_asked, is_over) = (details.narrows(asked, now), details.until <= now);
    match word.decision {
        Verdict::Narrowed if !is_asked || !details.is_less_than(before) => {
            return Err(Error::NotLess);
        }
        Verdict::Narrowed if !is_over => {}
        Verdict::Renewed if is_asked && !is_over && details.is_longer_than(before) => {}
        _ => return Err(Error::End),
    }
    Ok(SignedGrant {
        details,
        signed: word.sign(holder)?,
    })
}

/// Signs the refusal of `request`.
///
/// # Errors
/// [`Error::Sign`] when the key does not sign.
pub fn refuse(
    request: &ConsentRequest,
    grant_id: GrantId,
    now: DateTime<Utc>,
    holder: &dyn Signer,
) -> Result<General, Error> {
    Ok(decision(request, Verdict::Refused, grant_id, now).sign(holder)?)
}

fn decision(
    request: &ConsentRequest,
    verdict: Verdict,
    grant_id: GrantId,
    now: DateTime<Utc>,
) -> DecisionClaims {
    DecisionClaims {
        decision: verdict,
        grant_id,
        request_hash: request.hash(),
        recipient: request.client_id().into(),
        aud: request.object().aud.clone(),
        iat: now.timestamp(),
        details: None,
        change: None,
        reply_jwk: None,
    }
}

impl SignedGrant {
    /// The grant in force that was signed here earlier, read back from the vault.
    pub(super) fn stored(signed: General) -> Result<Self, Error> {
        let decision = SignedDecision::open(signed.clone()).map_err(ReceiptError::from)?;
        let details = decision.claims().details.clone().ok_or(Error::NotFound)?;
        Ok(Self { details, signed })
    }

    /// What was granted.
    #[must_use]
    pub fn details(&self) -> &GrantedDetails {
        &self.details
    }

    /// The signed decision.
    #[must_use]
    pub fn signed(&self) -> &General {
        &self.signed
    }
}

#[cfg(test)]
mod tests;
