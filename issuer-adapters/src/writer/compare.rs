//! What of a record came back from the documents that were written of it.

use std::collections::{BTreeMap, BTreeSet};

use credential_core::record::{Attainment, LearningRecord, Person};
use serde_json::Value;
use zeroize::Zeroizing;

use super::{RecordWriter, Unsaid, WriteError, Written, table, view};
use crate::source::RecordSource;

const PERSON: &str = "/person";
const ATTAINMENTS: &str = "/attainments";

/// The attainments of a record, each with its place in the record as its pointer.
pub(super) fn placed(record: &LearningRecord) -> Vec<Attainment> {
    placed_below(record.attainments(), ATTAINMENTS)
}

fn placed_below(all: &[Attainment], place: &str) -> Vec<Attainment> {
    let each = all.iter().enumerate().map(|(number, one)| {
        let pointer = format!("{place}/{number}");
        let parts = placed_below(&one.parts, &format!("{pointer}/parts"));
        Attainment {
            pointer,
            parts,
            ..one.clone()
        }
    });
    each.collect()
}

/// Puts the answer together: reads the documents again, and lists what did not come back. `arranged` are
/// the attainments in the documents in their order, each with its place in the record.
///
/// # Errors
/// [`WriteError`] when a document does not read, or not as these attainments.
pub(super) fn concluded(
    writer: &dyn RecordWriter,
    source: &dyn RecordSource,
    record: &LearningRecord,
    arranged: &[Attainment],
    documents: Vec<Zeroizing<Vec<u8>>>,
) -> Result<Written, WriteError> {
    let mut person = Person::default();
    let mut read = Vec::new();
    for document in &documents {
        let one = source.read(document)?;
        person = one.person().clone();
        read.extend(one.attainments().iter().cloned());
    }
    let mut back = Places::default();
    back.pair(arranged, &read, None)?;
    let mut places = Vec::new();
    let before = view::person(record.person());
    let after = view::person(&person);
    differ(Some(&before), Some(&after), PERSON, &mut places);
    back.missing(&placed(record), None, &mut places);
    let unsaid = places.into_iter().map(|place| Unsaid {
        why: table::why(writer.table(), &field(&place)),
        place,
    });
    Ok(Written {
        unsaid: unsaid.collect(),
        documents,
    })
}

/// What came back, by its place in the record.
#[derive(Default)]
struct Places {
    values: BTreeMap<String, Value>,
    wholes: BTreeMap<String, Option<String>>,
}

impl Places {
    fn pair(
        &mut self,
        arranged: &[Attainment],
        read: &[Attainment],
        whole: Option<&str>,
    ) -> Result<(), WriteError> {
        if arranged.len() != read.len() {
            return Err(WriteError::NotFaithful);
        }
        for (before, after) in arranged.iter().zip(read) {
            let place = &before.pointer;
            self.values.insert(place.clone(), view::attainment(after));
            self.wholes.insert(place.clone(), whole.map(str::to_owned));
            self.pair(&before.parts, &after.parts, Some(place))?;
        }
        Ok(())
    }

    /// Goes through the record, in its order.
    fn missing(&self, record: &[Attainment], whole: Option<&str>, places: &mut Vec<String>) {
        let apart = record.iter().any(|one| {
            let found = self.wholes.get(&one.pointer);
            found.is_some_and(|found| found.as_deref() != whole)
        });
        if let (true, Some(whole)) = (apart, whole) {
            places.push(format!("{whole}/parts"));
        }
        for one in record {
            match self.values.get(&one.pointer) {
                Some(after) => {
                    let before = view::attainment(one);
                    differ(Some(&before), Some(after), &one.pointer, places);
                    self.missing(&one.parts, Some(&one.pointer), places);
                }
                None => places.push(one.pointer.clone()),
            }
        }
    }
}

fn differ(before: Option<&Value>, after: Option<&Value>, place: &str, places: &mut Vec<String>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(before)), Some(Value::Null)) => {
            places.extend(before.keys().map(|name| format!("{place}/{name}")));
        }
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
            for name in names {
                let place = format!("{place}/{name}");
                differ(before.get(name), after.get(name), &place, places);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if before.len() == after.len() => {
            for (number, (before, after)) in before.iter().zip(after).enumerate() {
                differ(
                    Some(before),
                    Some(after),
                    &format!("{place}/{number}"),
                    places,
                );
            }
        }
        _other => places.push(place.to_owned()),
    }
}

/// The field that a place is about, as the tables name it.
fn field(place: &str) -> String {
    let names: Vec<_> = place
        .split('/')
        .filter(|name| !name.is_empty() && !name.bytes().all(|b| b.is_ascii_digit()))
        .collect();
    let ends_in_attainment = place.ends_with(|c: char| c.is_ascii_digit());
    match names.split_first() {
        Some((&"attainments", rest)) => {
            let parts = rest.iter().take_while(|name| **name == "parts").count();
            // `…/parts` without a number is the field, `…/parts/0` is an attainment.
            let own = rest.get(parts..).unwrap_or_default();
            match own {
                [] if ends_in_attainment => "attainment".to_owned(),
                [] => "parts".to_owned(),
                own => own.join("/"),
            }
        }
        _person => names.join("/"),
    }
}
