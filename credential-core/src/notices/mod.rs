//! What a recipient is told of a share between two reads: that it has ended, pauses, goes on, or was
//! narrowed or renewed. Each notice is a security event token (RFC 8417) signed by the broker.
//!
//! A notice opens nothing: its type keeps it from being taken for any other signed object, and a token
//! of the broker is no JSON Web Token at all.

mod error;
mod event;
mod poll;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::GrantId,
    jose::{
        SignError, Signer, VerifyingKey,
        jws::{self, KeyReference, Unverified},
    },
};

pub use error::NoticeError;
pub use event::{EndReason, Event};
pub use poll::{MAX_JTI, PollAnswer, PollRequest, SetError};

/// The header's `typ` (RFC 8417 section 2.3).
pub const TYP: &str = "secevent+jwt";
/// The media type of a pushed notice (RFC 8935 section 2.1).
pub const MEDIA_TYPE: &str = "application/secevent+jwt";

/// The longest notice that is read, in octets.
const MAX_LENGTH: usize = 16 * 1024;
/// How long a broker keeps a notice for its recipient.
pub const KEPT: TimeDelta = TimeDelta::days(30);
/// How far clocks may differ.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// The claims of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeClaims {
    /// The broker's issuer identifier.
    pub iss: String,
    /// When it was signed, seconds since 1970.
    pub iat: i64,
    /// Names this notice: the same in every delivery. Those of one broker to one recipient sort as text
    /// in the order in which things happened.
    pub jti: String,
    /// The recipient's client id.
    pub aud: String,
    /// Whom it is about: the grant, which is a name for this recipient alone.
    pub sub_id: SubjectIdentifier,
    /// What happened; exactly one event.
    pub events: Event,
}

/// An opaque subject identifier (RFC 9493 section 3.2.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, tag = "format", rename_all = "snake_case")]
pub enum SubjectIdentifier {
    /// A name that says nothing.
    Opaque {
        /// The grant.
        id: GrantId,
    },
}

impl NoticeClaims {
    /// Signs with the broker's key.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn sign(&self, broker: &dyn Signer) -> Result<String, SignError> {
        jws::sign(TYP, self, broker, KeyReference::Kid)
    }
}

/// A notice that was checked: the broker says so, and it says it to us.
///
/// ```compile_fail
/// let notice = credential_core::notices::Notice { claims: todo!() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    claims: NoticeClaims,
}

impl Notice {
    /// Who claims to have signed, before any check: for finding the key only.
    ///
    /// # Errors
    /// [`NoticeError::Jws`].
    pub fn claimed_issuer(compact: &str) -> Result<(String, Option<String>), NoticeError> {
        let unverified = Unverified::parse_within(compact, TYP, MAX_LENGTH)?;
        let claims: NoticeClaims = unverified.untrusted_payload()?;
        Ok((claims.iss, unverified.header().kid.clone()))
    }

    /// Checks signature, broker, recipient, time, and that the parts belong together. Whether it came
    /// before is for whoever acts on it to know, by [`Self::id`].
    ///
    /// # Errors
    /// [`NoticeError`] names the first rule that is broken.
    pub fn verify(
        compact: &str,
        key: &VerifyingKey,
        broker: &str,
        recipient: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, NoticeError> {
        let unverified = Unverified::parse_within(compact, TYP, MAX_LENGTH)?;
        let claims: NoticeClaims = unverified.verify(key)?;
        if claims.iss != broker {
            return Err(NoticeError::OtherBroker);
        }
        if claims.aud != recipient {
            return Err(NoticeError::OtherRecipient);
        }
        let SubjectIdentifier::Opaque { id } = claims.sub_id;
        if id != claims.events.grant_id() {
            return Err(NoticeError::Contradiction);
        }
        let is_named = (1..=MAX_JTI).contains(&claims.jti.len())
            && claims.jti.bytes().all(|octet| octet.is_ascii_graphic());
        // Later than a broker keeps it, somebody else may have kept it.
        let is_timely =
            moment(claims.iat).is_some_and(|at| at <= now + SKEW && at >= now - KEPT - SKEW);
        let has_happened = moment(claims.events.effective_at()).is_some_and(|at| at <= now + SKEW);
        if !(is_named && is_timely && has_happened) {
            return Err(NoticeError::NotOfThisMoment);
        }
        Ok(Self { claims })
    }

    /// Its own name, to know a repetition by.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.claims.jti
    }

    /// The grant.
    #[must_use]
    pub fn grant_id(&self) -> GrantId {
        self.claims.events.grant_id()
    }

    /// What happened.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.claims.events
    }

    /// The broker's issuer identifier.
    #[must_use]
    pub fn broker(&self) -> &str {
        &self.claims.iss
    }

    /// When it happened.
    #[must_use]
    pub fn effective_at(&self) -> DateTime<Utc> {
        // Checked when it was made.
        moment(self.claims.events.effective_at()).unwrap_or_default()
    }
}

fn moment(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0)
}
