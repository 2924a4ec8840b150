use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::test_support::{Parties, key, noon, path, query};

fn request(parties: &Parties) -> (ConsentRequest, Selection) {
    let held = parties.held(&json!({"title": "Kokki"}), &[path(json!(["title"]))]);
    let request = parties.request(query(&[("title", json!(["title"]))]), vec![]);
    let selection = Selection::smallest(&request, &[held.0]).unwrap();
    (request, selection)
}

#[test]
fn a_grant_ends_in_the_future_and_not_after_what_was_asked() {
    let parties = Parties::new();
    let (request, selection) = request(&parties);
    let id = GrantId::from_bytes([3; 16]);
    let until = |days| {
        let terms = (id, noon() + TimeDelta::days(days));
        sign(&request, &selection, terms, noon(), &key(), None)
    };
    assert_eq!(
        until(30).unwrap().details().until,
        noon() + TimeDelta::days(30)
    );
    for days in [-1, 0, 31] {
        assert_eq!(until(days).unwrap_err(), Error::End, "{days}");
    }
}

#[test]
fn a_refusal_says_nothing_but_no() {
    let parties = Parties::new();
    let (request, _selection) = request(&parties);
    let id = GrantId::from_bytes([3; 16]);
    let signed = refuse(&request, id, noon(), &key()).unwrap();
    let checked = SignedDecision::verify(signed, &request, noon());
    let claims = checked.unwrap().claims().clone();
    assert_eq!(claims.decision, Verdict::Refused);
    assert_eq!(claims.details, None);
}
