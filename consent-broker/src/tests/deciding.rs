//! `POST /wallet/decisions` and withdrawals.

mod replay;

use chrono::TimeDelta;
use credential_core::{
    consent::{
        decision::Verdict,
        details::{GrantedDetails, LegalBasis, RequestedDetails},
        receipt::{self, Event, Receipt},
    },
    jose::VerifyingKey,
    mailbox::DepositHeader,
    network::Network,
};
use serde_json::{Value, json};

use super::{
    races::together,
    support::{
        Answer, Wallet, World,
        people::{deposit, deposit_header, granted},
        random_id, read_id,
    },
};

/// A request in a wallet's hands.
pub(super) struct Opened {
    wallet: Wallet,
    token: String,
    request: String,
    request_id: String,
    details: GrantedDetails,
    pub(super) cookie: String,
}

pub(super) async fn opened(world: &World, details: RequestedDetails) -> Opened {
    let request = world.recipient.signed(&world.origin, details.clone());
    let uri = world.push(&request).await.text("request_uri");
    let (ticket, cookie) = world.authorize(&uri, None).await.unwrap();
    let wallet = Wallet::new();
    let token = world.wallet_token(&wallet).await;
    let body = json!({ "ticket": ticket });
    let answer = world
        .wallet_post(&wallet, &token, "/wallet/requests", &body)
        .await;
    Opened {
        details: granted(&details, &world.recipient, random_id(), world.now()),
        request_id: answer.text("request_id"),
        wallet,
        token,
        request,
        cookie,
    }
}

impl Opened {
    pub(super) fn body(&self, world: &World, verdict: Verdict, deposit: Option<&str>) -> Value {
        let decision = self
            .wallet
            .decision(verdict, &self.request, &self.details, world.now());
        let mut body = json!({"request_id": self.request_id, "decision": decision});
        if let Some(deposit) = deposit {
            body["deposit"] = deposit.into();
        }
        body
    }

    pub(super) async fn send(&self, world: &World, body: &Value) -> Answer {
        world
            .wallet_post(&self.wallet, &self.token, "/wallet/decisions", body)
            .await
    }

    fn header(&self, world: &World) -> DepositHeader {
        deposit_header(&self.details, &world.recipient, world.now())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_decision_again_gets_the_same_answer_and_another_is_refused() {
    let world = World::new().await;
    let opened = opened(&world, world.recipient.details()).await;
    let sealed = deposit(&opened.header(&world), 4096);
    let body = opened.body(&world, Verdict::Approved, Some(&sealed));
    let first = opened.send(&world, &body).await;
    assert_eq!(first.status, 201, "{first:?}");
    world.clock.advance(TimeDelta::minutes(9));
    let again = opened.send(&world, &body).await;
    assert_eq!((again.status, again.json()), (201, first.json()));
    let refusal = opened.body(&world, Verdict::Refused, None);
    assert_eq!(
        opened.send(&world, &refusal).await.refusal(),
        "409 invalid_request request_decided"
    );
    let other_deposit = deposit(&opened.header(&world), 4096);
    let changed = json!({"request_id": opened.request_id, "decision": body["decision"],
        "deposit": other_deposit});
    assert_eq!(
        opened.send(&world, &changed).await.refusal(),
        "409 invalid_request request_decided"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_times_the_same_decision_at_once_is_one_grant() {
    let world = World::new().await;
    let opened = opened(&world, world.recipient.details()).await;
    let sealed = deposit(&opened.header(&world), 4096);
    let body = opened.body(&world, Verdict::Approved, Some(&sealed));
    let mut answers = Vec::new();
    let sends = (0..50).map(|_| opened.send(&world, &body));
    for answer in together(sends).await {
        assert_eq!(answer.status, 201, "{answer:?}");
        answers.push(answer.json());
    }
    assert!(answers.iter().all(|answer| answer == &answers[0]));
    let list = world
        .wallet_get(&opened.wallet, &opened.token, "/wallet/grants")
        .await;
    assert_eq!(list.json()["grants"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_does_not_fit_the_decision_is_refused() {
    let world = World::new().await;
    let opened = opened(&world, world.recipient.details()).await;
    let sound = || opened.header(&world);
    let cases = [
        (
            DepositHeader {
                grant_id: random_id(),
                ..sound()
            },
            "deposit_other_grant",
        ),
        (DepositHeader { seq: 2, ..sound() }, "deposit_not_the_first"),
        (
            DepositHeader {
                recipient: world.other.client_id(),
                ..sound()
            },
            "deposit_other_recipient",
        ),
        (
            DepositHeader {
                details_hash: "x".repeat(43),
                ..sound()
            },
            "deposit_other_details",
        ),
        (
            DepositHeader {
                kid: world.other.encryption.thumbprint(),
                ..sound()
            },
            "deposit_other_key",
        ),
        (
            DepositHeader {
                exp: opened.details.until.timestamp() + 1,
                nbf: sound().nbf + 2,
                ..sound()
            },
            "deposit_end_unfit",
        ),
        (
            DepositHeader {
                nbf: sound().nbf - 301,
                ..sound()
            },
            "deposit_begin_unfit",
        ),
        (
            DepositHeader {
                nbf: sound().nbf + 301,
                ..sound()
            },
            "deposit_begin_unfit",
        ),
        (
            DepositHeader {
                enc: "A128GCM".into(),
                ..sound()
            },
            "deposit_header_invalid",
        ),
        (
            DepositHeader {
                exp: sound().nbf,
                ..sound()
            },
            "deposit_validity_invalid",
        ),
    ];
    for (header, reason) in cases {
        let body = opened.body(&world, Verdict::Approved, Some(&deposit(&header, 4096)));
        let answer = opened.send(&world, &body).await;
        assert_eq!(answer.refusal(), format!("400 invalid_request {reason}"));
    }
    for (verdict, sealed, reason) in [
        (Verdict::Approved, None, "deposit_missing"),
        (Verdict::Refused, Some("x"), "deposit_with_refusal"),
        (Verdict::Approved, Some("a.b.c"), "deposit_malformed"),
    ] {
        let answer = opened
            .send(&world, &opened.body(&world, verdict, sealed))
            .await;
        assert_eq!(answer.refusal(), format!("400 invalid_request {reason}"));
    }
    let huge = deposit(&sound(), 500 * 1024);
    let answer = opened
        .send(&world, &opened.body(&world, Verdict::Approved, Some(&huge)))
        .await;
    assert_eq!(answer.status, 413, "{}", answer.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_deposit_is_kept_and_read_unchanged() {
    let world = World::new().await;
    let opened = opened(&world, world.recipient.details()).await;
    let sealed = deposit(&opened.header(&world), 380 * 1024);
    assert!(sealed.len() > 500 * 1024);
    let body = opened.body(&world, Verdict::Approved, Some(&sealed));
    let answer = opened.send(&world, &body).await;
    let url = answer.text("complete_url");
    let back = world.complete(&url, &opened.cookie).await.unwrap();
    let token = world.redeem(back["code"].as_str().unwrap()).await;
    let reading = world
        .read(
            &token.text("access_token"),
            opened.details.grant_id,
            &read_id(),
        )
        .await;
    assert_eq!(reading.body, sealed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_for_more_than_asked_or_not_about_now_is_refused() {
    let world = World::new().await;
    let mut opened = opened(&world, world.recipient.details()).await;
    let sound = opened.details.clone();
    let longer = GrantedDetails {
        until: sound.until + TimeDelta::days(1),
        ..sound.clone()
    };
    let oftener = GrantedDetails {
        max_reads: Some(4),
        ..sound.clone()
    };
    let other_key = GrantedDetails {
        enc_jwk_thumbprint: world.other.encryption.thumbprint(),
        ..sound.clone()
    };
    for details in [longer, oftener, other_key] {
        opened.details = details;
        let sealed = deposit(&opened.header(&world), 4096);
        let body = opened.body(&world, Verdict::Approved, Some(&sealed));
        assert_eq!(
            opened.send(&world, &body).await.refusal(),
            "400 invalid_request decision_not_a_narrowing"
        );
    }
    opened.details = sound;
    let body = opened.body(
        &world,
        Verdict::Approved,
        Some(&deposit(&opened.header(&world), 4096)),
    );
    world.clock.advance(TimeDelta::seconds(301));
    assert_eq!(
        opened.send(&world, &body).await.refusal(),
        "400 invalid_request decision_not_of_this_moment"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_accounts_request_cannot_be_decided() {
    let world = World::new().await;
    let opened = opened(&world, world.recipient.details()).await;
    let sealed = deposit(&opened.header(&world), 4096);
    let body = opened.body(&world, Verdict::Approved, Some(&sealed));
    let stranger = Wallet::new();
    let token = world.wallet_token(&stranger).await;
    let answer = world
        .wallet_post(&stranger, &token, "/wallet/decisions", &body)
        .await;
    assert_eq!(answer.refusal(), "400 invalid_request request_not_opened");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_id_is_taken_once() {
    let world = World::new().await;
    let first = world.grant(world.recipient.details()).await;
    let mut second = opened(&world, world.recipient.details()).await;
    second.details.grant_id = first.id;
    let sealed = deposit(&second.header(&world), 4096);
    let body = second.body(&world, Verdict::Approved, Some(&sealed));
    assert_eq!(
        second.send(&world, &body).await.refusal(),
        "409 invalid_request grant_id_taken"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r52_a_refusal_goes_back_as_access_denied_and_is_in_the_log_with_a_receipt() {
    let world = World::new().await;
    let opened = opened(&world, world.recipient.details()).await;
    let body = opened.body(&world, Verdict::Refused, None);
    let answer = opened.send(&world, &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(opened.send(&world, &body).await.json(), answer.json());
    let back = world
        .complete(&answer.text("complete_url"), &opened.cookie)
        .await
        .unwrap();
    assert_eq!(
        back,
        json!({"from": "broker", "error": "access_denied", "state": "session 7 & more",
            "iss": world.origin})
    );
    let broker = VerifyingKey::try_from(world.state.keys.signer().public_jwk()).unwrap();
    let receipt = Receipt::verify(&answer.text("receipt"), &broker).unwrap();
    assert_eq!(receipt.claims().event, Event::Refused);
    let page = world
        .wallet_get(&opened.wallet, &opened.token, "/wallet/log")
        .await;
    assert_eq!(page.json()["entries"][0]["kind"], "consent_refused");
    assert_eq!(page.json()["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statutory_request_gets_a_record_of_a_duty_and_no_consent_receipt() {
    let mut world = World::new().await;
    let mut entry = world.recipient.entry();
    entry.recipient.as_mut().unwrap().intended_uses[0].legal_basis = LegalBasis::Statutory;
    world.registry.add(entry, Network::Loopback).unwrap();
    let now = world.now();
    let list = world
        .registry
        .publish(now, TimeDelta::days(30), &world.registrar)
        .unwrap();
    world.state.trust.import(&list, now).unwrap();
    let details = RequestedDetails {
        legal_basis: LegalBasis::Statutory,
        ..world.recipient.details()
    };
    let grant = world.grant(details).await;
    let signed = grant.answer["receipt"].as_str().unwrap();
    let parsed = receipt::parse(signed).unwrap();
    assert_eq!(parsed.header().typ.as_deref(), Some("duty-record+jwt"));
    let payload: Value = parsed.untrusted_payload().unwrap();
    assert_eq!(payload["legal_basis"], "statutory");
    assert!(!payload["record"].to_string().contains("Consent"));
    let token = world.wallet_token(&grant.wallet).await;
    let log = world.wallet_get(&grant.wallet, &token, "/wallet/log").await;
    assert_eq!(log.json()["entries"][0]["legal_basis"], "statutory");
    assert_eq!(world.log(&grant).await, ["consent_given", "deposit"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_twice_gives_the_same_receipt_and_another_key_cannot_stop() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let forger = Wallet::new();
    let forged = forger.decision(
        Verdict::Withdrawn,
        &grant.request,
        &grant.details,
        world.now(),
    );
    let path = format!("/wallet/grants/{}/withdraw", grant.id);
    let answer = world
        .wallet_post(
            &grant.wallet,
            &grant.wallet_token,
            &path,
            &json!({"decision": forged}),
        )
        .await;
    assert_eq!(answer.refusal(), "400 invalid_request decision_other_key");
    let first = world.withdraw(&grant).await;
    assert_eq!(first.status, 200);
    let second = world.withdraw(&grant).await;
    assert_eq!(second.json(), first.json());
    assert_eq!(
        world.log(&grant).await,
        ["consent_given", "deposit", "withdrawn"]
    );
    let held = world.state.peek(grant.id).await.unwrap().unwrap();
    assert_eq!(held["deposits"], json!([]));
}
