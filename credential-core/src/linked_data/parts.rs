//! Credentials that stand in a credential: those of a learner record (CLR 2.0), and endorsements (Open Badges
//! 3.0 section 4.6). Each has an issuer of its own, so each has to be verified for itself.

use serde_json::{Map, Value};

use super::{document::types, proof::text};

/// Most credentials within one that are listed; one more is counted as cut off.
pub const MAX_PARTS: usize = 128;

/// What stands within, in the order of the text.
#[derive(Clone, PartialEq, Default)]
pub struct Parts {
    /// At most [`MAX_PARTS`].
    pub list: Vec<Part>,
    /// Whether there are more.
    pub is_cut: bool,
}

/// Shows how many there are, never what they say.
impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts")
            .field("count", &self.list.len())
            .field("is_cut", &self.is_cut)
            .finish_non_exhaustive()
    }
}

/// A credential within another.
#[derive(Clone, PartialEq)]
pub struct Part {
    /// Where it stands (RFC 6901).
    pub place: String,
    /// What it is there for.
    pub kind: PartKind,
    /// How it is secured.
    pub form: PartForm,
}

/// What a part is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartKind {
    /// It asserts something itself.
    Credential,
    /// It says something about another's word.
    Endorsement,
}

/// Shows where it stands, never what it says.
impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part")
            .field("place", &self.place)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// How a part is secured.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum PartForm {
    /// A text that can be verified: a document with a proof, or a JWT.
    Secured(String),
    /// It has no proof: the outer issuer's word for it is all there is.
    Bare,
}

/// Shows which form it is, never what it says.
impl std::fmt::Debug for PartForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Secured(_) => "Secured",
            Self::Bare => "Bare",
        })
    }
}

const ENVELOPED: &str = "EnvelopedVerifiableCredential";

impl Parts {
    /// What stands within a document, at any depth but not within another part.
    pub(super) fn of(document: &Map<String, Value>) -> Self {
        let mut parts = Self::default();
        for (name, value) in document {
            parts.find(name, value, &format!("/{}", escaped(name)));
        }
        parts
    }

    fn find(&mut self, name: &str, value: &Value, place: &str) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.find(name, item, &format!("{place}/{index}"));
                }
            }
            Value::Object(members) if is_credential(members) => {
                let form = match (members.contains_key("proof"), enveloped(members)) {
                    (true, _) => PartForm::Secured(value.to_string()),
                    (false, Some(jwt)) => PartForm::Secured(jwt.to_owned()),
                    (false, None) => PartForm::Bare,
                };
                let is_endorsement = types(members).any(|kind| kind == "EndorsementCredential");
                self.add(place, is_endorsement, form);
            }
            Value::Object(members) => {
                for (name, value) in members {
                    self.find(name, value, &format!("{place}/{}", escaped(name)));
                }
            }
            Value::String(text) if name == "endorsementJwt" => {
                self.add(place, true, PartForm::Secured(text.clone()));
            }
            Value::String(text) if name == "verifiableCredential" => {
                self.add(place, false, PartForm::Secured(text.clone()));
            }
            _ => {}
        }
    }

    fn add(&mut self, place: &str, is_endorsement: bool, form: PartForm) {
        if self.list.len() == MAX_PARTS {
            self.is_cut = true;
            return;
        }
        let kind = match is_endorsement {
            true => PartKind::Endorsement,
            false => PartKind::Credential,
        };
        let place = place.to_owned();
        self.list.push(Part { place, kind, form });
    }
}

/// A part is a credential when it says so, or carries a proof.
fn is_credential(members: &Map<String, Value>) -> bool {
    types(members).any(|kind| kind == "VerifiableCredential")
        || members.contains_key("proof")
        || types(members).any(|kind| kind == ENVELOPED)
}

/// The JWT in an envelope (data model 2.0 section 4.13).
fn enveloped(members: &Map<String, Value>) -> Option<&str> {
    types(members).find(|kind| *kind == ENVELOPED)?;
    text(members, "id")?.strip_prefix("data:application/vc+jwt,")
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
