use chrono::TimeDelta;
use credential_core::{
    consent::{
        decision::DecisionClaims,
        receipt::{Event, ReceiptClaims},
    },
    id::{GrantId, ReceiptId},
};

use super::broker::{Broker, grant, template};
use crate::{
    OpenError,
    checks::Outcome,
    recipient::{CallError, HeldGrant, PendingRequest, PushError, ReadError, Recipient},
    test_support::{CLIENT, Deposit, World, noon},
};

fn answer(broker: &Broker, pending: &PendingRequest) -> String {
    let iss: String = url::form_urlencoded::byte_serialize(broker.issuer.as_bytes()).collect();
    format!("code=the-code&state={}&iss={iss}", pending.state())
}

/// A grant and both its sides.
pub(super) struct Granted {
    pub(super) broker: Broker,
    pub(super) recipient: Recipient,
    pub(super) held: HeldGrant,
    pub(super) deposit: Deposit,
}

/// Up to the grant, with a first deposit in the mailbox.
pub(super) async fn granted(world: &World) -> Granted {
    let (broker, identity) = Broker::start(world).await;
    let recipient = broker.connect(&identity).await.unwrap();
    let pending = recipient.push(&template()).await.unwrap();
    let details = grant(&pending);
    let mut deposit = world.deposit();
    deposit.header_grant = details.grant_id;
    deposit.decision_grant = details.grant_id;
    deposit.header_hash = details.hash_base64url().unwrap();
    deposit.request = pending.request().to_owned();
    deposit.broker = broker.issuer.clone();
    (deposit.details, deposit.decided) = (details.clone(), details.clone());
    broker.desk().granted = Some(details);
    broker.desk().deposit = deposit.seal(world);
    let held = recipient
        .redeem(&pending, &answer(&broker, &pending))
        .await
        .unwrap();
    Granted {
        broker,
        recipient,
        held,
        deposit,
    }
}

#[tokio::test]
async fn a_request_becomes_a_grant_and_a_reading_that_is_checked() {
    let world = World::new();
    let (broker, identity) = Broker::start(&world).await;
    let recipient = broker.connect(&identity).await.unwrap();
    let pending = recipient.push(&template()).await.unwrap();
    let link = url::Url::parse(pending.link()).unwrap();
    assert_eq!(link.path(), "/authorize");
    let parameters: Vec<(String, String)> = link.query_pairs().into_owned().collect();
    assert_eq!(parameters[0], ("client_id".into(), CLIENT.into()));
    assert_eq!(parameters.len(), 2);
    assert_eq!(
        pending.details().enc_jwk_thumbprint,
        world.recipient.thumbprint()
    );

    let Granted {
        broker,
        recipient,
        mut held,
        ..
    } = granted(&world).await;
    assert_eq!(held.last_sequence(), 0);
    let opened = recipient.read(&mut held).await.unwrap();
    assert_eq!(held.last_sequence(), 1);
    assert_eq!(broker.desk().reads.len(), 1);
    let expected = recipient.expectation(&held);
    assert_eq!(expected.broker, broker.issuer);
    let report = world
        .verifier()
        .verify_presentation(&opened, &expected)
        .await
        .unwrap();
    assert_eq!(report.verdict, Outcome::Valid, "{report:?}");
}

#[tokio::test]
async fn asking_for_more_than_registered_is_told_with_its_reason() {
    let world = World::new();
    let (broker, identity) = Broker::start(&world).await;
    let recipient = broker.connect(&identity).await.unwrap();
    let mut wider = template();
    let mut born = wider.dcql_query.credentials[0].claims[0].clone();
    born.id = "born".into();
    born.path = credential_core::dcql::ClaimPath::claim("birthdate");
    wider.dcql_query.credentials[0].claims.push(born);
    let mut why = wider.reasons[0].clone();
    why.claim_id = "born".into();
    wider.reasons.push(why);
    let refused = recipient.push(&wider).await.unwrap_err();
    let PushError::Call(CallError::Refused {
        status: 400, code, ..
    }) = refused
    else {
        panic!("{refused:?}")
    };
    assert_eq!(code, "over_asking");

    let mut endless = template();
    endless.duration = None;
    let error = recipient.push(&endless).await.unwrap_err();
    assert_eq!(error.reason(), "request_details_invalid");
}

#[tokio::test]
async fn a_broken_connection_is_tried_once_more_as_the_same_reading() {
    let world = World::new();
    let Granted {
        broker,
        recipient,
        mut held,
        ..
    } = granted(&world).await;
    broker.desk().break_connections = 1;
    recipient.read(&mut held).await.unwrap();
    let reads = std::mem::take(&mut broker.desk().reads);
    assert_eq!(reads.len(), 2);
    assert_eq!(reads[0].0, reads[1].0, "the same Read-Id");
    assert_ne!(reads[0].1, reads[1].1, "a fresh proof");

    broker.desk().break_connections = 2;
    let error = recipient.read(&mut held).await.unwrap_err();
    assert_eq!(error.reason(), "http_unreachable");
    assert_eq!(broker.desk().reads.len(), 2);
    broker.desk().break_connections = 0;
    recipient.read(&mut held).await.unwrap();
    let reads = std::mem::take(&mut broker.desk().reads);
    assert_ne!(reads[0].0, reads[2].0, "another reading");
}

#[tokio::test]
async fn a_stale_access_token_is_renewed_before_and_a_dead_one_after_the_answer() {
    let world = World::new();
    let Granted {
        broker,
        recipient,
        mut held,
        ..
    } = granted(&world).await;
    world.clock.advance(TimeDelta::seconds(291));
    recipient.read(&mut held).await.unwrap();
    assert_eq!(broker.desk().tokens_given, 2);
    assert_eq!(broker.desk().reads.len(), 1);
    // The broker has ended this token early: one refusal, one renewal, one reading.
    broker.desk().tokens_given += 1;
    recipient.read(&mut held).await.unwrap();
    let reads = std::mem::take(&mut broker.desk().reads);
    assert_eq!(broker.desk().tokens_given, 4);
    assert_eq!(reads.len(), 3);
    assert_eq!(reads[1].0, reads[2].0);
}

#[tokio::test]
async fn a_share_that_was_ended_cannot_be_read_or_renewed() {
    let world = World::new();
    let Granted {
        broker,
        recipient,
        mut held,
        ..
    } = granted(&world).await;
    broker.desk().ended = true;
    assert_eq!(
        recipient.read(&mut held).await.unwrap_err(),
        ReadError::Ended
    );
    assert_eq!(
        recipient.refresh(&mut held).await.unwrap_err(),
        ReadError::Ended
    );
}

#[tokio::test]
async fn an_older_deposit_is_refused_after_a_newer_one_was_read() {
    let world = World::new();
    let Granted {
        broker,
        recipient,
        mut held,
        mut deposit,
    } = granted(&world).await;
    let older = broker.desk().deposit.clone();
    deposit.sequence = 2;
    broker.desk().deposit = deposit.seal(&world);
    recipient.read(&mut held).await.unwrap();
    assert_eq!(held.last_sequence(), 2);
    broker.desk().deposit = older;
    assert_eq!(
        recipient.read(&mut held).await.unwrap_err(),
        ReadError::Deposit(OpenError::Replayed { last_seen: 2 })
    );
    assert_eq!(held.last_sequence(), 2);
}

#[tokio::test]
async fn a_grant_is_stored_and_read_back_and_shows_no_token() {
    let world = World::new();
    let Granted {
        recipient, held, ..
    } = granted(&world).await;
    let stored = serde_json::to_string(&held).unwrap();
    let mut again: HeldGrant = serde_json::from_str(&stored).unwrap();
    assert_eq!(again, held);
    recipient.read(&mut again).await.unwrap();
    let shown = format!("{held:?}");
    assert!(
        !shown.contains("access-1") && !shown.contains("\"refresh\""),
        "{shown}"
    );

    let pending = recipient.push(&template()).await.unwrap();
    let stored = serde_json::to_value(&pending).unwrap();
    let verifier = stored["code_verifier"].as_str().unwrap();
    assert_eq!(verifier.len(), 43);
    assert!(!format!("{pending:?}").contains(verifier));
    assert_eq!(
        serde_json::from_value::<PendingRequest>(stored.clone()).unwrap(),
        pending
    );
}

#[tokio::test]
async fn receipts_are_those_of_the_grant_and_signed_by_its_broker() {
    let world = World::new();
    let Granted {
        broker,
        recipient,
        held,
        ..
    } = granted(&world).await;
    let details = held.details().clone();
    let decision = DecisionClaims {
        decision: credential_core::consent::decision::Verdict::Approved,
        grant_id: held.id(),
        request_hash: credential_core::encoding::sha256_base64url(held.request()),
        recipient: CLIENT.into(),
        aud: broker.issuer.clone(),
        iat: noon().timestamp(),
        details: Some(details.clone()),
        change: None,
        reply_jwk: None,
    };
    let claims = ReceiptClaims {
        iss: broker.issuer.clone(),
        iat: noon().timestamp(),
        receipt_id: ReceiptId::from_bytes([1; 16]),
        event: Event::Given,
        grant_id: held.id(),
        recipient: CLIENT.into(),
        recipient_name: credential_core::text::Text::new(
            "Lumo Hoiva Oy",
            "Lumo Hoiva Ab",
            "Lumo Care Ltd",
        ),
        purpose: details.purpose.clone(),
        legal_basis: details.legal_basis,
        details_hash: Some(details.hash_base64url().unwrap()),
        details: Some(details),
        request: held.request().to_owned(),
        decision: decision.sign(&world.grant_key).unwrap(),
        change: None,
        log_seq: 0,
    };
    let signed = claims.sign(&*broker.key).unwrap();
    broker.desk().receipts = vec![signed.clone()];
    let received = recipient.receipts(held.id(), &broker.trust).await.unwrap();
    assert_eq!(received[0].signed, signed);
    assert_eq!(received[0].receipt.claims(), &claims);

    let other = recipient
        .receipts(GrantId::from_bytes([5; 16]), &broker.trust)
        .await;
    assert_eq!(other.unwrap_err().reason(), "receipt_other_share");
    broker.desk().receipts = vec![claims.sign(&world.issuer).unwrap()];
    let forged = recipient.receipts(held.id(), &broker.trust).await;
    assert_eq!(forged.unwrap_err().reason(), "receipt_key_unknown");
}

#[tokio::test]
async fn the_link_to_the_recipients_own_page_leads_to_its_broker_and_is_not_in_debug_output() {
    let world = World::new();
    let Granted {
        broker, recipient, ..
    } = granted(&world).await;
    let link = recipient.page().await.unwrap();
    let expected = format!("{}/recipient/enter/x", broker.issuer);
    assert_eq!(link.page_url, expected);
    assert_eq!(link.expires_in, 600);
    assert!(!format!("{link:?}").contains("enter"));
    broker.desk().page_origin = Some("https://elsewhere.example".into());
    let elsewhere = recipient.page().await.unwrap_err();
    assert_eq!(elsewhere, CallError::Malformed("page_url"));
}
