//! The authorization code flow against the real issuing server.

use std::collections::BTreeSet;

use credential_core::credential::CredentialType;

use super::{
    institution::{CALLBACK, Institution, browse},
    *,
};
use crate::issuance::token::Possession;

const DEGREE: &[CredentialType] = &[CredentialType::Qualification, CredentialType::Transcript];

#[tokio::test]
async fn c18_an_offer_is_collected_through_the_issuers_page() {
    let school = Institution::open().await;
    let (wallet, _folder) = school.wallet();
    let offer = school.offer(DEGREE);
    let open = wallet.open_offer(&offer.link).await.unwrap();
    assert!(open.may_authorize() && open.is_pre_authorized());
    let link = wallet.begin_authorization(&open, CALLBACK).await.unwrap();
    assert_eq!(format!("http://{}", link.host), school.url);
    let code = offer.tx_code.as_deref().unwrap();
    let address = browse(&link.link, &[("code", code)]).await;
    let received = wallet.finish_authorization(&address).await.unwrap();
    assert_eq!(received.len(), 2);
    assert_eq!(wallet.credentials().unwrap().len(), 2);
    let issued = school.state.issued().unwrap();
    let types: BTreeSet<_> = issued.iter().map(|entry| &entry.vct).collect();
    assert_eq!(types.len(), 2);
}

#[tokio::test]
async fn c18_a_person_begins_in_the_wallet_with_a_known_issuer() {
    let school = Institution::open().await;
    let (wallet, _folder) = school.wallet();
    let offer = school.offer(DEGREE);
    let wanted = vec!["transcript".to_owned()];
    let open = wallet.open_issuer(&school.url, wanted).await.unwrap();
    assert!(!open.is_pre_authorized() && !open.needs_code());
    let link = wallet.begin_authorization(&open, CALLBACK).await.unwrap();
    let code = offer.tx_code.as_deref().unwrap();
    let typed = [("reference", offer.reference.as_str()), ("code", code)];
    let address = browse(&link.link, &typed).await;
    let received = wallet.finish_authorization(&address).await.unwrap();
    assert_eq!(received[0].vct(), CredentialType::Transcript.vct());
    let unknown = wallet.open_issuer(&school.url, vec!["x".into()]).await;
    assert_eq!(unknown.unwrap_err(), IssuanceError::Metadata.into());
    let stranger = wallet
        .open_issuer("https://other.example", vec!["x".into()])
        .await;
    let issuer = "https://other.example".to_owned();
    assert_eq!(
        stranger.unwrap_err(),
        IssuanceError::UnknownIssuer { issuer }.into()
    );
}

#[tokio::test]
async fn c18_an_address_is_the_answer_of_the_server_that_was_asked_once() {
    let school = Institution::open().await;
    let (wallet, _folder) = school.wallet();
    let offer = school.offer(DEGREE);
    let open = wallet.open_offer(&offer.link).await.unwrap();
    let code = offer.tx_code.as_deref().unwrap();
    let changes: [fn(&str) -> String; 7] = [
        |good| good.replace("state=", "state=A"),
        |good| good.replace("state=", "other="),
        |good| good.replace("iss=http", "iss=https"),
        |good| good.replace("iss=", "not="),
        |good| format!("{good}&iss=https%3A%2F%2Fother.example"),
        |good| good.replace("/callback", "/other"),
        |good| good.replace("127.0.0.1:47211", "127.0.0.1:47212"),
    ];
    for (place, change) in changes.iter().enumerate() {
        let link = wallet.begin_authorization(&open, CALLBACK).await.unwrap();
        let good = browse(&link.link, &[("code", code)]).await;
        let refused = wallet
            .finish_authorization(&change(&good))
            .await
            .unwrap_err();
        assert_eq!(refused, IssuanceError::OtherAnswer.into(), "{place}");
    }
    let link = wallet.begin_authorization(&open, CALLBACK).await.unwrap();
    let good = browse(&link.link, &[("code", code)]).await;
    assert_eq!(wallet.finish_authorization(&good).await.unwrap().len(), 2);
    let again = wallet.finish_authorization(&good).await.unwrap_err();
    assert_eq!(again, IssuanceError::OtherAnswer.into());
}

#[tokio::test]
async fn c18_what_the_person_refused_on_the_page_is_told_as_a_refusal() {
    let school = Institution::open().await;
    let (wallet, _folder) = school.wallet();
    let open = wallet.open_offer(&school.offer(DEGREE).link).await.unwrap();
    let link = wallet.begin_authorization(&open, CALLBACK).await.unwrap();
    let address = browse(&link.link, &[("decision", "cancel")]).await;
    let refused = wallet.finish_authorization(&address).await.unwrap_err();
    let Error::Issuance(IssuanceError::Refused { status, code, .. }) = refused else {
        panic!("a refusal: {refused}")
    };
    assert_eq!((status, &*code), (0, "access_denied"));
    assert!(wallet.credentials().unwrap().is_empty());
}

#[tokio::test]
async fn c17_the_pre_authorized_code_gives_a_token_that_is_bound_to_a_key() {
    let school = Institution::open().await;
    let (wallet, _folder) = school.wallet();
    let offer = school.offer(DEGREE);
    let open = wallet.open_offer(&offer.link).await.unwrap();
    let grant = open.offer.grants.pre_authorized.clone().unwrap();
    let code = offer.tx_code.as_deref();
    let token = wallet
        .pre_authorized_token(&open, &grant, code)
        .await
        .unwrap();
    assert!(token.is_bound());
    assert_eq!(wallet.receive_all(&open, &token).await.unwrap().len(), 2);
}

/// A link with an offer of the school and these grants.
fn inline(school: &Institution, grants: &serde_json::Value) -> String {
    let offer = json!({
        "credential_issuer": school.url, "credential_configuration_ids": ["qualification"],
        "grants": grants,
    });
    let mut link = url::Url::parse("openid-credential-offer://").unwrap();
    link.query_pairs_mut()
        .append_pair("credential_offer", &offer.to_string());
    link.into()
}

#[tokio::test]
async fn c18_an_offer_that_says_no_way_is_collected_through_the_page() {
    let school = Institution::open().await;
    let (wallet, _folder) = school.wallet();
    let offer = school.offer(DEGREE);
    let code = offer.tx_code.as_deref().unwrap();
    let typed = [("reference", offer.reference.as_str()), ("code", code)];
    let link = inline(&school, &json!({"urn:example:another-grant": {"x": 1}}));
    let open = wallet.open_offer(&link).await.unwrap();
    let refused = wallet.accept_offer(&open, Some(code)).await.unwrap_err();
    assert_eq!(refused, IssuanceError::NoSuchGrant.into());
    let visit = wallet.begin_authorization(&open, CALLBACK).await.unwrap();
    let address = browse(&visit.link, &typed).await;
    assert_eq!(
        wallet.finish_authorization(&address).await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn c18_an_offer_cannot_name_a_server_that_its_issuer_does_not_name() {
    let school = Institution::open().await;
    let (wallet, _folder) = school.wallet();
    let other = json!({"authorization_server": "https://other.example"});
    let code = json!({"pre-authorized_code": "a", "authorization_server": "https://other.example"});
    for grants in [
        json!({"authorization_code": other}),
        json!({"urn:ietf:params:oauth:grant-type:pre-authorized_code": code}),
        json!({"authorization_code": {"authorization_server": school.url},
            "urn:ietf:params:oauth:grant-type:pre-authorized_code": code}),
    ] {
        let refused = wallet.open_offer(&inline(&school, &grants)).await;
        assert_eq!(refused.unwrap_err(), IssuanceError::Metadata.into());
    }
    let own = json!({"authorization_code": {"authorization_server": school.url}});
    assert!(wallet.open_offer(&inline(&school, &own)).await.is_ok());
}

#[tokio::test]
async fn c12_happy_path_with_scopes_without_authorization_details_in_token_response() {
    let school = Institution::open().await;
    let (wallet, _folder) = school.wallet();
    let offer = school.offer(DEGREE);
    let mut open = wallet.open_offer(&offer.link).await.unwrap();
    let kinds = &mut open.server.server.authorization_details_types_supported;
    kinds.clear();
    let visit = wallet.begin_authorization(&open, CALLBACK).await.unwrap();
    let code = offer.tx_code.as_deref().unwrap();
    let address = browse(&visit.link, &[("code", code)]).await;
    assert_eq!(
        wallet.finish_authorization(&address).await.unwrap().len(),
        2
    );
    for configuration in open
        .metadata
        .credential_configurations_supported
        .values_mut()
    {
        configuration.scope = None;
    }
    let refused = wallet.begin_authorization(&open, CALLBACK).await;
    assert_eq!(refused.unwrap_err(), IssuanceError::NoSuchGrant.into());
}

#[tokio::test]
async fn c18_only_so_many_visits_wait_and_each_for_half_an_hour() {
    let school = Institution::open().await;
    let (wallet, clock, _folder) = school.wallet_and_clock();
    let offer = school.offer(DEGREE);
    let code = offer.tx_code.as_deref().unwrap();
    let open = wallet.open_offer(&offer.link).await.unwrap();
    let first = wallet.begin_authorization(&open, CALLBACK).await.unwrap();
    let first = browse(&first.link, &[("code", code)]).await;
    clock.advance(chrono::TimeDelta::seconds(1));
    for _visit in 0..15 {
        wallet.begin_authorization(&open, CALLBACK).await.unwrap();
    }
    let last = wallet.begin_authorization(&open, CALLBACK).await.unwrap();
    let last = browse(&last.link, &[("code", code)]).await;
    let refused = wallet.finish_authorization(&first).await.unwrap_err();
    assert_eq!(refused, IssuanceError::OtherAnswer.into(), "it made room");
    clock.advance(chrono::TimeDelta::minutes(30));
    let refused = wallet.finish_authorization(&last).await.unwrap_err();
    assert_eq!(refused, IssuanceError::OtherAnswer.into(), "it is too late");
}

#[test]
fn c17_a_token_that_was_asked_for_with_a_proof_is_no_bearer_token() {
    let answer = |kind: &str| Answer {
        status: 200,
        headers: vec![],
        body: json!({"access_token": "t", "token_type": kind, "expires_in": 60})
            .to_string()
            .into_bytes(),
    };
    let bound = || Some(Possession::fresh().unwrap());
    assert!(Token::read(&answer("dpop"), bound()).unwrap().is_bound());
    assert!(!Token::read(&answer("bearer"), None).unwrap().is_bound());
    for (kind, possession) in [("Bearer", bound()), ("DPoP", None), ("mac", None)] {
        let refused = Token::read(&answer(kind), possession);
        assert_eq!(refused.unwrap_err(), IssuanceError::NotUnderstood, "{kind}");
    }
}
