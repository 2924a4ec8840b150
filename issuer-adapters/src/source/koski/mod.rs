//! The KOSKI register's JSON: study rights (opiskeluoikeus), completions (suoritus) and their parts
//! (osasuoritus).
//!
//! Accepted are the whole learner document (`{"henkilö", "opiskeluoikeudet"}`) and a single study
//! right. A completion that the institution confirmed (`vahvistus`) becomes an attainment with its
//! passed parts; in a completion that is not confirmed, each passed unit becomes an attainment by
//! itself. Every completion and part ends up either in the record or in a notice.
//!
//! Not read, and never in the record: additional information (`lisätiedot`), support and adapted
//! syllabi, activity areas (toiminta-alueet), free text, and the names of those who signed. A notice
//! says only that something stays in the raw document.
//!
//! # Incomplete support
//! Studies in the pupil's own language that upper secondary school grades beside the subjects stay raw,
//! because they say who somebody is. Types of completion that the code list does not have here are
//! answered with a notice.

mod assessment;
mod completion;
mod extras;
mod fields;
mod kinds;
mod person;
mod studied;
mod study_right;
#[cfg(test)]
mod tests;
mod values;

use self::{person::person, study_right::study_right};
use super::{
    Document, FieldTable, RecordSource, SourceError, Understood,
    node::Node,
    reading::{Found, Placed as _, Reading},
};

/// Reads documents of the KOSKI register.
#[derive(Debug, Clone, Copy, Default)]
pub struct Koski;

impl RecordSource for Koski {
    fn name(&self) -> &'static str {
        "koski"
    }

    fn title(&self) -> &'static str {
        "KOSKI study record (JSON)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let has = |name| {
            document
                .json_members()
                .is_some_and(|members| members.contains_key(name))
        };
        has("opiskeluoikeudet") || has("suoritukset")
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        let value = document.json()?;
        let root = Node::root(&value);
        let mut reading = Reading::new();
        let person = person(&root, &mut reading);
        let mut attainments = Vec::new();
        for right in study_rights(&root, &mut reading)? {
            attainments.extend(study_right(&right, &mut reading)?);
        }
        let found = Found {
            person,
            attainments,
            ..Found::default()
        };
        reading.conclude(self, &root, found, document.bytes())
    }
}

/// The study rights of either form of the document.
fn study_rights<'v>(
    document: &Node<'v>,
    reading: &mut Reading,
) -> Result<Vec<Node<'v>>, SourceError> {
    if document.member("suoritukset").is_some() {
        return Ok(vec![document.clone()]);
    }
    let Some(rights) = document.member("opiskeluoikeudet") else {
        return Err(SourceError::OtherDocument {
            expected: "a KOSKI document has opiskeluoikeudet, or suoritukset when it is one study right",
        });
    };
    reading.keep_other_than(document, &["henkilö", "opiskeluoikeudet"]);
    reading.note_kept_raw(document);
    let elements = rights.elements().ok_or_else(|| SourceError::WrongType {
        pointer: rights.pointer().to_owned(),
        expected: "an array of study rights",
    })?;
    Ok(elements.take_while(|right| reading.enter(right)).collect())
}
