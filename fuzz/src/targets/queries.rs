//! Forms, queries and links: what arrives as `application/x-www-form-urlencoded` or as an address.

use std::collections::BTreeMap;

use consent_broker::fuzzing::form;
use credential_core::oid4vci::{
    metadata::well_known,
    offer::{CredentialOffer, OfferLink},
};
use url::{Url, form_urlencoded};
use verifier_sdk::fuzzing::{answer, callback};
use wallet_core::consent::browser::RequestLink;

use crate::written::{line, lines, seed};

/// A kind and a text of that kind.
pub fn run(data: &[u8]) -> bool {
    let Some([kind, rest]) = lines(data) else {
        return false;
    };
    let text = String::from_utf8_lossy(rest);
    match kind {
        b"form" => a_form(rest),
        b"answer" => an_answer(&text),
        b"offer" => an_offer(&text),
        b"request" => a_request(&text),
        b"well-known" => a_well_known(&text),
        _ => false,
    }
}

/// Each parameter at most once, none empty, and the same when it is written again.
fn a_form(octets: &[u8]) -> bool {
    let Ok(parameters) = form(octets) else {
        return false;
    };
    assert!(parameters.len() <= 32);
    let given: Vec<_> = form_urlencoded::parse(octets).collect();
    for (name, value) in &parameters {
        assert!(!value.is_empty() && !value.contains('\0') && !name.contains('\0'));
        assert_eq!(given.iter().filter(|(n, _)| n == name).count(), 1);
    }
    let written: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&parameters)
        .finish();
    assert_eq!(form(written.as_bytes()).as_ref(), Ok(&parameters));
    parameters != BTreeMap::new()
}

/// The callback server and the one who redeems read the same `state`.
fn an_answer(query: &str) -> bool {
    let (taken, redeemed) = (callback(query), answer(query));
    if let Some(state) = &taken {
        assert!((1..=512).contains(&state.len()));
    }
    match (taken, redeemed) {
        (Some(state), Some([known, ..])) if !query.starts_with('?') => {
            assert_eq!(known, Some(state));
            true
        }
        _ => false,
    }
}

fn an_offer(link: &str) -> bool {
    match OfferLink::parse(link) {
        Ok(OfferLink::Reference(uri)) => {
            let again = OfferLink::to_reference(&uri);
            let long = again.len() > 8192;
            assert!(long || OfferLink::parse(&again) == Ok(OfferLink::Reference(uri)));
            true
        }
        Ok(OfferLink::Inline(offer)) => {
            assert_eq!(offer.check(), Ok(()));
            let again: CredentialOffer =
                serde_json::from_str(&line(&offer)).expect("what was read");
            assert_eq!(again, *offer);
            true
        }
        Err(_refused) => false,
    }
}

fn a_request(link: &str) -> bool {
    match RequestLink::parse(link) {
        Ok(RequestLink::Ticket { broker, ticket }) => {
            assert!(!broker.is_empty() && !ticket.is_empty());
            let parts = [("broker", &broker), ("ticket", &ticket)];
            let again = Url::parse_with_params("osaamislompakko://request", parts);
            let again = again.expect("an address");
            let long = again.as_str().len() > 4096;
            let parsed = RequestLink::parse(again.as_str());
            assert!(long || parsed == Ok(RequestLink::Ticket { broker, ticket }));
            true
        }
        Ok(RequestLink::Page(page)) => {
            assert!(matches!(page.scheme(), "http" | "https") && page.has_host());
            true
        }
        Err(_refused) => false,
    }
}

/// The place is on the identifier's own server.
fn a_well_known(identifier: &str) -> bool {
    let path = "/.well-known/openid-credential-issuer";
    let Some(place) = well_known(identifier, path) else {
        return false;
    };
    let (Ok(place), Ok(identifier)) = (Url::parse(&place), Url::parse(identifier)) else {
        panic!("both are addresses");
    };
    assert_eq!(place.host(), identifier.host());
    assert_eq!(place.port(), identifier.port());
    place.path().starts_with(path)
}

/// One of each kind, and doubled parameters.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let offer = r#"{"credential_issuer":"https://a.example","credential_configuration_ids":["q"],"grants":{"urn:ietf:params:oauth:grant-type:pre-authorized_code":{"pre-authorized_code":"abc","tx_code":{}}}}"#;
    let inline =
        Url::parse_with_params("openid-credential-offer://", [("credential_offer", offer)]);
    let inline = inline.expect("an address").to_string();
    let ticket = "osaamislompakko://request?broker=https%3A%2F%2Fb.example&ticket=abc";
    let page = "https://b.example/authorize?client_id=c&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A1";
    vec![
        (
            "accepted-form",
            seed(&[
                "form",
                "grant_type=authorization_code&code=a%20b&state=%C3%A4&empty=",
            ]),
        ),
        ("refused-form-doubled", seed(&["form", "code=a&code=b"])),
        (
            "accepted-answer",
            seed(&["answer", "code=a&state=s&iss=https%3A%2F%2Fb.example"]),
        ),
        (
            "accepted-denied",
            seed(&[
                "answer",
                "error=access_denied&state=s&iss=https%3A%2F%2Fb.example",
            ]),
        ),
        ("accepted-offer", seed(&["offer", &inline])),
        (
            "accepted-offer-uri",
            seed(&[
                "offer",
                &OfferLink::to_reference("https://a.example/offers/1"),
            ]),
        ),
        ("accepted-ticket", seed(&["request", ticket])),
        ("accepted-page", seed(&["request", page])),
        (
            "accepted-well-known",
            seed(&["well-known", "https://a.example/tenant/1"]),
        ),
    ]
}
