//! A credential whose proof holds.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{
    LinkedDataError, Parts, PinnedContext,
    document::{model, types},
    proof::{moment, text},
};

/// How a document was secured, as it was read.
#[derive(Clone, PartialEq)]
pub(super) enum Form {
    /// With this member `proof`.
    Embedded(Value),
    /// By this JWT, of this media type.
    Jwt(&'static str, String),
}

/// A credential whose proof was verified with the key that its issuer's record names. Whether the issuer is
/// trusted, and whether the credential is in force, are the caller's questions.
#[derive(Clone, PartialEq)]
pub struct VerifiedDocument {
    document: Map<String, Value>,
    form: Form,
    issuer: String,
    proven_at: Option<DateTime<Utc>>,
    valid_from: Option<DateTime<Utc>>,
    valid_until: Option<DateTime<Utc>>,
}

/// Shows what kind of credential it is, never what it says.
impl std::fmt::Debug for VerifiedDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedDocument")
            .field("issuer", &self.issuer)
            .field("types", &self.types().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl VerifiedDocument {
    /// The members that every credential has (data model 2.0 section 4) are well formed.
    ///
    /// `proven` is when the proof was made, and when it ends.
    pub(super) fn new(
        document: Map<String, Value>,
        form: Form,
        (proven_at, proof_ends): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    ) -> Result<Self, LinkedDataError> {
        let [from, issued, until, expires] = times(&document)?;
        if !types(&document).any(|kind| kind == "VerifiableCredential") {
            return Err(LinkedDataError::MalformedMember("type"));
        }
        let issuer = issuer(&document)
            .ok_or(LinkedDataError::MalformedMember("issuer"))?
            .to_owned();
        if !matches!(
            document.get("credentialSubject"),
            Some(Value::Object(_) | Value::Array(_))
        ) {
            return Err(LinkedDataError::MalformedMember("credentialSubject"));
        }
        Ok(Self {
            issuer,
            proven_at,
            valid_from: [from, issued].into_iter().flatten().max(),
            valid_until: [until, expires, proof_ends].into_iter().flatten().min(),
            document,
            form,
        })
    }

    /// Who issued it: an address.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its types as the document names them, `VerifiableCredential` included.
    pub fn types(&self) -> impl Iterator<Item = &str> {
        types(&self.document)
    }

    /// Its own identifier.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        text(&self.document, "id")
    }

    /// When the proof was made.
    #[must_use]
    pub fn proven_at(&self) -> Option<DateTime<Utc>> {
        self.proven_at
    }

    /// From when it is valid (`validFrom`, or `issuanceDate` in the data model 1.1).
    #[must_use]
    pub fn valid_from(&self) -> Option<DateTime<Utc>> {
        self.valid_from
    }

    /// Until when it is valid: the end that the credential states or that of its proof, whichever is earlier.
    #[must_use]
    pub fn valid_until(&self) -> Option<DateTime<Utc>> {
        self.valid_until
    }

    /// Whether it names a way of telling that it was withdrawn (`credentialStatus`).
    #[must_use]
    pub fn has_status(&self) -> bool {
        self.document.contains_key("credentialStatus")
    }

    /// The credential without its proof.
    #[must_use]
    pub fn document(&self) -> &Map<String, Value> {
        &self.document
    }

    /// The credential with its proof, to be stored or handed on. One that came as a JWT is enveloped
    /// (data model 2.0 section 4.13).
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.form {
            Form::Embedded(proof) => {
                let mut whole = self.document.clone();
                whole.insert("proof".to_owned(), proof.clone());
                Value::Object(whole)
            }
            Form::Jwt(media_type, text) => json!({
                "@context": PinnedContext::DATA_MODEL.url(),
                "id": format!("data:{media_type},{text}"),
                "type": "EnvelopedVerifiableCredential",
            }),
        }
    }

    /// The credentials that stand in this one and carry a proof of their own or should.
    #[must_use]
    pub fn parts(&self) -> Parts {
        Parts::of(&self.document)
    }
}

/// The issuer's identifier: the member itself, or its `id`.
pub(super) fn issuer(document: &Map<String, Value>) -> Option<&str> {
    match document.get("issuer")? {
        Value::String(id) => Some(id),
        Value::Object(profile) => text(profile, "id"),
        _ => None,
    }
}

/// The moments by which it is in force: `validFrom`, `issuanceDate`, `validUntil`, `expirationDate`.
///
/// The data model 1.1 (section 4.6) demands `issuanceDate`; 2.0 knows neither that nor `expirationDate`.
fn times(document: &Map<String, Value>) -> Result<[Option<DateTime<Utc>>; 4], LinkedDataError> {
    let of = |name| moment(document, name).map_err(LinkedDataError::MalformedMember);
    let (issued, expires) = (of("issuanceDate")?, of("expirationDate")?);
    let is_second = model(document) == Some(PinnedContext::DATA_MODEL);
    match (is_second, issued, expires) {
        (false, None, _) => Err(LinkedDataError::MalformedMember("issuanceDate")),
        (true, Some(_), _) => Err(LinkedDataError::UndefinedTerm("issuanceDate".into())),
        (true, None, Some(_)) => Err(LinkedDataError::UndefinedTerm("expirationDate".into())),
        _ => Ok([of("validFrom")?, issued, of("validUntil")?, expires]),
    }
}
