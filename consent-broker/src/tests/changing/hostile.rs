//! Changes that are not made.

use chrono::TimeDelta;
use credential_core::{
    consent::{
        decision::{DecisionClaims, Verdict},
        details::{ClaimRef, GrantedDetails},
    },
    encoding::base64url,
    jose::Es256Key,
    mailbox::DepositHeader,
};
use serde_json::json;

use crate::tests::support::{
    Grant, Wallet, World,
    people::{deposit, deposit_header},
    random_id, read_id,
};

/// A world with a grant that leaves the grade out, so that there is something to widen.
async fn narrow_grant() -> (World, Grant) {
    let world = World::new().await;
    let grant = world.grant(world.recipient.details()).await;
    (world, grant)
}

async fn nothing_changed(world: &World, grant: &Grant) {
    let view = world.view(grant).await;
    assert_eq!(view["changes"], 0);
    assert_eq!(view["status"], "active");
    assert_eq!(
        view["details_hash"],
        json!(grant.details.hash_base64url().unwrap())
    );
    assert_eq!(view["deposits"][0]["seq"], 1);
    assert_eq!(world.log(grant).await, ["consent_given", "deposit"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_is_not_this_grants_own_next_one_of_now_is_refused() {
    let (world, grant) = narrow_grant().await;
    let claims = || grant.says(Verdict::Paused, Some(1), None, &world.origin, world.now());
    let own = &grant.wallet.grant_key;
    let forger = Es256Key::generate().unwrap().0;
    let at = |seconds: i64| DecisionClaims {
        iat: world.now().timestamp() + seconds,
        ..claims()
    };
    let cases = [
        (
            claims().sign(&forger),
            "400 invalid_request decision_other_key",
        ),
        (
            at(-301).sign(own),
            "400 invalid_request decision_not_of_this_moment",
        ),
        (
            at(301).sign(own),
            "400 invalid_request decision_not_of_this_moment",
        ),
        (
            DecisionClaims {
                change: Some(2),
                ..claims()
            }
            .sign(own),
            "409 invalid_request decision_out_of_order",
        ),
        (
            DecisionClaims {
                change: Some(0),
                ..claims()
            }
            .sign(own),
            "409 invalid_request decision_out_of_order",
        ),
        (
            DecisionClaims {
                change: None,
                ..claims()
            }
            .sign(own),
            "409 invalid_request decision_out_of_order",
        ),
        (
            DecisionClaims {
                grant_id: random_id(),
                ..claims()
            }
            .sign(own),
            "400 invalid_request decision_other_request",
        ),
        (
            DecisionClaims {
                request_hash: base64url([1; 32]),
                ..claims()
            }
            .sign(own),
            "400 invalid_request decision_other_request",
        ),
        (
            DecisionClaims {
                aud: "https://b.example".into(),
                ..claims()
            }
            .sign(own),
            "400 invalid_request decision_other_request",
        ),
        (
            DecisionClaims {
                recipient: world.other.client_id(),
                ..claims()
            }
            .sign(own),
            "400 invalid_request decision_other_request",
        ),
        (
            DecisionClaims {
                decision: Verdict::Withdrawn,
                ..claims()
            }
            .sign(own),
            "400 invalid_request decision_not_a_narrowing",
        ),
        (
            DecisionClaims {
                decision: Verdict::Refused,
                ..claims()
            }
            .sign(own),
            "400 invalid_request decision_not_a_narrowing",
        ),
        (
            DecisionClaims {
                details: Some(grant.details.clone()),
                ..claims()
            }
            .sign(own),
            "400 invalid_request decision_not_a_narrowing",
        ),
    ];
    for (number, (decision, refusal)) in cases.into_iter().enumerate() {
        let body = json!({ "decision": decision.unwrap() });
        let answer = world.send_change(&grant, &body).await;
        assert_eq!(answer.refusal(), refusal, "case {number}");
    }
    let unknown_member = json!({ "decision": claims().sign(own).unwrap(), "force": true });
    let answer = world.send_change(&grant, &unknown_member).await;
    assert_eq!(
        answer.refusal(),
        "400 invalid_request body_not_as_specified"
    );
    nothing_changed(&world, &grant).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_wider_longer_or_other_is_called_narrowed_or_renewed() {
    let world = World::new().await;
    let asked = world.recipient.details();
    let grade = ClaimRef {
        credential_id: "degree".into(),
        claim_id: "grade".into(),
    };
    let grant = world.grant(asked.clone()).await;
    let same = grant.details.clone();
    let narrow = grant.without_grade();
    let later = |details: &GrantedDetails, days| GrantedDetails {
        until: details.until + TimeDelta::days(days),
        ..details.clone()
    };
    let oftener = GrantedDetails {
        max_reads: Some(4),
        ..same.clone()
    };
    let without_needed = {
        let mut details = same.clone();
        details.dcql_query.credentials[0]
            .claims
            .retain(|claim| claim.id == grade.claim_id);
        details
    };
    let other_purpose = {
        let mut details = narrow.clone();
        details.purpose.code = "https://w3id.org/dpv#Marketing".into();
        details
    };
    let other_key = GrantedDetails {
        enc_jwk_thumbprint: world.other.encryption.thumbprint(),
        ..narrow.clone()
    };
    let over = GrantedDetails {
        until: world.now(),
        ..same.clone()
    };
    let cases = [
        (Verdict::Narrowed, same.clone()),
        (Verdict::Narrowed, later(&narrow, 1)),
        (Verdict::Narrowed, oftener.clone()),
        (Verdict::Narrowed, without_needed),
        (Verdict::Narrowed, other_purpose),
        (Verdict::Narrowed, other_key),
        (Verdict::Narrowed, over),
        (Verdict::Renewed, same.clone()),
        (Verdict::Renewed, later(&same, 1)),
        (Verdict::Renewed, later(&narrow, 0)),
        (Verdict::Renewed, oftener),
    ];
    for (number, (verdict, details)) in cases.into_iter().enumerate() {
        let deposit = world.sealed(&details, 2);
        let answer = world.alter(&grant, (verdict, 1), &details, &deposit).await;
        let refusal = "400 invalid_request decision_not_a_narrowing";
        assert_eq!(answer.refusal(), refusal, "case {number}");
    }
    nothing_changed(&world, &grant).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_out_before_does_not_come_back_by_a_later_change() {
    let (world, grant) = narrow_grant().await;
    let less = grant.without_grade();
    let deposit = world.sealed(&less, 2);
    let narrowed = world
        .alter(&grant, (Verdict::Narrowed, 1), &less, &deposit)
        .await;
    assert_eq!(narrowed.status, 200, "{narrowed:?}");
    world.clock.advance(TimeDelta::days(1));
    let wider = GrantedDetails {
        until: less.until + TimeDelta::days(1),
        ..grant.details.clone()
    };
    for verdict in [Verdict::Narrowed, Verdict::Renewed] {
        let deposit = world.sealed(&wider, 3);
        let refused = world.alter(&grant, (verdict, 2), &wider, &deposit).await;
        assert_eq!(
            refused.refusal(),
            "400 invalid_request decision_not_a_narrowing"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_does_not_fit_the_change_is_refused() {
    let (world, grant) = narrow_grant().await;
    let less = grant.without_grade();
    let sound = || DepositHeader {
        seq: 2,
        ..deposit_header(&less, &world.recipient, world.now())
    };
    let old = grant.details.hash_base64url().unwrap();
    let cases = [
        (
            DepositHeader { seq: 1, ..sound() },
            "409 invalid_request deposit_out_of_order",
        ),
        (
            DepositHeader {
                details_hash: old,
                ..sound()
            },
            "400 invalid_request deposit_other_details",
        ),
        (
            DepositHeader {
                grant_id: random_id(),
                ..sound()
            },
            "400 invalid_request deposit_other_grant",
        ),
        (
            DepositHeader {
                recipient: world.other.client_id(),
                ..sound()
            },
            "400 invalid_request deposit_other_recipient",
        ),
        (
            DepositHeader {
                kid: world.other.encryption.thumbprint(),
                ..sound()
            },
            "400 invalid_request deposit_other_key",
        ),
        (
            DepositHeader {
                nbf: sound().nbf + 301,
                ..sound()
            },
            "400 invalid_request deposit_begin_unfit",
        ),
    ];
    for (header, refusal) in cases {
        let answer = world
            .alter(
                &grant,
                (Verdict::Narrowed, 1),
                &less,
                &deposit(&header, 4096),
            )
            .await;
        assert_eq!(answer.refusal(), refusal);
    }
    let narrowed = world.signed_change(&grant, Verdict::Narrowed, 1, Some(&less));
    let without = world
        .send_change(&grant, &json!({ "decision": narrowed }))
        .await;
    assert_eq!(without.refusal(), "400 invalid_request deposit_missing");
    let paused = world.signed_change(&grant, Verdict::Paused, 1, None);
    let with = json!({ "decision": paused, "deposit": world.sealed(&grant.details, 2) });
    let with = world.send_change(&grant, &with).await;
    assert_eq!(with.refusal(), "400 invalid_request deposit_with_change");
    let huge = deposit(&sound(), 500 * 1024);
    let answer = world
        .alter(&grant, (Verdict::Narrowed, 1), &less, &huge)
        .await;
    assert_eq!(answer.status, 413);
    nothing_changed(&world, &grant).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pausing_twice_resuming_what_runs_and_changing_what_has_ended_are_conflicts() {
    let (world, grant) = narrow_grant().await;
    let early = world.hold(&grant, Verdict::Resumed, 1).await;
    assert_eq!(early.refusal(), "409 invalid_request grant_not_paused");
    world.hold(&grant, Verdict::Paused, 1).await;
    let twice = world.hold(&grant, Verdict::Paused, 2).await;
    assert_eq!(twice.refusal(), "409 invalid_request grant_paused");
    world.withdraw(&grant).await;
    let less = grant.without_grade();
    let deposit = world.sealed(&less, 2);
    let answers = [
        world.hold(&grant, Verdict::Resumed, 2).await,
        world
            .alter(&grant, (Verdict::Narrowed, 2), &less, &deposit)
            .await,
    ];
    for answer in answers {
        assert_eq!(answer.refusal(), "409 invalid_request grant_ended");
    }
    let held = world.state.peek(grant.id).await.unwrap().unwrap();
    assert_eq!(held["deposits"], json!([]), "nothing comes back");
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_reads_than_were_made_are_a_stop_and_not_a_narrowing() {
    let (world, grant) = narrow_grant().await;
    let token = world.token(&grant).await;
    world.read(&token, grant.id, &read_id()).await;
    let once = GrantedDetails {
        max_reads: Some(1),
        ..grant.details.clone()
    };
    let deposit = world.sealed(&once, 2);
    let answer = world
        .alter(&grant, (Verdict::Narrowed, 1), &once, &deposit)
        .await;
    assert_eq!(answer.refusal(), "409 invalid_request change_reads_used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_grant_is_as_unknown_as_none() {
    let (world, grant) = narrow_grant().await;
    let stranger = Wallet::new();
    let token = world.wallet_token(&stranger).await;
    let decision = world.signed_change(&grant, Verdict::Paused, 1, None);
    let body = json!({ "decision": decision });
    for name in [
        grant.id.to_string(),
        random_id().to_string(),
        "nonsense".into(),
    ] {
        let path = format!("/wallet/grants/{name}/changes");
        let answer = world.wallet_post(&stranger, &token, &path, &body).await;
        assert_eq!(answer.refusal(), "404 invalid_request grant_unknown");
    }
    // What its owner has already said is not given to others either.
    assert_eq!(world.send_change(&grant, &body).await.status, 200);
    let path = format!("/wallet/grants/{}/changes", grant.id);
    let answer = world.wallet_post(&stranger, &token, &path, &body).await;
    assert_eq!(answer.refusal(), "404 invalid_request grant_unknown");
}
