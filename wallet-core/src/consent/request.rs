//! A request, opened: fetched from the broker, checked by the wallet itself, kept until it is
//! answered.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::request::{ConsentRequest, MAX_LIFE},
    id::{GrantId, RequestId},
    jose::jws::General,
};
use serde::{Deserialize, Serialize};

use super::{
    broker::{Broker, BrokerError},
    browser::{self, RequestLink, Session},
    share::ANSWERS,
};
use crate::{Error, Wallet, vault::Tree};

/// How far ahead of our clock a request may be dated; the core allows less.
const AHEAD: TimeDelta = TimeDelta::minutes(1);

pub(super) const REQUESTS: Tree<RequestId, StoredRequest> = Tree::new("requests");

/// What is kept of a request that waits for its answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredRequest {
    broker: String,
    jar: String,
    session: Option<Session>,
    opened_at: DateTime<Utc>,
    /// A refusal that the broker has not confirmed yet.
    refusal: Option<Refusal>,
}

/// A signed refusal, kept so that it can be handed in again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Refusal {
    pub(super) grant_id: GrantId,
    pub(super) decision: General,
    pub(super) made_at: DateTime<Utc>,
}

/// A request that the wallet has checked: who asks is on the trust list, the purpose is registered,
/// nothing beyond it is asked for, and the encryption key is the registrar-certified one.
#[derive(Debug, Clone)]
pub struct OpenRequest {
    pub(super) id: RequestId,
    pub(super) broker: String,
    pub(super) request: ConsentRequest,
    pub(super) session: Option<Session>,
}

impl OpenRequest {
    /// The request's id at its broker.
    #[must_use]
    pub fn id(&self) -> RequestId {
        self.id
    }

    /// The broker's issuer identifier.
    #[must_use]
    pub fn broker(&self) -> &str {
        &self.broker
    }

    /// What is asked, by whom and why.
    #[must_use]
    pub fn request(&self) -> &ConsentRequest {
        &self.request
    }
}

impl Wallet {
    /// Opens the request a link leads to.
    ///
    /// The broker is believed nothing: it must itself be on the trust list before it is asked, and the
    /// request object is verified with the recipient's registered key.
    ///
    /// # Errors
    /// [`Error::Request`] when the request is not what it should be, [`Error::UnknownBroker`],
    /// [`Error::Broker`] when there was no answer or a refusal.
    pub async fn open_request(&self, link: &str) -> Result<OpenRequest, Error> {
        let (broker, ticket, session) = self.follow(RequestLink::parse(link)?).await?;
        let claimed = Broker::connect(self, &broker).await?.claim(&ticket).await?;
        let stored = StoredRequest {
            broker,
            jar: claimed.request,
            session,
            opened_at: self.now(),
            refusal: None,
        };
        let open = self.check_request(claimed.request_id, &stored)?;
        self.keep_request(open.id, &stored)?;
        Ok(open)
    }

    /// From a link to broker and ticket. A page is opened only at a listed broker, and may only lead
    /// to that same broker.
    async fn follow(&self, link: RequestLink) -> Result<(String, String, Option<Session>), Error> {
        let trust = self.trust()?;
        let page = match link {
            RequestLink::Page(page) => page,
            RequestLink::Ticket { broker, ticket } => {
                trust.broker(&broker).ok_or(Error::UnknownBroker)?;
                return Ok((broker, ticket, None));
            }
        };
        let brokers = trust.participants().iter().filter(|p| p.broker.is_some());
        let own = brokers
            .map(|participant| &participant.entity_id)
            .find(|broker| browser::is_within(page.as_str(), broker))
            .ok_or(Error::UnknownBroker)?;
        match browser::open_page(self.http(), &page).await? {
            (RequestLink::Ticket { broker, ticket }, session) if broker == *own => {
                Ok((broker, ticket, Some(session)))
            }
            _ => Err(Error::NotARequestLink(browser::NotARequestLink)),
        }
    }

    /// Keeps a request, and forgets those whose time is over.
    fn keep_request(&self, id: RequestId, stored: &StoredRequest) -> Result<(), Error> {
        self.vault().write(|tx| {
            for (old, waiting) in self.vault().list(&REQUESTS)? {
                if old == id && waiting.broker != stored.broker {
                    return Err(BrokerError::NotUnderstood.into());
                }
                if self.is_over(&waiting) {
                    tx.delete(&REQUESTS, &old)?;
                    tx.delete(&ANSWERS, &old)?;
                }
            }
            tx.put(&REQUESTS, &id, stored)?;
            Ok(())
        })
    }

    pub(super) fn kept_refusal(&self, id: RequestId) -> Result<Option<Refusal>, Error> {
        let stored = self.vault().get(&REQUESTS, &id)?;
        Ok(stored.ok_or(Error::AlreadyAnswered)?.refusal)
    }

    pub(super) fn keep_refusal(&self, id: RequestId, refusal: &Refusal) -> Result<(), Error> {
        self.vault().write(|tx| {
            let stored = self.vault().get(&REQUESTS, &id)?;
            let stored = StoredRequest {
                refusal: Some(refusal.clone()),
                ..stored.ok_or(Error::AlreadyAnswered)?
            };
            tx.put(&REQUESTS, &id, &stored)?;
            Ok(())
        })
    }

    /// A request that was opened before and is not answered yet, checked again with the trust list of
    /// this moment.
    ///
    /// # Errors
    /// [`Error::NotFound`], or as [`Self::open_request`].
    pub fn request(&self, id: RequestId) -> Result<OpenRequest, Error> {
        let stored = self.vault().get(&REQUESTS, &id)?.ok_or(Error::NotFound)?;
        self.check_request(id, &stored)
    }

    /// The requests that wait for an answer and can still get one, oldest first.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn requests(&self) -> Result<Vec<RequestId>, Error> {
        let mut waiting = self.vault().list(&REQUESTS)?;
        waiting.retain(|(_, stored)| !self.is_over(stored));
        waiting.sort_by_key(|(_, stored)| stored.opened_at);
        Ok(waiting.into_iter().map(|(id, _)| id).collect())
    }

    /// A request object lives an hour at most, so later it cannot be answered any more.
    fn is_over(&self, stored: &StoredRequest) -> bool {
        self.now() - stored.opened_at > MAX_LIFE + AHEAD
    }

    fn check_request(&self, id: RequestId, stored: &StoredRequest) -> Result<OpenRequest, Error> {
        let request =
            ConsentRequest::verify(&stored.jar, &stored.broker, &self.trust()?, self.now())?;
        Ok(OpenRequest {
            id,
            broker: stored.broker.clone(),
            request,
            session: stored.session.clone(),
        })
    }
}
