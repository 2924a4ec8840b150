//! The browser's part, when the wallet itself is the person's user agent on the same device: it opens
//! the recipient's link, keeps the session cookie, and brings the answer back to the recipient.

use serde::{Deserialize, Serialize};
use url::Url;
use verifier_sdk::http::{Answer, Body, HttpClient};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::broker::{BrokerError, understand};
use crate::Error;

/// The scheme of a link into the wallet.
pub const WALLET_SCHEME: &str = "osaamislompakko";
const COOKIE: &str = "__Host-session=";

/// The longest link, in octets.
const LONGEST: usize = 4096;

/// A link that leads to a request. `Debug` shows where to, not what opens it.
#[derive(Clone, PartialEq, Eq)]
pub enum RequestLink {
    /// The broker's page: the wallet acts as the browser.
    Page(Url),
    /// The link on that page: a browser is waiting elsewhere.
    Ticket {
        /// The broker's issuer identifier.
        broker: String,
        /// One-time ticket.
        ticket: String,
    },
}

impl std::fmt::Debug for RequestLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, place) = match self {
            Self::Page(page) => ("Page", page.authority()),
            Self::Ticket { broker, .. } => ("Ticket", broker.as_str()),
        };
        f.debug_tuple(kind).field(&place).finish()
    }
}

/// Why a link does not lead to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this link does not lead to a request")]
pub struct NotARequestLink;

impl RequestLink {
    /// Reads a link of at most 4,096 octets. A parameter that is given twice is refused: two readers
    /// could take different ones.
    ///
    /// # Errors
    /// [`NotARequestLink`].
    pub fn parse(link: &str) -> Result<Self, NotARequestLink> {
        let link = link.trim();
        if link.len() > LONGEST {
            return Err(NotARequestLink);
        }
        let url = Url::parse(link).map_err(|_error| NotARequestLink)?;
        match url.scheme() {
            WALLET_SCHEME if url.host_str() == Some("request") => Ok(Self::Ticket {
                broker: only(&url, "broker").ok_or(NotARequestLink)?,
                ticket: only(&url, "ticket").ok_or(NotARequestLink)?,
            }),
            "http" | "https" if only(&url, "request_uri").is_some() => Ok(Self::Page(url)),
            _ => Err(NotARequestLink),
        }
    }
}

/// The one value of a parameter, when it has exactly one and that is not empty.
fn only(url: &Url, name: &str) -> Option<String> {
    let mut values = url.query_pairs().filter(|(n, _)| n == name);
    let (_, value) = values.next()?;
    let alone = values.next().is_none() && !value.is_empty();
    alone.then(|| value.into_owned())
}

/// Whether an address is at `place` or below it.
pub(super) fn is_within(address: &str, place: &str) -> bool {
    address
        .strip_prefix(place)
        .is_some_and(|rest| rest.starts_with(['/', '?']))
}

/// The session that the broker's page began in "our browser".
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Session {
    cookie: String,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(..)")
    }
}

/// Opens the broker's page and gives the wallet link on it, with the session it began.
pub(crate) async fn open_page(
    http: &HttpClient,
    page: &Url,
) -> Result<(RequestLink, Session), Error> {
    #[derive(Deserialize)]
    struct Page {
        wallet_link: String,
    }
    let accept = [("accept", "application/json")];
    let answer = http
        .send(page.as_str(), &accept, Body::None)
        .await
        .map_err(BrokerError::from)?;
    let Page { wallet_link } = understand(&answer)?;
    let session = session(&answer).ok_or(BrokerError::NotUnderstood)?;
    Ok((RequestLink::parse(&wallet_link)?, session))
}

fn session(answer: &Answer) -> Option<Session> {
    let cookies = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie");
    let cookie = cookies
        .map(|(_, value)| value)
        .find(|value| value.starts_with(COOKIE))?;
    Some(Session {
        cookie: cookie.split(';').next()?.to_owned(),
    })
}

/// Completes the authorization in that session and carries the answer to the recipient. The cookie
/// goes to the broker alone, the answer to the recipient's registered address alone.
pub(crate) async fn complete(
    http: &HttpClient,
    complete_url: &str,
    session: &Session,
    (broker, recipient): (&str, &str),
) -> Result<(), Error> {
    if !is_within(complete_url, broker) {
        return Err(BrokerError::NotUnderstood.into());
    }
    let cookie = [("cookie", session.cookie.as_str())];
    let answer = http
        .send(complete_url, &cookie, Body::None)
        .await
        .map_err(BrokerError::from)?;
    let (303, Some(location)) = (answer.status, answer.header("location")) else {
        let refusal = understand::<serde_json::Value>(&answer).err();
        return Err(refusal.unwrap_or(BrokerError::NotUnderstood).into());
    };
    let to_recipient = location
        .strip_prefix(recipient)
        .is_some_and(|rest| rest.starts_with(['?', '&']));
    if !to_recipient {
        return Err(BrokerError::NotUnderstood.into());
    }
    http.send(location, &[], Body::None)
        .await
        .map_err(BrokerError::from)?;
    Ok(())
}

#[cfg(test)]
mod tests;
