//! Asking the broker what became of shares (RFC 8936), and saying that one knows.

use std::{collections::BTreeMap, time::Duration};

use credential_core::{
    http::Limits,
    notices::{Notice, PollAnswer, PollRequest, SetError},
    trust::TrustList,
};

use super::{CallError, Recipient, json};
use crate::notice::{NoticeCheckError, verify_notice};

/// Most notices that are asked for at once.
const MOST: u32 = 50;
/// Longer than a broker lets anybody wait.
const PATIENT: Limits = Limits {
    timeout: Duration::from_secs(45),
    max_answer: 1 << 20,
};

/// What a poll brought. Act on the notices, keep what came of it, and then acknowledge: until then the
/// broker gives the same again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolledNotices {
    /// Checked, in the order in which things happened.
    pub notices: Vec<Notice>,
    /// What is not to be believed, by name.
    pub refused: BTreeMap<String, NoticeCheckError>,
    /// Whether more wait.
    pub has_more: bool,
}

impl Recipient {
    /// Asks for notices and checks each. With `wait`, an answer may take half a minute when there is
    /// nothing yet.
    ///
    /// # Errors
    /// [`CallError`]; a notice that is wrong does not spoil the others.
    pub async fn poll_notices(
        &self,
        trust: &TrustList,
        wait: bool,
    ) -> Result<PolledNotices, CallError> {
        let poll = PollRequest {
            max_events: Some(MOST),
            return_immediately: !wait,
            ..PollRequest::default()
        };
        let answer = self.poll(&poll).await?;
        let mut polled = PolledNotices {
            has_more: answer.more_available,
            ..PolledNotices::default()
        };
        for (jti, set) in answer.sets {
            match self.checked(&jti, &set, trust) {
                Ok(notice) => polled.notices.push(notice),
                Err(error) => drop(polled.refused.insert(jti, error)),
            }
        }
        polled
            .notices
            .sort_by(|one, other| one.id().cmp(other.id()));
        Ok(polled)
    }

    /// Tells the broker which notices have arrived, and which cannot be believed.
    ///
    /// # Errors
    /// [`CallError`]; the same notices come again then.
    pub async fn acknowledge(&self, polled: &PolledNotices) -> Result<(), CallError> {
        let told = |error: &NoticeCheckError| SetError {
            err: error.set_error().into(),
            description: error.reason().into(),
        };
        let errors = polled.refused.iter();
        let poll = PollRequest {
            max_events: Some(0),
            return_immediately: true,
            ack: polled.notices.iter().map(|one| one.id().into()).collect(),
            set_errs: errors
                .map(|(jti, error)| (jti.clone(), told(error)))
                .collect(),
        };
        self.poll(&poll).await.map(drop)
    }

    /// A notice of this broker, under its own name.
    fn checked(&self, jti: &str, set: &str, trust: &TrustList) -> Result<Notice, NoticeCheckError> {
        use credential_core::notices::NoticeError;
        let now = self.clock.now();
        let notice = verify_notice(set, trust, &self.identity.client_id, now)?;
        if notice.broker() != self.endpoints.issuer {
            return Err(NoticeError::OtherBroker.into());
        }
        if notice.id() != jti {
            return Err(NoticeError::Contradiction.into());
        }
        Ok(notice)
    }

    async fn poll(&self, poll: &PollRequest) -> Result<PollAnswer, CallError> {
        let text = serde_json::to_string(poll).map_err(|_error| CallError::Unavailable)?;
        let url = self.endpoints.beside("notices/poll");
        let patient = self.http.within(PATIENT);
        let answer = self.post_by(&patient, &url, &[("poll", &text)]).await?;
        json(&answer)
    }
}
