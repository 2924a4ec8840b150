//! A credential of the W3C data model, with a proof in it or as a JWT: its issuer, proof, type and times, in this
//! order. Its status is asked for after that, where somebody may be asked.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use credential_core::{
    jose::VerifyingKey,
    linked_data::{
        Aboutness, KnownBy, LinkedDataError, SecuredDocument, SecuredJwt, VerifiedDocument,
    },
};

use super::{
    Check, Reason,
    credential::times_check,
    document_kind::DocumentKind,
    identity::{Directory, Issuer, KeyName, NoKey},
};

/// A credential whose proof holds, with the checks made so far.
pub(crate) struct GenuineDocument<'t> {
    pub(crate) credential: VerifiedDocument,
    pub(crate) issuer: Issuer<'t>,
    pub(crate) kind: DocumentKind,
    pub(crate) checks: Vec<Check>,
}

/// Checks everything that can be checked without asking the issuer: a JSON object with a proof in it, or a
/// compact JWT. Only for a stranger's key somebody may be asked.
///
/// The error holds the checks up to the one after which nothing in the text can be believed.
pub(crate) async fn authenticate<'t>(
    text: &str,
    directory: Directory<'t>,
    now: DateTime<Utc>,
) -> Result<GenuineDocument<'t>, Vec<Check>> {
    let refused =
        |error: LinkedDataError| vec![Check::detailed(reason(&error), error.reason(), now)];
    let secured = Secured::parse(text).map_err(refused)?;
    let issuer = directory.issuer(secured.issuer().to_owned(), now).await;
    let issuer = directory.with_certificate(issuer, secured.certificates(), now);
    let secured = secured.prefer_key_of(&issuer, now);
    let credential = match (secured.key(&issuer, now), secured.unknown_algorithm()) {
        (Ok(key), _) => secured.verify(&key).map_err(refused)?,
        // A method that is not known is no reason to call a credential forged.
        (Err(_), Some(error)) => return Err(refused(error)),
        (Err(why), None) => return Err(issuer.without_key(why, now)),
    };

    let kind = DocumentKind::of(&credential);
    let mut checks = issuer.standing(kind.needed(), now);
    checks.extend([
        Check::new(Reason::SignatureValid, now),
        Check::new(type_reason(kind), now),
        times_check(
            None,
            [credential.valid_from(), credential.proven_at()],
            credential.valid_until(),
            now,
        ),
    ]);
    Ok(GenuineDocument {
        credential,
        issuer,
        kind,
        checks,
    })
}

/// The two ways in which a credential can be secured.
enum Secured {
    Document(SecuredDocument),
    Jwt(SecuredJwt),
}

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

    /// Of several proofs the one whose key is at hand.
    fn prefer_key_of(self, issuer: &Issuer<'_>, now: DateTime<Utc>) -> Self {
        match self {
            Self::Document(document) => {
                let is_at_hand = |kid: Option<&str>| key(issuer, kid, now).is_ok();
                Self::Document(document.prefer(is_at_hand))
            }
            Self::Jwt(_) => self,
        }
    }

    fn key(&self, issuer: &Issuer<'_>, now: DateTime<Utc>) -> Result<VerifyingKey, NoKey> {
        match self {
            Self::Document(document) => key(issuer, document.key_id(), now),
            Self::Jwt(jwt) => {
                let kid = jwt.key_id().map(|kid| method(issuer, kid));
                let named = KeyName {
                    kid: kid.as_deref(),
                    x5c: jwt.certificates(),
                    thumbprint: jwt.embedded_thumbprint(),
                };
                issuer.key(named, now)
            }
        }
    }

    fn certificates(&self) -> Option<&[String]> {
        match self {
            Self::Document(_) => None,
            Self::Jwt(jwt) => jwt.certificates(),
        }
    }

    fn unknown_algorithm(&self) -> Option<LinkedDataError> {
        match self {
            Self::Document(_) => None,
            Self::Jwt(jwt) => jwt.unknown_algorithm(),
        }
    }

    fn verify(self, key: &VerifyingKey) -> Result<VerifiedDocument, LinkedDataError> {
        match self {
            Self::Document(document) => document.verify(key),
            Self::Jwt(jwt) => jwt.verify(key),
        }
    }
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

/// The key of this issuer that a proof in a document names, such as that of its status list.
pub(crate) fn key(
    issuer: &Issuer<'_>,
    kid: Option<&str>,
    now: DateTime<Utc>,
) -> Result<VerifyingKey, NoKey> {
    let kid = kid.map(|kid| method(issuer, kid));
    let named = KeyName {
        kid: kid.as_deref(),
        x5c: None,
        thumbprint: None,
    };
    issuer.key(named, now)
}

/// A key id as it is written for an issuer by this name: a DID's is the fragment of a DID URL.
fn method<'k>(issuer: &Issuer<'_>, kid: &'k str) -> Cow<'k, str> {
    match issuer.id().starts_with("did:") {
        true => format!("#{kid}").into(),
        false => kid.into(),
    }
}

/// What there is to say of the person: whether it is the one that the verifier asks about, or that a badge or record
/// does not say whom it is about.
pub(crate) fn about(genuine: &GenuineDocument<'_>, person: Option<&KnownBy>) -> Option<Reason> {
    let credential = &genuine.credential;
    let is_of_a_person = matches!(
        genuine.kind,
        DocumentKind::Badge(_) | DocumentKind::LearnerRecord
    );
    if is_of_a_person && !credential.names_its_subject() {
        return Some(Reason::SubjectNotNamed);
    }
    Some(match credential.is_about(person?) {
        Aboutness::Same => Reason::AboutThisPerson,
        Aboutness::Another => Reason::AboutAnotherPerson,
        Aboutness::NotSaid => Reason::PersonNotSaid,
    })
}

fn type_reason(kind: DocumentKind) -> Reason {
    match kind {
        DocumentKind::Other => Reason::TypeUnknown,
        _ => Reason::TypeKnown,
    }
}
