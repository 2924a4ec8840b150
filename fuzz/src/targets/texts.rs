//! Small texts that carry meaning: periods, identifiers, amounts, addresses, identity codes, base64url.

use std::net::IpAddr;

use credential_core::{
    consent::period::Period,
    encoding::{base64url, from_base64url},
    id::{GrantId, ReadId},
    network::Network,
    oauth::pkce,
    record::{Amount, identity_code},
    text::Language,
};

/// One text, read as each of them.
pub fn run(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let kinds = [
        period, identifier, amount, address, code, encoded, verifier, language,
    ];
    kinds.iter().filter(|kind| kind(&text)).count() > 0
}

fn period(text: &str) -> bool {
    let Ok(period) = text.parse::<Period>() else {
        return false;
    };
    assert_eq!(period.to_string().parse(), Ok(period));
    assert!(period.as_delta() <= chrono::TimeDelta::days(3660));
    assert!(i64::from(period.in_days()) * 24 >= period.as_delta().num_hours());
    true
}

/// What is signed has one way to be written.
fn identifier(text: &str) -> bool {
    let quoted = serde_json::to_string(text).expect("a text");
    if let Ok(id) = serde_json::from_str::<GrantId>(&quoted) {
        assert_eq!(id.to_string(), text);
    }
    let Ok(id) = text.parse::<ReadId>() else {
        return false;
    };
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(ReadId::from_bytes(*id.as_bytes()), id);
    true
}

fn amount(text: &str) -> bool {
    let Ok(amount) = text.parse::<Amount>() else {
        return false;
    };
    assert_eq!(amount.as_str().parse().as_ref(), Ok(&amount));
    assert_eq!(Amount::sum([&amount]).as_ref(), Some(&amount));
    true
}

/// What may be asked in the open network is https, and no address of a private one.
fn address(text: &str) -> bool {
    let local = Network::Loopback.check(text);
    let Ok(url) = Network::Public.check(text) else {
        return local.is_ok();
    };
    assert!(local.is_err());
    assert_eq!(url.scheme(), "https");
    assert!(url.username().is_empty() && url.password().is_none());
    let open = match url.host().expect("a host") {
        url::Host::Ipv4(ip) => is_open(ip.into()),
        url::Host::Ipv6(ip) => is_open(ip.to_canonical()),
        url::Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            name != "localhost" && !name.ends_with(".localhost")
        }
    };
    assert!(open, "{url}");
    assert_eq!(Network::Public.check(url.as_str()), Ok(url));
    true
}

fn is_open(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => !(ip.is_loopback() || ip.is_private() || ip.is_link_local()),
        IpAddr::V6(ip) => !ip.is_loopback(),
    }
}

fn code(text: &str) -> bool {
    let appears = identity_code::appears_in(text);
    if identity_code::birthdate(text).is_some() {
        assert!(appears, "a code is recognised so that it can be kept out");
        assert!(identity_code::appears_in(&format!("({text})")));
    }
    appears
}

fn encoded(text: &str) -> bool {
    let Ok(octets) = from_base64url(text) else {
        return false;
    };
    assert_eq!(base64url(octets), text, "one way to write it");
    text.len() > 4
}

fn verifier(text: &str) -> bool {
    let matches = pkce::matches(text, &pkce::challenge(text));
    assert!(!matches || (43..=128).contains(&text.len()));
    assert!(!pkce::matches(text, &pkce::challenge("another")));
    matches
}

fn language(text: &str) -> bool {
    text.parse::<Language>()
        .is_ok_and(|language| language.tag() == text)
}

/// Some of each kind.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        ("accepted-period", text("P1DT6H")),
        ("accepted-weeks", text("P2W")),
        ("accepted-id", text("03030303-0303-4303-8303-030303030303")),
        (
            "accepted-id-upper-case",
            text("ABABABAB-ABAB-4BAB-8BAB-ABABABABABAB"),
        ),
        ("accepted-amount", text("12.50e-1")),
        (
            "accepted-address",
            text("https://broker.example:8443/a?b#c"),
        ),
        ("accepted-loopback", text("http://[::1]:8080/")),
        ("refused-private", text("https://[::ffff:10.0.0.1]/")),
        ("refused-number", text("https://0x7f.1/")),
        ("accepted-code", text("131052-9085")),
        ("accepted-base64url", text("AQIDBA8_-w")),
        (
            "accepted-verifier",
            text("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        ),
        ("accepted-language", text("sv")),
    ]
}
