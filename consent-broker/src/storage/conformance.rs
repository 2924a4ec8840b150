//! What every store must do, one function a property. A macro makes tests of them for each store.

mod changing;
mod damage;
mod deposits;
mod edited_log;
mod endings;
mod fixture;
mod global_log;
mod hands;
mod invariants;
mod kills;
mod messages;
mod model;
mod notices;
mod participants;
mod reading;

use chrono::TimeDelta;
use credential_core::{
    access_log::{Kind, consistency_proof, verify_consistency, verify_inclusion},
    id::{GrantId, RequestId, SubjectId},
};

use self::{
    changing::{
        a_change_is_made_once_in_its_order_and_its_repeat_answers_the_same,
        all_living_grants_of_one_account_are_stopped_and_no_others,
        narrowing_replaces_terms_deposit_and_appointment_in_one_step,
        several_grants_are_withdrawn_all_or_none,
    },
    deposits::{
        a_changed_key_is_noted_once, more_deposits_follow_in_one_step_and_once,
        prepared_deposits_are_given_out_when_their_time_comes_and_forgotten_when_it_is_over,
        replaced_deposits_are_gone_in_the_same_step,
    },
    endings::{
        a_given_up_grant_is_gone_in_the_same_step, revoked_handles_end_once_and_the_grant_stays,
    },
    fixture::{Fixture, opened_by},
    global_log::{
        a_proof_goes_to_what_witnesses_have_seen_where_that_is_new_enough,
        an_entry_is_the_blinded_head_and_is_proved_to_a_checkpoint,
        erasing_what_entries_say_leaves_every_proof_as_it_was,
        every_head_that_moved_is_appended_once,
        tiles_built_again_from_the_entries_have_the_same_octets,
        turns_at_once_append_every_head_once,
        what_witnesses_have_said_of_the_newest_checkpoint_is_kept_together,
        where_the_wallet_gave_no_key_the_broker_draws_one_and_says_so,
    },
    messages::{
        a_message_is_left_once_and_only_by_the_grants_recipient,
        a_message_that_nobody_fetches_is_forgotten,
        a_taken_message_is_gone_and_cannot_be_left_again,
    },
    notices::{
        a_notice_waits_until_its_own_recipient_settles_it,
        notices_wait_in_order_and_are_forgotten_after_thirty_days,
        one_push_at_a_time_is_handed_out_and_again_when_nobody_says_how_it_went,
        the_end_of_a_log_is_known_and_its_growth_is_heard, what_is_too_old_to_push_is_passed_over,
    },
    participants::{
        a_read_by_a_suspended_recipient_is_refused_in_the_transaction_and_logged,
        a_recipient_sees_what_became_of_its_grants_and_nobodys_name,
        a_recipients_grants_are_listed_newest_first_page_by_page,
        a_suspension_stands_since_it_began_until_it_is_ended,
        the_newest_list_of_each_registrar_is_remembered,
    },
    reading::{
        a_reading_is_acknowledged_once_and_only_by_its_reader,
        a_reading_names_its_own_place_and_leaf,
    },
};
use super::{Completion, ProofId, Store, UseToken};
use crate::{
    grant::{Ending, Status},
    interaction::{InteractionError, Typed},
    log_check::check_logs,
    tests::support::noon,
};

/// Makes a test of each property for the store that `$open` gives; none where it cannot be had.
macro_rules! conformance {
    ($open:expr; $($property:ident)+) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $property() {
            if let Some((store, _folder)) = $open {
                super::$property(&store).await;
            }
        }
    )+};
}

macro_rules! every_property {
    ($open:expr) => {
        conformance! { $open;
        an_account_is_made_once_and_kept
        proofs_are_remembered_all_or_none
        a_client_uses_each_code_challenge_once_while_a_request_can_live
        a_request_belongs_to_the_first_account
        a_decision_is_made_once
        a_refusal_takes_the_grant_id_and_makes_no_grant
        completion_needs_the_session_and_works_once
        tries_of_digits_are_counted_and_completion_waits_for_the_right_ones
        a_code_works_once_and_its_second_use_ends_the_epoch
        the_last_read_ends_the_grant_and_its_octets_go_when_it_cannot_be_repeated
        withdrawal_deletes_the_octets_in_the_same_step
        an_ended_time_is_recorded_once_by_purging
        purging_forgets_requests_and_proofs
        a_request_that_nobody_looks_at_is_forgotten_when_its_time_is_over
        a_stranger_at_a_grant_is_logged_and_at_no_grant_is_not
        an_account_is_known_once_it_is_kept
        the_log_is_a_merkle_tree_without_gaps
        every_read_has_exactly_one_entry
        receipts_go_to_their_owner_and_their_recipient
        a_suspension_stands_since_it_began_until_it_is_ended
        a_read_by_a_suspended_recipient_is_refused_in_the_transaction_and_logged
        the_newest_list_of_each_registrar_is_remembered
        a_recipients_grants_are_listed_newest_first_page_by_page
        a_recipient_sees_what_became_of_its_grants_and_nobodys_name
        revoked_handles_end_once_and_the_grant_stays
        a_given_up_grant_is_gone_in_the_same_step
        a_notice_waits_until_its_own_recipient_settles_it
        notices_wait_in_order_and_are_forgotten_after_thirty_days
        one_push_at_a_time_is_handed_out_and_again_when_nobody_says_how_it_went
        what_is_too_old_to_push_is_passed_over
        the_end_of_a_log_is_known_and_its_growth_is_heard
        a_change_is_made_once_in_its_order_and_its_repeat_answers_the_same
        narrowing_replaces_terms_deposit_and_appointment_in_one_step
        all_living_grants_of_one_account_are_stopped_and_no_others
        several_grants_are_withdrawn_all_or_none
        more_deposits_follow_in_one_step_and_once
        prepared_deposits_are_given_out_when_their_time_comes_and_forgotten_when_it_is_over
        replaced_deposits_are_gone_in_the_same_step
        a_changed_key_is_noted_once
        a_message_is_left_once_and_only_by_the_grants_recipient
        a_taken_message_is_gone_and_cannot_be_left_again
        a_message_that_nobody_fetches_is_forgotten
        a_reading_names_its_own_place_and_leaf
        a_reading_is_acknowledged_once_and_only_by_its_reader
        every_head_that_moved_is_appended_once
        an_entry_is_the_blinded_head_and_is_proved_to_a_checkpoint
        where_the_wallet_gave_no_key_the_broker_draws_one_and_says_so
        tiles_built_again_from_the_entries_have_the_same_octets
        what_witnesses_have_said_of_the_newest_checkpoint_is_kept_together
        a_proof_goes_to_what_witnesses_have_seen_where_that_is_new_enough
        erasing_what_entries_say_leaves_every_proof_as_it_was
        turns_at_once_append_every_head_once
        }
    };
}

mod postgres;
mod sled;

async fn an_account_is_made_once_and_kept(f: &Fixture<impl Store>) {
    let first = f.store.account("key", f.fresh_account()).await.unwrap();
    let second = f.store.account("key", f.fresh_account()).await.unwrap();
    let other = f.store.account("other", f.fresh_account()).await.unwrap();
    assert_eq!(first, second);
    assert_ne!(first.subject_id, other.subject_id);
    assert_eq!(f.store.subjects().await.unwrap().len(), 2);
}

async fn proofs_are_remembered_all_or_none(f: &Fixture<impl Store>) {
    let proof = |owner: &str, id: &str| ProofId {
        owner: owner.into(),
        id: id.into(),
        until: noon() + TimeDelta::seconds(70),
    };
    let remember = async |proofs: Vec<ProofId>| f.store.remember_proofs(proofs).await.unwrap();
    assert_eq!(remember(vec![proof("a", "1"), proof("b", "1")]).await, None);
    assert_eq!(
        remember(vec![proof("c", "1"), proof("b", "1")]).await,
        Some(1)
    );
    assert_eq!(remember(vec![proof("c", "1")]).await, None);
    assert_eq!(remember(vec![proof("a", "1")]).await, Some(0));
}

async fn a_client_uses_each_code_challenge_once_while_a_request_can_live(f: &Fixture<impl Store>) {
    let push = async |id: u8, client: &str, challenge: &str| {
        let id = RequestId::from_bytes([id; 16]);
        f.push_with(id, client, challenge, "signed").await
    };
    assert_eq!(push(1, "a", "x").await, Ok(()));
    let used = Err(InteractionError::ChallengeUsed);
    assert_eq!(push(2, "a", "x").await, used);
    let refused = RequestId::from_bytes([2; 16]);
    let shown = f.store.show_request(refused, noon()).await.unwrap();
    assert_eq!(shown, Err(InteractionError::Unknown), "nothing was kept");
    assert_eq!(push(2, "a", "y").await, Ok(()));
    assert_eq!(push(3, "b", "x").await, Ok(()));
    f.clock.advance(TimeDelta::hours(3) - TimeDelta::seconds(1));
    while f.purge().await > 0 {}
    assert_eq!(push(4, "a", "x").await, used);
    f.clock.advance(TimeDelta::seconds(1));
    while f.purge().await > 0 {}
    assert_eq!(push(4, "a", "x").await, Ok(()));
}

async fn a_request_belongs_to_the_first_account(f: &Fixture<impl Store>) {
    let (id, _request) = f.push().await;
    let unknown = RequestId::from_bytes([9; 16]);
    let open = async |id, session: &str, subject| {
        let opened = f
            .store
            .open_interaction(id, opened_by(subject, session), noon())
            .await
            .unwrap();
        opened.map(|_pushed| ())
    };
    let (me, you) = (
        SubjectId::from_bytes([1; 16]),
        SubjectId::from_bytes([2; 16]),
    );
    assert_eq!(open(unknown, "s", me).await, Err(InteractionError::Unknown));
    assert_eq!(open(id, "s", me).await, Err(InteractionError::Over));
    f.store.show_request(id, noon()).await.unwrap().unwrap();
    assert_eq!(open(id, "s", me).await, Ok(()));
    assert_eq!(open(id, "s", me).await, Ok(()));
    assert_eq!(
        open(id, "s", you).await,
        Err(InteractionError::TakenByOther)
    );
    assert_eq!(open(id, "t", me).await, Err(InteractionError::TakenByOther));
}

async fn a_decision_is_made_once(f: &Fixture<impl Store>) {
    let (order, account) = f.order(Some(None)).await;
    let decide = async |order| f.store.decide(order, &f.notary, noon()).await.unwrap();
    let first = decide(order.clone()).await.unwrap();
    assert_eq!(first.log_size, 2);
    assert_eq!(decide(order.clone()).await, Ok(first));
    let mut other = order.clone();
    other.digest = "another".into();
    assert_eq!(decide(other).await, Err(InteractionError::Decided));
    let mut stranger = order.clone();
    stranger.subject_id = SubjectId::from_bytes([9; 16]);
    assert_eq!(decide(stranger).await, Err(InteractionError::NotOpened));
    let (mut taken, _) = f.order(Some(None)).await;
    taken.grant_id = order.grant_id;
    assert_eq!(decide(taken).await, Err(InteractionError::GrantIdTaken));
    assert_eq!(f.store.grants(account.subject_id).await.unwrap().len(), 1);
    assert_eq!(f.kinds(&account).await, [Kind::ConsentGiven, Kind::Deposit]);
}

async fn a_refusal_takes_the_grant_id_and_makes_no_grant(f: &Fixture<impl Store>) {
    let (order, account) = f.order(None).await;
    let id = order.grant_id;
    let recorded = f.store.decide(order, &f.notary, noon()).await.unwrap();
    assert!(!recorded.unwrap().receipt.is_empty());
    assert_eq!(f.store.grants(account.subject_id).await.unwrap(), []);
    assert_eq!(f.store.held(id).await.unwrap(), None);
    assert_eq!(f.kinds(&account).await, [Kind::ConsentRefused]);
}

async fn completion_needs_the_session_and_works_once(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    let complete = async |session: &str| {
        let completed = f.store.complete(given.request_id, session.into(), noon());
        completed.await.unwrap()
    };
    assert_eq!(complete("other").await, Err(InteractionError::OtherBrowser));
    let Completion { grant, .. } = complete("session").await.unwrap();
    assert_eq!(grant.unwrap().grant_id, given.grant_id);
    assert_eq!(complete("session").await, Err(InteractionError::Completed));
}

async fn tries_of_digits_are_counted_and_completion_waits_for_the_right_ones(
    f: &Fixture<impl Store>,
) {
    let type_in = async |id, session: &str, hash: &str| {
        let typed = f.store.type_digits(id, session.into(), hash.into(), noon());
        typed.await.unwrap()
    };
    let awaits = async |id, session: &str| {
        let awaits = f.store.awaits_digits(id, session.into(), noon());
        awaits.await.unwrap()
    };
    let complete = async |id| {
        let completed = f.store.complete(id, "session".into(), noon());
        completed.await.unwrap()
    };
    let (id, account) = f.decided_elsewhere("right").await;
    let strangers = Err(InteractionError::OtherBrowser);
    assert_eq!(awaits(id, "session").await, Ok(()));
    assert_eq!(awaits(id, "other").await, strangers);
    assert_eq!(
        type_in(id, "other", "right").await,
        strangers.map(|()| Typed::Right)
    );
    assert_eq!(type_in(id, "session", "wrong").await, Ok(Typed::Wrong));
    assert_eq!(complete(id).await, Err(InteractionError::DigitsMissing));
    assert_eq!(type_in(id, "session", "right").await, Ok(Typed::Right));
    let Completion { grant, .. } = complete(id).await.unwrap();
    assert_eq!(grant.unwrap().subject_id, account.subject_id);
    assert_eq!(
        awaits(id, "session").await,
        Err(InteractionError::Completed)
    );

    let (id, _account) = f.decided_elsewhere("right").await;
    for _ in 1..5 {
        assert_eq!(type_in(id, "session", "wrong").await, Ok(Typed::Wrong));
    }
    assert_eq!(type_in(id, "session", "wrong").await, Ok(Typed::Over));
    let over = Err(InteractionError::DigitsOver);
    assert_eq!(type_in(id, "session", "right").await, over);
    let unknown = RequestId::from_bytes([9; 16]);
    let nothing = Err(InteractionError::Unknown);
    assert_eq!(type_in(unknown, "session", "right").await, nothing);
}

async fn a_code_works_once_and_its_second_use_ends_the_epoch(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    let order = |epoch| UseToken {
        subject_id: given.account.subject_id,
        grant_id: given.grant_id,
        epoch,
    };
    let redeem = async || {
        let redeemed = f.store.redeem_code(order(1), &f.notary, noon());
        redeemed.await.unwrap().is_some()
    };
    let renew = async |epoch| {
        let renewed = f.store.renew(order(epoch), &f.notary, noon());
        renewed.await.unwrap().is_some()
    };
    assert!(!renew(2).await);
    assert!(redeem().await);
    assert!(renew(1).await);
    assert!(!redeem().await);
    assert!(!redeem().await, "the third use changes nothing more");
    assert!(!renew(1).await);
    let (grant, _) = f.grant(&given).await;
    assert_eq!((grant.epoch, grant.status), (2, Status::Active));
}

async fn the_last_read_ends_the_grant_and_its_octets_go_when_it_cannot_be_repeated(
    f: &Fixture<impl Store>,
) {
    let given = f.give(Some(1)).await;
    let read = f.read(&given, 1).await.unwrap();
    assert_eq!(read.ciphertext, given.ciphertext);
    assert!(f.read(&given, 2).await.is_none());
    f.clock.advance(TimeDelta::seconds(599));
    f.purge().await;
    assert_eq!(
        f.read(&given, 1).await.unwrap().ciphertext,
        given.ciphertext
    );
    f.clock.advance(TimeDelta::seconds(1));
    assert!(f.read(&given, 1).await.is_none());
    f.purge().await;
    assert_eq!(
        f.store
            .held(given.grant_id)
            .await
            .unwrap()
            .unwrap()
            .deposits,
        []
    );
    let receipts = f
        .store
        .receipts(given.account.subject_id, None)
        .await
        .unwrap();
    assert_eq!(receipts.len(), 2);
}

async fn withdrawal_deletes_the_octets_in_the_same_step(f: &Fixture<impl Store>) {
    let given = f.give(Some(1)).await;
    f.read(&given, 1).await.unwrap();
    let receipt = f.withdraw(&given).await;
    assert!(!receipt.is_empty());
    assert_eq!(f.withdraw(&given).await, receipt);
    assert!(f.read(&given, 1).await.is_none(), "also a repeat is over");
    let held = f.store.held(given.grant_id).await.unwrap().unwrap();
    assert_eq!(held.deposits, []);
    assert_eq!(held.grant.epoch, 2);
    let stranger = SubjectId::from_bytes([9; 16]);
    let withdrawal = given.withdrawal.clone();
    let foreign = f
        .store
        .withdraw(stranger, given.grant_id, withdrawal, &f.notary, noon());
    assert_eq!(foreign.await.unwrap(), None);
}

async fn an_ended_time_is_recorded_once_by_purging(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    f.clock.advance(TimeDelta::days(30));
    assert!(f.read(&given, 1).await.is_none());
    f.purge().await;
    f.purge().await;
    let (grant, _) = f.grant(&given).await;
    assert!(matches!(
        grant.status,
        Status::Ended {
            how: Ending::Expired,
            ..
        }
    ));
    assert_eq!(
        f.kinds(&given.account).await,
        [
            Kind::ConsentGiven,
            Kind::Deposit,
            Kind::ReadRefused,
            Kind::Expired
        ]
    );
    assert_eq!(
        f.store
            .held(given.grant_id)
            .await
            .unwrap()
            .unwrap()
            .deposits,
        []
    );
}

async fn purging_forgets_requests_and_proofs(f: &Fixture<impl Store>) {
    let (id, _request) = f.push().await;
    let proof = || {
        vec![ProofId {
            owner: "a".into(),
            id: "1".into(),
            until: noon() + TimeDelta::seconds(70),
        }]
    };
    f.store.remember_proofs(proof()).await.unwrap();
    f.clock.advance(TimeDelta::seconds(69));
    assert_eq!(f.purge().await, 0);
    f.clock.advance(TimeDelta::seconds(1));
    assert_eq!(f.purge().await, 1);
    assert_eq!(f.store.remember_proofs(proof()).await.unwrap(), None);
    f.clock.advance(TimeDelta::hours(3));
    f.purge().await;
    let shown = f.store.show_request(id, noon()).await.unwrap();
    assert_eq!(shown.unwrap_err(), InteractionError::Unknown);
}

async fn the_log_is_a_merkle_tree_without_gaps(f: &Fixture<impl Store>) {
    let given = f.give(None).await;
    for read in 0..9 {
        f.read(&given, read).await.unwrap();
    }
    let subject = given.account.subject_id;
    let whole = f.store.log_since(subject, 0).await.unwrap().unwrap();
    let root = whole.frontier.root();
    for (place, (entry, leaf)) in whole.entries.iter().zip(&whole.leaves).enumerate() {
        assert_eq!(entry.seq, place as u64);
        assert_eq!(entry.leaf().unwrap(), *leaf);
        let path = credential_core::access_log::inclusion_proof(&whole.leaves, place).unwrap();
        assert!(verify_inclusion(
            leaf,
            entry.seq,
            whole.frontier.size(),
            &path,
            &root
        ));
    }
    for since in 1..=11_u64 {
        let later = f.store.log_since(subject, since).await.unwrap().unwrap();
        assert_eq!(later.entries, whole.entries[since as usize..]);
        let older = credential_core::access_log::root(&whole.leaves[..since as usize]);
        let proof = consistency_proof(&later.leaves, since as usize).unwrap();
        assert!(verify_consistency((since, &older), (11, &root), &proof));
    }
    assert_eq!(f.store.log_since(subject, 12).await.unwrap(), None);
    let found = check_logs(&f.store).await.unwrap();
    assert_eq!((found.logs, found.entries), (1, 11));
    assert_eq!(found.damaged, []);
}

async fn every_read_has_exactly_one_entry(f: &Fixture<impl Store>) {
    let given = f.give(Some(3)).await;
    for (read, gives) in [
        (1, true),
        (1, true),
        (2, true),
        (3, true),
        (4, false),
        (2, true),
    ] {
        assert_eq!(f.read(&given, read).await.is_some(), gives);
    }
    assert_eq!(
        f.kinds(&given.account).await[2..],
        [
            Kind::Read,
            Kind::ReadRepeated,
            Kind::Read,
            Kind::Read,
            Kind::Exhausted,
            Kind::ReadRefused,
            Kind::ReadRepeated,
        ]
    );
    let (grant, _) = f.grant(&given).await;
    assert_eq!(grant.reads, 3);
}

async fn receipts_go_to_their_owner_and_their_recipient(f: &Fixture<impl Store>) {
    let (given, other) = (f.give(None).await, f.give(None).await);
    f.withdraw(&given).await;
    let count = async |subject, grant: Option<GrantId>| {
        f.store.receipts(subject, grant).await.unwrap().len()
    };
    let subject = given.account.subject_id;
    assert_eq!(count(subject, None).await, 2);
    assert_eq!(count(subject, Some(given.grant_id)).await, 2);
    assert_eq!(count(subject, Some(other.grant_id)).await, 0);
    let of_recipient = async |grant, client: &str| {
        let receipts = f.store.receipts_of_recipient(grant, client);
        receipts.await.unwrap().len()
    };
    let client = f.recipient.client_id();
    assert_eq!(of_recipient(given.grant_id, &client).await, 2);
    assert_eq!(of_recipient(given.grant_id, "another").await, 0);
    assert_eq!(of_recipient(GrantId::from_bytes([9; 16]), &client).await, 0);
}

async fn a_request_that_nobody_looks_at_is_forgotten_when_its_time_is_over(
    f: &Fixture<impl Store>,
) {
    let ((unused, _), (shown, _)) = (f.push().await, f.push().await);
    f.store.show_request(shown, noon()).await.unwrap().unwrap();
    let look = async |id| f.store.show_request(id, noon()).await.unwrap().map(drop);
    f.clock.advance(TimeDelta::seconds(299));
    f.purge().await;
    assert_eq!(look(shown).await, Ok(()));
    f.clock.advance(TimeDelta::seconds(1));
    f.purge().await;
    assert_eq!(look(unused).await, Err(InteractionError::Unknown));
    assert_eq!(look(shown).await, Ok(()));
    f.clock.advance(TimeDelta::hours(3));
    f.purge().await;
    assert_eq!(look(shown).await, Err(InteractionError::Unknown));
    let (client, challenge) = (f.recipient.client_id(), format!("challenge of {shown}"));
    let again = f.push_with(unused, &client, &challenge, "signed");
    assert_eq!(again.await, Ok(()), "its challenge went with it");
}

async fn a_stranger_at_a_grant_is_logged_and_at_no_grant_is_not(f: &Fixture<impl Store>) {
    let given = f.give(Some(1)).await;
    let subject = given.account.subject_id;
    let refuse = async |grant| {
        let refused = f.store.refuse_read(subject, grant, &f.notary, noon());
        refused.await.unwrap();
    };
    refuse(GrantId::from_bytes([9; 16])).await;
    refuse(given.grant_id).await;
    assert_eq!(
        f.kinds(&given.account).await,
        [Kind::ConsentGiven, Kind::Deposit, Kind::ReadRefused]
    );
    assert!(f.read(&given, 1).await.is_some(), "nothing was counted");
}

async fn an_account_is_known_once_it_is_kept(f: &Fixture<impl Store>) {
    assert_eq!(f.store.known_account("key").await, Ok(None));
    let fresh = f.fresh_account();
    let subject = fresh.subject_id;
    assert_eq!(f.store.log_since(subject, 0).await, Ok(None));
    let kept = f.store.account("key", fresh).await.unwrap();
    assert_eq!(f.store.known_account("key").await, Ok(Some(kept)));
    let log = f.store.log_since(subject, 0).await.unwrap().unwrap();
    assert_eq!(log.frontier.size(), 0);
}
