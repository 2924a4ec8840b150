//! The student of a message.

use credential_core::record::{NoticeKind, Person, identity_code};

use crate::source::{
    node::Node,
    reading::{Placed as _, Reading},
};

/// Reads the student. The identity code gives the date of birth, which a message has nowhere else, and is
/// nowhere kept.
pub(super) fn student(message: &Node<'_>, reading: &mut Reading) -> Person {
    let Some(student) = message.member("student") else {
        return Person::default();
    };
    if student.members().is_none() {
        reading.note(&student, NoticeKind::NotUnderstood);
        return Person::default();
    }
    let birthdate = student.member("personId").and_then(|code| {
        let birthdate = code
            .text()
            .and_then(|text| identity_code::birthdate(text.trim()));
        reading.used_or_not_understood(&code, birthdate)
    });
    Person {
        family_name: reading.string(&student, "surName"),
        given_name: reading.string(&student, "firstNames"),
        birthdate,
        person_oid: reading.string(&student, "oid"),
    }
}
