//! A grant against a model: whatever is done in whatever order, the store answers as the model does, and
//! its log says, line by line, what the model says.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    access_log::{Kind, Outcome},
    consent::details::GrantedDetails,
};

use crate::{
    grant::{ChangeError, ChangeKind},
    storage::{Change, Changed},
};

/// One line of the log: what, how it ended, and under which terms.
pub(super) type Line = (Kind, Outcome, String);

/// How the model's grant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Active,
    Paused,
    Exhausted,
    Over(Kind),
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) details: GrantedDetails,
    pub(super) state: State,
    pub(super) reads: u32,
    pub(super) repeats: u32,
    pub(super) changes: u32,
    pub(super) log: Vec<Line>,
    /// When each read was made, as long as the deposit it read lies there.
    made: BTreeMap<u8, DateTime<Utc>>,
    code_uses: u32,
    /// Until when the deposit can be read.
    deposit_ends: DateTime<Utc>,
    pub(super) last: Option<(Change, Changed)>,
}

impl Model {
    pub(super) fn given(details: GrantedDetails, deposit_ends: DateTime<Utc>) -> Self {
        let mut model = Self {
            details,
            state: State::Active,
            reads: 0,
            repeats: 0,
            changes: 0,
            log: Vec::new(),
            made: BTreeMap::new(),
            code_uses: 0,
            deposit_ends,
            last: None,
        };
        model.write(Kind::ConsentGiven, Outcome::Done);
        model.write(Kind::Deposit, Outcome::Done);
        model
    }

    fn write(&mut self, kind: Kind, outcome: Outcome) {
        let hash = self.details.hash_base64url().unwrap();
        self.log.push((kind, outcome, hash));
    }

    pub(super) fn is_living(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state, State::Active | State::Paused) && now < self.details.until
    }

    /// Reads with a token of the first epoch; tells how that ends.
    pub(super) fn read(&mut self, id: u8, now: DateTime<Utc>) -> Outcome {
        let made = self.made.get(&id).copied();
        let repeats = made.is_some_and(|made| now < made + TimeDelta::minutes(10));
        let is_left = self.details.max_reads.is_none_or(|most| self.reads < most);
        let outcome = match self.state {
            _ if now >= self.details.until => Outcome::GrantEnded,
            State::Over(_) => Outcome::GrantEnded,
            State::Exhausted if !repeats => Outcome::GrantEnded,
            _ if self.code_uses > 1 => Outcome::NotAuthorized,
            State::Paused => Outcome::GrantPaused,
            _ if now >= self.deposit_ends => Outcome::NothingDeposited,
            _ if repeats || is_left => Outcome::Done,
            _ => Outcome::GrantEnded,
        };
        match (outcome, repeats) {
            (Outcome::Done, true) => {
                self.repeats += 1;
                self.write(Kind::ReadRepeated, outcome);
            }
            (Outcome::Done, false) => self.count(id, now),
            _ => self.write(Kind::ReadRefused, outcome),
        }
        outcome
    }

    fn count(&mut self, id: u8, now: DateTime<Utc>) {
        self.reads += 1;
        self.made.insert(id, now);
        self.write(Kind::Read, Outcome::Done);
        if self.details.max_reads == Some(self.reads) {
            self.state = State::Exhausted;
            self.write(Kind::Exhausted, Outcome::Done);
        }
    }

    pub(super) fn redeem(&mut self, now: DateTime<Utc>) -> bool {
        let may = self.is_living(now) && self.code_uses < 2;
        if !may {
            return false;
        }
        self.code_uses += 1;
        let outcome = if self.code_uses == 1 {
            Outcome::Done
        } else {
            Outcome::NotAuthorized
        };
        self.write(Kind::TokenIssued, outcome);
        self.code_uses == 1
    }

    pub(super) fn refresh(&mut self, now: DateTime<Utc>) -> bool {
        let may = self.is_living(now) && self.code_uses < 2;
        if may {
            self.write(Kind::TokenIssued, Outcome::Done);
        }
        may
    }

    pub(super) fn end(&mut self, kind: Kind) {
        self.state = State::Over(kind);
        self.write(kind, Outcome::Done);
    }

    pub(super) fn purge(&mut self, now: DateTime<Utc>) {
        let lived = matches!(self.state, State::Active | State::Paused);
        if lived && now >= self.details.until {
            self.end(Kind::Expired);
        }
    }

    /// Whether this order can be made now, and if so, makes it. `details` are those it grants.
    pub(super) fn change(
        &mut self,
        order: &Change,
        details: Option<&GrantedDetails>,
        now: DateTime<Utc>,
    ) -> Result<(), ChangeError> {
        if !self.is_living(now) {
            return Err(ChangeError::Ended);
        }
        if order.number != self.changes + 1 {
            return Err(ChangeError::OutOfOrder);
        }
        match (order.kind, self.state) {
            (ChangeKind::Pause, State::Paused) => return Err(ChangeError::Paused),
            (ChangeKind::Resume, State::Active) => return Err(ChangeError::NotPaused),
            (ChangeKind::Pause, _) => self.state = State::Paused,
            (ChangeKind::Resume, _) => self.state = State::Active,
            (ChangeKind::Narrow | ChangeKind::Renew, _) => {}
        }
        if let Some(details) = details {
            if details.max_reads.is_some_and(|most| most <= self.reads) {
                return Err(ChangeError::ReadsUsed);
            }
            self.details = details.clone();
            self.made.clear();
            self.deposit_ends = details.until.min(now + TimeDelta::days(7));
        }
        self.changes += 1;
        self.write(order.kind.kind(), Outcome::Done);
        if details.is_some() {
            self.write(Kind::Deposit, Outcome::Done);
        }
        Ok(())
    }
}
