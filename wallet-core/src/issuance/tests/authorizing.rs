//! The authorization code flow against the real issuing server.

use credential_core::credential::CredentialType;

use super::{
    institution::{CALLBACK, Institution, browse},
    *,
};

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
    assert_eq!(school.state.issued().unwrap().len(), 2);
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
