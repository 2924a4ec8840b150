//! The browser's cookie: random, it ties a page's form to the browser that was shown it, and says nothing
//! about who sits there.

use axum::http::{HeaderMap, HeaderValue, header};
use credential_core::{
    encoding::{base64url, from_base64url, sha256_base64url},
    network::Network,
    rng::{NoRandomness, Rng, random},
};
use url::Url;
use zeroize::Zeroizing;

use super::Profile;

/// A browser's cookie.
pub(super) struct Session(Zeroizing<String>);

impl Session {
    /// The cookie this browser sent, when it is one of ours by its form.
    pub(super) fn find(headers: &HeaderMap, network: Network) -> Option<Self> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(sent, _)| *sent == name(network))
            .find(|(_, value)| from_base64url(value).is_ok_and(|octets| octets.len() == 32))
            .map(|(_, value)| Self(Zeroizing::new(value.into())))
    }

    /// The cookie this browser sent, or a new one.
    pub(super) fn of(
        headers: &HeaderMap,
        network: Network,
        rng: &dyn Rng,
    ) -> Result<Self, NoRandomness> {
        match Self::find(headers, network) {
            Some(known) => Ok(known),
            None => Ok(Self(Zeroizing::new(base64url(random::<32>(rng)?)))),
        }
    }

    /// What the form carries of it.
    pub(super) fn hash(&self) -> String {
        sha256_base64url(self.0.as_bytes())
    }

    /// The `Set-Cookie` header. `Strict`, because only our own page's form needs it.
    pub(super) fn cookie(&self, network: Network) -> HeaderValue {
        let secure = match network {
            Network::Public => " Secure;",
            Network::Loopback => "",
        };
        let name = name(network);
        let cookie = format!(
            "{name}={};{secure} HttpOnly; SameSite=Strict; Path=/",
            *self.0
        );
        // base64url is always a header value; without it the browser merely cannot finish.
        HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static(""))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(…)")
    }
}

/// The prefix makes browsers insist on `Secure`, this host and `Path=/` (RFC 6265bis section 4.1.3.2).
fn name(network: Network) -> &'static str {
    match network {
        Network::Public => "__Host-collecting",
        Network::Loopback => "collecting",
    }
}

/// Whether a form may be one of our own page's, as far as the browser says where it was sent from: by
/// `Sec-Fetch-Site` (W3C Fetch Metadata) and `Origin`. The cookie decides where it says neither.
pub(super) fn is_own_form(headers: &HeaderMap, profile: &Profile) -> bool {
    let origin = Url::parse(profile.identifier()).map(|url| url.origin().ascii_serialization());
    let all = |name: &str, own: &str| headers.get_all(name).iter().all(|sent| sent == own);
    all("sec-fetch-site", "same-origin") && origin.is_ok_and(|origin| all("origin", &origin))
}
