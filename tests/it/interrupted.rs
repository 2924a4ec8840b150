//! Connections that break at the worst moment: what was answered is repeated and not made twice, what
//! was stopped stays stopped, and nothing is lost.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{access_log::Kind, consent::receipt::Event, id::GrantId, text::Language};
use osaamislompakko::stages::{self, Chosen};
use verifier_sdk::recipient::{PendingRequest, ReadError, Recipient};
use wallet_core::{
    Error, Wallet,
    consent::{
        broker::BrokerError,
        request::OpenRequest,
        share::{Approved, Delivery, ShareState},
    },
    disclosure::Selection,
};

use crate::support::{
    SAMPLE, Scene,
    front::{Break, Front, scene},
};

const DECISIONS: &str = "/wallet/decisions";

/// A request that the person has looked at and not answered yet.
struct Asked {
    scene: Scene,
    front: Front,
    wallet: Wallet,
    recipient: Recipient,
    pending: PendingRequest,
    open: OpenRequest,
    chosen: Chosen,
}

async fn asked() -> Asked {
    let (scene, front) = scene().await;
    let wallet = scene.wallet_with(SAMPLE).await;
    let (recipient, pending) = scene.pushed(&wallet).await;
    let open = wallet.open_request(pending.link()).await.unwrap();
    let chosen = stages::choose(&wallet, &open, Language::En).unwrap();
    Asked {
        scene,
        front,
        wallet,
        recipient,
        pending,
        open,
        chosen,
    }
}

impl Asked {
    async fn approve(&self) -> Result<Approved, Error> {
        self.approve_until(self.chosen.until).await
    }

    async fn approve_until(&self, until: DateTime<Utc>) -> Result<Approved, Error> {
        let selection = &self.chosen.selection;
        self.wallet.approve(&self.open, selection, until).await
    }

    /// Approves over a connection that breaks; gives the share that was signed.
    async fn approve_in_vain(&self, place: Break) -> GrantId {
        self.front.breaks(place);
        assert_network(&self.approve().await.unwrap_err());
        self.front.works();
        let shares = self.wallet.shares().unwrap();
        assert_eq!(shares[0].state, ShareState::Unconfirmed);
        shares[0].grant_id
    }

    fn smallest(&self) -> Selection {
        let held = self.wallet.credentials().unwrap();
        Selection::smallest(self.open.request(), &held).unwrap()
    }

    fn states(&self) -> Vec<ShareState> {
        let shares = self.wallet.shares().unwrap();
        shares.iter().map(|share| share.state).collect()
    }

    async fn log(&self) -> Vec<Kind> {
        let broker = self.open.broker();
        let log = self.wallet.sync_log(broker).await.unwrap();
        log.new.iter().map(|entry| entry.kind).collect()
    }
}

fn assert_network(error: &Error) {
    assert!(
        matches!(error, Error::Broker(BrokerError::Http(_))),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_whose_answer_was_lost_is_repeated_and_gives_the_same_grant() {
    let mut asked = asked().await;
    let grant = asked.approve_in_vain(Break::BeforeAnswer(DECISIONS)).await;
    let approved = asked.approve().await.unwrap();
    assert_eq!(approved.grant_id, grant);
    assert_eq!(asked.states(), [ShareState::Active]);
    assert_eq!(asked.log().await, [Kind::ConsentGiven, Kind::Deposit]);
    assert_eq!(asked.wallet.kept_receipts(grant).unwrap().len(), 1);

    let answer = asked.scene.world.callback();
    let answer = answer.answer_to(asked.pending.state()).await.unwrap();
    let redeemed = asked.recipient.redeem(&asked.pending, answer.query()).await;
    let mut held = redeemed.unwrap();
    let report = stages::read(&asked.scene.world, &asked.recipient, &mut held).await;
    assert!(report.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_may_have_arrived_is_not_answered_otherwise() {
    let asked = asked().await;
    let grant_id = asked.approve_in_vain(Break::BeforeAnswer(DECISIONS)).await;
    let otherwise = Error::AnsweredOtherwise { grant_id };
    let (until, smallest) = (asked.chosen.until, asked.smallest());
    let fewer = asked.wallet.approve(&asked.open, &smallest, until).await;
    assert_eq!(fewer.unwrap_err(), otherwise);
    let shorter = asked.approve_until(until - TimeDelta::days(1)).await;
    assert_eq!(shorter.unwrap_err(), otherwise);
    assert_eq!(
        asked.wallet.refuse(&asked.open).await.unwrap_err(),
        otherwise
    );

    // The end that is proposed moves on with the clock; what was signed stays.
    let later = asked
        .approve_until(until + TimeDelta::hours(1))
        .await
        .unwrap();
    assert_eq!(later.grant_id, grant_id);
    let share = asked.wallet.share(grant_id).unwrap();
    assert_eq!(share.details.until, until);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_of_another_certificate_is_not_the_same_answer() {
    let asked = asked().await;
    // The same certificate once more: the same claims, signed anew for another key.
    let understood = stages::understand(SAMPLE.as_bytes()).unwrap();
    let offer = stages::offer(&asked.scene.world, &understood).unwrap();
    let offered = asked.wallet.open_offer(&offer.link).await.unwrap();
    let code = offer.tx_code.as_deref();
    asked.wallet.accept_offer(&offered, code).await.unwrap();
    let grant_id = asked.approve_in_vain(Break::BeforeAnswer(DECISIONS)).await;

    let held = asked.wallet.credentials().unwrap();
    let first = asked.chosen.selection.credential("certificate");
    let other = held
        .iter()
        .find(|c| c.vct().contains("/qualification/") && Some(c.id()) != first);
    let mut selection = asked.chosen.selection.clone();
    let chosen = selection.choose(asked.open.request(), "certificate", other.unwrap());
    chosen.unwrap();
    let until = asked.chosen.until;
    let refused = asked.wallet.approve(&asked.open, &selection, until).await;
    assert_eq!(refused.unwrap_err(), Error::AnsweredOtherwise { grant_id });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_never_arrived_can_be_stopped_and_answered_anew() {
    let asked = asked().await;
    let vain = asked.approve_in_vain(Break::BeforeRequest(DECISIONS)).await;
    let stopped = asked.wallet.stop(vain).await.unwrap();
    assert_eq!(stopped.state, ShareState::Stopped);
    assert_eq!(asked.wallet.kept_receipts(vain).unwrap(), []);

    let (until, smallest) = (asked.chosen.until, asked.smallest());
    let anew = asked.wallet.approve(&asked.open, &smallest, until).await;
    let anew = anew.unwrap().grant_id;
    assert_ne!(anew, vain);
    assert_eq!(asked.wallet.share(anew).unwrap().state, ShareState::Active);
    assert_eq!(asked.wallet.share(vain).unwrap().state, ShareState::Stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_came_too_late_is_made_anew() {
    let asked = asked().await;
    let vain = asked.approve_in_vain(Break::BeforeRequest(DECISIONS)).await;
    asked.scene.clock.advance(TimeDelta::minutes(6));
    let approved = asked.approve().await.unwrap();
    assert_ne!(approved.grant_id, vain);
    assert_eq!(asked.log().await, [Kind::ConsentGiven, Kind::Deposit]);
    // What was signed first can still be stopped, in case the broker had it after all.
    let first = asked.wallet.share(vain).unwrap();
    assert_eq!(first.state, ShareState::Stopping);
    let first = asked.wallet.stop(vain).await.unwrap();
    assert_eq!(first.state, ShareState::Stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_had_arrived_is_the_same_after_six_minutes_too() {
    let asked = asked().await;
    let grant = asked.approve_in_vain(Break::BeforeAnswer(DECISIONS)).await;
    asked.scene.clock.advance(TimeDelta::minutes(6));
    assert_eq!(asked.approve().await.unwrap().grant_id, grant);
    assert_eq!(asked.states(), [ShareState::Active]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_while_the_broker_is_away_is_kept_and_told_later() {
    let mut asked = asked().await;
    let approved = asked.approve().await.unwrap().grant_id;
    let answer = asked.scene.world.callback();
    let answer = answer.answer_to(asked.pending.state()).await.unwrap();
    let redeemed = asked.recipient.redeem(&asked.pending, answer.query()).await;
    let mut held = redeemed.unwrap();

    asked.front.breaks(Break::BeforeRequest("/wallet"));
    assert_network(&asked.wallet.stop(approved).await.unwrap_err());
    assert_eq!(asked.states(), [ShareState::Stopping]);
    assert!(
        asked.wallet.refresh_shares().await.is_ok(),
        "nobody to ask about"
    );
    assert_eq!(asked.states(), [ShareState::Stopping], "and so it stays");

    // An hour later; a stop of then would be too old.
    asked.scene.clock.advance(TimeDelta::hours(1));
    asked.front.breaks(Break::BeforeAnswer("/withdraw"));
    assert_network(&asked.wallet.stop(approved).await.unwrap_err());
    assert_eq!(asked.states(), [ShareState::Stopping]);
    let read = stages::read(&asked.scene.world, &asked.recipient, &mut held).await;
    assert_eq!(read.unwrap().unwrap_err(), ReadError::Ended);

    asked.front.works();
    let stopped = asked.wallet.stop(approved).await.unwrap();
    assert_eq!(stopped.state, ShareState::Stopped);
    let receipts = asked.wallet.kept_receipts(approved).unwrap();
    let events: Vec<Event> = receipts.iter().map(|receipt| receipt.event).collect();
    assert_eq!(events, [Event::Given, Event::Withdrawn]);
    let again = asked.wallet.stop(approved).await.unwrap();
    assert_eq!(
        again.state,
        ShareState::Stopped,
        "stopping twice does no harm"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_whose_answer_was_lost_is_repeated() {
    let asked = asked().await;
    asked.front.breaks(Break::BeforeAnswer(DECISIONS));
    assert_network(&asked.wallet.refuse(&asked.open).await.unwrap_err());
    assert_eq!(asked.wallet.requests().unwrap(), [asked.open.id()]);
    asked.front.works();
    let delivery = asked.wallet.refuse(&asked.open).await.unwrap();
    assert!(matches!(delivery, Delivery::Done), "{delivery:?}");
    assert_eq!(asked.wallet.requests().unwrap(), []);
    assert_eq!(asked.log().await, [Kind::ConsentRefused]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_came_too_late_is_made_anew() {
    let asked = asked().await;
    asked.front.breaks(Break::BeforeRequest(DECISIONS));
    assert_network(&asked.wallet.refuse(&asked.open).await.unwrap_err());
    asked.front.works();
    asked.scene.clock.advance(TimeDelta::minutes(6));
    asked.wallet.refuse(&asked.open).await.unwrap();
    assert_eq!(asked.log().await, [Kind::ConsentRefused]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_stands_though_the_recipient_could_not_be_told() {
    let asked = asked().await;
    asked.front.breaks(Break::BeforeRequest("/complete/"));
    let approved = asked.approve().await.unwrap();
    assert!(
        matches!(approved.delivery, Delivery::Failed(_)),
        "{:?}",
        approved.delivery
    );
    assert_eq!(asked.states(), [ShareState::Active]);
    assert_eq!(asked.wallet.requests().unwrap(), []);
    assert_eq!(
        asked.wallet.kept_receipts(approved.grant_id).unwrap().len(),
        1
    );
    asked.front.works();
    let stopped = asked.wallet.stop(approved.grant_id).await.unwrap();
    assert_eq!(stopped.state, ShareState::Stopped);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_time_is_over_waits_no_longer() {
    let asked = asked().await;
    assert_eq!(asked.wallet.requests().unwrap(), [asked.open.id()]);
    asked.scene.clock.advance(TimeDelta::minutes(62));
    assert_eq!(asked.wallet.requests().unwrap(), []);
    let late = asked.wallet.request(asked.open.id()).unwrap_err();
    assert_eq!(late.reason(), "request_not_of_this_moment");
}
