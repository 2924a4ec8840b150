//! What a wallet signs about a grant of the fixture, checked as the endpoint checks it; and what every
//! store does with it.

use chrono::TimeDelta;
use credential_core::{
    clock::Clock as _,
    consent::{
        decision::{DecisionClaims, DecisionError, SignedDecision, Verdict},
        details::{GrantedDetails, RequestedDetails},
        request::{self, RequestObject},
    },
    encoding::sha256_base64url,
    id::SubjectId,
    jose::jws::Unverified,
};

use super::fixture::{Fixture, Given};
use crate::{
    grant::{ChangeError, ChangeKind, Deposit, Terms},
    storage::{Change, Changed, Ended, SealedDeposit, Store},
    tests::support::people::{deposit, deposit_header},
};

/// What the recipient of this grant asked.
pub(super) fn asked(given: &Given) -> RequestedDetails {
    let object: RequestObject = Unverified::parse(&given.papers.request, request::TYP)
        .unwrap()
        .untrusted_payload()
        .unwrap();
    object.authorization_details[0].clone()
}

impl<S: Store> Fixture<S> {
    /// The person's word as the next change, when the endpoint would let it through.
    pub(super) async fn next_change(
        &self,
        given: &Given,
        verdict: Verdict,
        details: Option<GrantedDetails>,
    ) -> Result<Change, DecisionError> {
        let (now, (grant, papers)) = (self.clock.now(), self.grant(given).await);
        let in_force = SignedDecision::open(papers.decision).unwrap();
        let number = grant.changes + 1;
        let claims = DecisionClaims {
            decision: verdict,
            iat: now.timestamp(),
            details: details.clone(),
            change: Some(number),
            reply_jwk: None,
            ..in_force.claims().clone()
        };
        let decision = claims.sign(&given.wallet.grant_key).unwrap();
        let asked = asked(given);
        SignedDecision::verify_change(decision.clone(), &in_force, &asked, number, now)?;
        let place = grant.deposits + 1;
        Ok(Change {
            subject_id: given.account.subject_id,
            grant_id: given.grant_id,
            number,
            kind: ChangeKind::of(verdict).unwrap(),
            digest: sha256_base64url(format!("{decision:?}")),
            terms: details.map(|details| self.terms(&details, place)),
            decision,
        })
    }

    fn terms(&self, details: &GrantedDetails, place: u32) -> (Terms, SealedDeposit) {
        let now = self.clock.now();
        let mut header = deposit_header(details, &self.recipient, now);
        header.seq = place;
        let ciphertext = deposit(&header, 300);
        let row = Deposit::of(&header, &ciphertext, &self.recipient.encryption, now);
        let terms = Terms {
            details_hash: details.hash_base64url().unwrap(),
            until: details.until,
            max_reads: details.max_reads,
            deposit: place,
        };
        (terms, SealedDeposit { row, ciphertext })
    }

    pub(super) async fn change(&self, order: Change) -> Result<Changed, ChangeError> {
        let changed = self.store.change(order, &self.notary, self.clock.now());
        changed.await.unwrap().unwrap()
    }

    pub(super) async fn stop_all(&self, given: &Given) -> Vec<Ended> {
        let subject = given.account.subject_id;
        let stopped = self.store.stop_all(subject, &self.notary, self.clock.now());
        stopped.await.unwrap()
    }
}

pub(super) async fn a_change_is_made_once_in_its_order_and_its_repeat_answers_the_same(
    f: &Fixture<impl Store>,
) {
    let given = f.give(None).await;
    let (subject, id) = (given.account.subject_id, given.grant_id);
    let pause = f.next_change(&given, Verdict::Paused, None).await.unwrap();
    let made = async |digest: &str| f.store.made_change(subject, id, digest).await.unwrap();
    assert_eq!(made(&pause.digest).await, None);
    let first = f.change(pause.clone()).await.unwrap();
    assert_eq!((first.log_size, first.receipt.is_empty()), (3, false));
    assert_eq!(f.change(pause.clone()).await.as_ref(), Ok(&first));
    assert_eq!(made(&pause.digest).await, Some(first));
    assert_eq!(f.read(&given, 1).await, None);
    let resume = f.next_change(&given, Verdict::Resumed, None).await.unwrap();
    f.change(resume).await.unwrap();
    assert_eq!(f.change(pause.clone()).await, Err(ChangeError::OutOfOrder));
    assert_eq!(made(&pause.digest).await, None);
    assert!(f.read(&given, 1).await.is_some());
    let foreign = Change {
        subject_id: SubjectId::from_bytes([9; 16]),
        ..pause
    };
    let foreign = f.store.change(foreign, &f.notary, f.clock.now());
    assert_eq!(foreign.await.unwrap(), None);
}

pub(super) async fn narrowing_replaces_terms_deposit_and_appointment_in_one_step(
    f: &Fixture<impl Store>,
) {
    let given = f.give(None).await;
    f.read(&given, 1).await.unwrap();
    let before = given.papers.granted().unwrap();
    let less = GrantedDetails {
        until: before.until - TimeDelta::days(20),
        ..before
    };
    let narrowed = f.next_change(&given, Verdict::Narrowed, Some(less.clone()));
    let narrowed = narrowed.await.unwrap();
    let sealed = narrowed.terms.as_ref().unwrap().1.clone();
    f.change(narrowed).await.unwrap();
    let full = f
        .store
        .grant_in_full(given.account.subject_id, given.grant_id);
    let full = full.await.unwrap().unwrap();
    assert_eq!(full.deposits, [sealed.row]);
    assert_eq!((full.grant.until, full.grant.changes), (less.until, 1));
    let before = std::slice::from_ref(&given.papers.decision);
    assert_eq!(full.papers.earlier, before);
    assert_eq!(full.papers.granted(), Some(less));
    let again = f.read(&given, 1).await.unwrap();
    assert_eq!(again.ciphertext, sealed.ciphertext);
    f.clock.advance(TimeDelta::days(10));
    f.purge().await;
    let (grant, _papers) = f.grant(&given).await;
    assert_eq!(grant.state_name(f.clock.now()), "expired");
    assert!(matches!(grant.status, crate::grant::Status::Ended { .. }));
}

pub(super) async fn all_living_grants_of_one_account_are_stopped_and_no_others(
    f: &Fixture<impl Store>,
) {
    let (given, other) = (f.give(Some(1)).await, f.give(None).await);
    let stopped = f.stop_all(&given).await;
    assert_eq!(stopped.len(), 1);
    assert!(!stopped[0].receipt.is_empty());
    assert_eq!(f.stop_all(&given).await, stopped);
    assert_eq!(f.read(&given, 1).await, None);
    let held = f.store.held(given.grant_id).await.unwrap().unwrap();
    assert_eq!((held.deposits.len(), held.grant.epoch), (0, 2));
    assert!(f.read(&other, 1).await.is_some());
}

pub(super) async fn several_grants_are_withdrawn_all_or_none(f: &Fixture<impl Store>) {
    let (given, foreign) = (f.give(None).await, f.give(None).await);
    let subject = given.account.subject_id;
    let withdraw = async |grants: Vec<&Given>| {
        let words = grants.iter().map(|g| (g.grant_id, g.withdrawal.clone()));
        let ended = f
            .store
            .withdraw_all(subject, words.collect(), &f.notary, f.clock.now());
        ended.await.unwrap()
    };
    assert_eq!(withdraw(vec![&given, &foreign]).await, None);
    assert!(f.read(&given, 1).await.is_some());
    let ended = withdraw(vec![&given]).await.unwrap();
    assert_eq!(withdraw(vec![&given]).await.unwrap(), ended);
    assert_eq!(f.read(&given, 1).await, None);
}
