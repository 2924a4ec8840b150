//! The browser's session: a random cookie that ties the end of an interaction to its beginning. It
//! says nothing about who sits there.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use credential_core::{
    encoding::{base64url, from_base64url, sha256_base64url},
    rng::{Rng, random},
};
use zeroize::Zeroizing;

use crate::error::RouteError;

/// The prefix makes browsers insist on `Secure`, this host and `Path=/` (RFC 6265bis section 4.1.3.2).
const NAME: &str = "__Host-session";

/// A browser's cookie.
pub(crate) struct Session(Zeroizing<String>);

impl Session {
    /// The cookie this browser sent, or a new one.
    pub(crate) fn of(headers: &HeaderMap, rng: &dyn Rng) -> Result<Self, RouteError> {
        match Self::find(headers) {
            Some(known) => Ok(known),
            None => {
                let fresh = random::<32>(rng).map_err(|_none| RouteError::NotMade)?;
                Ok(Self(Zeroizing::new(base64url(fresh))))
            }
        }
    }

    /// The cookie this browser sent, when it is one of ours by its form.
    pub(crate) fn find(headers: &HeaderMap) -> Option<Self> {
        cookie_values(headers, NAME)
            .find(|value| from_base64url(value).is_ok_and(|octets| octets.len() == 32))
            .map(|value| Self(Zeroizing::new(value.into())))
    }

    /// What is stored of it: base64url SHA-256.
    pub(crate) fn hash(&self) -> String {
        sha256_base64url(self.0.as_bytes())
    }

    /// The `Set-Cookie` header. `Lax`, because the wallet's link is a navigation from elsewhere.
    pub(crate) fn cookie(&self) -> HeaderValue {
        let cookie = format!("{NAME}={}; Secure; HttpOnly; SameSite=Lax; Path=/", *self.0);
        // base64url is always a header value; without it the browser merely cannot finish.
        HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(..)")
    }
}

/// The value of the first cookie of this name.
pub(crate) fn cookie_value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    cookie_values(headers, name).next()
}

fn cookie_values<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(move |(found, _)| *found == name)
        .map(|(_, value)| value)
}
