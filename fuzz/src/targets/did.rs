//! DIDs and their documents: an accepted did:web leads to its own host by https, and a document gives no key but
//! those that it says are its own.

use credential_core::{
    did::{DidDocument, WebDid, document, fragment, key_of_name},
    encoding::base64url,
    jose::Signer as _,
    linked_data::multikey,
    network::Network,
};
use serde_json::json;
use url::Url;

use crate::keys::Key;

/// A DID on the first line; below it a key id, and after that a document.
pub fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let (did, rest) = text.split_once('\n').unwrap_or((text, ""));
    let (kid, page) = rest.split_once('\n').unwrap_or((rest, ""));
    if let Some(found) = fragment(did, kid) {
        assert!(kid.ends_with(found) && !found.contains('#'));
    }
    let Ok(web) = WebDid::parse(did) else {
        return key_of_name(did, Some(kid)).is_ok();
    };
    leads_to_its_host(&web);
    let Ok(document) = DidDocument::read(page.as_bytes(), did) else {
        return false;
    };
    assert_eq!(document.did(), did);
    let own = document.key(kid);
    if own.is_ok() {
        let id = fragment(did, kid).expect("a key id of this DID");
        assert!(
            page.contains(&serde_json::Value::from(id).to_string()[1..]) || page.contains('\\')
        );
    }
    own.is_ok()
}

fn leads_to_its_host(did: &WebDid) {
    let url = Url::parse(&did.address(Network::Public)).expect("an address");
    let host = did.host().to_ascii_lowercase();
    assert_eq!((url.scheme(), url.host_str()), ("https", Some(&*host)));
    assert_eq!(url.path(), did.path());
    assert!(url.username().is_empty() && url.password().is_none());
    assert!(url.query().is_none() && url.fragment().is_none());
}

/// One of each method, and documents that are not the DID's.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let key = Key::of(41);
    let jwk = key.public_jwk();
    let kid = jwk.kid.clone().expect("a key id");
    let web = "did:web:opisto.example%3A8443:lukio";
    let page = document(web, std::slice::from_ref(jwk)).to_string();
    let own = multikey(jwk).expect("an Ed25519 key");
    let with_multikey = json!({
        "id": web,
        "assertionMethod": [{"id": "#m", "type": "Multikey", "controller": web,
            "publicKeyMultibase": own}],
    });
    let as_jwk = base64url(serde_json::to_vec(&jwk.bare()).expect("JSON"));
    let written = |did: &str, kid: &str, page: &str| format!("{did}\n{kid}\n{page}").into_bytes();
    vec![
        ("accepted-web", written(web, &format!("{web}#{kid}"), &page)),
        (
            "accepted-multikey",
            written(web, "#m", &with_multikey.to_string()),
        ),
        (
            "accepted-jwk",
            written(&format!("did:jwk:{as_jwk}"), "#0", ""),
        ),
        (
            "accepted-key",
            written(&format!("did:key:{own}"), &format!("#{own}"), ""),
        ),
        (
            "other-document",
            written("did:web:vieras.example", "#m", &page),
        ),
        (
            "address",
            written("did:web:127.0.0.1%3A8443:..:a", "#m", &page),
        ),
    ]
}
