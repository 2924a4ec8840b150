//! One credential: its issuer, signature and times, in this order.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    credential::CredentialType,
    jose::VerifyingKey,
    sd_jwt::{KeyBinding, SdJwt, SdJwtError, VerifiedSdJwt},
};

use super::{
    Check, Reason,
    identity::{Directory, Issuer, KeyName},
};

/// How far `iat` and `nbf` of a credential may be ahead of our clock.
const SKEW: TimeDelta = TimeDelta::minutes(5);
/// A credential that ends within this time is pointed out, unless its type is short-lived by nature.
const SOON: TimeDelta = TimeDelta::days(30);

/// A credential whose signature holds, with the checks made so far.
pub(crate) struct Genuine<'t> {
    pub(crate) credential: VerifiedSdJwt,
    pub(crate) issuer: Issuer<'t>,
    pub(crate) checks: Vec<Check>,
}

/// Checks everything that can be checked without asking the issuer; only for a stranger's key somebody may be
/// asked. Without `binding` the text must be a bare credential; with it, a presentation for us.
///
/// The error holds the checks up to the one after which nothing in the text can be believed.
pub(crate) async fn authenticate<'t>(
    text: &str,
    binding: Option<&KeyBinding<'_>>,
    directory: Directory<'t>,
    now: DateTime<Utc>,
) -> Result<Genuine<'t>, Vec<Check>> {
    let refused = |reason, error: &SdJwtError| vec![Check::detailed(reason, error.reason(), now)];
    let malformed = |error| refused(Reason::CredentialMalformed, &error);
    let parsed = SdJwt::parse(text).map_err(malformed)?;
    let claimed = parsed.untrusted_issuer().map_err(malformed)?;
    let named = KeyName::of_header(parsed.header());
    let issuer = directory.issuer(claimed, now).await;
    let issuer = directory.with_certificate(issuer, named.x5c, now);
    let key = issuer.key(named, now);
    let key = key.map_err(|why| issuer.without_key(why, now))?;
    let (credential, holder) = verify(text, &parsed, &key, binding, now)
        .map_err(|error| refused(Reason::SignatureInvalid, &error))?;

    let mut checks = issuer.standing(Some(credential.vct()), now);
    checks.extend([
        Check::new(Reason::SignatureValid, now),
        times_check(
            Some(credential.vct()),
            [credential.not_before(), credential.issued_at()],
            credential.expires_at(),
            now,
        ),
    ]);
    checks.extend(holder);
    Ok(Genuine {
        credential,
        issuer,
        checks,
    })
}

/// A wrong key binding leaves the credential itself to be judged, so that the report can say which
/// of the two is wrong.
fn verify(
    text: &str,
    parsed: &SdJwt<'_>,
    key: &VerifyingKey,
    binding: Option<&KeyBinding<'_>>,
    now: DateTime<Utc>,
) -> Result<(VerifiedSdJwt, Option<Check>), SdJwtError> {
    let Some(binding) = binding else {
        return Ok((parsed.verify(key)?, None));
    };
    match parsed.verify_presentation(key, binding) {
        Ok(presented) => {
            let check = Check::new(Reason::HolderBound, presented.signed_at());
            Ok((presented.into_credential(), Some(check)))
        }
        Err(error) => {
            let reason = binding_reason(&error).ok_or_else(|| error.clone())?;
            let credential = SdJwt::parse(without_key_binding(text))?.verify(key)?;
            let check = Check::detailed(reason, error.reason(), now);
            Ok((credential, Some(check)))
        }
    }
}

/// The credential of a presentation: everything up to the last tilde.
pub(crate) fn without_key_binding(text: &str) -> &str {
    text.rfind('~')
        .and_then(|tilde| text.get(..=tilde))
        .unwrap_or(text)
}

fn binding_reason(error: &SdJwtError) -> Option<Reason> {
    match error {
        SdJwtError::MissingKeyBinding => Some(Reason::HolderBindingMissing),
        SdJwtError::NoHolderKey
        | SdJwtError::KeyBinding(_)
        | SdJwtError::MalformedKeyBinding
        | SdJwtError::WrongHash => Some(Reason::HolderBindingInvalid),
        SdJwtError::WrongAudience => Some(Reason::MadeForAnotherRecipient),
        SdJwtError::WrongNonce => Some(Reason::MadeForAnotherRequest),
        SdJwtError::NotOfThisMoment => Some(Reason::MadeAtAnotherTime),
        _ => None,
    }
}

/// What is valid for so short a time from the beginning always ends soon, and that is no remark.
fn is_short_lived(vct: &str) -> bool {
    let longest = CredentialType::from_vct(vct).and_then(CredentialType::longest_validity);
    longest.is_some_and(|longest| longest <= SOON)
}

/// Whether a credential with these beginnings and this end is in force. `vct` is its type, if it has one.
pub(crate) fn times_check(
    vct: Option<&str>,
    begins: [Option<DateTime<Utc>>; 2],
    end: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Check {
    if begins.into_iter().flatten().any(|begin| begin > now + SKEW) {
        return Check::new(Reason::NotYetValid, now);
    }
    let reason = match end {
        Some(end) if end <= now => Reason::Expired,
        Some(end) if end <= now + SOON && !vct.is_some_and(is_short_lived) => Reason::ExpiresSoon,
        _ => Reason::InForce,
    };
    Check::new(reason, now)
}
