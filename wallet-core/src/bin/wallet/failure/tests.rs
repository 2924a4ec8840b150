use credential_core::text::Language;

use super::*;

fn refused(status: u16, reason: &str) -> Error {
    let refused = BrokerError::Refused {
        status,
        code: "invalid_request".into(),
        reason: Some(reason.into()),
        description: "the broker's own sentence".into(),
    };
    refused.into()
}

fn words(error: Error) -> String {
    Failure::from(error).words(&Words::new(Language::En))
}

#[test]
fn a_reason_that_another_party_gives_does_not_choose_the_wallets_words() {
    let said = words(refused(400, "recipient_unknown"));
    assert!(said.contains("the broker's own sentence"), "{said}");
    assert!(!said.contains("your wallet refused"), "{said}");
    assert!(said.contains("recipient_unknown"), "{said}");
}

#[test]
fn what_an_issuer_says_about_its_code_has_words() {
    let error = IssuanceError::Refused {
        status: 400,
        code: "invalid_grant".into(),
        reason: Some("tx_code_wrong".into()),
        description: "no".into(),
    };
    let said = words(error.into());
    assert!(said.starts_with("That was not the code"), "{said}");
}

#[test]
fn what_the_broker_may_have_recorded_is_not_called_undone() {
    for error in [Error::ReceiptNotOurs, refused(503, "server_error")] {
        let said = words(error);
        assert!(!said.contains("not done"), "{said}");
    }
}

#[test]
fn a_server_that_fails_is_a_matter_of_trying_again() {
    let kind = |error: Error| Failure::from(error).kind;
    assert_eq!(kind(refused(503, "server_error")), Kind::Network);
    assert_eq!(kind(BrokerError::NotUnderstood.into()), Kind::Network);
    assert_eq!(kind(refused(409, "request_decided")), Kind::Refused);
}

#[test]
fn every_kind_of_failure_has_words_and_a_next_step_in_every_language() {
    for language in Language::ALL {
        let words = Words::new(language);
        for kind in Kind::ALL {
            for id in ["err", "rec"].map(|part| format!("{part}-{}", kind.message())) {
                assert!(words.has(&id), "{language}: {id}");
            }
        }
    }
}
