pub(crate) mod authority;

use chrono::{DateTime, Utc};
use openssl::x509::X509;
use proptest::prelude::*;

use self::authority::{Authority, Wanted, self_signed, x5c};
use super::{Anchors, Chain, Leaf, RequestedNames, X509Error, anchor, anchors, request};
use crate::jose::{EdDsaKey, Es256Key, Signer as _};

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

fn check(certificates: &[&X509], anchors: &[&X509]) -> Result<Leaf, X509Error> {
    let anchors: Vec<_> = anchors.iter().map(|it| it.to_der().unwrap()).collect();
    let anchors = Anchors {
        certificates: &anchors,
        at: noon(),
    };
    Chain::from_x5c(&x5c(certificates))?.check(&anchors)
}

/// A key with the document of its private half.
fn key() -> (Es256Key, Vec<u8>) {
    let (key, pkcs8) = Es256Key::generate().unwrap();
    (key, pkcs8.to_vec())
}

#[test]
fn a_chain_over_an_authority_below_leads_to_the_anchor_and_gives_key_and_names() {
    let root = Authority::root("Juurivarmentaja");
    let below = root.below("Alivarmentaja");
    let (signer, pkcs8) = key();
    let wanted = Wanted {
        uris: &["https://opisto.example"],
        ..Wanted::default()
    };
    let leaf = below.certify(&pkcs8, &wanted);
    let found = check(&[&leaf, below.certificate()], &[root.certificate()]).unwrap();
    assert_eq!(found.key, signer.public_jwk().bare());
    assert_eq!(found.dns, ["opisto.example"]);
    assert_eq!(found.uris, ["https://opisto.example"]);
    // The authority below may be the anchor itself, and then does not travel along.
    assert!(check(&[&leaf], &[below.certificate()]).is_ok());
    assert_eq!(
        check(&[&leaf], &[root.certificate()]),
        Err(X509Error::NotAnchored)
    );
}

#[test]
fn a_key_on_ed25519_is_certified_too() {
    let root = Authority::root("Juurivarmentaja");
    let (signer, pkcs8) = EdDsaKey::generate().unwrap();
    // OpenSSL reads version 1 of the document; ring writes version 2, with the public key after the seed.
    let seed = &pkcs8[16..48];
    let mut plain = vec![
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    plain.extend(seed);
    let leaf = root.certify(&plain, &Wanted::default());
    let found = check(&[&leaf], &[root.certificate()]).unwrap();
    assert_eq!(found.key, signer.public_jwk().bare());
}

#[test]
fn c19_a_self_signed_leaf_or_a_chain_with_its_anchor_is_refused() {
    let root = Authority::root("Juurivarmentaja");
    let (_, pkcs8) = key();
    let alone = self_signed(&pkcs8, &Wanted::default());
    assert_eq!(check(&[&alone], &[&alone]), Err(X509Error::SelfSigned));
    let leaf = root.certify(&pkcs8, &Wanted::default());
    assert_eq!(
        check(&[&leaf, root.certificate()], &[root.certificate()]),
        Err(X509Error::AnchorInChain)
    );
    assert_eq!(check(&[&leaf], &[&leaf]), Err(X509Error::AnchorInChain));
}

#[test]
fn a_chain_to_a_foreign_anchor_or_to_none_is_refused() {
    let (root, foreign) = (
        Authority::root("Juurivarmentaja"),
        Authority::root("Toinen"),
    );
    // The same name and another key.
    let namesake = Authority::root("Juurivarmentaja");
    let (_, pkcs8) = key();
    let leaf = root.certify(&pkcs8, &Wanted::default());
    for anchors in [&[foreign.certificate()][..], &[namesake.certificate()], &[]] {
        assert_eq!(check(&[&leaf], anchors), Err(X509Error::NotAnchored));
    }
    assert!(check(&[&leaf], &[foreign.certificate(), root.certificate()]).is_ok());
}

#[test]
fn certificates_out_of_their_time_are_refused() {
    let root = Authority::root("Juurivarmentaja");
    let (_, pkcs8) = key();
    for valid in [("20240101", "20260528"), ("20260530", "20300101")] {
        let wanted = Wanted {
            valid,
            ..Wanted::default()
        };
        let leaf = root.certify(&pkcs8, &wanted);
        let refused = check(&[&leaf], &[root.certificate()]);
        assert_eq!(refused, Err(X509Error::NotOfThisMoment), "{valid:?}");
    }
}

#[test]
fn an_authority_or_a_key_that_does_not_sign_is_no_signer() {
    let root = Authority::root("Juurivarmentaja");
    let (_, pkcs8) = key();
    for (signs, is_authority, expected) in [
        (true, true, X509Error::Authority),
        (false, true, X509Error::Authority),
        (false, false, X509Error::KeyUsage),
    ] {
        let wanted = Wanted {
            signs,
            is_authority,
            ..Wanted::default()
        };
        let leaf = root.certify(&pkcs8, &wanted);
        assert_eq!(check(&[&leaf], &[root.certificate()]), Err(expected));
    }
}

/// What a leaf of an ordinary institution certifies is nobody's certificate.
#[test]
fn a_leaf_cannot_certify_others() {
    let root = Authority::root("Juurivarmentaja");
    let (_, pkcs8) = key();
    let honest = root.certify(&pkcs8, &Wanted::default());
    let impostor = Authority::root("Esimerkin opisto");
    let forged = impostor.certify(&key().1, &Wanted::default());
    let refused = check(&[&forged, &honest], &[root.certificate()]);
    assert!(refused.is_err(), "{refused:?}");
}

#[test]
fn a_certificate_names_by_its_whole_address_or_by_the_host_and_never_by_a_wildcard() {
    let leaf = |dns: &[&str], uris: &[&str]| Leaf {
        key: key().0.public_jwk().bare(),
        dns: dns.iter().map(|it| (*it).to_owned()).collect(),
        uris: uris.iter().map(|it| (*it).to_owned()).collect(),
    };
    let by_host = leaf(&["Opisto.example"], &[]);
    for name in [
        "https://opisto.example",
        "https://opisto.example:8443/a",
        "did:web:opisto.example",
        "did:web:opisto.example%3A8443:a",
    ] {
        assert!(by_host.names(name), "{name}");
        let is_the_host = name == "https://opisto.example";
        assert_eq!(by_host.names_exactly(name), is_the_host, "{name}");
    }
    for name in ["https://opisto.example/", "https://opisto.example?a"] {
        assert!(!by_host.names_exactly(name), "{name}");
    }
    assert!(!by_host.names_exactly("https://toinen.example"));
    let by_address = leaf(&[], &["https://opisto.example/a"]);
    assert!(by_address.names("https://opisto.example/a"));
    assert!(by_address.names_exactly("https://opisto.example/a"));
    for name in [
        "https://opisto.example/a/",
        "https://opisto.example",
        "did:web:opisto.example:a",
    ] {
        assert!(!by_address.names(name), "{name}");
    }
    for other in [
        "*.example",
        "opisto.example.",
        "toinen.example",
        "opisto.example\0",
    ] {
        assert!(
            !leaf(&[other], &[]).names("https://opisto.example"),
            "{other:?}"
        );
    }
    assert!(!leaf(&["127.0.0.1"], &[]).names("https://127.0.0.1"));
}

#[test]
fn no_certificates_twenty_or_a_large_one_are_refused_before_anything_is_checked() {
    let root = Authority::root("Juurivarmentaja");
    let leaf = root.certify(&key().1, &Wanted::default());
    let one = x5c(&[&leaf]).remove(0);
    let read = |texts: Vec<String>| Chain::from_x5c(&texts).map(drop);
    assert_eq!(read(vec![]), Err(X509Error::Malformed));
    assert_eq!(read(vec![one.clone(); 20]), Err(X509Error::TooMany));
    assert_eq!(read(vec!["A".repeat(20_000)]), Err(X509Error::Malformed));
    let url_safe = one.replace('+', "-").replace('/', "_");
    let der = openssl::base64::decode_block(&one).unwrap();
    let more = [&der[..], &[0]].concat();
    for text in [
        url_safe + "-_",
        format!("{one}\n"),
        openssl::base64::encode_block(&more),
        "MII=".into(),
        String::new(),
    ] {
        assert_eq!(read(vec![text]), Err(X509Error::Malformed));
    }
}

#[test]
fn a_request_asks_for_the_names_of_the_issuer_and_is_answered_with_a_usable_certificate() {
    let root = Authority::root("Juurivarmentaja");
    let (signer, pkcs8) = key();
    let names = RequestedNames {
        legal_name: "Esimerkin opisto, jonka nimi on niin pitkä, ettei se mahdu varmenteen kohteen nimeen",
        uri: "https://opisto.example",
        dns: Some("opisto.example"),
    };
    let pem = request(&pkcs8, &names).unwrap();
    let leaf = root.answer(&pem, &Wanted::default());
    let found = check(&[&leaf], &[root.certificate()]).unwrap();
    assert_eq!(found.key, signer.public_jwk().bare());
    assert_eq!(found.uris, ["https://opisto.example"]);
    assert_eq!(found.dns, ["opisto.example"]);
    assert_eq!(
        request(&pkcs8[1..], &names).unwrap_err(),
        X509Error::NoRequest
    );
}

#[test]
fn pem_and_header_are_the_same_chain() {
    let root = Authority::root("Juurivarmentaja");
    let below = root.below("Alivarmentaja");
    let leaf = below.certify(&key().1, &Wanted::default());
    let mut pem = leaf.to_pem().unwrap();
    pem.extend(below.certificate().to_pem().unwrap());
    let chain = Chain::from_pem(&pem).unwrap();
    assert_eq!(chain.to_x5c().unwrap(), x5c(&[&leaf, below.certificate()]));
    let as_anchor = anchor(&root.certificate().to_pem().unwrap()).unwrap();
    assert_eq!(as_anchor, x5c(&[root.certificate()])[0]);
    assert_eq!(anchor(b"no certificate"), Err(X509Error::Malformed));
    assert_eq!(anchor(&pem), Err(X509Error::Malformed), "which of the two?");
    assert_eq!(anchors(&pem).unwrap().len(), 2);
    assert_eq!(anchors(&pem.repeat(600)), Err(X509Error::TooMany));
    assert_eq!(
        Chain::from_pem(b"no certificate").unwrap_err(),
        X509Error::Malformed
    );
}

proptest! {
    /// Whatever octet of a certificate is another, nobody is believed by it and nothing panics.
    #[test]
    fn a_changed_certificate_is_never_believed(at in 0usize..2000, change in 1u8..) {
        let root = Authority::root("Juurivarmentaja");
        let leaf = root.certify(&key().1, &Wanted::default());
        let mut der = leaf.to_der().unwrap();
        let at = at % der.len();
        der[at] ^= change;
        let text = openssl::base64::encode_block(&der);
        let anchors = [root.certificate().to_der().unwrap()];
        let anchors = Anchors { certificates: &anchors, at: noon() };
        let checked = Chain::from_x5c(&[text]).and_then(|chain| chain.check(&anchors));
        prop_assert!(checked.is_err());
    }

    #[test]
    fn any_texts_are_read_without_a_panic(texts in proptest::collection::vec(".{0,80}", 0..12)) {
        let _read = Chain::from_x5c(&texts).map(|chain| chain.check_leaf());
    }
}
