//! Whatever is chosen, the recipient sees what the preview showed as shared, and nothing else.

use std::collections::BTreeSet;

use credential_core::dcql::{Query, Step};
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};

use super::*;
use crate::credentials::is_registered;

/// A value without scalars yet; each gets a number of its own later.
fn shape() -> impl Strategy<Value = Value> {
    let leaf = Just(Value::Null);
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Value::Array),
            proptest::collection::btree_map("[a-d]", inner, 1..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn claims() -> impl Strategy<Value = Value> {
    proptest::collection::btree_map("[a-e]", shape(), 1..5).prop_map(|members| {
        let mut claims = Value::Object(members.into_iter().collect());
        number(&mut claims, &mut 0);
        claims
    })
}

fn number(value: &mut Value, next: &mut u32) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|value| number(value, next)),
        Value::Array(items) => items.iter_mut().for_each(|value| number(value, next)),
        leaf => {
            *leaf = json!(*next);
            *next += 1;
        }
    }
}

/// Every place in the claims, the root aside.
fn places(at: &ClaimPath, value: &Value, found: &mut Vec<ClaimPath>) {
    if !at.steps().is_empty() {
        found.push(at.clone());
    }
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| places(&at.then(Step::Name(name.clone())), value, found)),
        Value::Array(items) => (0..)
            .zip(items)
            .for_each(|(index, value)| places(&at.then(Step::Index(index)), value, found)),
        _ => {}
    }
}

fn all_places(claims: &Value) -> Vec<ClaimPath> {
    let mut found = Vec::new();
    places(&ClaimPath::new(Vec::new()), claims, &mut found);
    found
}

/// Numbers in a path are forgotten: elements that stay behind leave no gap.
fn loose(path: &ClaimPath) -> ClaimPath {
    let step = |step: &Step| match step {
        Step::Index(_) => Step::All(()),
        other => other.clone(),
    };
    ClaimPath::new(path.steps().iter().map(step).collect())
}

/// Each scalar with its loose place.
fn leaves(at: &ClaimPath, value: &Value, found: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(name, value)| leaves(&at.then(Step::Name(name.clone())), value, found)),
        Value::Array(items) => items
            .iter()
            .for_each(|value| leaves(&at.then(Step::All(())), value, found)),
        scalar => drop(found.insert((loose(at).to_string(), scalar.to_string()))),
    }
}

fn previewed(items: &[PreviewItem]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for item in items.iter().filter(|item| item.shared) {
        assert!(item.is_held());
        item.values
            .iter()
            .for_each(|value| leaves(&loose(&item.path), value, &mut found));
    }
    found
}

fn seen(claims: &Value) -> BTreeSet<(String, String)> {
    let own: Map<String, Value> = claims
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| !is_registered(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut found = BTreeSet::new();
    leaves(&ClaimPath::new(Vec::new()), &Value::Object(own), &mut found);
    found
}

/// One claim of the query: which place, which steps become "all", whether values are named, whether it
/// is optional, whether it is included.
type Wish = (prop::sample::Index, u8, bool, bool, bool);

fn claim_query(number: usize, wish: &Wish, claims: &Value, all: &[ClaimPath]) -> Value {
    let (place, widened, with_values, ..) = wish;
    let place = place.get(all);
    let steps = place.steps().iter().enumerate();
    let steps: Vec<Step> = steps
        .map(|(depth, step)| match step {
            Step::Index(_) if widened & (1 << depth) != 0 => Step::All(()),
            step => step.clone(),
        })
        .collect();
    let mut claim = json!({"id": format!("c{number}"), "path": ClaimPath::new(steps)});
    let value = place.select(claims)[0];
    if *with_values && value.is_number() {
        claim["values"] = json!([value, 1_000_000]);
    }
    claim
}

/// What may be left out: a claim that another path contains may not.
fn optional<'w>(wishes: &'w [Wish], query: &Query) -> impl Iterator<Item = (&'w Wish, ClaimRef)> {
    let claims = &query.credentials[0].claims;
    wishes.iter().zip(claims).filter_map(|(wish, asked)| {
        let others = claims.iter().filter(|other| other.id != asked.id);
        let is_covered = others
            .into_iter()
            .any(|other| other.path.covers(&asked.path));
        (wish.3 && !is_covered).then(|| (wish, claim(&asked.id)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_recipient_sees_exactly_what_the_preview_showed(
        claims in claims(),
        hidden in vec(any::<bool>(), 64),
        wishes in vec(any::<Wish>(), 0..8),
    ) {
        let parties = Parties::new();
        let all = all_places(&claims);
        let disclosable = all.iter().zip(hidden.iter().cycle()).filter(|(_, hidden)| **hidden);
        let disclosable: Vec<_> = disclosable.map(|(path, _)| path.clone()).collect();
        let (held, key) = parties.held(&claims, &disclosable);
        let held = [held];

        let asked = wishes.iter().enumerate();
        let asked: Vec<_> = asked.map(|(n, wish)| claim_query(n, wish, &claims, &all)).collect();
        let query = part(&json!(asked));
        let optional: Vec<_> = optional(&wishes, &query).collect();
        let request = parties.request(query, optional.iter().map(|(_, claim)| claim.clone()).collect());

        let mut selection = Selection::smallest(&request, &held).unwrap();
        for (wish, claim) in &optional {
            if wish.4 {
                selection.include(&request, &held, claim).unwrap();
            }
        }
        let items = selection.preview(&request, &held, EN);
        let leaving = selection.leaving(&request, &held).unwrap();
        prop_assert_eq!(leaving.len(), 1);
        let shown = presented(&leaving[0], &key, &parties.issuer);
        prop_assert_eq!(seen(&shown), previewed(&items));
    }
}
