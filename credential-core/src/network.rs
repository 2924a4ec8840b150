//! Which hosts a program may talk to. The policy is data; the guarded client enforces it.

use std::net::IpAddr;

use url::{Host, Url};

/// Where requests may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Network {
    /// https only, no private or local addresses, no redirects.
    #[default]
    Public,
    /// 127.0.0.0/8, `[::1]` and `localhost` by http, for development and demonstration only. Chosen
    /// by an explicit flag, never by the environment.
    Loopback,
}

/// Why an address was not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// The text is no absolute URL with a host, or carries user information.
    #[error("the address is not a plain absolute URL")]
    NotAPlainUrl,
    /// Plain http outside loopback, or another scheme.
    #[error("the address does not use https")]
    NotHttps,
    /// A private, local or otherwise special address.
    #[error("the address points to a private network")]
    PrivateAddress,
}

impl Network {
    /// Checks the URL's text. Names are checked again by [`Self::allows_address`] once resolved.
    ///
    /// # Errors
    /// [`Refused`] says which rule the URL breaks.
    pub fn check(self, url: &str) -> Result<Url, Refused> {
        let url = Url::parse(url).map_err(|_invalid| Refused::NotAPlainUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::NotAPlainUrl);
        }
        let host = url.host().ok_or(Refused::NotAPlainUrl)?;
        match self {
            Self::Public => {
                if url.scheme() != "https" {
                    return Err(Refused::NotHttps);
                }
                let allowed = match host {
                    // A name may end with the root's dot (RFC 1034 section 3.1).
                    Host::Domain(name) => {
                        let name = name.trim_end_matches('.');
                        name != "localhost" && !name.ends_with(".localhost")
                    }
                    Host::Ipv4(ip) => self.allows_address(ip.into()),
                    Host::Ipv6(ip) => self.allows_address(ip.into()),
                };
                if !allowed {
                    return Err(Refused::PrivateAddress);
                }
            }
            Self::Loopback => {
                let local = match host {
                    Host::Domain(name) => name == "localhost",
                    Host::Ipv4(ip) => ip.is_loopback(),
                    Host::Ipv6(ip) => ip.is_loopback(),
                };
                if !local || url.scheme() != "http" {
                    return Err(Refused::NotHttps);
                }
            }
        }
        Ok(url)
    }

    /// Whether a resolved address may be dialled under this policy.
    #[must_use]
    pub fn allows_address(self, address: IpAddr) -> bool {
        match (self, address.to_canonical()) {
            (Self::Loopback, ip) => ip.is_loopback(),
            (Self::Public, IpAddr::V4(ip)) => {
                let [a, b, c, _] = ip.octets();
                !(ip.is_private()
                    || ip.is_loopback()
                    || ip.is_link_local()
                    || ip.is_broadcast()
                    || ip.is_documentation()
                    || ip.is_multicast()
                    || a == 0
                    || a >= 240
                    || (a == 100 && (64..128).contains(&b)) // RFC 6598, shared address space
                    || (a == 192 && b == 0 && c == 0) // RFC 6890, protocol assignments
                    || (a == 198 && (18..20).contains(&b))) // RFC 2544, benchmarking
            }
            (Self::Public, IpAddr::V6(ip)) => {
                // Only global unicast 2000::/3, without documentation, Teredo and 6to4 ranges.
                let [first, second, ..] = ip.segments();
                (first & 0xe000) == 0x2000
                    && !(first == 0x2001 && (second == 0x0db8 || second < 0x0200))
                    && first != 0x2002
                    && !(first == 0x3fff && second < 0x1000) // RFC 9637, documentation
            }
        }
    }
}

#[cfg(test)]
mod tests;
