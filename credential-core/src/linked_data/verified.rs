//! A credential whose proof holds.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    LinkedDataError,
    document::types,
    proof::{Proof, moment, text},
};

/// A credential whose proof was verified with the key that its issuer's record names. Whether the issuer is
/// trusted, and whether the credential is in force, are the caller's questions.
#[derive(Clone, PartialEq)]
pub struct VerifiedDocument {
    document: Map<String, Value>,
    proof: Value,
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
    pub(super) fn new(
        document: Map<String, Value>,
        proof_member: Value,
        proof: &Proof,
    ) -> Result<Self, LinkedDataError> {
        let of = |names: [&'static str; 2]| earliest_named(&document, names);
        let (valid_from, stated_end) = (
            of(["validFrom", "issuanceDate"])?,
            of(["validUntil", "expirationDate"])?,
        );
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
            proven_at: proof.created,
            valid_from,
            valid_until: [stated_end, proof.expires].into_iter().flatten().min(),
            document,
            proof: proof_member,
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

    /// The credential with its proof, to be stored or handed on.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut whole = self.document.clone();
        whole.insert("proof".to_owned(), self.proof.clone());
        Value::Object(whole)
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

/// A moment that the data models name differently; where both are there, both must be understood.
fn earliest_named(
    document: &Map<String, Value>,
    names: [&'static str; 2],
) -> Result<Option<DateTime<Utc>>, LinkedDataError> {
    let mut found = None;
    for name in names {
        let moment = moment(document, name).map_err(LinkedDataError::MalformedMember)?;
        found = [found, moment].into_iter().flatten().min();
    }
    Ok(found)
}
