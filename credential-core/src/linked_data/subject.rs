//! Whom a credential is about: the identifier of its subject, and others beside it, mostly salted hashes
//! (`IdentityObject`, Open Badges 3.0 appendix B).

use serde_json::{Map, Value};

use super::{VerifiedDocument, proof::text};
use crate::encoding::{hex, sha256};

/// How many identifiers are compared.
const MAX_IDENTIFIERS: usize = 64;

/// What somebody is known by outside of a credential: a kind (`IdentifierTypeEnum`: `name`, `emailAddress`…) and the
/// value.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownBy {
    /// `identityType`.
    pub kind: String,
    /// The name, the address.
    pub value: String,
}

/// Shows the kind and never the person.
impl std::fmt::Debug for KnownBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownBy")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Whether a credential is about somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aboutness {
    /// An identifier of this kind is this one.
    Same,
    /// There are identifiers of this kind, and none is this one.
    Another,
    /// There is none of this kind that could be compared.
    NotSaid,
}

impl VerifiedDocument {
    /// Whether it says whom it is about at all: its subject has an `id` or an `identifier`, as the
    /// `AchievementSubject` of Open Badges 3.0 must.
    #[must_use]
    pub fn names_its_subject(&self) -> bool {
        subject(self.document()).is_some_and(|subject| {
            text(subject, "id").is_some() || identifiers(subject).next().is_some()
        })
    }

    /// Whether it is about this person.
    #[must_use]
    pub fn is_about(&self, person: &KnownBy) -> Aboutness {
        let found = subject(self.document())
            .into_iter()
            .flat_map(identifiers)
            .filter_map(|identifier| is_of(identifier, person))
            .max();
        match found {
            Some(true) => Aboutness::Same,
            Some(false) => Aboutness::Another,
            None => Aboutness::NotSaid,
        }
    }
}

/// The one subject; nobody is the subject of a credential about several.
fn subject(document: &Map<String, Value>) -> Option<&Map<String, Value>> {
    document.get("credentialSubject")?.as_object()
}

fn identifiers(subject: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let several = match subject.get("identifier") {
        Some(Value::Array(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    several
        .iter()
        .take(MAX_IDENTIFIERS)
        .filter_map(Value::as_object)
}

/// Whether an identifier is the person's; `None` when it is of another kind, or hashed in a way that is not known.
fn is_of(identifier: &Map<String, Value>, person: &KnownBy) -> Option<bool> {
    if text(identifier, "identityType") != Some(&person.kind) {
        return None;
    }
    let identity = text(identifier, "identityHash")?;
    let is_same: &dyn Fn(&str) -> bool = match identifier.get("hashed")?.as_bool()? {
        false => &|value| identity == value,
        true => {
            let expected = identity.strip_prefix("sha256$")?;
            let salt = text(identifier, "salt").unwrap_or_default();
            &move |value| hex(sha256(format!("{value}{salt}"))).eq_ignore_ascii_case(expected)
        }
    };
    // Whoever hashed an address may have written it in lower case first.
    let is_address = person.kind == "emailAddress";
    Some(is_same(&person.value) || (is_address && is_same(&person.value.to_lowercase())))
}
