//! European Learning Model 3: a European Digital Credential for Learning that nobody has sealed, as JSON-LD.
//!
//! There is no issuer in it: whoever exports it cannot speak for the institutions, each of which is named
//! as the awarding body of what it awarded. Places to study are a credential of their own, because the
//! model says by the type of a credential that its claims are being worked for.

mod claim;
mod concept;
mod organisation;
mod table;

use credential_core::record::{Attainment, AttainmentKind, LearningRecord, Person};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use self::claim::claim;
use super::{
    Occasion, RecordWriter, Row, WriteError, Written,
    compare::{concluded, placed},
};
use crate::members::Members;
use crate::source::elm::Elm;

const UNSIGNED: &str = "Exported by the learner and not signed or sealed by any institution. Nobody but the \
     learner vouches for this document.";
/// Language of texts that are the same in all (BCP 47, `und`).
const NO_LANGUAGE: &str = "und";

/// Writes European Digital Credentials for Learning.
#[derive(Debug, Clone, Copy, Default)]
pub struct ElmWriter;

impl RecordWriter for ElmWriter {
    fn name(&self) -> &'static str {
        "elm"
    }

    fn title(&self) -> &'static str {
        "European Digital Credential for Learning (European Learning Model 3, JSON-LD)"
    }

    fn media_type(&self) -> &'static str {
        "application/ld+json"
    }

    fn table(&self) -> &'static [Row] {
        table::TABLE
    }

    fn write(&self, record: &LearningRecord, occasion: &Occasion) -> Result<Written, WriteError> {
        let is_enrolment = |one: &Attainment| matches!(one.kind, AttainmentKind::Enrolment { .. });
        let (enrolments, claims): (Vec<_>, Vec<_>) =
            placed(record).into_iter().partition(is_enrolment);
        let (enrolments, claims) = (sayable(enrolments), sayable(claims));
        let mut documents = Vec::new();
        for (all, own_type, number) in [
            (&claims, None, 1),
            (&enrolments, Some("ProofOfEnrolment"), 2),
        ] {
            if !all.is_empty() {
                let value = credential(record.person(), all, own_type, number, occasion);
                documents.push(Zeroizing::new(format!("{value:#}").into_bytes()));
            }
        }
        if documents.is_empty() {
            return Err(WriteError::NothingToSay);
        }
        let arranged = [claims, enrolments].concat();
        concluded(self, &Elm, record, &arranged, documents)
    }
}

/// Experience is an activity, which has no parts and is none; neither is a place to study a part.
fn sayable(mut all: Vec<Attainment>) -> Vec<Attainment> {
    for one in &mut all {
        let parts = std::mem::take(&mut one.parts);
        if !matches!(one.kind, AttainmentKind::Experience { .. }) {
            one.parts = achieved(parts);
        }
    }
    all
}

fn achieved(all: Vec<Attainment>) -> Vec<Attainment> {
    let is_achieved = |one: &Attainment| {
        !matches!(
            one.kind,
            AttainmentKind::Experience { .. } | AttainmentKind::Enrolment { .. }
        )
    };
    all.into_iter()
        .filter(is_achieved)
        .map(|one| Attainment {
            parts: achieved(one.parts),
            ..one
        })
        .collect()
}

fn credential(
    person: &Person,
    claims: &[Attainment],
    own_type: Option<&str>,
    number: usize,
    occasion: &Occasion,
) -> Value {
    let mut types = vec!["VerifiableCredential", "EuropeanDigitalCredential"];
    types.extend(own_type);
    let mut count = 0;
    let claims: Vec<_> = claims.iter().map(|one| claim(one, &mut count)).collect();
    let at = occasion.at();
    json!({
        "@context": [
            "https://www.w3.org/2018/credentials/v1",
            "http://data.europa.eu/snb/model/context/edc-ap",
        ],
        "id": format!("{}#{number}", occasion.id()),
        "type": types,
        "issuanceDate": at,
        "issued": at,
        "validFrom": at,
        "displayParameter": {
            "type": "DisplayParameter",
            "description": { "en": UNSIGNED },
        },
        "credentialSubject": subject(person, claims),
    })
}

fn subject(person: &Person, claims: Vec<Value>) -> Value {
    let name = |name: &Option<String>| name.as_ref().map(|name| json!({ NO_LANGUAGE: name }));
    let mut members = Members::of_type("Person");
    members.put("id", "urn:epass:person:1");
    members.put("familyName", name(&person.family_name));
    members.put("givenName", name(&person.given_name));
    members.put("dateOfBirth", person.birthdate.map(claim::midnight));
    members.put("hasClaim", claims);
    members.value()
}
