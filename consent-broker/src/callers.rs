//! Where a request comes from: the address of the peer or, behind a proxy that the operator has named,
//! the address that the proxy saw. What anybody else says about addresses is not read.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, header::FORWARDED, request::Parts},
};
use ipnet::IpNet;

#[cfg(test)]
mod tests;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A proxy in front of this server, or a network of them: an address, or a network such as
/// `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrustedProxy(IpNet);

impl std::fmt::Display for TrustedProxy {
    /// One address without the length of its prefix.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}

/// The text is neither an address nor a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither an IP address nor a network such as 10.0.0.0/8")]
pub struct NotAProxy;

impl FromStr for TrustedProxy {
    type Err = NotAProxy;

    fn from_str(text: &str) -> Result<Self, NotAProxy> {
        let address = text
            .parse()
            .map(|at: IpAddr| IpNet::from(at.to_canonical()));
        let net = address.or_else(|_not_one| text.parse());
        net.map(Self).map_err(|_error| NotAProxy)
    }
}

/// The proxies whose word about addresses is taken; none, unless the operator names some.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<TrustedProxy>);

impl FromIterator<TrustedProxy> for TrustedProxies {
    fn from_iter<I: IntoIterator<Item = TrustedProxy>>(proxies: I) -> Self {
        Self(proxies.into_iter().collect())
    }
}

impl TrustedProxies {
    /// Whether none is named.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A name for where this request comes from. An IPv6 caller is known by its /64, within which it
    /// chooses its addresses itself.
    pub(crate) fn caller(&self, parts: &Parts) -> String {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address = peer.map(|ConnectInfo(peer)| self.address(peer.ip(), &parts.headers));
        match address {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let net = Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX));
                format!("{net}/64")
            }
            // A server that does not know its peers counts them together.
            None => "unknown".into(),
        }
    }

    /// The nearest address on the way that is no trusted proxy. A proxy sets one of the two headers
    /// and may pass the other on as it came: where both are there and differ, neither is believed.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        let of = |name: &HeaderName, read| self.walk(peer, headers, name, read);
        match (of(&FORWARDED, forwarded_for), of(&X_FORWARDED_FOR, node)) {
            (Some(first), Some(second)) if first != second => peer,
            (Some(address), _) | (None, Some(address)) => address,
            (None, None) => peer,
        }
    }

    /// From the peer backwards for as long as a trusted proxy speaks. Split from the right and without
    /// regard to quotes, so that what a client wrote cannot swallow what a proxy added.
    fn walk(
        &self,
        peer: IpAddr,
        headers: &HeaderMap,
        name: &HeaderName,
        read: fn(&str) -> Option<IpAddr>,
    ) -> Option<IpAddr> {
        let lines: Vec<_> = headers.get_all(name).iter().collect();
        if lines.is_empty() {
            return None;
        }
        let mut at = peer;
        let hops = lines
            .iter()
            .rev()
            .flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
        for hop in hops {
            match read(hop.trim()) {
                Some(before) if self.trusts(at) => at = before,
                _ => break,
            }
        }
        Some(at)
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0
            .iter()
            .any(|TrustedProxy(net)| net.contains(&address))
    }
}

/// The `for` of one element (RFC 7239 section 4).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut values = element.split(';').filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    });
    let value = values.next()?;
    values.next().is_none().then(|| node(value))?
}

/// An address, perhaps with a port (RFC 7239 section 6); names and `unknown` are none.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text.trim_matches('"');
    let bracketed = bare
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let address = bracketed.unwrap_or(bare).parse().ok();
    address
        .or_else(|| Some(bare.parse::<SocketAddr>().ok()?.ip()))
        .map(|address: IpAddr| address.to_canonical())
}
