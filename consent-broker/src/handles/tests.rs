use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    id::{RequestId, SubjectId},
    rng::SystemRng,
};
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::{CompletionLink, HandleError, HandleKey, Handles, Ticket, WalletToken};

fn handles(secret: u8) -> Handles {
    let key = HandleKey::new(Zeroizing::new([secret; 32]));
    Handles::new(key, Arc::new(SystemRng::default()))
}

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

fn token() -> WalletToken {
    WalletToken {
        subject_id: SubjectId::from_bytes([7; 16]),
        log_id: "log".into(),
        jkt: "thumbprint".into(),
        exp: noon().timestamp() + 60,
    }
}

#[test]
fn a_handle_gives_back_its_facts_until_its_time_is_over() {
    let sealed = handles(1).seal(&token()).unwrap();
    assert_eq!(handles(1).open(&sealed, noon()), Ok(token()));
    let last = noon() + TimeDelta::seconds(59);
    assert_eq!(handles(1).open(&sealed, last), Ok(token()));
    let over = noon() + TimeDelta::seconds(60);
    assert_eq!(
        handles(1).open::<WalletToken>(&sealed, over),
        Err(HandleError::Expired)
    );
}

#[test]
fn a_handle_of_one_kind_or_broker_is_foreign_to_another() {
    let request_id = RequestId::from_bytes([3; 16]);
    let link = CompletionLink {
        request_id,
        exp: noon().timestamp() + 60,
    };
    let sealed = handles(1).seal(&link).unwrap();
    assert_eq!(
        handles(1).open::<Ticket>(&sealed, noon()),
        Err(HandleError::Foreign)
    );
    assert_eq!(
        handles(2).open::<CompletionLink>(&sealed, noon()),
        Err(HandleError::Foreign)
    );
}

#[test]
fn the_same_facts_never_give_the_same_handle_and_the_text_shows_none_of_them() {
    let (a, b) = (
        handles(1).seal(&token()).unwrap(),
        handles(1).seal(&token()).unwrap(),
    );
    assert_ne!(a, b);
    let octets = credential_core::encoding::from_base64url(&a).unwrap();
    assert!(!octets.windows(10).any(|w| w == b"thumbprint"));
}

#[test]
fn a_handle_too_long_to_be_looked_at_again_is_not_made() {
    let long = WalletToken {
        log_id: "x".repeat(4000),
        ..token()
    };
    assert_eq!(handles(1).seal(&long), Err(HandleError::NotMade));
}

proptest! {
    #[test]
    fn no_changed_handle_opens(at in 0_usize..150, flip in 1_u8..=255) {
        let sealed = handles(1).seal(&token()).unwrap();
        let mut octets = credential_core::encoding::from_base64url(&sealed).unwrap();
        let at = at % octets.len();
        octets[at] ^= flip;
        let changed = credential_core::encoding::base64url(&octets);
        prop_assert_eq!(handles(1).open::<WalletToken>(&changed, noon()), Err(HandleError::Foreign));
    }

    #[test]
    fn no_text_is_a_handle_or_a_panic(text in ".{0,300}") {
        prop_assert!(handles(1).open::<WalletToken>(&text, noon()).is_err());
    }
}
