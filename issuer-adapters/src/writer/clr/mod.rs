//! Comprehensive Learner Record 2.0: the badges of one learner in one document, and which is a part of
//! which. The learner is its issuer, because the learner put it together; nothing in it is signed.

mod table;

use std::collections::HashSet;

use credential_core::record::{Attainment, LearningRecord, Person};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{
    Occasion, RecordWriter, Row, WriteError, Written,
    compare::{concluded, placed},
    openbadges::{CONTEXT, Ids, UNSIGNED, credential, is_achieved},
};
use crate::members::{Members, list};
use crate::source::clr::Clr;

const CLR_CONTEXT: &str = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";

/// Writes Comprehensive Learner Records.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClrWriter;

impl RecordWriter for ClrWriter {
    fn name(&self) -> &'static str {
        "clr"
    }

    fn title(&self) -> &'static str {
        "Comprehensive Learner Record 2.0 (JSON)"
    }

    fn media_type(&self) -> &'static str {
        "application/vc"
    }

    fn table(&self) -> &'static [Row] {
        table::TABLE
    }

    fn write(&self, record: &LearningRecord, occasion: &Occasion) -> Result<Written, WriteError> {
        let arranged = achieved(placed(record));
        if arranged.is_empty() {
            return Err(WriteError::NothingToSay);
        }
        let mut held = Held::new(occasion);
        held.add(&arranged, None);
        let value = held.record(record.person());
        let document = Zeroizing::new(format!("{value:#}").into_bytes());
        concluded(self, &Clr, record, &arranged, vec![document])
    }
}

/// What was achieved. What is below a place to study or experience is not lifted out of it.
fn achieved(mut all: Vec<Attainment>) -> Vec<Attainment> {
    all.retain(is_achieved);
    for one in &mut all {
        one.parts = achieved(std::mem::take(&mut one.parts));
    }
    all
}

/// The badges and associations of a record while it is written.
struct Held<'o> {
    occasion: &'o Occasion,
    badges: Vec<Value>,
    associations: Vec<Value>,
    taken: HashSet<String>,
}

impl<'o> Held<'o> {
    fn new(occasion: &'o Occasion) -> Self {
        Self {
            occasion,
            badges: Vec::new(),
            associations: Vec::new(),
            taken: HashSet::new(),
        }
    }

    /// Wholes before their parts. Associations name achievements by their id, so that each must have one
    /// of its own.
    fn add(&mut self, all: &[Attainment], whole: Option<&str>) {
        for one in all {
            let number = self.badges.len() + 1;
            let mut ids = Ids::new(self.occasion.id(), number, one);
            if !self.taken.insert(ids.achievement.clone()) {
                ids = ids.without_address();
            }
            let mut badge = credential(one, &ids, self.occasion.language());
            badge.put("@context", CONTEXT.of_badge(one));
            self.badges.push(badge.value());
            if let Some(whole) = whole {
                self.associations.push(json!({
                    "type": "Association",
                    "associationType": "isParentOf",
                    "sourceId": whole,
                    "targetId": ids.achievement,
                }));
            }
            self.add(&one.parts, Some(&ids.achievement));
        }
    }

    fn record(self, person: &Person) -> Value {
        let mut subject = Members::default();
        subject.put("type", json!(["ClrSubject"]));
        subject.put("verifiableCredential", self.badges);
        subject.put("association", list(self.associations));
        let mut learner = Members::default();
        learner.put("id", format!("{}#learner", self.occasion.id()));
        learner.put("type", json!(["Profile"]));
        learner.put("givenName", person.given_name.as_deref());
        learner.put("familyName", person.family_name.as_deref());
        json!({
            "@context": CONTEXT.around(CLR_CONTEXT),
            "id": self.occasion.id(),
            "type": ["VerifiableCredential", "ClrCredential"],
            "name": "Learner record",
            "description": UNSIGNED,
            "issuer": learner.value(),
            "validFrom": self.occasion.at(),
            "credentialSubject": subject.value(),
        })
    }
}
