//! What the tests of JSON sources share: any JSON, documents with a value changed, and tables of what
//! examples give.

use std::collections::{BTreeMap, BTreeSet};

use credential_core::{canonical, record::LearningRecord};
use proptest::prelude::*;
use serde_json::Value;

use super::support::check;
use crate::{
    mapping,
    source::{Understood, recognise, understand},
};

/// Any JSON, made of these names and texts more often than of others.
pub(crate) fn any_json(
    names: &'static [&'static str],
    texts: &'static [&'static str],
) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        proptest::sample::select(texts).prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        8 => proptest::sample::select(names).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ];
    leaf.prop_recursive(8, 100, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The document with the `at`th of its values, counted depth first, replaced.
pub(crate) fn with_value(document: &[u8], at: usize, with: &Value) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(document).unwrap();
    let at = at % (values(&value) + 1);
    replace(&mut value, &mut at.clone(), with);
    value.to_string().into_bytes()
}

fn values(value: &Value) -> usize {
    1 + match value {
        Value::Object(members) => members.values().map(values).sum(),
        Value::Array(items) => items.iter().map(values).sum::<usize>(),
        _ => 0,
    }
}

fn replace(value: &mut Value, at: &mut usize, with: &Value) {
    if *at == 0 {
        *value = with.clone();
    }
    *at = at.wrapping_sub(1);
    match value {
        Value::Object(members) => members
            .values_mut()
            .for_each(|inner| replace(inner, at, with)),
        Value::Array(items) => items.iter_mut().for_each(|inner| replace(inner, at, with)),
        _ => {}
    }
}

/// How often a property is tried where that takes long; `PROPTEST_CASES` says otherwise.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    let is_said = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig {
        cases: if is_said { config.cases } else { usual },
        ..config
    }
}

/// Values that hold no others.
pub(crate) fn leaves(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(items) => items.iter().map(leaves).sum(),
        Value::Object(members) => members.values().map(leaves).sum(),
        _scalar => 1,
    }
}

/// What a document says, if anything, after asking what holds of any document.
pub(crate) fn checked(bytes: &[u8]) -> Option<Understood> {
    check(recognise(bytes).ok()?, bytes);
    understand(bytes).ok()
}

/// Readable, and in the same order whatever map type the JSON library was built with.
pub(crate) fn shown(value: &Value) -> String {
    let sorted: Value = serde_json::from_str(&canonical::to_string(value).unwrap()).unwrap();
    serde_json::to_string_pretty(&sorted).unwrap()
}

/// Fails unless each document gives what its row of the table says.
pub(crate) fn check_table(table: &str, documents: &[(String, Vec<u8>)]) {
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let expected: BTreeMap<_, _> = rows.filter_map(|line| line.split_once('\t')).collect();
    let found: Vec<_> = documents
        .iter()
        .map(|(name, bytes)| (name.as_str(), outcome(bytes)))
        .collect();
    let is_same = |(name, outcome): &&(&str, String)| expected.get(name) == Some(&outcome.as_str());
    let same = found.iter().filter(is_same).count();
    let shown: Vec<_> = found
        .iter()
        .map(|(name, outcome)| format!("{name}\t{outcome}"))
        .collect();
    assert!(
        same == documents.len() && expected.len() == documents.len(),
        "{same} of {} rows are as expected ({}); found:\n{}",
        documents.len(),
        expected.len(),
        shown.join("\n")
    );
}

/// `openbadges: SkillBadge 1; 20 mapped, 5 raw, 0 refused; signature-absent`, or the reasons why there is
/// nothing.
fn outcome(bytes: &[u8]) -> String {
    let understood = match understand(bytes) {
        Ok(understood) => understood,
        Err(error) => return format!("refused: {}", error.reason()),
    };
    let record: &LearningRecord = understood.records.first().unwrap();
    let mapped = mapping::credentials(record);
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for credential in &mapped.credentials {
        *counts.entry(credential.credential_type()).or_default() += 1;
    }
    let made: Vec<_> = counts
        .iter()
        .map(|(kind, count)| format!("{kind:?} {count}"))
        .collect();
    let says = if made.is_empty() {
        let notices = record.notices().iter().chain(&mapped.notices);
        let reasons: BTreeSet<_> = notices.map(|notice| notice.kind.code()).collect();
        let reasons: Vec<_> = reasons
            .into_iter()
            .filter(|code| *code != "kept-raw")
            .collect();
        format!("nothing: {}", reasons.join(", "))
    } else {
        made.join(", ")
    };
    let total = understood.coverage.total();
    format!(
        "{}: {says}; {} mapped, {} raw, {} refused; {}",
        record.source(),
        total.mapped,
        total.kept_raw,
        total.refused_in_all(),
        record.signature().code()
    )
}
