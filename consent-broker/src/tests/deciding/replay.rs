use credential_core::consent::decision::Verdict;
use serde_json::json;

use super::opened;
use crate::tests::support::{Wallet, World, people::deposit};

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_and_its_deposit_answer_one_request_of_one_account() {
    let world = World::new().await;
    let first = opened(&world, world.recipient.details()).await;
    let second = opened(&world, world.recipient.details()).await;
    let sealed = deposit(&first.header(&world), 4096);
    let mut body = first.body(&world, Verdict::Approved, Some(&sealed));
    body["request_id"] = second.request_id.clone().into();
    let moved = second.send(&world, &body).await;
    assert_eq!(
        moved.refusal(),
        "400 invalid_request decision_other_request"
    );

    // The recipient knows decision and deposit. It pushes the same request again and answers it itself.
    body["request_id"] = first.request_id.clone().into();
    assert_eq!(first.send(&world, &body).await.status, 201);
    let uri = world.push(&first.request).await.text("request_uri");
    let (ticket, _) = world.authorize(&uri, None).await.unwrap();
    let replayer = Wallet::new();
    let token = world.wallet_token(&replayer).await;
    let again = json!({ "ticket": ticket });
    let again = world
        .wallet_post(&replayer, &token, "/wallet/requests", &again)
        .await;
    body["request_id"] = again.text("request_id").into();
    let replayed = world
        .wallet_post(&replayer, &token, "/wallet/decisions", &body)
        .await;
    assert_eq!(replayed.refusal(), "409 invalid_request grant_id_taken");
}
