use url::Url;

use super::{MAX_SERVERS, Nonces};

fn keep(nonces: &Nonces, url: &str, nonce: &str) {
    nonces.keep(Url::parse(url).unwrap().origin(), nonce);
}

#[test]
fn each_origin_has_its_own_last_nonce() {
    let nonces = Nonces::default();
    keep(&nonces, "https://a.example/par", "one");
    keep(&nonces.clone(), "https://a.example/token", "two");
    keep(&nonces, "https://a.example:444/", "other");
    assert_eq!(
        nonces.of("https://a.example/mailbox/1").as_deref(),
        Some("two")
    );
    assert_eq!(nonces.of("http://a.example/mailbox/1"), None);
    assert_eq!(nonces.of("nonsense"), None);
}

#[test]
fn what_is_no_nonce_is_not_kept_and_the_memory_does_not_grow_without_end() {
    let nonces = Nonces::default();
    for bad in ["", "a b", "a\"b", "a\\b", "\u{e4}", &"x".repeat(257)] {
        keep(&nonces, "https://a.example/", bad);
        assert_eq!(nonces.of("https://a.example/"), None, "{bad}");
    }
    for number in 0..=MAX_SERVERS {
        keep(&nonces, &format!("https://{number}.example/"), "n");
    }
    assert_eq!(nonces.0.lock().unwrap().len(), 1);
}
