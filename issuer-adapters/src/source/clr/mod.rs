//! Comprehensive Learner Record 2.0: many achievement credentials in one, and how they belong together.
//!
//! Each credential within is read as an Open Badge 3.0, also where it is a token of its own. The
//! associations `isParentOf`, `isChildOf` and `isPartOf` make parts; others (`precedes`, `isRelatedTo`,
//! `exactMatchOf`, …) stay raw, and so do achievements that are only described, because a record that
//! lists them does not say that the learner has them. Signatures are not checked, neither of the record
//! nor of what is in it.

mod associations;
mod fields;
#[cfg(test)]
mod tests;
mod within;

use credential_core::record::{Attainment, NoticeKind, Person};

use self::associations::{Held, assembled};
use super::{
    Document, FieldTable, RecordSource, SourceError, Understood, jws,
    node::Node,
    openbadges,
    reading::{
        Found, Reading,
        linked::{each, has_type},
        wrong_type,
    },
};

/// Reads Comprehensive Learner Records.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clr;

impl RecordSource for Clr {
    fn name(&self) -> &'static str {
        "clr"
    }

    fn title(&self) -> &'static str {
        "Comprehensive Learner Record 2.0 (JSON, JWT)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let opened = jws::opened(document);
        opened.is_some_and(|value| is_record(&jws::subject_matter(&Node::root(&value))))
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        let other = SourceError::OtherDocument {
            expected: "a Comprehensive Learner Record is a ClrCredential",
        };
        let value = within::unfolded(jws::opened(document).ok_or_else(|| other.clone())?);
        let root = Node::root(&value);
        let mut reading = Reading::new();
        jws::check_claims(&root, &mut reading)?;
        let credential = jws::subject_matter(&root);
        if !is_record(&credential) {
            return Err(other);
        }
        openbadges::take_type(&credential, &mut reading);
        let signature = jws::signature(&root, &credential, &mut reading);
        let found = Found {
            person: Person::default(),
            attainments: attainments(&credential, &mut reading)?,
            signature,
        };
        reading.conclude(self, &root, found, document.bytes())
    }
}

fn is_record(credential: &Node<'_>) -> bool {
    has_type(credential, "ClrCredential")
}

fn attainments(
    credential: &Node<'_>,
    reading: &mut Reading,
) -> Result<Vec<Attainment>, SourceError> {
    let subject = credential
        .member("credentialSubject")
        .filter(|subject| subject.members().is_some())
        .ok_or_else(|| wrong_type(credential, "a record with one credentialSubject"))?;
    let mut held = Vec::new();
    for element in subject.member("verifiableCredential").iter().flat_map(each) {
        if !reading.enter(&element) {
            break;
        }
        jws::check_claims(&element, reading)?;
        held.extend(one(&element, reading));
    }
    if held.is_empty() {
        reading.note(credential, NoticeKind::NothingAwarded);
    }
    Ok(assembled(held, &subject, reading))
}

/// One credential within the record.
fn one(element: &Node<'_>, reading: &mut Reading) -> Option<Held> {
    let credential = jws::subject_matter(element);
    let _said_in_a_notice = jws::signature(element, &credential, reading);
    let read = if credential.members().is_none() {
        Err(NoticeKind::NotUnderstood)
    } else if has_type(&credential, "EndorsementCredential") || is_record(&credential) {
        Err(NoticeKind::TypeNotSupported)
    } else {
        openbadges::attainment(&credential, reading)
    };
    match read {
        Ok(attainment) => Some(Held {
            achievement: achievement_id(&credential),
            attainment,
        }),
        Err(notice) => {
            reading.note(&credential, notice);
            None
        }
    }
}

fn achievement_id(credential: &Node<'_>) -> Option<String> {
    let subject = credential.member("credentialSubject")?;
    let id = each(&subject)
        .first()?
        .member("achievement")?
        .member("id")?;
    id.as_str().map(str::to_owned)
}
