//! The person's decision and its withdrawal, in the general JSON form.

use chrono::TimeDelta;
use credential_core::{
    consent::decision::{DecisionClaims, SignedDecision, TYP, Verdict},
    jose::{Signer as _, jws::General},
};

use crate::{
    keys::Key,
    parties::{noon, parties},
    written::{self, line, lines, seed},
};

/// Header and claims of a decision, then of a withdrawal of the standard approval.
pub fn run(data: &[u8]) -> bool {
    let Some([header, decision, ending, withdrawal]) = lines(data) else {
        return false;
    };
    let parties = parties();
    let decided = decide(&written::general(header, decision, &parties.grant));
    let ended = withdraw(ending, withdrawal);
    decided && ended
}

fn decide(signed: &General) -> bool {
    let verify = |now| SignedDecision::verify(signed.clone(), &parties().request, now);
    let opened = SignedDecision::open(signed.clone());
    let Ok(decision) = verify(noon()) else {
        return false;
    };
    let claims = decision.claims();
    assert_eq!(claims, opened.expect("verified is opened").claims());
    assert!(holds_own_key(&decision));
    assert_eq!(claims.request_hash, parties().request.hash());
    assert_eq!(
        claims.details.is_some(),
        claims.decision == Verdict::Approved
    );
    if let Some(details) = &claims.details {
        assert!(details.until > noon());
        assert!(
            details
                .dcql_query
                .is_within(&parties().request.details().dcql_query)
        );
        assert!(
            details
                .max_reads
                .is_some_and(|reads| (1..=5).contains(&reads))
        );
    }
    let again: DecisionClaims = serde_json::from_str(&line(claims)).expect("what was read");
    assert_eq!(&again, claims);
    assert!(verify(noon() + TimeDelta::hours(1)).is_err());
    assert!(verify(noon() - TimeDelta::hours(1)).is_err());
    altered_is_refused(signed);
    true
}

fn withdraw(header: &[u8], claims: &[u8]) -> bool {
    let parties = parties();
    let approval = approval();
    let ended = |key: &Key| {
        let signed = written::general(header, claims, key);
        SignedDecision::verify_withdrawal(signed, &approval, noon())
    };
    assert!(
        ended(&parties.stranger).is_err(),
        "only the grant's key withdraws"
    );
    let Ok(decision) = ended(&parties.grant) else {
        return false;
    };
    assert_eq!(decision.claims().decision, Verdict::Withdrawn);
    assert_eq!(decision.claims().grant_id, approval.claims().grant_id);
    holds_own_key(&decision)
}

fn approval() -> SignedDecision {
    let signed = parties()
        .approval()
        .sign(&parties().grant)
        .expect("a key in memory");
    SignedDecision::verify(signed, &parties().request, noon()).expect("our own approval")
}

fn holds_own_key(decision: &SignedDecision) -> bool {
    decision.holder_key().thumbprint() == parties().grant.public_jwk().thumbprint()
}

/// One more character in the payload, and the signature no longer holds.
fn altered_is_refused(signed: &General) {
    let altered = line(signed).replacen(r#""payload":""#, r#""payload":"AAAA"#, 1);
    let altered: General = serde_json::from_str(&altered).expect("still of that form");
    assert!(SignedDecision::open(altered).is_err());
}

/// An approval, a refusal and a withdrawal.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let parties = parties();
    let header = written::embedding_header(TYP, &parties.grant);
    let approval = parties.approval();
    let without = |decision| {
        line(&DecisionClaims {
            decision,
            details: None,
            ..approval.clone()
        })
    };
    let (refusal, withdrawal) = (without(Verdict::Refused), without(Verdict::Withdrawn));
    let approval = line(&approval);
    let wider = approval.replace(r#""max_reads":5"#, r#""max_reads":6"#);
    vec![
        (
            "accepted-approval",
            seed(&[&header, &approval, &header, &withdrawal]),
        ),
        (
            "accepted-refusal",
            seed(&[&header, &refusal, &header, &withdrawal]),
        ),
        (
            "refused-wider",
            seed(&[&header, &wider, &header, &withdrawal]),
        ),
    ]
}
