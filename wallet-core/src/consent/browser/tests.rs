use super::*;

const TICKET: &str = "osaamislompakko://request?broker=https%3A%2F%2Fbroker.example&ticket=t-1";
const PAGE: &str = "https://broker.example/authorize?client_id=c&request_uri=urn%3A1";

#[test]
fn a_wallet_link_names_broker_and_ticket() {
    let expected = RequestLink::Ticket {
        broker: "https://broker.example".into(),
        ticket: "t-1".into(),
    };
    assert_eq!(RequestLink::parse(TICKET), Ok(expected.clone()));
    assert_eq!(RequestLink::parse(&format!("  {TICKET}\n")), Ok(expected));
}

#[test]
fn a_page_link_carries_a_request_uri() {
    let expected = RequestLink::Page(Url::parse(PAGE).unwrap());
    assert_eq!(RequestLink::parse(PAGE), Ok(expected));
}

#[test]
fn what_leads_to_no_request_is_refused() {
    let long = format!("{PAGE}&x={}", "a".repeat(5000));
    for link in [
        "",
        "request",
        "https://broker.example/authorize",
        "https://broker.example/authorize?request_uri=",
        "https://broker.example/authorize?request_uri=a&request_uri=b",
        "javascript:alert(1)?request_uri=a",
        "file:///etc/passwd?request_uri=a",
        "osaamislompakko://offer?broker=https%3A%2F%2Fb.example&ticket=t",
        "osaamislompakko:request?broker=https%3A%2F%2Fb.example&ticket=t",
        "osaamislompakko://request?ticket=t",
        "osaamislompakko://request?broker=https%3A%2F%2Fb.example",
        "osaamislompakko://request?broker=&ticket=t",
        "osaamislompakko://request?broker=https%3A%2F%2Fb.example&ticket=",
        "osaamislompakko://request?broker=a&broker=b&ticket=t",
        "osaamislompakko://request?broker=a&ticket=t&ticket=u",
        &long,
    ] {
        assert_eq!(RequestLink::parse(link), Err(NotARequestLink), "{link}");
    }
}

#[test]
fn a_link_in_a_log_line_shows_no_ticket() {
    let shown = format!(
        "{:?} {:?}",
        RequestLink::parse(TICKET).unwrap(),
        RequestLink::parse(PAGE).unwrap()
    );
    assert!(shown.contains("https://broker.example"), "{shown}");
    assert!(!shown.contains("t-1") && !shown.contains("urn"), "{shown}");
}

#[test]
fn an_address_that_only_begins_alike_is_not_at_the_broker() {
    let broker = "https://broker.example";
    for within in [
        "https://broker.example/complete/x",
        "https://broker.example?x",
    ] {
        assert!(is_within(within, broker), "{within}");
    }
    for outside in [
        "https://broker.example.evil.example/complete/x",
        "https://broker.example@evil.example/",
        "https://broker.example:444/",
        "http://broker.example/",
        broker,
    ] {
        assert!(!is_within(outside, broker), "{outside}");
    }
}
