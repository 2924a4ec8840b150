//! A broker that wants its nonce in every proof.

use super::{
    broker::{Broker, template},
    journey::{Granted, granted},
};
use crate::{
    recipient::{CallError, ReadError},
    test_support::World,
};

#[tokio::test]
async fn a_proof_is_made_anew_once_with_the_nonce_the_broker_gave_and_that_is_kept() {
    let world = World::new();
    let Granted {
        broker,
        recipient,
        mut held,
        ..
    } = granted(&world).await;
    broker.desk().nonce = Some("first".into());
    recipient.read(&mut held).await.unwrap();
    recipient.push(&template()).await.unwrap();
    assert_eq!(broker.desk().sent_back, 1, "also another endpoint takes it");
    broker.desk().nonce = Some("second".into());
    recipient.clone().push(&template()).await.unwrap();
    recipient.read(&mut held).await.unwrap();
    assert_eq!(broker.desk().sent_back, 2);
    assert_eq!(broker.desk().reads.len(), 2);
}

#[tokio::test]
async fn a_broker_that_is_never_content_is_not_asked_for_ever_and_ends_no_share() {
    let world = World::new();
    let (broker, identity) = Broker::start(&world).await;
    let recipient = broker.connect(&identity).await.unwrap();
    // What cannot be sent back is not sent back.
    broker.desk().nonce = Some("two words".into());
    let error = recipient.push(&template()).await.unwrap_err();
    assert_eq!(error.reason(), "broker_refused");
    assert_eq!(broker.desk().sent_back, 2);

    let Granted {
        broker,
        recipient,
        mut held,
        ..
    } = granted(&world).await;
    broker.desk().nonce = Some("two words".into());
    let error = recipient.read(&mut held).await.unwrap_err();
    assert!(matches!(
        error,
        ReadError::Call(CallError::Refused { status: 401, .. })
    ));
    assert_eq!(broker.desk().sent_back, 2);
}
