use credential_core::jose::jws::JwsError;

use super::*;
use crate::test_support::{BROKER, Parties};

#[test]
fn the_first_signed_contradiction_is_kept_as_evidence() {
    let (wallet, _clock, _folder) = Parties::new().wallet();
    let page = |head: &str| LogPage {
        head: head.into(),
        entries: vec![],
        consistency: vec![],
    };
    let accuse = |head, error: HeadError| {
        let accused = wallet.accuse::<()>((BROKER, 4), &page(head), error.clone());
        assert_eq!(accused.unwrap_err(), Error::Log(error));
        wallet.vault().get(&EVIDENCE, &(BROKER.to_owned(), 4))
    };
    // What the broker did not sign proves nothing about it.
    let unsigned = HeadError::Jws(JwsError::BadSignature);
    assert_eq!(accuse("unsigned", unsigned), Ok(None));
    assert_eq!(accuse("first", HeadError::Changed), Ok(Some(page("first"))));
    // And nothing that comes later covers it up.
    assert_eq!(accuse("second", HeadError::Gap), Ok(Some(page("first"))));
}
