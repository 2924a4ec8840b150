use super::{Network, Refused};

/// Requirement 42: everything that has been used to make a server ask its own network.
#[test]
fn c42_a_public_network_refuses_every_disguise_of_a_local_address() {
    for url in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://127.255.255.254/",
        "https://0/",
        "https://0.0.0.0/",
        "https://017700000001/",
        "https://0177.0.0.1/",
        "https://0x7f000001/",
        "https://127.0.0.1./",
        "https://１２７.０.０.１/",
        "https://①②⑦.0.0.1/",
        "https://127。0。0。1/",
        "https://%31%32%37.0.0.1/",
        "https:127.0.0.1/",
        "https:\\\\127.0.0.1/",
        "https://\t127.0.0.1/",
        "https://10.0.0.1/",
        "https://172.16.0.1/",
        "https://172.31.255.255/",
        "https://192.168.1.1/",
        "https://192.0.0.8/",
        "https://198.18.0.1/",
        "https://198.51.100.1/",
        "https://203.0.113.1/",
        "https://224.0.0.1/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://[::]/",
        "https://[::127.0.0.1]/",
        "https://[0:0:0:0:0:ffff:7f00:1]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://[fd12:3456::1]/",
        "https://[ff02::1]/",
        "https://[2001:db8::1]/",
        "https://[2002:7f00:1::]/",
        "https://[2001:0:7f00:1::]/",
        "https://[100::1]/",
        "https://LOCALHOST/",
        "https://ｌｏｃａｌｈｏｓｔ/",
        "https://localhost:8443/",
        "https://localhost../",
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
    for scheme in ["http", "ftp", "file", "gopher", "ws", "data", "javascript"] {
        let found = Network::Public.check(&format!("{scheme}://example.org/"));
        assert!(found.is_err(), "{scheme}");
    }
    for url in [
        "",
        "example.org",
        "//example.org/",
        "https://",
        "https://a:b@example.org/",
        "https://example.org@127.0.0.1/",
        "https://[::1",
        "https://exa mple.org/",
        "https://127.0.0.1:99999/",
        "https://[fe80::1%25eth0]/",
    ] {
        let found = Network::Public.check(url);
        assert_eq!(found, Err(Refused::NotAPlainUrl), "{url}");
    }
    for url in [
        "https://example.org/path",
        "https://1.1.1.1/",
        "https://[2606:4700::1]/",
    ] {
        assert!(Network::Public.check(url).is_ok(), "{url}");
    }
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
