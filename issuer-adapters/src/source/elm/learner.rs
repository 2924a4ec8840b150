//! The person the claims are about.

use credential_core::record::Person;

use super::Walk;
use crate::source::{
    SourceError,
    node::Node,
    reading::{Placed as _, linked::each, wrong_type},
};

/// The only subject of a credential.
///
/// # Errors
/// [`SourceError::SeveralPeople`], and [`SourceError::WrongType`] when there is nobody.
pub(super) fn subject<'v>(
    credential: &Node<'v>,
    walk: &mut Walk<'_, 'v>,
) -> Result<Node<'v>, SourceError> {
    let subjects = credential.member("credentialSubject").as_ref().map(each);
    if let Some([_first, second, ..]) = subjects.as_deref() {
        return Err(SourceError::SeveralPeople {
            pointer: second.pointer().to_owned(),
        });
    }
    let subject = walk.follow_first(credential, "credentialSubject");
    subject
        .filter(|subject| subject.members().is_some())
        .ok_or_else(|| wrong_type(credential, "a credential with one credentialSubject"))
}

/// Name and date of birth. A name is the same in all languages; the full name alone does not say which
/// part of it is which.
pub(super) fn person(subject: &Node<'_>, walk: &mut Walk<'_, '_>) -> Person {
    let name = |name, walk: &mut Walk<'_, '_>| {
        let member = subject.member(name);
        walk.reading.name_alone(member.as_ref()).any()
    };
    Person {
        family_name: name("familyName", walk),
        given_name: name("givenName", walk),
        birthdate: walk.reading.whole_day(subject, "dateOfBirth"),
        person_oid: None,
    }
}
