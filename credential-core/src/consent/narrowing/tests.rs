use proptest::prelude::*;

use super::Narrowing;
use crate::{
    consent::{
        details::{GrantedDetails, LegalBasis, Mode},
        period::Period,
    },
    dcql::{ClaimPath, ClaimQuery, CredentialQuery, Meta, Query, SD_JWT_VC},
    id::GrantId,
    trust::tests::{CLIENT, noon, purpose},
};

const DEGREE: &str = "https://opisto.example/types/degree/1";
const BADGE: &str = "https://opisto.example/types/badge/1";

fn credential(id: &str, types: &[&str], claims: &[&str]) -> CredentialQuery {
    let claims = claims.iter().map(|name| ClaimQuery {
        id: (*name).into(),
        path: ClaimPath::claim(name),
        values: None,
    });
    CredentialQuery {
        id: id.into(),
        format: SD_JWT_VC.into(),
        meta: Meta {
            vct_values: types.iter().map(|vct| (*vct).to_owned()).collect(),
        },
        claims: claims.collect(),
    }
}

fn granted() -> GrantedDetails {
    GrantedDetails {
        dcql_query: Query {
            credentials: vec![
                credential("degree", &[DEGREE], &["title", "grade", "credits"]),
                credential("either", &[DEGREE, BADGE], &["title"]),
            ],
        },
        ..frame()
    }
}

fn frame() -> GrantedDetails {
    let request = serde_json::json!({
        "type": "learning_credentials",
        "grant_id": GrantId::from_bytes([1; 16]).to_string(),
        "recipient": CLIENT,
        "dcql_query": {"credentials": []},
        "purpose": purpose(),
        "legal_basis": LegalBasis::Consent,
        "mode": Mode::Standing,
        "until": noon(),
        "retention": Period::days(30).unwrap(),
        "nonce": "n",
        "enc_jwk_thumbprint": "t",
    });
    serde_json::from_value(request).unwrap()
}

#[test]
fn leaving_out_is_narrowing_and_nothing_else_is() {
    let granted = granted();
    type Edit = fn(&mut GrantedDetails);
    let narrower: [Edit; 4] = [
        |_same| {},
        |d| drop(d.dcql_query.credentials.remove(0)),
        |d| drop(d.dcql_query.credentials[0].claims.remove(1)),
        |d| d.dcql_query.credentials[1].claims.clear(),
    ];
    for edit in narrower {
        let mut wanted = granted.clone();
        edit(&mut wanted);
        let narrowing = granted.narrowing_to(&wanted).unwrap();
        assert_eq!(granted.narrowed(&narrowing), Some(wanted));
    }
    let other: [Edit; 9] = [
        |d| d.dcql_query.credentials.clear(),
        |d| d.dcql_query.credentials.reverse(),
        |d| d.dcql_query.credentials[0].claims.swap(0, 1),
        |d| d.dcql_query.credentials[0].id = "other".into(),
        |d| d.dcql_query.credentials[0].claims[0].path = ClaimPath::claim("birthdate"),
        |d| drop(d.dcql_query.credentials[1].meta.vct_values.pop()),
        |d| {
            let more = credential("more", &[BADGE], &["title"]);
            d.dcql_query.credentials.push(more);
        },
        |d| d.until += chrono::TimeDelta::seconds(1),
        |d| d.max_reads = Some(1),
    ];
    for (number, edit) in other.into_iter().enumerate() {
        let mut wanted = granted.clone();
        edit(&mut wanted);
        assert_eq!(granted.narrowing_to(&wanted), None, "{number}");
    }
}

#[test]
fn a_resource_server_is_told_about_its_own_types() {
    let granted = granted();
    let of = |types: &[&str]| {
        let types: Vec<_> = types.iter().map(|vct| (*vct).to_owned()).collect();
        let left = granted.of_types(&types)?;
        let named = left.dcql_query.credentials.into_iter();
        Some(
            named
                .map(|credential| (credential.id, credential.meta.vct_values))
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(
        of(&[BADGE]),
        Some(vec![("either".into(), vec![BADGE.into()])])
    );
    assert_eq!(of(&[DEGREE]).unwrap().len(), 2);
    assert_eq!(of(&["https://opisto.example/types/other/1"]), None);
}

proptest! {
    #[test]
    fn no_narrowing_ever_widens(places in prop::collection::vec(prop::option::of(any::<u64>()), 0..4)) {
        let granted = granted();
        let narrowing = Narrowing(places);
        if let Some(narrowed) = granted.narrowed(&narrowing) {
            prop_assert!(narrowed.dcql_query.is_within(&granted.dcql_query));
            prop_assert!(granted.narrowing_to(&narrowed).is_some());
        }
    }
}
