//! Deposits after the first: renewed, prepared for later, and sealed anew to a changed key.

use chrono::TimeDelta;
use credential_core::{
    jose::{Es256Key, Jwk, KeyUse, Signer as _},
    mailbox::DepositHeader,
    network::Network,
};
use serde_json::{Value, json};

use super::support::{
    Answer, Grant, Recipient, Wallet, World, noon,
    people::{deposit, deposit_header},
    read_id,
};

/// The header of a later deposit, to be read from `from` to `to` days after noon.
fn header(world: &World, grant: &Grant, seq: u32, (from, to): (i64, i64)) -> DepositHeader {
    let at = |days| (noon() + TimeDelta::days(days)).timestamp();
    DepositHeader {
        seq,
        nbf: at(from),
        exp: at(to),
        ..deposit_header(&grant.details, &world.recipient, noon())
    }
}

async fn put(world: &World, grant: &Grant, body: &Value) -> Answer {
    let token = world.wallet_token(&grant.wallet).await;
    let path = format!("/wallet/grants/{}/deposits", grant.id);
    world.wallet_post(&grant.wallet, &token, &path, body).await
}

async fn view(world: &World, grant: &Grant) -> Value {
    let token = world.wallet_token(&grant.wallet).await;
    let answer = world
        .wallet_get(&grant.wallet, &token, "/wallet/grants")
        .await;
    answer.json()["grants"][0].clone()
}

/// The registrar lists another encryption key for the recipient, and the broker imports the list.
fn rekey(world: &mut World) -> Jwk {
    let fresh = Es256Key::generate().unwrap().0.public_jwk().clone();
    world.recipient.encryption = fresh.with_use(KeyUse::Enc);
    let entry = world.recipient.entry();
    world.registry.add(entry, Network::Loopback).unwrap();
    let signed = world
        .registry
        .publish(noon(), TimeDelta::days(30), &world.registrar)
        .unwrap();
    world.state.trust.import(&signed, world.now()).unwrap();
    world.recipient.encryption.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn prepared_deposits_are_read_each_in_its_time() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let prepared: Vec<String> = [(2, (0, 7)), (3, (6, 14)), (4, (14, 21))]
        .map(|(seq, time)| deposit(&header(&world, &grant, seq, time), 4096))
        .into();
    let body = json!({ "deposits": prepared });
    let answer = put(&world, &grant, &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let put_now = answer.json()["deposits"].as_array().unwrap().clone();
    assert_eq!(
        put_now.iter().map(|d| &d["seq"]).collect::<Vec<_>>(),
        [2, 3, 4]
    );
    assert_eq!(
        put(&world, &grant, &body).await.json(),
        answer.json(),
        "again"
    );
    let seen = view(&world, &grant).await;
    assert_eq!(seen["last_seq"], 4);
    assert_eq!(
        seen["deposits_end"],
        (noon() + TimeDelta::days(21)).timestamp()
    );
    assert_eq!(seen["reseal_to"], json!(null));

    let code = world.code(&grant).await;
    let tokens = world.redeem(&code).await;
    let refresh = tokens.text("refresh_token");
    for expected in &prepared {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", &*refresh),
        ];
        let token = world.as_recipient(&world.recipient, "/token", &form).await;
        let read = world
            .read(&token.text("access_token"), grant.id, &read_id())
            .await;
        assert_eq!(&read.body, expected);
        world.clock.advance(TimeDelta::days(7));
    }
    let log = world.log(&grant).await;
    assert_eq!(
        log[..5],
        ["consent_given", "deposit", "deposit", "deposit", "deposit"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_that_do_not_belong_are_refused_all_together() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let good = header(&world, &grant, 2, (0, 7));
    let other_key = Es256Key::generate().unwrap().0.public_jwk().thumbprint();
    let cases: [(DepositHeader, &str); 9] = [
        (
            DepositHeader {
                seq: 1,
                ..good.clone()
            },
            "409 invalid_request deposit_not_next",
        ),
        (
            DepositHeader {
                grant_id: super::support::random_id(),
                ..good.clone()
            },
            "400 invalid_request deposit_other_grant",
        ),
        (
            DepositHeader {
                recipient: world.other.client_id(),
                ..good.clone()
            },
            "400 invalid_request deposit_other_recipient",
        ),
        (
            DepositHeader {
                details_hash: "A".repeat(43),
                ..good.clone()
            },
            "400 invalid_request deposit_other_details",
        ),
        (
            DepositHeader {
                kid: other_key,
                ..good.clone()
            },
            "400 invalid_request deposit_other_key",
        ),
        (
            header(&world, &grant, 2, (-7, 0)),
            "400 invalid_request deposit_end_unfit",
        ),
        (
            header(&world, &grant, 2, (20, 31)),
            "400 invalid_request deposit_end_unfit",
        ),
        (
            header(&world, &grant, 2, (0, 31)),
            "400 invalid_request deposit_validity_invalid",
        ),
        (
            header(&world, &grant, 2, (31, 32)),
            "400 invalid_request deposit_end_unfit",
        ),
    ];
    for (wrong, expected) in cases {
        let fit = DepositHeader {
            seq: 3,
            ..good.clone()
        };
        let body = json!({"deposits": [deposit(&wrong, 64), deposit(&fit, 64)]});
        assert_eq!(
            put(&world, &grant, &body).await.refusal(),
            expected,
            "{wrong:?}"
        );
    }
    let compact = deposit(&good, 64);
    for (body, expected) in [
        (
            json!({"deposits": []}),
            "400 invalid_request deposits_not_one_to_eight",
        ),
        (
            json!({"deposits": vec![&compact; 9]}),
            "400 invalid_request deposits_not_one_to_eight",
        ),
        (
            json!({"deposits": [compact], "more": 1}),
            "400 invalid_request body_not_as_specified",
        ),
        (
            json!({"deposits": ["A.B.C"]}),
            "400 invalid_request deposit_malformed",
        ),
    ] {
        assert_eq!(
            put(&world, &grant, &body).await.refusal(),
            expected,
            "{body}"
        );
    }
    assert_eq!(world.log(&grant).await, ["consent_given", "deposit"]);
    assert_eq!(view(&world, &grant).await["last_seq"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_takes_eight_deposits_and_four_mebibytes_a_grant() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let body = |seqs: std::ops::Range<u32>, length, replace| {
        let sealed = seqs.map(|seq| deposit(&header(&world, &grant, seq, (0, 7)), length));
        json!({"deposits": sealed.collect::<Vec<_>>(), "replace": replace})
    };
    let large = put(&world, &grant, &body(2..10, 380_000, true)).await;
    assert_eq!(large.status, 201, "{}", large.body);
    let more = put(&world, &grant, &body(10..11, 64, false)).await;
    assert_eq!(more.refusal(), "413 invalid_request deposits_too_many");
    let beyond = put(&world, &grant, &body(10..18, 405_000, true)).await;
    assert_eq!(beyond.refusal(), "413 invalid_request body_too_large");
    let one = put(&world, &grant, &body(10..11, 64, true)).await;
    assert_eq!(one.status, 201, "{}", one.body);
    let held = world.state.peek(grant.id).await.unwrap().unwrap();
    assert_eq!(held["deposits"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_or_ended_grant_takes_no_deposit() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let body = json!({"deposits": [deposit(&header(&world, &grant, 2, (0, 7)), 64)]});
    let stranger = Wallet::new();
    let token = world.wallet_token(&stranger).await;
    for id in [grant.id, super::support::random_id()] {
        let path = format!("/wallet/grants/{id}/deposits");
        let foreign = world.wallet_post(&stranger, &token, &path, &body).await;
        assert_eq!(foreign.refusal(), "404 invalid_request grant_unknown");
    }
    world.withdraw(&grant).await;
    let late = put(&world, &grant, &body).await;
    assert_eq!(late.refusal(), "409 invalid_request grant_ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_told_to_the_wallet_and_logged_once_while_the_old_deposit_is_served() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let old = header(&world, &grant, 2, (0, 7));
    let listed = rekey(&mut world);
    for _look in 0..2 {
        let seen = view(&world, &grant).await;
        assert_eq!(seen["reseal_to"], listed.thumbprint());
    }
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(
        read.body, grant.deposit,
        "the recipient still has its old key"
    );
    let to_the_old = put(&world, &grant, &json!({"deposits": [deposit(&old, 64)]})).await;
    assert_eq!(
        to_the_old.refusal(),
        "400 invalid_request deposit_other_key"
    );

    let anew = deposit(&header(&world, &grant, 2, (0, 7)), 64);
    let put = put(&world, &grant, &json!({ "deposits": [anew] })).await;
    assert_eq!(put.status, 201, "{put:?}");
    assert_eq!(view(&world, &grant).await["reseal_to"], json!(null));
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(read.body, anew);
    let log = world.log(&grant).await;
    let noted = log.iter().filter(|line| *line == "key_changed").count();
    assert_eq!(noted, 1, "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_another_recipient_changes_nothing() {
    let mut world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let other = Recipient::new("http://127.0.0.1:9/other");
    world
        .registry
        .add(other.entry(), Network::Loopback)
        .unwrap();
    let signed = world
        .registry
        .publish(noon(), TimeDelta::days(30), &world.registrar)
        .unwrap();
    world.state.trust.import(&signed, world.now()).unwrap();
    world.other = other;
    assert_eq!(view(&world, &grant).await["reseal_to"], json!(null));
    assert_eq!(world.log(&grant).await, ["consent_given", "deposit"]);
}
