use credential_core::consent::decision::Verdict;

use super::opened;
use crate::tests::support::{World, people::deposit};

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

    // The recipient knows decision and deposit. It would push the same request again and answer it itself.
    body["request_id"] = first.request_id.clone().into();
    assert_eq!(first.send(&world, &body).await.status, 201);
    let pushed = world.push(&first.request).await;
    assert_eq!(pushed.refusal(), "400 invalid_request code_challenge_used");
}
