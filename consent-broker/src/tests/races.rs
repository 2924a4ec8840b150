//! Many at once: what may happen once happens once.

use std::{future::poll_fn, pin::Pin, task::Poll};

use super::support::{Answer, World, read_id};

/// Runs futures at the same time on this task; their requests meet in the server.
pub(super) async fn together<F: Future<Output = Answer>>(
    futures: impl Iterator<Item = F>,
) -> Vec<Answer> {
    let mut running: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    let mut done: Vec<Option<Answer>> = running.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, done) in running.iter_mut().zip(&mut done) {
            if done.is_none()
                && let Poll::Ready(answer) = future.as_mut().poll(context)
            {
                *done = Some(answer);
            }
        }
        if done.iter().all(Option::is_some) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_code_is_single_use_under_50_parallel_redemptions() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let answers = together((0..50).map(|_| world.redeem(&code))).await;
    let (good, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|a| a.status == 200);
    assert_eq!((good.len(), refused.len()), (1, 49));
    assert!(refused.iter().all(|a| a.refusal() == "400 invalid_grant -"));
    // What the one redemption gave has ended with the second use.
    let token = good[0].text("access_token");
    let read = world.read(&token, grant.id, &read_id()).await;
    assert_eq!(read.refusal(), "401 invalid_token -");
    let refresh = good[0].text("refresh_token");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let renewed = world.as_recipient(&world.recipient, "/token", &form).await;
    assert_eq!(renewed.refusal(), "400 invalid_grant -");
    assert_eq!(
        world.log(&grant).await,
        [
            "consent_given",
            "deposit",
            "token_issued",
            "token_issued (not_authorized)",
            "read_refused (not_authorized)"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r54_a_hundred_reads_at_once_of_a_one_read_grant_are_one_read() {
    let world = World::new().await;
    let mut details = world.recipient.details();
    details.max_reads = Some(1);
    let grant = world.grant(details).await;
    let token = world.token(&grant).await;
    let ids: Vec<String> = (0..100).map(|_| read_id()).collect();
    let answers = together(ids.iter().map(|id| world.read(&token, grant.id, id))).await;
    let (good, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|a| a.status == 200);
    assert_eq!((good.len(), refused.len()), (1, 99));
    assert_eq!(good[0].body, grant.deposit);
    assert!(refused.iter().all(|a| a.refusal() == "401 invalid_token -"));
    let log = world.log(&grant).await;
    assert_eq!(log.iter().filter(|line| *line == "read").count(), 1);
    assert_eq!(log.iter().filter(|line| *line == "exhausted").count(), 1);
    let ended = log
        .iter()
        .filter(|line| *line == "read_refused (grant_ended)");
    assert_eq!(ended.count(), 99);
}

#[tokio::test(flavor = "multi_thread")]
async fn r20_the_same_proof_fifty_times_at_once_is_used_once() {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let path = format!("/mailbox/{}", grant.id);
    let proof = world.proof(&world.recipient.dpop, "GET", &path, Some(&token));
    let (authorization, id) = (format!("DPoP {token}"), read_id());
    let headers = [
        ("authorization", authorization.as_str()),
        ("dpop", &proof),
        ("read-id", &id),
    ];
    let answers = together((0..50).map(|_| world.get(&path, &headers))).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    let replayed = answers.iter().filter(|a| a.status != 200);
    assert!(replayed.clone().count() == 49);
    for answer in replayed {
        assert_eq!(answer.refusal(), "401 invalid_dpop_proof dpop_replayed");
    }
}
