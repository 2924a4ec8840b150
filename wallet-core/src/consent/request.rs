//! A request, opened: fetched from the broker, checked by the wallet itself, kept until it is
//! answered.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{details::LegalBasis, request::ConsentRequest},
    id::RequestId,
};
use serde::{Deserialize, Serialize};

use super::{
    broker::Broker,
    browser::{self, RequestLink, Session},
};
use crate::{Error, Wallet, vault::Tree};

pub(super) const REQUESTS: Tree<RequestId, StoredRequest> = Tree::new("requests");

/// What is kept of a request that waits for its answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredRequest {
    broker: String,
    jar: String,
    session: Option<Session>,
    opened_at: DateTime<Utc>,
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

    /// On what basis.
    pub(super) fn basis(&self) -> LegalBasis {
        self.request.details().legal_basis
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
    /// The broker is believed nothing: it must itself be on the trust list, and the request object is
    /// verified with the recipient's registered key.
    ///
    /// # Errors
    /// [`Error::Request`] when the request is not what it should be, [`Error::UnknownBroker`],
    /// [`Error::Broker`] when there was no answer or a refusal.
    pub async fn open_request(&self, link: &str) -> Result<OpenRequest, Error> {
        let (link, session) = match RequestLink::parse(link)? {
            RequestLink::Page(page) => {
                let (link, session) = browser::open_page(self.http(), &page).await?;
                (link, Some(session))
            }
            ticket @ RequestLink::Ticket { .. } => (ticket, None),
        };
        let RequestLink::Ticket { broker, ticket } = link else {
            return Err(Error::NotARequestLink(browser::NotARequestLink));
        };
        self.trust()?.broker(&broker).ok_or(Error::UnknownBroker)?;
        let claimed = Broker::connect(self, &broker).await?.claim(&ticket).await?;
        let stored = StoredRequest {
            broker,
            jar: claimed.request,
            session,
            opened_at: self.now(),
        };
        let open = self.check_request(claimed.request_id, &stored)?;
        self.vault().put(&REQUESTS, &open.id, &stored)?;
        Ok(open)
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

    /// The requests that wait for an answer, oldest first.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn requests(&self) -> Result<Vec<RequestId>, Error> {
        let mut waiting = self.vault().list(&REQUESTS)?;
        waiting.sort_by_key(|(_, stored)| stored.opened_at);
        Ok(waiting.into_iter().map(|(id, _)| id).collect())
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
