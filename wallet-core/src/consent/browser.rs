//! The browser's part, when the wallet itself is the person's user agent on the same device: it opens
//! the recipient's link, keeps the session cookie, and brings the answer back to the recipient.

use serde::{Deserialize, Serialize};
use url::Url;
use verifier_sdk::http::{Answer, Body, HttpClient};

use super::broker::{BrokerError, understand};
use crate::Error;

/// The scheme of a link into the wallet.
pub const WALLET_SCHEME: &str = "osaamislompakko";
const COOKIE: &str = "__Host-session=";

/// A link that leads to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// Why a link does not lead to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this link does not lead to a request")]
pub struct NotARequestLink;

impl RequestLink {
    /// Reads a link of at most 4,096 characters.
    ///
    /// # Errors
    /// [`NotARequestLink`].
    pub fn parse(link: &str) -> Result<Self, NotARequestLink> {
        let url = Url::parse(link.trim()).map_err(|_error| NotARequestLink)?;
        if link.len() > 4096 {
            return Err(NotARequestLink);
        }
        let parameter = |name: &str| {
            url.query_pairs()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value.into_owned())
        };
        match url.scheme() {
            WALLET_SCHEME => match (url.host_str(), parameter("broker"), parameter("ticket")) {
                (Some("request"), Some(broker), Some(ticket)) => {
                    Ok(Self::Ticket { broker, ticket })
                }
                _ => Err(NotARequestLink),
            },
            "http" | "https" if parameter("request_uri").is_some() => Ok(Self::Page(url)),
            _ => Err(NotARequestLink),
        }
    }
}

/// The session that the broker's page began in "our browser".
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// Completes the authorization in that session and carries the answer to the recipient.
pub(crate) async fn complete(
    http: &HttpClient,
    complete_url: &str,
    session: &Session,
) -> Result<(), Error> {
    let cookie = [("cookie", session.cookie.as_str())];
    let answer = http
        .send(complete_url, &cookie, Body::None)
        .await
        .map_err(BrokerError::from)?;
    let (303, Some(location)) = (answer.status, answer.header("location")) else {
        let refusal = understand::<serde_json::Value>(&answer).err();
        return Err(refusal.unwrap_or(BrokerError::NotUnderstood).into());
    };
    http.send(location, &[], Body::None)
        .await
        .map_err(BrokerError::from)?;
    Ok(())
}
