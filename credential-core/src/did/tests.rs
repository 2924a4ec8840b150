use proptest::prelude::*;
use serde_json::{Value, json};

use super::{DidDocument, DidError, WebDid, document, fragment, key_of_name};
use crate::{
    encoding::base64url,
    jose::{Algorithm, Es256Key, Jwk, Signer as _},
    network::Network,
};

const DID: &str = "did:web:opisto.example";

fn key() -> Jwk {
    Es256Key::generate().unwrap().0.public_jwk().clone()
}

/// The examples of the method specification, section 3.2.
#[test]
fn a_did_web_names_the_address_of_its_document() {
    for (did, address) in [
        (
            "did:web:w3c-ccg.github.io",
            "https://w3c-ccg.github.io/.well-known/did.json",
        ),
        (
            "did:web:w3c-ccg.github.io:user:alice",
            "https://w3c-ccg.github.io/user/alice/did.json",
        ),
        (
            "did:web:example.com%3A3000:user:alice",
            "https://example.com:3000/user/alice/did.json",
        ),
    ] {
        let parsed = WebDid::parse(did).unwrap();
        assert_eq!(parsed.address(Network::Public), address);
        assert_eq!(parsed.as_str(), did);
        let base = address
            .trim_end_matches("/did.json")
            .trim_end_matches("/.well-known");
        assert_eq!(WebDid::of_address(base).unwrap(), parsed);
    }
}

#[test]
fn what_is_no_name_of_a_host_or_leads_elsewhere_is_no_did_web() {
    for name in [
        "",
        "127.0.0.1",
        "0x7f000001",
        "2130706433",
        "%5B%3A%3A1%5D",
        "host.example%3A0",
        "host.example%3A080",
        "host.example%3A99999",
        "host.example%2Fpath",
        "host.example%40other.example",
        "user@host.example",
        "host.example/path",
        "host.example?x",
        "host.example#x",
        "host.example:",
        "host.example:..",
        "host.example:a:.:b",
        "host.example:%2e%2e:a",
        "host.example:a%2Fb",
        "host.example::a",
        "-host.example",
        "host..example",
        "höst.example",
        "host.example:ä",
        "host example",
        &format!("host.example:{}", "a".repeat(1024)),
    ] {
        let parsed = WebDid::parse(&format!("did:web:{name}"));
        assert_eq!(parsed, Err(DidError::Malformed), "{name}");
    }
    assert_eq!(
        WebDid::parse("did:key:host.example"),
        Err(DidError::UnsupportedMethod)
    );
    for address in [
        "https://127.0.0.1",
        "https://host.example?x",
        "https://user@host.example",
        "https://host.example/a/",
        "ftp://host.example",
    ] {
        assert!(WebDid::of_address(address).is_err(), "{address}");
    }
}

#[test]
fn of_did_jwk_the_name_is_the_key() {
    let key = key();
    let named = |json: &Value| format!("did:jwk:{}", base64url(json.to_string()));
    let did = named(&serde_json::to_value(key.bare()).unwrap());
    assert_eq!(key_of_name(&did, None), Ok(key.bare()));
    assert_eq!(key_of_name(&did, Some("#0")), Ok(key.bare()));
    assert_eq!(key_of_name(&did, Some(&format!("{did}#0"))), Ok(key.bare()));
    for other in ["#1", "0", "", "did:jwk:other#0", "#0#0"] {
        let refused = key_of_name(&did, Some(other));
        assert_eq!(refused, Err(DidError::UnknownKey), "{other}");
    }
    let mut private = serde_json::to_value(key.bare()).unwrap();
    private["d"] = json!("AAAA");
    for (member, value) in [("use", "enc"), ("alg", "EdDSA"), ("crv", "P-384")] {
        let mut json = serde_json::to_value(key.bare()).unwrap();
        json[member] = json!(value);
        let refused = key_of_name(&named(&json), None);
        assert_eq!(refused, Err(DidError::UnsupportedKey), "{member}");
    }
    assert_eq!(
        key_of_name(&named(&private), None),
        Err(DidError::UnsupportedKey)
    );
    for name in ["", "!", "e30", "W10"] {
        assert!(key_of_name(&format!("did:jwk:{name}"), None).is_err());
    }
    assert_eq!(
        key_of_name("did:ion:abc", None),
        Err(DidError::UnsupportedMethod)
    );
}

/// The first example of did:key, section 5.1.
#[cfg(feature = "linked-data")]
#[test]
fn of_did_key_the_name_is_the_key_and_the_only_fragment() {
    let own = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    let did = format!("did:key:{own}");
    let key = key_of_name(&did, Some(&format!("{did}#{own}"))).unwrap();
    assert_eq!(key.crv, "Ed25519");
    assert_eq!(key_of_name(&did, None), Ok(key));
    let other = format!("{did}#z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp");
    assert_eq!(key_of_name(&did, Some(&other)), Err(DidError::UnknownKey));
}

#[test]
fn a_document_gives_keys_by_whole_url_and_by_fragment() {
    let (one, two) = (key(), key());
    let text = document(DID, &[one.clone(), two.clone()]).to_string();
    let read = DidDocument::read(text.as_bytes(), DID).unwrap();
    for key in [&one, &two] {
        let kid = key.kid.as_deref().unwrap();
        let found = read.key(&format!("{DID}#{kid}")).unwrap();
        assert_eq!(found.algorithm(), Algorithm::Es256);
        assert!(read.key(&format!("#{kid}")).is_ok());
        for other in [
            kid.to_owned(),
            format!("did:web:toinen.example#{kid}"),
            format!("{DID}:path#{kid}"),
            format!("{DID}#"),
        ] {
            assert_eq!(read.key(&other).unwrap_err(), DidError::UnknownKey);
        }
    }
}

/// Keys that we never make are read in the documents of others.
#[test]
fn rsa_keys_and_keys_on_p384_of_a_document_are_read() {
    let coordinate = base64url([7; 48]);
    let rsa = json!({"kty": "RSA", "n": base64url([0xc5; 256]), "e": "AQAB"});
    let p384 = json!({"kty": "EC", "crv": "P-384", "x": coordinate, "y": coordinate});
    for (jwk, algorithm) in [(rsa, Algorithm::Rs256), (p384, Algorithm::Es384)] {
        let mut json = document(DID, &[key()]);
        json["verificationMethod"][0]["publicKeyJwk"] = jwk;
        let kid = json["assertionMethod"][0].as_str().unwrap().to_owned();
        let read = DidDocument::read(json.to_string().as_bytes(), DID).unwrap();
        assert_eq!(read.key(&kid).unwrap().algorithm(), algorithm);
    }
}

#[test]
fn a_document_about_another_did_is_refused() {
    let text = document("did:web:toinen.example", &[key()]).to_string();
    assert_eq!(
        DidDocument::read(text.as_bytes(), DID),
        Err(DidError::OtherDocument)
    );
}

#[test]
fn a_key_that_does_not_assert_or_is_anothers_is_not_there() {
    let changed = |change: fn(&mut Value)| {
        let mut json = document(DID, &[key()]);
        let kid = json["assertionMethod"][0].as_str().unwrap().to_owned();
        change(&mut json);
        let read = DidDocument::read(json.to_string().as_bytes(), DID)?;
        read.key(&kid).map(drop)
    };
    assert_eq!(changed(|_unchanged| {}), Ok(()));
    let changes: [fn(&mut Value); 5] = [
        |json| json["authentication"] = json["assertionMethod"].take(),
        |json| json["assertionMethod"] = json!([]),
        |json| json["assertionMethod"][0] = json!("did:web:toinen.example#k"),
        |json| json["verificationMethod"][0]["controller"] = json!("did:web:toinen.example"),
        |json| json["verificationMethod"][0]["publicKeyMultibase"] = json!("z6Mk"),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let found = changed(change);
        assert!(
            matches!(
                found,
                Err(DidError::UnknownKey | DidError::MalformedDocument)
            ),
            "{number}: {found:?}"
        );
    }
    let unread: [fn(&mut Value); 4] = [
        |json| json["verificationMethod"][0]["type"] = json!("EcdsaSecp256k1VerificationKey2019"),
        |json| json["verificationMethod"][0]["publicKeyJwk"]["crv"] = json!("secp256k1"),
        |json| json["verificationMethod"][0]["publicKeyJwk"]["d"] = json!("AAAA"),
        |json| json["verificationMethod"][0]["publicKeyJwk"]["alg"] = json!("EdDSA"),
    ];
    for (number, change) in unread.into_iter().enumerate() {
        // It is the DID's own, so that nobody may call what it signed a forgery.
        assert_eq!(changed(change), Err(DidError::UnsupportedKey), "{number}");
    }
    let twice = changed(|json| {
        let method = json["verificationMethod"][0].clone();
        json["verificationMethod"] = json!([method, method]);
    });
    assert_eq!(twice, Err(DidError::MalformedDocument));
    let embedded = changed(|json| {
        json["assertionMethod"] = json["verificationMethod"].take();
        json["verificationMethod"] = json!([]);
    });
    assert_eq!(embedded, Ok(()));
}

#[test]
fn a_document_that_is_no_strict_json_or_too_large_is_refused() {
    let honest = document(DID, &[key()]).to_string();
    let twice = honest.replacen('{', &format!(r#"{{"id":"{DID}","#), 1);
    let large = format!("{honest}{}", " ".repeat(64 << 10));
    let mut many = document(DID, &[key()]);
    many["assertionMethod"] = json!(vec![format!("{DID}#k"); 65]);
    for text in [
        &twice,
        &large,
        &many.to_string(),
        "",
        "[]",
        "{}",
        r#"{"id":1}"#,
    ] {
        let refused = DidDocument::read(text.as_bytes(), DID);
        assert_eq!(refused, Err(DidError::MalformedDocument), "{text:.40}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in ".{0,200}", name in "[a-z0-9.%:A-Z-]{0,60}") {
        let _name = key_of_name(&text, Some(&text));
        let _fragment = fragment(&text, &text);
        let _document = DidDocument::read(text.as_bytes(), DID);
        // Whatever is accepted leads to the host that stands in the DID, by https, and nowhere else.
        if let Ok(did) = WebDid::parse(&format!("did:web:{name}")) {
            let url = url::Url::parse(&did.address(Network::Public)).unwrap();
            prop_assert_eq!(url.scheme(), "https");
            let host = did.host().to_ascii_lowercase();
            prop_assert_eq!(url.host_str(), Some(&*host));
            prop_assert_eq!(url.path(), did.path());
            prop_assert!(url.query().is_none() && url.fragment().is_none());
        }
    }
}
