//! What stands between a pushed request and its code (RFC 6749 section 4.1, RFC 9126). The server keeps
//! nothing of it: each step carries the last one with it, sealed, until its time is over.

use chrono::TimeDelta;
use credential_core::id::OfferId;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::handles::Kind;
use credential_core::network::Network;

/// How long a pushed request, and the page that shows it, can be used.
pub(super) const REQUEST_LIFE: TimeDelta = TimeDelta::minutes(10);
/// How long a code can be used.
pub(super) const CODE_LIFE: TimeDelta = TimeDelta::seconds(60);
/// The form in which a handle becomes a `request_uri` (RFC 9126 section 2.2).
pub(super) const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// What a wallet asked for, checked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<String>,
    /// S256 (RFC 7636).
    pub(super) code_challenge: String,
    /// Thumbprint of the key that the code is bound to (RFC 9449 section 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) dpop_jkt: Option<String>,
    /// Thumbprint of the key of the wallet attestation it was pushed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attested: Option<String>,
    /// Known ones, each once, at least one.
    pub(super) configurations: Vec<String>,
    /// `authorization_details` were used.
    pub(super) by_identifier: bool,
    /// The offer that its `issuer_state` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) offer: Option<OfferId>,
}

/// A pushed request.
#[derive(Serialize, Deserialize)]
pub(super) struct Pushed {
    pub(super) asked: Asked,
}

/// The page's form: a request in one browser.
#[derive(Serialize, Deserialize)]
pub(super) struct Shown {
    pub(super) asked: Asked,
    /// Hash of the browser's cookie.
    pub(super) session: String,
}

/// An authorization code.
#[derive(Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) asked: Asked,
    pub(super) offer: OfferId,
    /// Its own random name, by which a second use is noticed.
    pub(super) id: String,
}

impl Kind for Pushed {
    const NAME: &'static str = "pushed request";
}

impl Kind for Shown {
    const NAME: &'static str = "authorization form";
}

impl Kind for Code {
    const NAME: &'static str = "authorization code";
}

impl Asked {
    /// The redirect address with an answer (RFC 6749 section 4.1.2), and who answers (RFC 9207).
    pub(super) fn answered(&self, issuer: &str, answer: &[(&str, &str)]) -> Option<String> {
        let mut address = Url::parse(&self.redirect_uri).ok()?;
        let state = self.state.as_deref().map(|state| ("state", state));
        address
            .query_pairs_mut()
            .extend_pairs(answer)
            .extend_pairs(state)
            .append_pair("iss", issuer);
        Some(address.into())
    }

    /// The redirect address as a source of a content security policy: where the page's form may lead to.
    pub(super) fn form_target(&self) -> String {
        let Ok(address) = Url::parse(&self.redirect_uri) else {
            return String::new();
        };
        match address.host() {
            Some(Host::Domain(_) | Host::Ipv4(_)) => address.origin().ascii_serialization(),
            // A policy cannot name an IPv6 address, and a scheme of one's own has no origin.
            _ => format!("{}:", address.scheme()),
        }
    }

    /// Whom the person is told the answer goes to.
    pub(super) fn goes_to(&self) -> String {
        let address = Url::parse(&self.redirect_uri).ok();
        let host = address.as_ref().and_then(Url::host_str).map(str::to_owned);
        host.or_else(|| address.map(|address| format!("{}:", address.scheme())))
            .unwrap_or_default()
    }
}

/// Whether an answer may go to this address: https, http to this machine's own address (RFC 8252 section
/// 7.3), or a scheme of an app, which has a dot (section 7.1).
pub(super) fn may_redirect_to(address: &str, network: Network) -> bool {
    if address.len() > 512 || address.contains('#') || !address.is_ascii() {
        return false;
    }
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    if !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    // The address also goes into a content security policy, where a comma or semicolon would mean something.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    if !url.host_str().unwrap_or_default().chars().all(plain) {
        return false;
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => {
            network == Network::Loopback || Network::Public.check(address).is_ok()
        }
        ("http", Some(Host::Ipv4(ip))) => ip.is_loopback(),
        ("http", Some(Host::Ipv6(ip))) => ip.is_loopback(),
        ("http" | "https", _) => false,
        (scheme, _) => scheme.contains('.'),
    }
}
