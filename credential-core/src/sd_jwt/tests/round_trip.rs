//! Whatever is issued and whatever is selected: what is shown is what was selected, and nothing else.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::{
    super::{PROTECTED, present},
    HOLDER, issued, request, verify, verify_presentation,
};
use crate::{
    dcql::{ClaimPath, Step},
    encoding::from_base64url,
};

/// Claims of any shape. Every name and text in them is one of its own, so that it can be searched for.
fn any_claims() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53) + 1..1 << 53).prop_map(Value::from),
        "\\PC{0,6}[\x00-\x1f\"\\\\/]{0,2}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(inner, 0..4).prop_map(object),
        ]
    });
    prop::collection::vec(value, 0..6).prop_map(|values| {
        let mut claims = object(values);
        label(&mut claims, &mut 0);
        match claims {
            Value::Object(claims) => claims,
            _ => unreachable!("built as an object"),
        }
    })
}

fn object(values: Vec<Value>) -> Value {
    values
        .into_iter()
        .enumerate()
        .map(|(n, value)| (format!("\"ä{n}"), value))
        .collect()
}

fn label(value: &mut Value, count: &mut usize) {
    *count += 1;
    match value {
        Value::String(text) => text.push_str(&format!("<text {count:04}>")),
        Value::Array(items) => items.iter_mut().for_each(|item| label(item, count)),
        Value::Object(members) => {
            let old = std::mem::take(members);
            for (name, mut value) in old {
                *count += 1;
                let name = format!("{name}<name {count:04}>");
                label(&mut value, count);
                members.insert(name, value);
            }
        }
        _ => {}
    }
}

/// The paths of everything below the root.
fn all_paths(value: &Value, at: &ClaimPath, paths: &mut Vec<ClaimPath>) {
    let mut below = |step: Step, value: &Value| {
        let path = at.then(step);
        all_paths(value, &path, paths);
        paths.push(path);
    };
    match value {
        Value::Object(members) => members
            .iter()
            .for_each(|(n, v)| below(Step::Name(n.clone()), v)),
        Value::Array(items) => (0..).zip(items).for_each(|(n, v)| below(Step::Index(n), v)),
        _ => {}
    }
}

/// What is left of `value` when the disclosable paths that `selected` does not touch are gone.
fn shown(
    value: &Value,
    at: &ClaimPath,
    disclosable: &[ClaimPath],
    selected: &[ClaimPath],
) -> Value {
    let keep = |path: &ClaimPath| {
        !disclosable.contains(path) || selected.iter().any(|chosen| chosen.agrees_with(path))
    };
    let next = |step: Step, value: &Value| {
        let path = at.then(step);
        keep(&path).then(|| shown(value, &path, disclosable, selected))
    };
    match value {
        Value::Object(members) => members
            .iter()
            .filter_map(|(name, value)| {
                Some((name.clone(), next(Step::Name(name.clone()), value)?))
            })
            .collect(),
        Value::Array(items) => (0..)
            .zip(items)
            .filter_map(|(n, v)| next(Step::Index(n), v))
            .collect(),
        other => other.clone(),
    }
}

/// Everything a recipient can read out of a presentation, however it is encoded.
fn everything_readable(presentation: &str) -> String {
    let decoded = presentation
        .split(['~', '.'])
        .filter_map(|part| from_base64url(part).ok());
    decoded.fold(presentation.to_owned(), |all, bytes| {
        all + &String::from_utf8_lossy(&bytes)
    })
}

/// The labels `<text 0001>` and `<name 0002>` in a text.
fn labels(text: &str) -> Vec<&str> {
    text.split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>'))
        .map(|(label, _)| label)
        // A random text can hold angle brackets too.
        .filter(|label| label.starts_with("text ") || label.starts_with("name "))
        .collect()
}

fn without_registered(claims: &Value) -> Value {
    let members = claims.as_object().unwrap().iter();
    let own = members.filter(|(name, _)| *name != "iat" && !PROTECTED.contains(&name.as_str()));
    own.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn chosen(paths: &[ClaimPath], bits: &[bool]) -> Vec<ClaimPath> {
    paths
        .iter()
        .zip(bits.iter().cycle())
        .filter(|(_, bit)| **bit)
        .map(|(path, _)| path.clone())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_is_shown_is_what_was_selected_and_nothing_else(
        claims in any_claims(),
        hide in prop::collection::vec(any::<bool>(), 1..40),
        select in prop::collection::vec(prop::bool::weighted(0.3), 1..40),
    ) {
        let root = Value::Object(claims.clone());
        let mut paths = Vec::new();
        all_paths(&root, &ClaimPath::new(Vec::new()), &mut paths);
        let (disclosable, selected) = (chosen(&paths, &hide), chosen(&paths, &select));

        let credential = verify(&issued(&claims, &disclosable)).unwrap();
        prop_assert_eq!(&without_registered(credential.claims()), &root);
        let mut revealed: Vec<_> = credential.disclosures().map(|d| d.path.clone()).collect();
        revealed.sort_unstable();
        let mut expected = disclosable.clone();
        expected.sort_unstable();
        prop_assert_eq!(revealed, expected);

        let presentation = present(&credential, &selected, &request(), &*HOLDER).unwrap();
        let learned = verify_presentation(&presentation).unwrap();
        let expected = shown(&root, &ClaimPath::new(Vec::new()), &disclosable, &selected);
        prop_assert_eq!(&without_registered(learned.claims()), &expected);

        let (readable, expected) = (everything_readable(&presentation), expected.to_string());
        let visible = labels(&expected);
        for label in labels(&root.to_string()) {
            prop_assert_eq!(readable.contains(label), visible.contains(&label), "{}", label);
        }
        for left_out in credential.disclosures() {
            let shown = selected.iter().any(|path| path.agrees_with(left_out.path));
            prop_assert_eq!(presentation.contains(left_out.text), shown);
        }
    }
}
