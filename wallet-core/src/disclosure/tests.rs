mod property;

use credential_core::{consent::request::ConsentRequest, jose::Es256Key};
use serde_json::{Value, json};

use super::*;
use crate::test_support::{Parties, claim, part, path, query};

const EN: Language = Language::En;

/// A person's certificate; everything can be hidden, the organisation only as a whole.
fn degree(parties: &Parties) -> HeldCredential {
    let claims = json!({
        "title": "Lähihoitaja", "grade": 4,
        "body": {"name": "Lehtoranta", "oid": "1.2.246.562.10.99"},
        "skills": ["care", "medication"],
    });
    let hidden = [json!(["title"]), json!(["grade"]), json!(["body"])];
    let lists = [
        json!(["skills"]),
        json!(["skills", 0]),
        json!(["skills", 1]),
    ];
    let hidden: Vec<_> = hidden.into_iter().chain(lists).map(path).collect();
    parties.held(&claims, &hidden).0
}

fn asked(parties: &Parties) -> ConsentRequest {
    let claims = [
        ("title", json!(["title"])),
        ("grade", json!(["grade"])),
        ("born", json!(["birthdate"])),
    ];
    parties.request(query(&claims), vec![claim("grade"), claim("born")])
}

fn shared(items: &[PreviewItem]) -> Vec<(String, Vec<Value>)> {
    let shared = items.iter().filter(|item| item.shared);
    shared
        .map(|item| (item.path.to_string(), item.values.clone()))
        .collect()
}

#[test]
fn the_smallest_answer_takes_no_optional_claim() {
    let parties = Parties::new();
    let (request, held) = (asked(&parties), [degree(&parties)]);
    let selection = Selection::smallest(&request, &held).unwrap();
    assert_eq!(selection.credential("certificate"), Some(held[0].id()));
    assert_eq!(
        selection.left_out(&request),
        [claim("grade"), claim("born")]
    );
    let items = selection.preview(&request, &held, EN);
    assert_eq!(
        shared(&items),
        [("/title".into(), vec![json!("Lähihoitaja")])]
    );
}

#[test]
fn a_certificate_without_a_needed_claim_or_of_another_type_does_not_answer() {
    let parties = Parties::new();
    let request = asked(&parties);
    let nameless = parties.held(&json!({"grade": 5}), &[]).0;
    let refused = Selection::smallest(&request, std::slice::from_ref(&nameless)).unwrap_err();
    assert_eq!(
        refused,
        SelectionError::NothingHeld {
            part: "certificate".into()
        }
    );
    let mut selection = Selection::smallest(&request, &[degree(&parties)]).unwrap();
    let before = selection.clone();
    let refused = selection.choose(&request, "certificate", &nameless);
    assert_eq!(refused.unwrap_err().reason(), "selection_does_not_answer");
    let refused = selection.choose(&request, "another", &degree(&parties));
    assert_eq!(refused.unwrap_err().reason(), "selection_does_not_answer");
    assert_eq!(selection, before);
}

#[test]
fn only_what_is_optional_and_held_can_be_included() {
    let parties = Parties::new();
    let (request, held) = (asked(&parties), [degree(&parties)]);
    let mut selection = Selection::smallest(&request, &held).unwrap();
    for id in ["title", "born", "nobody-asked"] {
        let refused = selection.include(&request, &held, &claim(id)).unwrap_err();
        assert_eq!(refused, SelectionError::NotAnOption { claim: id.into() });
    }
    selection.include(&request, &held, &claim("grade")).unwrap();
    assert_eq!(selection.left_out(&request), [claim("born")]);
    let items = selection.preview(&request, &held, EN);
    let born = items
        .iter()
        .find(|item| item.path.to_string() == "/birthdate");
    let born = born.unwrap();
    assert!(!born.is_held() && !born.shared && born.optional);
}

#[test]
fn a_needed_claim_cannot_be_left_out_of_the_signed_terms() {
    let parties = Parties::new();
    let request = asked(&parties);
    let terms = request.details().granted(
        credential_core::id::GrantId::from_bytes([1; 16]),
        request.client_id(),
        crate::test_support::noon(),
        &[claim("title")],
    );
    assert_eq!(terms.unwrap_err().0, claim("title"));
}

#[test]
fn another_certificate_takes_only_what_it_has_along() {
    let parties = Parties::new();
    let request = asked(&parties);
    let ungraded = parties.held(&json!({"title": "Kokki"}), &[path(json!(["title"]))]);
    let held = [degree(&parties), ungraded.0];
    let mut selection = Selection::smallest(&request, &held).unwrap();
    selection.include(&request, &held, &claim("grade")).unwrap();
    selection.choose(&request, "certificate", &held[1]).unwrap();
    assert_eq!(
        shared(&selection.preview(&request, &held, EN)),
        [("/title".into(), vec![json!("Kokki")])]
    );
    selection.choose(&request, "certificate", &held[0]).unwrap();
    assert_eq!(
        selection.left_out(&request).len(),
        2,
        "and what was dropped stays so"
    );
}

#[test]
fn a_selection_made_for_another_request_or_wallet_lets_nothing_leave() {
    let parties = Parties::new();
    let (request, held) = (asked(&parties), [degree(&parties)]);
    let selection = Selection::smallest(&request, &held).unwrap();
    let refused = selection.leaving(&request, &[]).unwrap_err();
    assert_eq!(refused.reason(), "selection_nothing_held");
    let other = parties.request(query(&[("born", json!(["birthdate"]))]), vec![]);
    let refused = selection.leaving(&other, &held).unwrap_err();
    assert_eq!(refused.reason(), "selection_does_not_answer");
}

#[test]
fn what_comes_along_inside_one_disclosure_is_shown() {
    let parties = Parties::new();
    let held = [degree(&parties)];
    let request = parties.request(query(&[("name", json!(["body", "name"]))]), vec![]);
    let selection = Selection::smallest(&request, &held).unwrap();
    let items = selection.preview(&request, &held, EN);
    assert_eq!(
        shared(&items),
        [
            ("/body/name".into(), vec![json!("Lehtoranta")]),
            ("/body/oid".into(), vec![json!("1.2.246.562.10.99")]),
        ]
    );
    assert!(items[0].is_asked() && !items[1].is_asked() && !items[1].optional);
}

#[test]
fn what_cannot_stay_behind_is_not_shown_as_left_out() {
    let parties = Parties::new();
    let held = [degree(&parties)];
    let claims = [
        ("name", json!(["body", "name"])),
        ("oid", json!(["body", "oid"])),
    ];
    let request = parties.request(query(&claims), vec![claim("oid")]);
    let selection = Selection::smallest(&request, &held).unwrap();
    let items = selection.preview(&request, &held, EN);
    let paths: Vec<_> = items.iter().map(|item| item.path.to_string()).collect();
    assert_eq!(paths, ["/body/name", "/body/oid"]);
    assert!(items[1].shared && !items[1].optional && !items[1].is_asked());
}

#[test]
fn what_the_issuer_left_in_the_open_is_shown() {
    let parties = Parties::new();
    let claims = json!({"title": "Kokki", "birthdate": "2006-03-14"});
    let held = [parties.held(&claims, &[path(json!(["title"]))]).0];
    let request = parties.request(query(&[]), vec![]);
    let selection = Selection::smallest(&request, &held).unwrap();
    assert_eq!(
        shared(&selection.preview(&request, &held, EN)),
        [("/birthdate".into(), vec![json!("2006-03-14")])]
    );
}

#[test]
fn a_query_that_names_values_gets_those_alone() {
    let parties = Parties::new();
    let held = [degree(&parties)];
    let skills = |values: &[&str]| {
        let claims = json!([{"id": "skill", "path": ["skills", null], "values": values}]);
        parties.request(part(&claims), vec![])
    };
    let request = skills(&["medication", "cooking"]);
    let selection = Selection::smallest(&request, &held).unwrap();
    assert_eq!(
        shared(&selection.preview(&request, &held, EN)),
        [("/skills/*".into(), vec![json!("medication")])]
    );
    let leaving = &selection.leaving(&request, &held).unwrap()[0];
    assert_eq!(leaving.paths, [path(json!(["skills", 1]))]);
    let refused = Selection::smallest(&skills(&["cooking"]), &held).unwrap_err();
    assert_eq!(refused.reason(), "selection_nothing_held");
}

#[test]
fn a_preview_in_a_log_line_shows_no_value() {
    let parties = Parties::new();
    let (request, held) = (asked(&parties), [degree(&parties)]);
    let selection = Selection::smallest(&request, &held).unwrap();
    let shown = format!("{:?}", selection.preview(&request, &held, EN));
    assert!(
        shown.contains("/title") && !shown.contains("Lähihoitaja"),
        "{shown}"
    );
    let shown = format!("{:?} {:?}", held[0].lines(EN), held[0]);
    assert!(
        shown.contains("/title") && !shown.contains("Lähihoitaja"),
        "{shown}"
    );
}

/// The claims that a recipient sees of what leaves.
fn presented(leaving: &Leaving<'_>, key: &Es256Key, issuer: &Es256Key) -> Value {
    use credential_core::{
        jose::{Signer as _, VerifyingKey},
        sd_jwt::{KeyBindingRequest, SdJwt, present},
    };
    let binding = KeyBindingRequest {
        audience: crate::test_support::CLIENT,
        nonce: "n",
        issued_at: crate::test_support::noon(),
    };
    let verified = leaving.credential.verified();
    let text = present(verified, &leaving.paths, &binding, key).unwrap();
    let bare = &text[..=text.rfind('~').unwrap()];
    let issuer = VerifyingKey::try_from(issuer.public_jwk()).unwrap();
    SdJwt::parse(bare)
        .unwrap()
        .verify(&issuer)
        .unwrap()
        .claims()
        .clone()
}
