//! A grant as the recipient keeps it between reads.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::{decision::SignedDecision, details::GrantedDetails},
    id::GrantId,
    jose::Jwk,
    notices::{EndReason, Event, Notice},
    oauth::token::TokenResponse,
};
use serde::{Deserialize, Serialize};

use super::{CallError, Secret, acknowledge::LastReading};
use crate::{
    Report,
    checks::{Outcome, Question, Reason},
    open::{GrantExpectation, OpenedPresentation},
};

/// An access token that ends within this time is renewed before it is used.
const MARGIN: TimeDelta = TimeDelta::seconds(10);

/// A grant, its tokens and what has been seen under it. Serialized, it opens the share together with
/// the recipient's keys: keep it where only the recipient reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldGrant {
    pub(super) details: GrantedDetails,
    pub(super) request: String,
    pub(super) broker: String,
    pub(super) tokens: TokenSet,
    pub(super) last_sequence: u32,
    #[serde(default)]
    pub(super) standing: Standing,
    /// Time and name of the last notice that was followed.
    #[serde(default)]
    pub(super) last_notice: Option<(i64, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reply: Option<ReplyAddress>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_reading: Option<LastReading>,
    /// The place in the person's log of the last reading that was acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_place: Option<u64>,
}

/// How a share stands, as far as notices have told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Standing {
    /// It goes on.
    #[default]
    Active,
    /// The person holds it back.
    Paused {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It has ended.
    Ended {
        /// Why.
        reason: EndReason,
        /// When.
        at: DateTime<Utc>,
    },
}

/// Where messages to the holder of a grant go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyAddress {
    /// The key that they are sealed to.
    pub(super) key: Jwk,
    /// The thumbprint of the grant's own key.
    pub(super) holder: String,
}

/// The tokens of one grant, bound to the recipient's DPoP key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSet {
    pub(super) access_token: Secret,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) refresh_token: Option<Secret>,
}

impl HeldGrant {
    /// The grant's id.
    #[must_use]
    pub fn id(&self) -> GrantId {
        self.details.grant_id
    }

    /// What was granted.
    #[must_use]
    pub fn details(&self) -> &GrantedDetails {
        &self.details
    }

    /// The broker's issuer identifier.
    #[must_use]
    pub fn broker(&self) -> &str {
        &self.broker
    }

    /// How it stands, as far as notices have told.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Follows a notice; gives whether it was about this grant and new. A repetition and one that was
    /// overtaken change nothing, and what has ended stays so.
    pub fn follow(&mut self, notice: &Notice) -> bool {
        let at = notice.effective_at();
        let place = (at.timestamp(), notice.id().to_owned());
        let is_ours = notice.grant_id() == self.id() && notice.broker() == self.broker;
        if !is_ours || self.last_notice.as_ref().is_some_and(|last| *last >= place) {
            return false;
        }
        self.last_notice = Some(place);
        self.standing = match (self.standing, notice.event()) {
            (Standing::Ended { .. }, _) => self.standing,
            (_, Event::Ended { reason, .. }) => Standing::Ended {
                reason: *reason,
                at,
            },
            (_, Event::Paused { .. }) => Standing::Paused { at },
            (_, Event::Resumed { .. }) => Standing::Active,
            // Narrowing and renewing are possible while it pauses, and leave it so.
            (standing, Event::Narrowed { .. } | Event::Renewed { .. }) => standing,
        };
        true
    }

    /// The signed request that led to it.
    #[must_use]
    pub fn request(&self) -> &str {
        &self.request
    }

    /// The highest sequence read so far; 0 before the first.
    #[must_use]
    pub fn last_sequence(&self) -> u32 {
        self.last_sequence
    }

    /// Remembers where messages to the holder go, from what was read and verified. Only then: anyone can
    /// seal something to a recipient, and only the holder can make the presentation that lies beside
    /// the decision. The address that was learnt first stays. Gives whether one is known now.
    pub fn learn_reply_address(&mut self, opened: &OpenedPresentation, report: &Report) -> bool {
        if self.reply.is_none() && is_the_holders(opened, report) {
            let decision = SignedDecision::open(opened.decision().clone()).ok();
            self.reply = decision
                .filter(|decision| decision.claims().grant_id == self.id())
                .and_then(|decision| {
                    Some(ReplyAddress {
                        key: decision.claims().reply_jwk.clone()?,
                        holder: decision.holder_key().thumbprint(),
                    })
                });
        }
        self.reply.is_some()
    }

    pub(super) fn expectation<'a>(
        &'a self,
        client_id: &'a str,
        broker: &'a str,
    ) -> GrantExpectation<'a> {
        GrantExpectation {
            details: &self.details,
            client_id,
            broker,
            request: &self.request,
            last_sequence: self.last_sequence,
        }
    }
}

/// Whether the report is about this deposit and found it unchanged and meant for us. What has become
/// invalid since, by its issuer's word, is the holder's still.
fn is_the_holders(opened: &OpenedPresentation, report: &Report) -> bool {
    let about_this = report.share.as_ref().is_some_and(|share| {
        share.grant_id == opened.grant_id() && share.sequence == opened.sequence()
    });
    let checks = || {
        let questions = [Question::Unchanged, Question::MeantForUs];
        report
            .all_checks()
            .filter(move |check| questions.contains(&check.question))
    };
    let found = |reason| checks().any(|check| check.reason == reason);
    let in_doubt = |outcome| matches!(outcome, Outcome::Invalid | Outcome::CouldNotCheck);
    about_this
        && found(Reason::HolderBound)
        && found(Reason::DecisionSigned)
        && !checks().any(|check| in_doubt(check.outcome))
}

impl TokenSet {
    /// Reads a token response that came at `now`. `refresh_token` is kept when no new one comes.
    pub(super) fn new(
        response: &TokenResponse,
        now: DateTime<Utc>,
        refresh_token: Option<Secret>,
    ) -> Result<Self, CallError> {
        if !response.token_type.eq_ignore_ascii_case("DPoP") || response.access_token.is_empty() {
            return Err(CallError::Malformed("token_type"));
        }
        let renewed = response.refresh_token.clone().map(Secret::new);
        Ok(Self {
            access_token: Secret::new(response.access_token.clone()),
            expires_at: now + TimeDelta::seconds(i64::from(response.expires_in)),
            refresh_token: renewed.or(refresh_token),
        })
    }

    /// Whether the access token should be renewed before it is used.
    #[must_use]
    pub fn is_stale(&self, now: DateTime<Utc>) -> bool {
        self.expires_at - MARGIN <= now
    }
}
