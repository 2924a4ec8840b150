//! A participant that the operator suspends: what ends at once, who is told what, and what begins again.

use serde_json::json;

use super::support::{Answer, Grant, Operator, Recipient, World, people, read_id};

const SUSPENDED: &str = "400 unauthorized_client recipient_suspended";

async fn redeemed(world: &World, grant: &Grant) -> (String, String) {
    let code = world.code(grant).await;
    let answer = world.redeem(&code).await;
    (answer.text("access_token"), answer.text("refresh_token"))
}

async fn refresh(world: &World, refresh_token: &str) -> Answer {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
    ];
    world.as_recipient(&world.recipient, "/token", &form).await
}

fn asking(world: &World) -> String {
    world
        .recipient
        .signed(&world.origin, world.recipient.details())
}

fn page_of(world: &World, request_uri: &str) -> String {
    format!(
        "/authorize?client_id={}&request_uri={request_uri}&ui_locales=fi",
        world.recipient.client_id()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_recipient_asks_and_reads_nothing_until_it_is_resumed() {
    let world = World::new().await;
    let operator = Operator::of(&world).await;
    let grant = world.grant(world.recipient.details()).await;
    let (token, renewal) = redeemed(&world, &grant).await;
    let id = read_id();
    assert_eq!(world.read(&token, grant.id, &id).await.status, 200);
    let waiting = world.grant(world.recipient.details()).await;
    let code = world.code(&waiting).await;

    let suspended = operator.suspend(&world.recipient.entity_id).await;
    assert_eq!(suspended.status, 200, "{suspended:?}");
    assert_eq!(world.push(&asking(&world)).await.refusal(), SUSPENDED);
    assert_eq!(refresh(&world, &renewal).await.refusal(), SUSPENDED);
    assert_eq!(world.redeem(&code).await.refusal(), SUSPENDED);
    for read in [&id, &read_id()] {
        let refused = world.read(&token, grant.id, read).await;
        assert_eq!(refused.refusal(), "403 access_denied recipient_suspended");
    }
    assert_eq!(
        world.log(&grant).await[3..],
        [
            "read",
            "read_refused (recipient_suspended)",
            "read_refused (recipient_suspended)"
        ]
    );
    let receipts = [("grant_id", grant.id.to_string())];
    let receipts = receipts.each_ref().map(|(k, v)| (*k, v.as_str()));
    let kept = world
        .as_recipient(&world.recipient, "/receipts", &receipts)
        .await;
    assert_eq!(kept.status, 200, "what it must be able to prove stays");

    let resumed = operator.resume(&world.recipient.client_id()).await;
    assert_eq!(resumed.json()["suspension"]["note"], "case 17");
    assert_eq!(world.read(&token, grant.id, &id).await.status, 200);
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
    assert_eq!(refresh(&world, &renewal).await.status, 200);
    assert_eq!(world.redeem(&code).await.status, 200, "nobody had used it");
    assert_eq!(world.push(&asking(&world)).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn suspending_one_recipient_leaves_the_others_alone() {
    let world = World::new().await;
    let operator = Operator::of(&world).await;
    operator.suspend(&world.other.entity_id).await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_suspended_recipient_says_so_in_words_and_works_again_afterwards() {
    let world = World::new().await;
    let operator = Operator::of(&world).await;
    let uri = world.push(&asking(&world)).await.text("request_uri");
    operator.suspend(&world.recipient.entity_id).await;
    let page = world.get(&page_of(&world, &uri), &[]).await;
    assert_eq!(page.status, 403);
    assert!(
        page.body
            .contains("<h1>Tämä toimija ei voi juuri nyt pyytää tietoja</h1>"),
        "{page:?}"
    );
    assert!(page.headers.get("set-cookie").is_none());
    assert!(!page.body.contains("case 17"), "the operator's own note");
    assert!(!page.body.contains("osaamislompakko://"));
    let of_program = world.authorize(&uri, None).await.unwrap_err();
    assert_eq!(
        of_program.refusal(),
        "400 invalid_request request_not_usable"
    );
    let unknown = page_of(&world, "urn:ietf:params:oauth:request_uri:AAAA");
    let unknown = world.get(&unknown, &[]).await;
    assert!(unknown.body.contains("Tätä pyyntöä ei voi enää avata"));
    operator.resume(&world.recipient.entity_id).await;
    assert!(world.authorize(&uri, None).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_neither_opens_nor_approves_a_request_of_a_suspended_recipient_but_may_refuse() {
    use credential_core::consent::decision::Verdict;
    let world = World::new().await;
    let operator = Operator::of(&world).await;
    let details = world.recipient.details();
    let request = world.recipient.signed(&world.origin, details.clone());
    let uri = world.push(&request).await.text("request_uri");
    let (ticket, _cookie) = world.authorize(&uri, None).await.unwrap();
    let wallet = super::support::Wallet::new();
    let token = world.wallet_token(&wallet).await;
    let post = async |path: &str, body| world.wallet_post(&wallet, &token, path, &body).await;
    let open = async || post("/wallet/requests", json!({ "ticket": ticket })).await;

    operator.suspend(&world.recipient.entity_id).await;
    assert_eq!(open().await.refusal(), SUSPENDED);
    operator.resume(&world.recipient.entity_id).await;
    let opened = open().await;
    assert_eq!(opened.text("request"), request);

    operator.suspend(&world.recipient.entity_id).await;
    let (id, now) = (super::support::random_id(), world.now());
    let granted = people::granted(&details, &world.recipient, id, now);
    let header = people::deposit_header(&granted, &world.recipient, now);
    let answer = |verdict, deposit| {
        json!({"request_id": opened.text("request_id"),
            "decision": wallet.decision(verdict, &request, &granted, now), "deposit": deposit})
    };
    let sealed = people::deposit(&header, 4096);
    let yes = answer(Verdict::Approved, Some(sealed));
    assert_eq!(post("/wallet/decisions", yes).await.refusal(), SUSPENDED);
    let no = answer(Verdict::Refused, None);
    assert_eq!(post("/wallet/decisions", no).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_granted_can_be_stopped_while_the_recipient_is_suspended() {
    let world = World::new().await;
    let operator = Operator::of(&world).await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    operator.suspend(&world.recipient.entity_id).await;
    let list = world
        .wallet_get(&grant.wallet, &grant.wallet_token, "/wallet/grants")
        .await;
    assert_eq!(list.json()["grants"][0]["status"], "active");
    assert_eq!(world.withdraw(&grant).await.status, 200);
    // An ended grant of a suspended recipient is refused as a living one is.
    let refused = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(refused.refusal(), "403 access_denied recipient_suspended");
    operator.resume(&world.recipient.entity_id).await;
    let refused = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(refused.refusal(), "401 invalid_token -");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_learn_nothing_of_a_suspension() {
    let world = World::new().await;
    let operator = Operator::of(&world).await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    // Whoever uses another's name, or another's token, without the key.
    let impostor = Recipient::new(&world.recipient.entity_id);
    let unknown = Recipient::new("http://127.0.0.1:9/unknown");
    let path = format!("/mailbox/{}", grant.id);
    let answers = async || {
        let request = impostor.signed(&world.origin, impostor.details());
        let form = [("request", request.as_str())];
        let (proof, id) = (
            world.proof(&world.other.dpop, "GET", &path, Some(&token)),
            read_id(),
        );
        let authorization = format!("DPoP {token}");
        let headers = [
            ("authorization", authorization.as_str()),
            ("dpop", &proof),
            ("read-id", &id),
        ];
        let answers = [
            world.as_recipient(&impostor, "/par", &form).await,
            world.as_recipient(&unknown, "/par", &form).await,
            world.as_recipient(&impostor, "/token", &form).await,
            world.get(&path, &headers).await,
        ];
        answers.map(|answer| (answer.status, answer.body))
    };
    let before = answers().await;
    operator.suspend(&world.recipient.entity_id).await;
    assert_eq!(answers().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_sees_who_is_suspended_and_is_stopped_at_a_mistyped_name() {
    let world = World::new().await;
    let operator = Operator::of(&world).await;
    let suspension = |listed: &Answer, id: &str| {
        let listed = listed.json();
        let participants = listed["participants"].as_array().unwrap().clone();
        let is_it = |one: &&serde_json::Value| one["entity_id"] == id;
        participants.iter().find(is_it).unwrap()["suspension"].clone()
    };
    let id = world.recipient.entity_id.as_str();
    let listed = operator.ask("/participants").await;
    assert_eq!(listed.json()["participants"].as_array().unwrap().len(), 3);
    assert!(suspension(&listed, id).is_null());
    operator.suspend(id).await;
    world.clock.advance(chrono::TimeDelta::hours(1));
    let again = json!({"participant": id, "reason": "case 17, part 2"});
    operator.tell("/participants/suspend", &again).await;
    let listed = operator.ask("/participants").await;
    let kept = suspension(&listed, id);
    assert_eq!(kept["note"], "case 17, part 2");
    assert_eq!(kept["since"], "2026-05-29T12:00:00Z");

    let mistyped = operator.suspend("https://lumohoiv.example").await;
    assert_eq!(
        mistyped.refusal(),
        "404 invalid_request participant_unknown"
    );
    let no_name = operator.suspend("lumo").await;
    assert_eq!(
        no_name.refusal(),
        "400 invalid_request participant_malformed"
    );
    let silent = json!({"participant": id, "reason": ""});
    let silent = operator.tell("/participants/suspend", &silent).await;
    assert_eq!(
        silent.refusal(),
        "400 invalid_request suspension_reason_malformed"
    );
    let none = operator.resume(&world.other.entity_id).await;
    assert!(none.json()["suspension"].is_null());
}
