//! The one guarded HTTP client: allowed addresses only, no redirects, limits on size and time.
//!
//! Names are resolved once, every address is checked against the [`Network`] policy, and the
//! connection is made to a checked address, so that a name cannot change its mind in between.

mod nonces;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};
use url::Url;

use crate::{
    network::{Network, Refused},
    oauth::error::ErrorBody,
};

use self::nonces::Nonces;

/// A client bound to one network policy; cheap to clone. Clones share what servers said last about DPoP
/// nonces.
#[derive(Debug, Clone)]
pub struct HttpClient {
    network: Network,
    limits: Limits,
    inner: reqwest::Client,
    nonces: Nonces,
}

/// What one request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long, connection and answer included.
    pub timeout: Duration,
    /// The largest answer that is read, in octets.
    pub max_answer: usize,
}

impl Default for Limits {
    /// 20 seconds and 4 MiB; a status list of ten million entries fits.
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(20),
            max_answer: 4 << 20,
        }
    }
}

/// What is sent.
#[derive(Debug, Clone, Copy)]
pub enum Body<'a> {
    /// GET without a body.
    None,
    /// DELETE without a body.
    Delete,
    /// POST of form parameters.
    Form(&'a [(&'a str, &'a str)]),
    /// POST of JSON text.
    Json(&'a str),
    /// POST of text of another media type.
    Text {
        /// The media type.
        media_type: &'a str,
        /// The text.
        text: &'a str,
    },
}

/// An answer, read completely.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first header field of this (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the server wants the same again with a proof that carries the nonce it has just given
    /// (RFC 9449 sections 8 and 9). Nothing was done; asking again once is right, with a new proof.
    #[must_use]
    pub fn wants_nonce(&self) -> bool {
        let is_refusal = matches!(self.status, 400 | 401) && self.header("dpop-nonce").is_some();
        is_refusal
            && serde_json::from_slice::<ErrorBody>(&self.body)
                .is_ok_and(|body| body.error == "use_dpop_nonce")
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why no answer came. None of these says anything about what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The policy does not allow the address.
    #[error("{0}")]
    Refused(#[from] Refused),
    /// Nobody answers there, or the connection broke.
    #[error("nobody answers at {host}")]
    Unreachable {
        /// The host and port.
        host: String,
    },
    /// Took longer than the limit.
    #[error("no answer from {host} in time")]
    Timeout {
        /// The host and port.
        host: String,
    },
    /// The answer is larger than the limit.
    #[error("the answer of {host} is too large")]
    TooLarge {
        /// The host and port.
        host: String,
    },
    /// The client could not be set up.
    #[error("the network client could not be set up")]
    Setup,
}

impl HttpError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Refused(_) => "http_address_refused",
            Self::Unreachable { .. } => "http_unreachable",
            Self::Timeout { .. } => "http_timeout",
            Self::TooLarge { .. } => "http_answer_too_large",
            Self::Setup => "http_setup",
        }
    }
}

impl HttpClient {
    /// A client for this policy. TLS uses `ring`.
    ///
    /// # Errors
    /// [`HttpError::Setup`].
    pub fn new(network: Network) -> Result<Self, HttpError> {
        // Another provider may already be installed by the program; either is fine.
        drop(rustls::crypto::ring::default_provider().install_default());
        let inner = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .https_only(network == Network::Public)
            .dns_resolver(Arc::new(CheckedResolver(network)))
            .build()
            .map_err(|_error| HttpError::Setup)?;
        Ok(Self {
            network,
            limits: Limits::default(),
            inner,
            nonces: Nonces::default(),
        })
    }

    /// The nonce that a proof for this address should carry (RFC 9449 section 8): the last one its origin
    /// gave.
    #[must_use]
    pub fn nonce(&self, url: &str) -> Option<String> {
        self.nonces.of(url)
    }

    /// The policy.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
    }

    /// The same client with other limits; connections are shared.
    #[must_use]
    pub fn within(&self, limits: Limits) -> Self {
        Self {
            limits,
            ..self.clone()
        }
    }

    /// Sends one request: GET for [`Body::None`], DELETE for [`Body::Delete`], POST otherwise. Redirect
    /// answers are returned as
    /// they are.
    ///
    /// # Errors
    /// [`HttpError`]; an answer with an error status is an answer.
    pub async fn send(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Body<'_>,
    ) -> Result<Answer, HttpError> {
        let url = self.network.check(url)?;
        let host = url.authority().to_owned();
        let origin = url.origin();
        let mut request = match body {
            Body::None => self.inner.get(url),
            Body::Delete => self.inner.delete(url),
            Body::Form(parameters) => self.inner.post(url).form(parameters),
            Body::Json(text) => self.post_text(url, "application/json", text),
            Body::Text { media_type, text } => self.post_text(url, media_type, text),
        };
        request = request.timeout(self.limits.timeout);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let failed = |error: &reqwest::Error| {
            let host = host.clone();
            if error.is_timeout() {
                HttpError::Timeout { host }
            } else {
                HttpError::Unreachable { host }
            }
        };
        let mut response = request.send().await.map_err(|error| failed(&error))?;
        let mut answer = Answer {
            status: response.status().as_u16(),
            headers: headers_of(&response),
            body: vec![],
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
            if answer.body.len() + chunk.len() > self.limits.max_answer {
                return Err(HttpError::TooLarge { host });
            }
            answer.body.extend_from_slice(&chunk);
        }
        if let Some(nonce) = answer.header("dpop-nonce") {
            self.nonces.keep(origin, nonce);
        }
        Ok(answer)
    }

    fn post_text(&self, url: Url, media_type: &str, text: &str) -> reqwest::RequestBuilder {
        let request = self.inner.post(url).header("content-type", media_type);
        request.body(text.to_owned())
    }
}

fn headers_of(response: &reqwest::Response) -> Vec<(String, String)> {
    let text = |value: &reqwest::header::HeaderValue| value.to_str().ok().map(str::to_owned);
    response
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?)))
        .collect()
}

#[derive(Debug)]
struct CheckedResolver(Network);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let network = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found
                .filter(|address| network.allows_address(address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(Refused::PrivateAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
