//! European Learning Model 3: European Digital Credentials for Learning as JSON-LD.
//!
//! | form | where the credential is |
//! |---|---|
//! | JSON-LD, framed | the document itself, in `credential` (as it is uploaded to be sealed), or in `elm` |
//! | JSON-LD, flattened | one of the objects of `@graph`, which refer to each other by id |
//! | JAdES | the payload, encoded or as a text; the signature is not checked |
//! | presentation | the only credential of `verifiableCredential` |
//!
//! Of the person's claims an achievement becomes a qualification or studies with its parts, an
//! assessment becomes studies with a grade, an activity becomes experience, and a proof of enrolment a
//! place to study. What an achievement entitles to has no credential. Of what is said about the person
//! only name and date of birth are read.
//!
//! The earlier XML of Europass (EDCI) is another format and not read.

mod achievement;
mod activity;
mod assessment;
mod concept;
mod country;
mod fields;
mod graph;
mod learner;
mod opened;
mod organisation;
mod spec;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use credential_core::record::{Attainment, NoticeKind, Organisation};

use self::graph::Graph;
pub(crate) use self::{country::country_alpha3, spec::language_alpha3};
use super::{
    Document, FieldTable, RecordSource, SourceError, Understood, jws,
    node::Node,
    reading::{Found, Reading, linked::has_type},
};

/// Reads European Digital Credentials for Learning.
#[derive(Debug, Clone, Copy, Default)]
pub struct Elm;

impl RecordSource for Elm {
    fn name(&self) -> &'static str {
        "elm"
    }

    fn title(&self) -> &'static str {
        "European Digital Credential for Learning (European Learning Model 3, JSON-LD)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        let opened = jws::opened(document);
        opened.is_some_and(|value| opened::credential(&Node::root(&value)).is_some())
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        let other = SourceError::OtherDocument {
            expected: "a European Digital Credential has a credentialSubject with claims",
        };
        let value = jws::opened(document).ok_or_else(|| other.clone())?;
        let root = Node::root(&value);
        let mut reading = Reading::new();
        jws::check_claims(&root, &mut reading)?;
        let credential = opened::credential(&root).ok_or(other)?;
        let signature = jws::signature(&root, &credential, &mut reading);
        let mut walk = Walk::new(Graph::of(&root), &credential, &mut reading);
        let subject = learner::subject(&credential, &mut walk)?;
        let person = learner::person(&subject, &mut walk);
        let attainments = walk.claims(&subject);
        if attainments.is_empty() {
            walk.reading.note(&credential, NoticeKind::NothingAwarded);
        }
        let found = Found {
            person,
            attainments,
            signature,
        };
        reading.conclude(self, &root, found, document.bytes())
    }
}

/// What the type of a credential says about the claims in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Profile {
    Diploma,
    Enrolment,
    Other,
}

struct Walk<'r, 'v> {
    reading: &'r mut Reading,
    graph: Graph<'v>,
    profile: Profile,
    issuer: Option<Organisation>,
    /// Places of achievements that are in the record already.
    seen: HashSet<String>,
}

impl<'r, 'v> Walk<'r, 'v> {
    fn new(graph: Graph<'v>, credential: &Node<'v>, reading: &'r mut Reading) -> Self {
        for one in credential
            .member("type")
            .iter()
            .flat_map(super::reading::linked::each)
        {
            reading.take(&one);
        }
        let mut walk = Self {
            reading,
            graph,
            profile: profile(credential),
            issuer: None,
            seen: HashSet::new(),
        };
        walk.issuer = walk.organisation(credential, "issuer");
        walk
    }

    fn claims(&mut self, subject: &Node<'v>) -> Vec<Attainment> {
        let mut attainments = Vec::new();
        for claim in self.follow_all(subject, "hasClaim") {
            if !self.reading.enter(&claim) {
                break;
            }
            match self.claim(&claim) {
                Ok(attainment) => attainments.push(attainment),
                Err(notice) => self.reading.note(&claim, notice),
            }
        }
        attainments
    }

    fn claim(&mut self, claim: &Node<'v>) -> Result<Attainment, NoticeKind> {
        if claim.members().is_none() {
            return Err(NoticeKind::NotUnderstood);
        }
        if has_type(claim, "LearningEntitlement") {
            return Err(NoticeKind::TypeNotSupported);
        }
        if has_type(claim, "LearningActivity") {
            return Ok(self.activity(claim));
        }
        if has_type(claim, "LearningAssessment") {
            return self.assessed(claim);
        }
        self.achievement(claim, 1)
    }
}

/// By the types that the European higher education pilots give their credentials.
fn profile(credential: &Node<'_>) -> Profile {
    let ends = |ending: &str| {
        opened::types(credential)
            .iter()
            .any(|name| name.ends_with(ending))
    };
    if ends("ProofOfEnrolment") {
        Profile::Enrolment
    } else if ends("Diploma") || ends("DiplomaSupplement") {
        Profile::Diploma
    } else {
        Profile::Other
    }
}
