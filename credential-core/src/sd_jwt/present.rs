//! Presenting: some of a credential's disclosures, and the holder's signature over the selection.

use serde_json::Value;

use super::{KeyBindingRequest, VerifiedSdJwt, key_binding};
use crate::{
    dcql::{ClaimPath, Step},
    jose::{Jwk, SignError, Signer},
};

/// Why a presentation was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PresentError {
    /// The credential names no holder key.
    #[error("the credential is not bound to a holder key")]
    NoHolderKey,
    /// The signer is not the key the credential is bound to.
    #[error("the key is not the one the credential is bound to")]
    OtherKey,
    /// The credential has no such claim, or its disclosure is not here.
    #[error("the credential has no claim {0}")]
    NotHeld(ClaimPath),
    /// The holder's key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl PresentError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoHolderKey => "present_no_holder_key",
            Self::OtherKey => "present_other_key",
            Self::NotHeld(_) => "present_claim_not_held",
            Self::Sign(_) => "present_not_signed",
        }
    }
}

/// Presents `credential` to one recipient, disclosing what the paths in `disclose` select with all
/// that lies beneath, and nothing else but the disclosures those need to have a place
/// (RFC 9901 section 7.2).
///
/// Paths are patterns over [`VerifiedSdJwt::claims`]. Permanent claims are always shown; naming one
/// discloses what is inside it. No path at all discloses nothing.
///
/// # Errors
/// [`PresentError`]; a path that selects nothing is an error, so that a caller never believes to have
/// shown what was not there.
pub fn present(
    credential: &VerifiedSdJwt,
    disclose: &[ClaimPath],
    request: &KeyBindingRequest<'_>,
    holder: &dyn Signer,
) -> Result<String, PresentError> {
    let bound = credential.holder_key().ok_or(PresentError::NoHolderKey)?;
    if !is_same_key(bound, holder.public_jwk()) {
        return Err(PresentError::OtherKey);
    }
    let selected = selected_claims(credential.claims(), disclose)?;

    let mut text = String::with_capacity(credential.as_str().len() + 512);
    text.push_str(credential.as_str().split('~').next().unwrap_or_default());
    text.push('~');
    for disclosure in credential.disclosures() {
        if selected
            .iter()
            .any(|claim| claim.agrees_with(disclosure.path))
        {
            text.push_str(disclosure.text);
            text.push('~');
        }
    }
    let digest = credential.hash().digest(&text);
    key_binding::sign(&digest, request, holder, &mut text)?;
    Ok(text)
}

fn is_same_key(one: &Jwk, other: &Jwk) -> bool {
    (&one.kty, &one.crv, &one.x, &one.y) == (&other.kty, &other.crv, &other.x, &other.y)
}

/// The concrete paths of everything that `patterns` select.
fn selected_claims(claims: &Value, patterns: &[ClaimPath]) -> Result<Vec<ClaimPath>, PresentError> {
    let mut selected = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        let before = selected.len();
        select(claims, pattern.steps(), &mut Vec::new(), &mut selected);
        if selected.len() == before {
            return Err(PresentError::NotHeld(pattern.clone()));
        }
    }
    Ok(selected)
}

fn select(value: &Value, steps: &[Step], at: &mut Vec<Step>, selected: &mut Vec<ClaimPath>) {
    let Some((step, rest)) = steps.split_first() else {
        selected.push(ClaimPath::new(at.clone()));
        return;
    };
    let mut enter = |step: Step, value: &Value| {
        at.push(step);
        select(value, rest, at, selected);
        at.pop();
    };
    match (step, value) {
        (Step::Name(name), Value::Object(members)) => {
            if let Some(value) = members.get(name) {
                enter(step.clone(), value);
            }
        }
        (Step::Index(index), Value::Array(items)) => {
            if let Some(value) = items.get(*index as usize) {
                enter(step.clone(), value);
            }
        }
        (Step::All(()), Value::Array(items)) => {
            for (index, value) in (0..).zip(items) {
                enter(Step::Index(index), value);
            }
        }
        _ => {}
    }
}
