use super::{Network, Refused};

#[test]
fn public_network_refuses_every_disguise_of_a_local_address() {
    for url in [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://a.localhost/",
        "https://localhost./",
        "https://[3fff:1::1]/",
        "https://100.64.0.1/",
    ] {
        assert_eq!(
            Network::Public.check(url),
            Err(Refused::PrivateAddress),
            "{url}"
        );
    }
    assert_eq!(
        Network::Public.check("http://example.org/"),
        Err(Refused::NotHttps)
    );
    assert_eq!(
        Network::Public.check("https://a@example.org/"),
        Err(Refused::NotAPlainUrl)
    );
    assert!(Network::Public.check("https://example.org/path").is_ok());
}

#[test]
fn loopback_network_allows_loopback_only() {
    assert!(Network::Loopback.check("http://127.0.0.1:8080/x").is_ok());
    assert_eq!(
        Network::Loopback.check("http://example.org/"),
        Err(Refused::NotHttps)
    );
    assert_eq!(
        Network::Loopback.check("http://10.0.0.1/"),
        Err(Refused::NotHttps)
    );
}
