//! A credential of the W3C data model, with a proof in it or as a JWT: its issuer, proof, type and times, in this
//! order. Its status is asked for after that, where somebody may be asked.

use chrono::{DateTime, Utc};
use credential_core::{
    did::key_of_name,
    jose::{Jwk, VerifyingKey},
    linked_data::{LinkedDataError, SecuredDocument, SecuredJwt, VerifiedDocument},
    trust::{IssuerRole, Participant, TrustList},
};

use super::{Check, Reason, credential::times_check, document_kind::DocumentKind};

/// A credential whose proof holds, with the checks made so far.
pub(crate) struct GenuineDocument<'t> {
    pub(crate) credential: VerifiedDocument,
    /// `None` when the issuer is not on the trust list and its key stands in its name.
    pub(crate) issuer: Option<&'t Participant>,
    pub(crate) kind: DocumentKind,
    pub(crate) checks: Vec<Check>,
}

/// Checks everything that can be checked without asking anybody: a JSON object with a proof in it, or a
/// compact JWT.
///
/// The error holds the checks up to the one after which nothing in the text can be believed.
pub(crate) fn authenticate<'t>(
    text: &str,
    trust: &'t TrustList,
    now: DateTime<Utc>,
) -> Result<GenuineDocument<'t>, Vec<Check>> {
    let refused =
        |error: LinkedDataError| vec![Check::detailed(reason(&error), error.reason(), now)];
    let secured = Secured::parse(text).map_err(refused)?;
    let known = trust.issuer(secured.issuer());
    let participant = known.map(|(participant, _role)| participant);
    let (secured, key) = secured.with_key(participant).map_err(|reasons| {
        let checks = reasons.iter();
        checks
            .map(|(it, detail)| match detail {
                Some(detail) => Check::detailed(*it, detail, now),
                None => Check::new(*it, now),
            })
            .collect::<Vec<_>>()
    })?;
    let credential = secured.verify(&key).map_err(refused)?;

    let kind = DocumentKind::of(&credential);
    let checks = vec![
        Check::new(issuer_reason(known, kind), now),
        Check::new(Reason::SignatureValid, now),
        Check::new(type_reason(kind), now),
        times_check(
            None,
            [credential.valid_from(), credential.proven_at()],
            credential.valid_until(),
            now,
        ),
    ];
    Ok(GenuineDocument {
        credential,
        issuer: participant,
        kind,
        checks,
    })
}

/// The two ways in which a credential can be secured.
enum Secured {
    Document(SecuredDocument),
    Jwt(SecuredJwt),
}

/// Why there is no key, each with the finer code of the module that knows.
type NoKey = Vec<(Reason, Option<&'static str>)>;

impl Secured {
    fn parse(text: &str) -> Result<Self, LinkedDataError> {
        match text.trim_start().starts_with('{') {
            true => SecuredDocument::parse(text.as_bytes()).map(Self::Document),
            false => SecuredJwt::parse(text.trim()).map(Self::Jwt),
        }
    }

    fn issuer(&self) -> &str {
        match self {
            Self::Document(document) => document.untrusted_issuer(),
            Self::Jwt(jwt) => jwt.untrusted_issuer(),
        }
    }

    /// The key to verify with, and what to verify. A method that is not known is no reason to call a
    /// credential forged.
    fn with_key(self, known: Option<&Participant>) -> Result<(Self, VerifyingKey), NoKey> {
        match self {
            Self::Document(document) => {
                let at_hand = |kid: Option<&str>| found(kid, None, known).is_some();
                let document = match known {
                    Some(_) => document.prefer(at_hand),
                    None => document,
                };
                let key = key(&document, known).map_err(unavailable)?;
                Ok((Self::Document(document), key))
            }
            Self::Jwt(jwt) => {
                let key = match known {
                    Some(_) => {
                        found(jwt.key_id(), jwt.embedded_key(), known).ok_or(NOT_THE_ISSUERS)
                    }
                    None => own_key(jwt.untrusted_issuer(), jwt.key_id()),
                };
                match (key, jwt.unknown_algorithm()) {
                    (Ok(key), _) => Ok((Self::Jwt(jwt), key)),
                    (Err(_), Some(error)) => {
                        Err(vec![(Reason::ProofNotSupported, Some(error.reason()))])
                    }
                    (Err(reasons), None) => Err(unavailable(reasons)),
                }
            }
        }
    }

    fn verify(self, key: &VerifyingKey) -> Result<VerifiedDocument, LinkedDataError> {
        match self {
            Self::Document(document) => document.verify(key),
            Self::Jwt(jwt) => jwt.verify(key),
        }
    }
}

fn unavailable(reasons: &[Reason]) -> NoKey {
    reasons.iter().map(|reason| (*reason, None)).collect()
}

/// What an error means for the one who asks. A proof that is not understood says nothing either way.
pub(super) fn reason(error: &LinkedDataError) -> Reason {
    match error {
        LinkedDataError::BadSignature
        | LinkedDataError::NotTheIssuers
        | LinkedDataError::WrongAlgorithm
        | LinkedDataError::ClaimDiffers(_) => Reason::SignatureInvalid,
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

const NOT_THE_ISSUERS: &[Reason] = &[Reason::IssuerKeyUnknown];

/// The issuer's key: from its trust statement, and for a stranger only where the name is the key (did:key,
/// did:jwk).
fn key(
    secured: &SecuredDocument,
    known: Option<&Participant>,
) -> Result<VerifyingKey, &'static [Reason]> {
    match known {
        Some(_) => found(secured.key_id(), None, known).ok_or(NOT_THE_ISSUERS),
        None => own_key(secured.untrusted_issuer(), secured.key_id()),
    }
}

/// A key in the issuer's trust statement: by its id, or the same key as stands in a JWT's header.
fn found(
    kid: Option<&str>,
    embedded: Option<&Jwk>,
    known: Option<&Participant>,
) -> Option<VerifyingKey> {
    let keys = &known?.keys;
    let same = |key: &&Jwk| embedded.is_some_and(|it| it.thumbprint() == key.thumbprint());
    let named = match kid {
        Some(kid) => keys.find(kid),
        None => keys.keys.iter().find(same),
    };
    VerifyingKey::try_from(named?).ok()
}

fn own_key(issuer: &str, kid: Option<&str>) -> Result<VerifyingKey, &'static [Reason]> {
    let unknown: &[Reason] = &[Reason::IssuerUnknown, Reason::IssuerKeyNotAvailable];
    let method = kid.map(|kid| format!("#{kid}"));
    key_of_name(issuer, method.as_deref())
        .ok()
        .and_then(|key| VerifyingKey::try_from(&key).ok())
        .ok_or(unknown)
}

fn issuer_reason(known: Option<(&Participant, &IssuerRole)>, kind: DocumentKind) -> Reason {
    let Some((_participant, role)) = known else {
        return Reason::IssuerUnknown;
    };
    let is_trusted = |needed: &str| role.credential_types.iter().any(|it| it == needed);
    match kind.needed().is_some_and(is_trusted) {
        true => Reason::IssuerTrusted,
        false => Reason::IssuerNotTrustedForType,
    }
}

fn type_reason(kind: DocumentKind) -> Reason {
    match kind {
        DocumentKind::Other => Reason::TypeUnknown,
        _ => Reason::TypeKnown,
    }
}
