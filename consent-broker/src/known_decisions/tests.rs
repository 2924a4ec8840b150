use credential_core::jose::jws::General;
use serde_json::json;

use super::*;
use crate::tests::support::World;

/// A person's signed approval.
async fn approval() -> General {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    let held = world.state.store.held(grant.id).await.unwrap().unwrap();
    let owner = (held.grant.subject_id, held.grant.grant_id);
    let found = world.state.store.in_force(owner.0, owner.1).await.unwrap();
    assert_eq!(found, Some((held.grant, held.papers.decision.clone())));
    held.papers.decision
}

/// The same object with other text in a member.
fn with(decision: &General, pointer: &str, text: &str) -> General {
    let mut json = serde_json::to_value(decision).unwrap();
    *json.pointer_mut(pointer).unwrap() = json!(text);
    serde_json::from_value(json).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_decision_grants_what_it_did_at_first() {
    let decisions = KnownDecisions::default();
    let approval = approval().await;
    let at_first = decisions.granted(approval.clone());
    assert!(at_first.is_some());
    assert!(decisions.knows(&approval.digest()));
    assert_eq!(decisions.granted(approval), at_first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_was_changed_grants_nothing_also_when_the_true_one_is_known() {
    let decisions = KnownDecisions::default();
    let (approval, other) = (approval().await, approval().await);
    assert!(decisions.granted(approval.clone()).is_some());
    let other = serde_json::to_value(&other).unwrap();
    for part in [
        "/payload",
        "/signatures/0/signature",
        "/signatures/0/protected",
    ] {
        let text = other.pointer(part).unwrap().as_str().unwrap();
        let changed = with(&approval, part, text);
        assert_eq!(decisions.granted(changed.clone()), None, "{part}");
        assert_eq!(decisions.granted(changed), None, "{part}, the second time");
    }
    let json = serde_json::to_value(&approval).unwrap();
    let part = |pointer: &str| json.pointer(pointer).unwrap().as_str().unwrap();
    // The same text in all, divided otherwise.
    let whole = ["/payload", "/signatures/0/protected"].map(part).join(".");
    let moved = with(&approval, "/payload", &whole);
    let moved = with(
        &moved,
        "/signatures/0/protected",
        part("/signatures/0/signature"),
    );
    assert_eq!(decisions.granted(moved), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_memory_begins_anew_and_goes_on_verifying() {
    let decisions = KnownDecisions::default();
    {
        let mut known = decisions.0.write().unwrap();
        known.extend((0..MOST as u64).map(|n| credential_core::encoding::sha256(n.to_be_bytes())));
    }
    let approval = approval().await;
    assert!(decisions.granted(approval.clone()).is_some());
    assert!(decisions.knows(&approval.digest()));
    assert_eq!(decisions.0.read().unwrap().len(), 1);
}
