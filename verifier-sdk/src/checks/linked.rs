//! A credential with an embedded proof: its issuer, proof, type and times, in this order. Its status is
//! asked for after that, where somebody may be asked.

use chrono::{DateTime, Utc};
use credential_core::{
    credential::CredentialType,
    jose::VerifyingKey,
    linked_data::{LinkedDataError, SecuredDocument, VerifiedDocument, from_multikey},
    trust::{IssuerRole, Participant, TrustList},
};
use serde_json::Value;

use super::{Check, Reason, credential::times_check};

/// The type of every Open Badge as the trust list names it. A badge that says what kind of achievement it
/// is counts as the type of credential that asserts the same.
pub(crate) const OPEN_BADGE: &str =
    "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential";

/// A credential whose proof holds, with the checks made so far.
pub(crate) struct GenuineDocument<'t> {
    pub(crate) credential: VerifiedDocument,
    /// `None` when the issuer is not on the trust list and its key stands in its name.
    pub(crate) issuer: Option<&'t Participant>,
    /// What it asserts, when it is one of our types.
    pub(crate) kind: Option<CredentialType>,
    pub(crate) checks: Vec<Check>,
}

/// Checks everything that can be checked without asking anybody.
///
/// The error holds the checks up to the one after which nothing in the text can be believed.
pub(crate) fn authenticate<'t>(
    text: &str,
    trust: &'t TrustList,
    now: DateTime<Utc>,
) -> Result<GenuineDocument<'t>, Vec<Check>> {
    let refused =
        |error: LinkedDataError| vec![Check::detailed(reason(&error), error.reason(), now)];
    let secured = SecuredDocument::parse(text.as_bytes()).map_err(refused)?;
    let known = trust.issuer(secured.untrusted_issuer());
    let key = key(&secured, known.map(|(participant, _role)| participant)).map_err(|reasons| {
        reasons
            .iter()
            .map(|it| Check::new(*it, now))
            .collect::<Vec<_>>()
    })?;
    let credential = secured.verify(&key).map_err(refused)?;

    let kind = kind(&credential);
    let checks = vec![
        Check::new(issuer_reason(known, &credential, kind), now),
        Check::new(Reason::SignatureValid, now),
        Check::new(type_reason(&credential), now),
        times_check(
            None,
            [credential.valid_from(), credential.proven_at()],
            credential.valid_until(),
            now,
        ),
    ];
    Ok(GenuineDocument {
        credential,
        issuer: known.map(|(participant, _role)| participant),
        kind,
        checks,
    })
}

/// What an error means for the one who asks. A proof that is not understood says nothing either way.
fn reason(error: &LinkedDataError) -> Reason {
    match error {
        LinkedDataError::BadSignature | LinkedDataError::NotTheIssuers => Reason::SignatureInvalid,
        LinkedDataError::NoProof => Reason::NotSigned,
        LinkedDataError::UndefinedTerm(_) => Reason::TermUndefined,
        LinkedDataError::UnknownContext(_) => Reason::ContextUnknown,
        LinkedDataError::UnsupportedProof(_)
        | LinkedDataError::SeveralProofs
        | LinkedDataError::TooEntangled => Reason::ProofNotSupported,
        _ => Reason::CredentialMalformed,
    }
}

/// The key of a document that has to be this issuer's own, such as its status list.
pub(crate) fn key_of_issuer(
    secured: &SecuredDocument,
    issuer: Option<&Participant>,
) -> Option<VerifyingKey> {
    key(secured, issuer).ok()
}

/// The issuer's key: from its trust statement, and for a stranger only where the name is the key (did:key).
fn key(
    secured: &SecuredDocument,
    known: Option<&Participant>,
) -> Result<VerifyingKey, &'static [Reason]> {
    if let Some(participant) = known {
        return secured
            .key_id()
            .and_then(|kid| participant.keys.find(kid))
            .and_then(|key| VerifyingKey::try_from(key).ok())
            .ok_or(&[Reason::IssuerKeyUnknown]);
    }
    let unknown: &[Reason] = &[Reason::IssuerUnknown, Reason::IssuerKeyNotAvailable];
    let own = secured.untrusted_issuer().strip_prefix("did:key:");
    own.filter(|own| secured.key_id().is_none_or(|kid| kid == *own))
        .and_then(|own| from_multikey(own).ok())
        .and_then(|key| VerifyingKey::try_from(&key).ok())
        .ok_or(unknown)
}

/// What the badge asserts, by the kind of achievement that it names.
fn kind(credential: &VerifiedDocument) -> Option<CredentialType> {
    let subject = credential.document().get("credentialSubject")?;
    let kind = subject.get("achievement")?.get("achievementType")?;
    CredentialType::of_achievement(kind.as_str()?)
}

fn issuer_reason(
    known: Option<(&Participant, &IssuerRole)>,
    credential: &VerifiedDocument,
    kind: Option<CredentialType>,
) -> Reason {
    let Some((_participant, role)) = known else {
        return Reason::IssuerUnknown;
    };
    let needed = kind.map_or(OPEN_BADGE, CredentialType::vct);
    if is_badge(credential) && role.credential_types.iter().any(|it| it == needed) {
        Reason::IssuerTrusted
    } else {
        Reason::IssuerNotTrustedForType
    }
}

fn type_reason(credential: &VerifiedDocument) -> Reason {
    if is_badge(credential) {
        Reason::TypeKnown
    } else {
        Reason::TypeUnknown
    }
}

fn is_badge(credential: &VerifiedDocument) -> bool {
    let names = ["OpenBadgeCredential", "AchievementCredential"];
    credential.types().any(|kind| names.contains(&kind))
        // Several subjects would be several people's achievements in one.
        && matches!(credential.document().get("credentialSubject"), Some(Value::Object(_)))
}
