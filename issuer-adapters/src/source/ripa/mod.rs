//! Study-record messages of RIPA, the cross-study service of CSC (message schemas version 9,
//! `createStudyRecordRequest`): one student, and the completed credits that one institution sends to
//! another.
//!
//! A completed credit that was accepted becomes an attainment; its credits are ECTS credits, and its
//! grade is of one of the scales of the national register. A message that removes a credit awards
//! nothing.
//!
//! # Incomplete support
//! Credits have no parts here: which credits a study module is made of (`completedCreditAssociations`) is
//! said by keys of the sending institution, and stays raw. Other messages of the service (registrations,
//! offerings) hold no learning and are not recognised.

mod credit;
mod fields;
mod organisation;
mod student;
#[cfg(test)]
mod tests;

use credential_core::record::NoticeKind;

use self::{credit::credit, student::student};
use super::{
    Document, FieldTable, RecordSource, SourceError, Understood,
    node::Node,
    reading::{Found, Reading},
};

const EXPECTED: &str =
    "a study-record message has completedCredits, a student and a sendingOrganisation";

/// Reads study-record messages of RIPA.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ripa;

impl RecordSource for Ripa {
    fn name(&self) -> &'static str {
        "ripa"
    }

    fn title(&self) -> &'static str {
        "RIPA study-record message (JSON)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        document.json_members().is_some_and(|members| {
            members
                .get("completedCredits")
                .is_some_and(|it| it.is_array())
                && members.contains_key("student")
                && members.contains_key("sendingOrganisation")
        })
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        if !self.recognises(document) {
            return Err(SourceError::OtherDocument { expected: EXPECTED });
        }
        let value = document.json()?;
        let message = Node::root(&value);
        let mut reading = Reading::new();
        let mut found = Found {
            person: student(&message, &mut reading),
            ..Found::default()
        };
        let sender = organisation::sender(&message, &mut reading);
        let credits = message.member("completedCredits");
        for node in credits.iter().filter_map(Node::elements).flatten() {
            if !reading.enter(&node) {
                break;
            }
            match credit(&node, sender.as_ref(), &mut reading) {
                Ok(attainment) => found.attainments.push(attainment),
                Err(reason) => reading.note(&node, reason),
            }
        }
        if found.attainments.is_empty() {
            reading.note(&message, NoticeKind::NothingAwarded);
        }
        reading.conclude(self, &message, found, document.bytes())
    }
}
