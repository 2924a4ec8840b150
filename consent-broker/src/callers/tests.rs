use std::net::SocketAddr;

use axum::{
    extract::ConnectInfo,
    http::{Request, request::Parts},
};
use proptest::prelude::*;

use super::{NotAProxy, TrustedProxies, TrustedProxy};

/// Peer, headers, and whom they are taken for.
type Row<'t> = (&'t str, &'t [(&'t str, &'t str)], &'t str);

fn proxies() -> TrustedProxies {
    let proxies = ["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"];
    proxies
        .map(|proxy| proxy.parse().unwrap())
        .into_iter()
        .collect()
}

fn parts(peer: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder();
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let peer: SocketAddr = peer.parse().unwrap();
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    parts.extensions.insert(ConnectInfo(peer));
    parts
}

#[test]
fn a_proxy_is_an_address_or_a_network() {
    for proxy in [
        "127.0.0.1",
        "::1",
        "10.0.0.0/8",
        "2001:db8::/32",
        "::ffff:10.0.0.1",
    ] {
        assert!(proxy.parse::<TrustedProxy>().is_ok(), "{proxy}");
    }
    for other in ["", "localhost", "10.0.0.0/33", "10.0.0", "*", "10.0.0.1:80"] {
        assert_eq!(other.parse::<TrustedProxy>(), Err(NotAProxy), "{other}");
    }
}

#[test]
fn r51_a_caller_is_the_nearest_address_that_no_trusted_proxy_has() {
    let (stranger, proxy) = ("198.51.100.9:4711", "10.1.2.3:4711");
    let xff = "x-forwarded-for";
    let table: &[Row] = &[
        // Nobody's word but a proxy's.
        (stranger, &[], "198.51.100.9"),
        (stranger, &[(xff, "203.0.113.5")], "198.51.100.9"),
        (
            stranger,
            &[("forwarded", "for=203.0.113.5")],
            "198.51.100.9",
        ),
        (stranger, &[(xff, "10.1.2.3")], "198.51.100.9"),
        (stranger, &[("x-real-ip", "203.0.113.5")], "198.51.100.9"),
        // A proxy that says nothing.
        (proxy, &[], "10.1.2.3"),
        (proxy, &[("x-real-ip", "203.0.113.5")], "10.1.2.3"),
        // A proxy's word, and what the client wrote before it.
        (proxy, &[(xff, "203.0.113.5")], "203.0.113.5"),
        (proxy, &[(xff, "1.1.1.1, 203.0.113.5")], "203.0.113.5"),
        (
            proxy,
            &[(xff, "1.1.1.1"), (xff, "203.0.113.5")],
            "203.0.113.5",
        ),
        (proxy, &[(xff, "203.0.113.5, 192.0.2.7")], "203.0.113.5"),
        (
            proxy,
            &[(xff, "10.9.9.9, 203.0.113.5, 10.4.4.4")],
            "203.0.113.5",
        ),
        (proxy, &[(xff, "203.0.113.5:1234")], "203.0.113.5"),
        (
            proxy,
            &[("forwarded", "for=203.0.113.5;proto=https")],
            "203.0.113.5",
        ),
        (
            proxy,
            &[("forwarded", "For=\"203.0.113.5:80\"")],
            "203.0.113.5",
        ),
        (
            proxy,
            &[("forwarded", "for=\"1.1.1.1, for=203.0.113.5")],
            "203.0.113.5",
        ),
        // What cannot be read ends the way at the last that could.
        (proxy, &[(xff, "203.0.113.5, unknown")], "10.1.2.3"),
        (
            proxy,
            &[(xff, "203.0.113.5, unknown, 192.0.2.7")],
            "192.0.2.7",
        ),
        (proxy, &[("forwarded", "for=_hidden")], "10.1.2.3"),
        (
            proxy,
            &[("forwarded", "for=1.1.1.1;for=203.0.113.5")],
            "10.1.2.3",
        ),
        (proxy, &[(xff, "")], "10.1.2.3"),
        // One of the two was passed on as the client wrote it.
        (
            proxy,
            &[("forwarded", "for=1.1.1.1"), (xff, "203.0.113.5")],
            "10.1.2.3",
        ),
        (
            proxy,
            &[("forwarded", "for=203.0.113.5"), (xff, "203.0.113.5")],
            "203.0.113.5",
        ),
        // The newer protocol, and the older one within it.
        ("[2001:db8:9::1]:1", &[], "2001:db8:9::/64"),
        ("[2001:db8:9::ffff:1]:1", &[], "2001:db8:9::/64"),
        ("[::ffff:198.51.100.9]:1", &[], "198.51.100.9"),
        (
            "[::ffff:10.1.2.3]:1",
            &[(xff, "203.0.113.5")],
            "203.0.113.5",
        ),
        (
            "[2001:db8:1::5]:1",
            &[(xff, "2001:db8:7:8:9::1")],
            "2001:db8:7:8::/64",
        ),
        (
            proxy,
            &[("forwarded", "for=\"[2001:db8:7::1]:47\"")],
            "2001:db8:7::/64",
        ),
        (proxy, &[(xff, "[2001:db8:7::1]")], "2001:db8:7::/64"),
    ];
    for (peer, headers, expected) in table {
        let caller = proxies().caller(&parts(peer, headers));
        assert_eq!(caller, *expected, "{peer} {headers:?}");
    }
    let nobody = TrustedProxies::default();
    let claimed = parts(proxy, &[(xff, "203.0.113.5")]);
    assert_eq!(nobody.caller(&claimed), "10.1.2.3");
}

proptest! {
    #[test]
    fn r51_whatever_a_client_writes_the_proxys_word_counts(written in "[ -~]{0,60}") {
        let both = format!("{written}, 203.0.113.5");
        let caller = proxies().caller(&parts("10.1.2.3:1", &[("x-forwarded-for", &both)]));
        prop_assert_eq!(caller, "203.0.113.5");
        let both = format!("{written}, for=203.0.113.5");
        let caller = proxies().caller(&parts("10.1.2.3:1", &[("forwarded", &both)]));
        prop_assert_eq!(caller, "203.0.113.5");
        let alone = parts("198.51.100.9:1", &[("x-forwarded-for", &written), ("forwarded", &written)]);
        prop_assert_eq!(proxies().caller(&alone), "198.51.100.9");
    }
}
