//! The method `did:web` (did:web Method Specification): a host, perhaps a port, and a path.

use url::{Host, Url};

use super::{DidError, MAX_LENGTH};
use crate::network::Network;

/// A well-formed `did:web`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebDid {
    did: String,
    host: String,
    port: Option<u16>,
    path: Vec<String>,
}

impl WebDid {
    /// Reads `did:web:host`, `did:web:host%3Aport` or `did:web:host:path:…`. The host is a name and no
    /// address, as the method demands.
    ///
    /// # Errors
    /// [`DidError::UnsupportedMethod`] for another method, [`DidError::Malformed`] otherwise.
    pub fn parse(did: &str) -> Result<Self, DidError> {
        let rest = did
            .strip_prefix("did:web:")
            .ok_or(DidError::UnsupportedMethod)?;
        if did.len() > MAX_LENGTH {
            return Err(DidError::Malformed);
        }
        let mut parts = rest.split(':');
        let authority = parts.next().unwrap_or_default();
        let (host, port) = match split_port(authority) {
            None => (authority, None),
            Some((host, port)) => (host, Some(number(port).ok_or(DidError::Malformed)?)),
        };
        let path: Vec<_> = parts.map(str::to_owned).collect();
        if !is_name(host) || !path.iter().all(|segment| is_segment(segment)) {
            return Err(DidError::Malformed);
        }
        Ok(Self {
            did: did.to_owned(),
            host: host.to_owned(),
            port,
            path,
        })
    }

    /// The DID whose document belongs below this address: `https://host:port/path` without a closing slash,
    /// http on this machine.
    ///
    /// # Errors
    /// [`DidError::Malformed`] when the address has a query, a number for a host, or the like.
    pub fn of_address(address: &str) -> Result<Self, DidError> {
        let url = Url::parse(address).map_err(|_not_one| DidError::Malformed)?;
        let Some(Host::Domain(host)) = url.host() else {
            return Err(DidError::Malformed);
        };
        let is_plain = matches!(url.scheme(), "https" | "http")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_plain {
            return Err(DidError::Malformed);
        }
        let mut did = format!("did:web:{host}");
        if let Some(port) = url.port() {
            did.push_str(&format!("%3A{port}"));
        }
        let path = url.path().trim_start_matches('/');
        if !path.is_empty() {
            did.push(':');
            did.push_str(&path.replace('/', ":"));
        }
        Self::parse(&did)
    }

    /// The DID itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.did
    }

    /// The host, in the letters of the DID.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Where the document is: an https address for the guarded client; http where the network is only this
    /// machine.
    #[must_use]
    pub fn address(&self, network: Network) -> String {
        let scheme = match network {
            Network::Public => "https",
            Network::Loopback => "http",
        };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{scheme}://{}{port}{}", self.host, self.path())
    }

    /// The path of that address, which a server has to serve.
    #[must_use]
    pub fn path(&self) -> String {
        if self.path.is_empty() {
            return "/.well-known/did.json".into();
        }
        format!("/{}/did.json", self.path.join("/"))
    }
}

/// `%3A` in either case (RFC 3986 section 2.1).
fn split_port(authority: &str) -> Option<(&str, &str)> {
    let at = authority.find('%')?;
    let (host, rest) = authority.split_at_checked(at)?;
    let port = rest.strip_prefix("%3A").or(rest.strip_prefix("%3a"));
    // Another escape has no place in a host, and no host is called "%".
    Some(port.map_or((authority, "1"), |port| (host, port)))
}

/// A port, written in one way only.
fn number(port: &str) -> Option<u16> {
    let number: u16 = port.parse().ok()?;
    (number > 0 && number.to_string() == port).then_some(number)
}

/// A host name (RFC 1123 section 2.1) whose last label is no number, so that nobody takes it for an address
/// (WHATWG URL section 3.5).
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        let fits = (1..=63).contains(&label.len());
        let letters = label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fits && letters && !label.starts_with('-') && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with(|first: char| first.is_ascii_digit());
    host.len() <= 253 && host.split('.').all(is_label) && !is_number
}

/// A segment of the path: `idchar` of DID Core 1.0 section 3.1, without escapes and without what an address
/// takes for "here" or "up".
fn is_segment(segment: &str) -> bool {
    let letters = segment
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    letters && !matches!(segment, "" | "." | "..")
}
