//! Points about the person: what is shown, what is listed, what is logged.

use credential_core::consent::{
    decision::Verdict,
    details::{ClaimRef, GrantedDetails},
};
use serde_json::json;

use super::metadata;
use crate::tests::support::{
    Wallet, World,
    people::{deposit, deposit_header},
    random_id, read_id,
};

async fn page(world: &World, language: &str) -> crate::tests::support::Answer {
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let uri = world.push(&request).await.text("request_uri");
    let client = world.recipient.client_id();
    let path = format!("/authorize?client_id={client}&request_uri={uri}&ui_locales={language}");
    world.get(&path, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn k12_who_asks_and_why_is_shown_in_three_languages_and_one_claim_can_be_left_out() {
    let world = World::new().await;
    for (language, name, purpose) in [
        ("fi", "Lumo Hoiva Oy", "Työhakemus"),
        ("sv", "Lumo Vård Ab", "Arbetsansökan"),
        ("en", "Lumo Care Ltd", "Job application"),
    ] {
        let page = page(&world, language).await;
        assert!(
            page.body.contains(name) && page.body.contains(purpose),
            "{}",
            page.body
        );
    }
    // There it is all or nothing.
    let asked = world.recipient.details();
    let request = world.recipient.signed(&world.origin, asked.clone());
    let uri = world.push(&request).await.text("request_uri");
    let (ticket, _cookie) = world.authorize(&uri, None).await.unwrap();
    let wallet = Wallet::new();
    let token = world.wallet_token(&wallet).await;
    let opened = world
        .wallet_post(
            &wallet,
            &token,
            "/wallet/requests",
            &json!({ "ticket": ticket }),
        )
        .await;
    let grade = ClaimRef {
        credential_id: "degree".into(),
        claim_id: "grade".into(),
    };
    let until = world.now() + chrono::TimeDelta::days(3);
    let client = world.recipient.client_id();
    let less: GrantedDetails = asked
        .granted(random_id(), &client, until, &[grade])
        .unwrap();
    let sealed = deposit(&deposit_header(&less, &world.recipient, world.now()), 4096);
    let decision = wallet.decision(Verdict::Approved, &request, &less, world.now());
    let body = json!({
        "request_id": opened.text("request_id"), "decision": decision, "deposit": sealed
    });
    let decided = world
        .wallet_post(&wallet, &token, "/wallet/decisions", &body)
        .await;
    assert_eq!(decided.status, 201, "{decided:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn k13_the_language_is_the_one_asked_for_or_the_browsers() {
    let world = World::new().await;
    assert!(page(&world, "sv").await.body.contains("<html lang=\"sv\">"));
    assert!(
        page(&world, "de%20fi")
            .await
            .body
            .contains("<html lang=\"fi\">")
    );
    assert!(page(&world, "").await.body.contains("<html lang=\"en\">"));
}

#[tokio::test(flavor = "multi_thread")]
async fn k14_the_page_takes_forms_for_itself_only_and_is_framed_by_nobody() {
    let world = World::new().await;
    let page = page(&world, "fi").await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("form-action 'self'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn k15_the_person_lists_and_stops_grants_and_a_stop_ends_code_and_token_and_leaves_its_row() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let answer = world.redeem(&code).await;
    let list = async || {
        let token = world.wallet_token(&grant.wallet).await;
        let list = world
            .wallet_get(&grant.wallet, &token, "/wallet/grants")
            .await;
        list.json()["grants"][0].clone()
    };
    assert_eq!(list().await["status"], "active");
    assert_eq!(world.withdraw(&grant).await.status, 200);
    assert_eq!(list().await["status"], "withdrawn");
    let token = answer.text("access_token");
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 401);
    assert_eq!(world.redeem(&code).await.refusal(), "400 invalid_grant -");
    let refresh = answer.text("refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let renewed = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(renewed.refusal(), "400 invalid_grant -");
}

#[tokio::test(flavor = "multi_thread")]
async fn k17_giving_stopping_tokens_and_every_look_are_logged_with_whom_and_what() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    world.read(&token, grant.id, &read_id()).await;
    world.withdraw(&grant).await;
    world.read(&token, grant.id, &read_id()).await;
    assert_eq!(
        world.log(&grant).await,
        [
            "consent_given",
            "deposit",
            "token_issued",
            "read",
            "withdrawn",
            "read_refused (grant_ended)"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn k18_the_persons_log_says_who_when_what_and_why() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    world.read(&token, grant.id, &read_id()).await;
    let wallet_token = world.wallet_token(&grant.wallet).await;
    let log = world
        .wallet_get(&grant.wallet, &wallet_token, "/wallet/log")
        .await;
    let read = log.json()["entries"][3].clone();
    assert_eq!(read["kind"], "read");
    assert_eq!(read["recipient"], world.recipient.client_id());
    assert_eq!(read["at"], "2026-05-29T12:00:00Z");
    assert_eq!(read["legal_basis"], "consent");
    // What and why: the entry names the details, and the wallet's own decision spells them out.
    let list = world
        .wallet_get(&grant.wallet, &wallet_token, "/wallet/grants")
        .await;
    let decision = serde_json::from_value(list.json()["grants"][0]["decision"].clone()).unwrap();
    let decision = credential_core::consent::decision::SignedDecision::open(decision).unwrap();
    let details = decision.claims().details.clone().unwrap();
    assert_eq!(read["details_hash"], details.hash_base64url().unwrap());
    assert_eq!(details.purpose.text.fi.as_deref(), Some("Työhakemus"));
    assert!(metadata(&world).await.is_object());
}
