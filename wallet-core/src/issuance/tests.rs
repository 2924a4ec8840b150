mod authorizing;
mod awaiting;
mod identity;
mod institution;
mod school;

use credential_core::jose::Signer as _;
use serde_json::json;

use self::school::{School, Way};
use super::*;
use crate::test_support::Parties;

/// An offer is opened and accepted; what then is in the wallet.
async fn accept(way: Way) -> (Result<usize, Error>, usize) {
    let school = School::open(way).await;
    let (wallet, _clock, _folder) = school.parties.wallet();
    wallet.import_trust_list(&school.list()).unwrap();
    let accepted = async {
        let open = wallet.open_offer(&school.offer()).await?;
        Ok(wallet.accept_offer(&open, Some("493817")).await?.len())
    };
    (accepted.await, wallet.credentials().unwrap().len())
}

async fn refused(way: Way) -> Error {
    let (accepted, held) = accept(way).await;
    assert_eq!(held, 0, "{way:?}: nothing is stored");
    accepted.unwrap_err()
}

#[tokio::test]
async fn what_an_honest_issuer_sends_is_stored_with_its_key() {
    assert_eq!(accept(Way::Honest).await, (Ok(1), 1));
}

#[tokio::test]
async fn c08_an_issuer_that_is_not_listed_is_not_even_asked() {
    let school = School::open(Way::Honest).await;
    let (wallet, _clock, _folder) = school.parties.wallet();
    let elsewhere = school
        .parties
        .list(1, "http://127.0.0.1:9", &school::wanted());
    wallet.import_trust_list(&elsewhere).unwrap();
    let refused = wallet.open_offer(&school.offer()).await.unwrap_err();
    let issuer = school.url.clone();
    assert_eq!(refused, IssuanceError::UnknownIssuer { issuer }.into());
    assert_eq!(school.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn metadata_of_another_issuer_is_refused() {
    for way in [
        Way::MetadataOfAnother,
        Way::ServerOfAnother,
        Way::OffersMore,
    ] {
        assert_eq!(
            refused(way).await,
            IssuanceError::Metadata.into(),
            "{way:?}"
        );
    }
}

#[tokio::test]
async fn a_credential_that_was_not_asked_for_is_refused() {
    for way in [Way::OtherKey, Way::OtherType] {
        assert_eq!(
            refused(way).await,
            IssuanceError::NotAsAsked.into(),
            "{way:?}"
        );
    }
}

#[tokio::test]
async fn a_credential_that_does_not_verify_is_refused() {
    for (way, reason) in [
        (Way::OtherSignature, "signature_invalid"),
        (Way::OtherIssuer, "issuer_unknown"),
        (Way::UnlistedType, "issuer_not_trusted_for_type"),
        (Way::Nonsense, "credential_malformed"),
    ] {
        let reason = reason.to_owned();
        assert_eq!(
            refused(way).await,
            IssuanceError::NotVerified { reason }.into(),
            "{way:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_of_another_form_is_refused() {
    for way in [Way::TwoCredentials, Way::NoCredential, Way::NotJson] {
        assert_eq!(
            refused(way).await,
            IssuanceError::NotUnderstood.into(),
            "{way:?}"
        );
    }
}

#[tokio::test]
async fn an_issuer_that_gives_several_copies_is_asked_for_four() {
    let school = School::open(Way::Batch).await;
    let (wallet, _clock, _folder) = school.parties.wallet();
    wallet.import_trust_list(&school.list()).unwrap();
    let open = wallet.open_offer(&school.offer()).await.unwrap();
    let held = wallet.accept_offer(&open, Some("493817")).await.unwrap();
    assert_eq!(held.len(), 1, "one credential in the person's eyes");
    let mut seen = std::collections::BTreeSet::new();
    let mut shown = |recipient: &str| {
        let copy = wallet.copy_for(&held[0], recipient).unwrap();
        let bound = copy.verified.holder_key().unwrap().thumbprint();
        assert_eq!(
            bound,
            copy.key.public_jwk().thumbprint(),
            "with the key it is bound to"
        );
        seen.insert(bound.clone());
        bound
    };
    let first = shown("a");
    assert_eq!(shown("a"), first, "a recipient sees the same copy again");
    let others = ["b", "c", "d"].map(&mut shown);
    assert!(!others.contains(&first));
    assert_eq!(
        shown("e"),
        first,
        "after the last it goes on from the first"
    );
    assert_eq!(shown("b"), others[0]);
    assert_eq!(seen.len(), 4);
    let told = json!({"notification_id": "n", "event": "credential_accepted"});
    assert_eq!(school.told(), [told]);
}

#[tokio::test]
async fn c15_copies_that_are_not_alike_or_share_a_key_are_refused_as_a_whole() {
    for way in [Way::UnlikeCopies, Way::SameKeyTwice] {
        let school = School::open(way).await;
        let (wallet, _clock, _folder) = school.parties.wallet();
        wallet.import_trust_list(&school.list()).unwrap();
        let open = wallet.open_offer(&school.offer()).await.unwrap();
        let refused = wallet
            .accept_offer(&open, Some("493817"))
            .await
            .unwrap_err();
        assert_eq!(refused, IssuanceError::NotAsAsked.into(), "{way:?}");
        assert_eq!(wallet.credentials().unwrap().len(), 0);
        let told = json!({"notification_id": "n", "event": "credential_failure"});
        assert_eq!(
            school.told(),
            [told],
            "a part that fails is a failure of all"
        );
    }
}

#[tokio::test]
async fn c20_a_signed_description_counts_when_the_trust_list_has_its_key() {
    assert_eq!(accept(Way::Signed).await, (Ok(1), 1));
    let refused = refused(Way::SignedByAnother).await;
    assert_eq!(
        refused,
        IssuanceError::SignedMetadata(SignedMetadataError::UnknownKey).into()
    );
}

#[tokio::test]
async fn c14_an_issuer_that_can_read_encrypted_requests_gets_no_other() {
    assert_eq!(accept(Way::Encrypted).await, (Ok(1), 1));
    let refused_in_the_open = refused(Way::AnswersInTheOpen).await;
    assert_eq!(refused_in_the_open, IssuanceError::NotUnderstood.into());
    let strange = refused(Way::StrangeEncryption).await;
    assert_eq!(strange, IssuanceError::Encryption.into());
}

#[tokio::test]
async fn a_refusal_is_told_in_one_short_harmless_sentence() {
    let Error::Issuance(IssuanceError::Refused {
        status,
        code,
        reason,
        description,
    }) = refused(Way::Refuses).await
    else {
        panic!("a refusal")
    };
    assert_eq!((status, &*code), (400, "invalid_grant"));
    assert_eq!(reason, None, "no code: {reason:?}");
    assert_eq!(description.chars().count(), 300);
    assert!(!description.contains(char::is_control), "{description:?}");
}

#[tokio::test]
async fn c07_where_a_code_would_go_is_shown_and_without_one_nothing_is_sent() {
    let school = School::open(Way::Honest).await;
    let (wallet, _clock, _folder) = school.parties.wallet();
    wallet.import_trust_list(&school.list()).unwrap();
    let open = wallet.open_offer(&school.offer()).await.unwrap();
    assert!(open.needs_code());
    assert_eq!(open.code_goes_to(), format!("{}/token", school.url));
    for code in [None, Some(""), Some("  ")] {
        let refused = wallet.accept_offer(&open, code).await.unwrap_err();
        assert_eq!(refused, IssuanceError::CodeNeeded.into(), "{code:?}");
    }
    assert!(!school.asked().contains(&"/token".to_owned()));
}

#[tokio::test]
async fn an_offer_in_a_log_line_shows_no_code() {
    let school = School::open(Way::Honest).await;
    let (wallet, _clock, _folder) = school.parties.wallet();
    wallet.import_trust_list(&school.list()).unwrap();
    let open = wallet.open_offer(&school.offer()).await.unwrap();
    assert!(!format!("{open:?}").contains(school::PRE_AUTHORIZED_CODE));
}

#[tokio::test]
async fn a_link_that_is_no_offer_is_refused() {
    let (wallet, _clock, _folder) = Parties::new().wallet();
    let empty = json!({}).to_string();
    for link in [
        "https://school.example",
        "openid-credential-offer://?",
        &format!("openid-credential-offer://?credential_offer={empty}"),
        "openid-credential-offer://?credential_offer_uri=a&credential_offer_uri=b",
    ] {
        let refused = wallet.open_offer(link).await.unwrap_err();
        assert!(matches!(refused, Error::Offer(_)), "{link}: {refused}");
    }
}
