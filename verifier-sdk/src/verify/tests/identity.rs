//! Issuers called by a DID, and keys with certificates: who is trusted, who stays a stranger, who is refused.

use std::sync::Arc;

use credential_core::{
    credential::CredentialType,
    did::document,
    encoding::{base64url, from_base64url},
    jose::{EdDsaKey, Es256Key, Jwk, NamedSigner, Signer},
    linked_data::multikey,
    sd_jwt::StatusReference,
    status_list::Status,
    trust::{IssuerRole, Statement, TrustList},
};
use serde_json::{Value, json};

use super::remarks;
use crate::{
    Report, Verifier,
    checks::{Outcome, Reason, What},
    test_support::{
        ISSUER, OTHER_ISSUER, Recipe, STATUS_URI, World,
        authority::{Authority, Wanted, self_signed, x5c},
        issuer_statement, key, noon, trust_list,
    },
};

const DID: &str = "did:web:opisto.example";
const DOCUMENT: &str = "https://opisto.example/.well-known/did.json";
const STRANGER: &str = "did:web:vieras.example:koulu";
const STRANGERS_DOCUMENT: &str = "https://vieras.example/koulu/did.json";

/// A list on which the issuer has whatever `change` gives it.
fn listed(world: &World, change: impl FnOnce(&mut IssuerRole)) -> TrustList {
    let types = [CredentialType::Qualification, CredentialType::SkillBadge];
    let mut own: Statement = issuer_statement(ISSUER, &world.issuer, &types);
    own.jwks.keys.push(world.badges.public_jwk().clone());
    change(own.metadata.openid_credential_issuer.as_mut().unwrap());
    let other = issuer_statement(OTHER_ISSUER, &world.other_issuer, &types);
    trust_list(&[own, other])
}

fn with_did(world: &World) -> TrustList {
    listed(world, |role| role.did = Some(DID.into()))
}

async fn check(world: &World, trust: &TrustList, text: &str) -> Report {
    let verifier = Verifier::builder()
        .trust(trust.clone())
        .clock(world.clock.clone())
        .fetch(world.published.clone())
        .build()
        .unwrap();
    verifier.verify_credential(text).await.unwrap().0
}

/// The same private key under another key id.
fn under(pkcs8: &[u8], kid: &str) -> NamedSigner {
    NamedSigner::under(Arc::new(Es256Key::from_pkcs8(pkcs8).unwrap()), kid.into())
}

fn recipe(issuer: &str) -> Recipe {
    Recipe {
        issuer: issuer.to_owned().leak(),
        ..Recipe::default()
    }
}

fn without_status(issuer: &str) -> Recipe {
    Recipe {
        status: None,
        ..recipe(issuer)
    }
}

/// A world whose issuer's private key can be used under other names.
fn world() -> (World, Vec<u8>) {
    let mut world = World::new();
    let (issuer, pkcs8) = Es256Key::generate().unwrap();
    world.issuer = issuer;
    (world, pkcs8.to_vec())
}

fn detail(report: &Report, what: What) -> Option<&'static str> {
    let found = report.all_checks().find(|check| check.what == what);
    found.and_then(|check| check.detail)
}

#[tokio::test]
async fn c41_an_issuer_under_its_listed_did_is_trusted_by_the_keys_of_the_list_alone() {
    let (world, pkcs8) = world();
    let trust = with_did(&world);
    let kid = world.issuer.public_jwk().kid.clone().unwrap();
    for kid in [format!("{DID}#{kid}"), format!("#{kid}")] {
        let signer = under(&pkcs8, &kid);
        let list = world.status_list(5, Status::Valid, &signer, 600);
        world.published.put(STATUS_URI, list);
        let report = check(&world, &trust, &world.issue_by(&recipe(DID), &signer)).await;
        assert_eq!(report.verdict, Outcome::Valid, "{:?}", remarks(&report));
        let issuer = report.credentials[0].issuer.as_ref().unwrap();
        assert_eq!(issuer.id, DID);
        let name = issuer.name.fi.as_deref();
        assert_eq!(name, Some("Esimerkin ammattiopisto fi"));
    }
    assert_eq!(
        world.published.asked(),
        2,
        "the status lists and nothing else"
    );
}

#[tokio::test]
async fn c41_a_key_id_of_another_did_or_of_another_way_signs_nothing_in_the_name_of_a_did() {
    let (world, pkcs8) = world();
    let trust = with_did(&world);
    let kid = world.issuer.public_jwk().kid.clone().unwrap();
    for (issuer, kid) in [
        (DID, format!("did:web:vieras.example#{kid}")),
        (DID, kid.clone()),
        (DID, format!("{DID}#other")),
        (ISSUER, format!("{DID}#{kid}")),
        (ISSUER, format!("#{kid}")),
    ] {
        let signer = under(&pkcs8, &kid);
        let text = world.issue_by(&without_status(issuer), &signer);
        let report = check(&world, &trust, &text).await;
        assert_eq!(
            remarks(&report),
            [Reason::IssuerKeyUnknown],
            "{issuer} {kid}"
        );
        assert_eq!(report.verdict, Outcome::Invalid);
    }
}

/// The document at the address of a listed DID would name the attacker's key; nobody asks for it.
#[tokio::test]
async fn c41_a_document_on_the_network_adds_no_key_to_a_listed_did() {
    let (world, _) = world();
    let trust = with_did(&world);
    let (attacker, pkcs8) = Es256Key::generate().unwrap();
    let forged = document(DID, &[attacker.public_jwk().clone()]);
    world.published.put(DOCUMENT, forged.to_string());
    let kid = attacker.public_jwk().kid.clone().unwrap();
    let signer = under(&pkcs8, &format!("{DID}#{kid}"));
    let report = check(&world, &trust, &world.issue_by(&recipe(DID), &signer)).await;
    assert_eq!(remarks(&report), [Reason::IssuerKeyUnknown]);
    assert_eq!(world.published.asked(), 0);
}

#[tokio::test]
async fn c41_a_certificate_counts_where_its_authority_is_listed_and_for_status_lists_too() {
    let (world, _) = world();
    let root = Authority::root("Juurivarmentaja");
    let below = root.below("Alivarmentaja");
    let anchor = x5c(&[root.certificate()]);
    let trust = listed(&world, |role| {
        role.did = Some(DID.into());
        role.certificate_anchors = anchor;
    });
    for (issuer, dns, uris) in [
        (ISSUER, &["opisto.example"][..], &[][..]),
        (ISSUER, &[], &[ISSUER]),
        (DID, &["opisto.example"], &[]),
        (DID, &[], &[DID]),
    ] {
        let (new_key, pkcs8) = Es256Key::generate().unwrap();
        let wanted = Wanted {
            dns,
            uris,
            ..Wanted::default()
        };
        let leaf = below.certify(&pkcs8, &wanted);
        let chain = x5c(&[&leaf, below.certificate()]);
        let signer = NamedSigner::certified(Arc::new(new_key), chain);
        world.published.put(
            STATUS_URI,
            world.status_list(5, Status::Valid, &signer, 600),
        );
        let report = check(&world, &trust, &world.issue_by(&recipe(issuer), &signer)).await;
        assert_eq!(report.verdict, Outcome::Valid, "{:?}", remarks(&report));
    }
}

/// What the list vouches for needs no certificate: a credential outlives that of its key.
#[tokio::test]
async fn a_key_in_the_statement_is_believed_with_an_expired_certificate_beside_it() {
    let (world, pkcs8) = world();
    let root = Authority::root("Juurivarmentaja");
    let anchor = x5c(&[root.certificate()]);
    let trust = listed(&world, |role| role.certificate_anchors = anchor);
    let wanted = Wanted {
        valid: ("20200101", "20210101"),
        ..Wanted::default()
    };
    let chain = x5c(&[&root.certify(&pkcs8, &wanted)]);
    let own = Arc::new(Es256Key::from_pkcs8(&pkcs8).unwrap());
    let text = world.issue_by(&without_status(ISSUER), &NamedSigner::certified(own, chain));
    assert_eq!(check(&world, &trust, &text).await.verdict, Outcome::Valid);
}

#[tokio::test]
async fn c41_a_hostile_chain_makes_nobody_the_issuer() {
    let (world, _) = world();
    let (root, foreign) = (
        Authority::root("Juurivarmentaja"),
        Authority::root("Vieras"),
    );
    let anchor = x5c(&[root.certificate()]);
    let trust = listed(&world, |role| role.certificate_anchors = anchor);
    let (attacker, pkcs8) = Es256Key::generate().unwrap();
    let attacker: Arc<dyn Signer> = Arc::new(attacker);
    let honest = Wanted::default();
    let of = |wanted: &Wanted<'_>| x5c(&[&root.certify(&pkcs8, wanted)]);
    let with_anchor = x5c(&[&root.certify(&pkcs8, &honest), root.certificate()]);
    let other_host = Wanted {
        dns: &[
            "vieras.example",
            "*.example",
            "opisto.example.vieras.example",
        ],
        uris: &[
            "https://opisto.example.vieras.example",
            "https://opisto.example/",
        ],
        ..honest.clone()
    };
    let expired = Wanted {
        valid: ("20200101", "20260501"),
        ..honest.clone()
    };
    let authority = Wanted {
        is_authority: true,
        ..honest.clone()
    };
    let silent = Wanted {
        signs: false,
        ..honest.clone()
    };
    for (chain, expected) in [
        (
            x5c(&[&foreign.certify(&pkcs8, &honest)]),
            "x5c_not_anchored",
        ),
        (of(&other_host), "x5c_other_name"),
        (of(&expired), "x5c_not_of_this_moment"),
        (of(&authority), "x5c_authority"),
        (of(&silent), "x5c_key_usage"),
        (x5c(&[&self_signed(&pkcs8, &honest)]), "x5c_self_signed"),
        (with_anchor, "x5c_anchor_in_chain"),
        (vec![of(&honest).remove(0); 9], "x5c_too_many"),
        (vec!["MII=".into()], "x5c_malformed"),
    ] {
        let signer = NamedSigner::certified(Arc::clone(&attacker), chain);
        let report = check(&world, &trust, &world.issue_by(&recipe(ISSUER), &signer)).await;
        assert_eq!(
            remarks(&report),
            [Reason::IssuerCertificateInvalid],
            "{expected}"
        );
        assert_eq!(detail(&report, What::Signature), Some(expected));
        assert_eq!(report.verdict, Outcome::Invalid);
        assert!(report.credentials[0].claims.is_empty());
    }
    // Twenty are not even kept.
    let signer = NamedSigner::certified(attacker, vec![of(&honest).remove(0); 20]);
    let report = check(&world, &trust, &world.issue_by(&recipe(ISSUER), &signer)).await;
    assert_eq!(remarks(&report), [Reason::CredentialMalformed]);
}

/// The certificate is in order and of an authority that another issuer listed.
#[tokio::test]
async fn c41_an_authority_counts_only_for_the_issuer_that_listed_it() {
    let (world, _) = world();
    let root = Authority::root("Juurivarmentaja");
    let anchor = x5c(&[root.certificate()]);
    let trust = listed(&world, |role| role.certificate_anchors = anchor);
    let (attacker, pkcs8) = Es256Key::generate().unwrap();
    let wanted = Wanted {
        dns: &["kielikoulu.example"],
        ..Wanted::default()
    };
    let chain = x5c(&[&root.certify(&pkcs8, &wanted)]);
    let signer = NamedSigner::certified(Arc::new(attacker), chain);
    let text = world.issue_by(&without_status(OTHER_ISSUER), &signer);
    let report = check(&world, &trust, &text).await;
    assert_eq!(remarks(&report), [Reason::IssuerKeyUnknown]);
    assert_eq!(detail(&report, What::Signature), Some("x5c_not_listed"));
    let text = world.issue_by(&without_status("https://vieras.example"), &signer);
    let report = check(&world, &trust, &text).await;
    let expected = [Reason::IssuerUnknown, Reason::IssuerCertificateNotListed];
    assert_eq!(remarks(&report), expected);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}

/// The certificate is honest and of another key than the one that signed.
#[tokio::test]
async fn a_borrowed_certificate_does_not_make_a_signature_match() {
    let (world, _) = world();
    let root = Authority::root("Juurivarmentaja");
    let anchor = x5c(&[root.certificate()]);
    let trust = listed(&world, |role| role.certificate_anchors = anchor);
    let (_, pkcs8) = Es256Key::generate().unwrap();
    let chain = x5c(&[&root.certify(&pkcs8, &Wanted::default())]);
    let signer = NamedSigner::certified(Arc::new(key()), chain.clone());
    let report = check(&world, &trust, &world.issue_by(&recipe(ISSUER), &signer)).await;
    assert_eq!(remarks(&report), [Reason::SignatureInvalid]);
    // Another algorithm in the header than the certificate's key has.
    let signer = NamedSigner::certified(Arc::new(EdDsaKey::generate().unwrap().0), chain);
    let report = check(&world, &trust, &world.issue_by(&recipe(ISSUER), &signer)).await;
    assert_eq!(remarks(&report), [Reason::SignatureInvalid]);
    let found = detail(&report, What::Signature);
    assert_eq!(found, Some("jws_algorithm_mismatch"));
}

/// A key in the header proves nothing about whose it is.
#[tokio::test]
async fn c41_a_key_in_the_header_is_not_looked_at() {
    let (world, _) = world();
    let trust = with_did(&world);
    let attacker = key();
    for issuer in [ISSUER, DID] {
        let text = world.issue_by(&without_status(issuer), &attacker);
        let (jwt, disclosures) = text.split_once('~').unwrap();
        let parts: Vec<&str> = jwt.split('.').collect();
        let octets = from_base64url(parts[0]).unwrap();
        let mut header: Value = serde_json::from_slice(&octets).unwrap();
        header["jwk"] = serde_json::to_value(attacker.public_jwk().bare()).unwrap();
        header["kid"] = json!("mine");
        let input = format!("{}.{}", base64url(header.to_string()), parts[1]);
        let signature = base64url(attacker.sign(input.as_bytes()).unwrap());
        let text = format!("{input}.{signature}~{disclosures}");
        let report = check(&world, &trust, &text).await;
        assert_eq!(remarks(&report), [Reason::IssuerKeyUnknown]);
    }
}

fn did_jwk(key: &Jwk) -> String {
    let json = serde_json::to_vec(&key.bare()).unwrap();
    format!("did:jwk:{}", base64url(json))
}

/// Requirement 20: whoever signs with a DID is still a stranger, until the registrar lists the DID.
#[tokio::test]
async fn c20_a_signature_by_any_did_is_checked_and_makes_nobody_trusted() {
    let (world, _) = world();
    let trust = with_did(&world);
    let (jwk_key, pkcs8) = Es256Key::generate().unwrap();
    let as_jwk = did_jwk(jwk_key.public_jwk());
    let jwk_signer = under(&pkcs8, &format!("{as_jwk}#0"));
    let ed = EdDsaKey::generate().unwrap().0;
    let multi = multikey(ed.public_jwk()).unwrap();
    let as_key = format!("did:key:{multi}");
    let key_signer = NamedSigner::under(Arc::new(ed), format!("{as_key}#{multi}"));
    let (web_key, pkcs8) = Es256Key::generate().unwrap();
    let page = document(STRANGER, &[web_key.public_jwk().clone()]);
    world.published.put(STRANGERS_DOCUMENT, page.to_string());
    let kid = web_key.public_jwk().kid.clone().unwrap();
    let web_signer = under(&pkcs8, &format!("{STRANGER}#{kid}"));
    let strangers: [(&str, &dyn Signer); 3] = [
        (&as_jwk, &jwk_signer),
        (&as_key, &key_signer),
        (STRANGER, &web_signer),
    ];
    for (did, signer) in strangers {
        let list = world.status_list(5, Status::Valid, signer, 600);
        world.published.put(STATUS_URI, list);
        let text = world.issue_by(&recipe(did), signer);
        let report = check(&world, &trust, &text).await;
        assert_eq!(remarks(&report), [Reason::IssuerUnknown], "{did}");
        assert_eq!(report.verdict, Outcome::Attention);
        let valid = report
            .all_checks()
            .any(|check| check.reason == Reason::SignatureValid);
        assert!(valid);
        let issuer = report.credentials[0].issuer.as_ref().unwrap();
        assert_eq!(issuer.id, did);
        assert!(issuer.name.is_empty(), "a stranger has no name");
        let words = report.to_text(credential_core::text::Language::En);
        assert!(words.contains("whom we do not know"), "{words}");
    }
}

#[tokio::test]
async fn the_status_list_of_a_stranger_has_to_be_its_own() {
    let (world, _) = world();
    let (own, pkcs8) = Es256Key::generate().unwrap();
    let did = did_jwk(own.public_jwk());
    let signer = under(&pkcs8, &format!("{did}#0"));
    // Signed by the listed issuer, under whose address it stands.
    world.publish_status(5, Status::Valid);
    let trust = with_did(&world);
    let report = check(&world, &trust, &world.issue_by(&recipe(&did), &signer)).await;
    let expected = [Reason::IssuerUnknown, Reason::StatusListInvalid];
    assert_eq!(remarks(&report), expected);
}

#[tokio::test]
async fn a_key_id_that_is_not_the_strangers_own_is_refused() {
    let (world, _) = world();
    let trust = with_did(&world);
    let (own, pkcs8) = Es256Key::generate().unwrap();
    let did = did_jwk(own.public_jwk());
    let other = did_jwk(key().public_jwk());
    for kid in [format!("{other}#0"), format!("{did}#1"), did.clone()] {
        let text = world.issue_by(&without_status(&did), &under(&pkcs8, &kid));
        let report = check(&world, &trust, &text).await;
        assert_eq!(remarks(&report), [Reason::IssuerKeyUnknown]);
        assert_eq!(report.verdict, Outcome::Invalid);
    }
    // Somebody else's name over this key's signature.
    let forged = world.issue_by(
        &without_status(&other),
        &under(&pkcs8, &format!("{other}#0")),
    );
    let report = check(&world, &trust, &forged).await;
    assert_eq!(remarks(&report), [Reason::SignatureInvalid]);
}

#[tokio::test]
async fn a_strangers_document_that_is_missing_or_not_its_own_leaves_the_signature_unchecked() {
    let (world, _) = world();
    let trust = with_did(&world);
    let (own, pkcs8) = Es256Key::generate().unwrap();
    let kid = own.public_jwk().kid.clone().unwrap();
    let text = world.issue_by(
        &without_status(STRANGER),
        &under(&pkcs8, &format!("{STRANGER}#{kid}")),
    );
    let report = check(&world, &trust, &text).await;
    let expected = [Reason::IssuerUnknown, Reason::IssuerDocumentUnreachable];
    assert_eq!(remarks(&report), expected);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    for (page, detail_expected) in [
        (
            document(DID, &[own.public_jwk().clone()]).to_string(),
            "did_other_document",
        ),
        ("<html>".to_owned(), "did_malformed_document"),
    ] {
        world.published.put(STRANGERS_DOCUMENT, page);
        let report = check(&world, &trust, &text).await;
        let expected = [Reason::IssuerUnknown, Reason::IssuerDocumentInvalid];
        assert_eq!(remarks(&report), expected);
        assert_eq!(detail(&report, What::Signature), Some(detail_expected));
        assert_eq!(report.verdict, Outcome::CouldNotCheck);
    }
    let page = document(STRANGER, &[key().public_jwk().clone()]);
    world.published.put(STRANGERS_DOCUMENT, page.to_string());
    let report = check(&world, &trust, &text).await;
    assert_eq!(remarks(&report), [Reason::IssuerKeyUnknown]);
    assert_eq!(report.verdict, Outcome::Invalid);

    let offline = Verifier::builder().trust(trust).clock(world.clock.clone());
    let report = offline.build().unwrap().verify_credential(&text).await;
    let expected = [Reason::IssuerUnknown, Reason::IssuerDocumentOffline];
    assert_eq!(remarks(&report.unwrap().0), expected);
}

#[tokio::test]
async fn a_strangers_document_is_asked_for_once_in_a_while() {
    let (world, _) = world();
    let (own, pkcs8) = Es256Key::generate().unwrap();
    let kid = own.public_jwk().kid.clone().unwrap();
    let page = document(STRANGER, &[own.public_jwk().clone()]);
    world.published.put(STRANGERS_DOCUMENT, page.to_string());
    let signer = under(&pkcs8, &format!("#{kid}"));
    let text = world.issue_by(&without_status(STRANGER), &signer);
    let verifier = world.verifier();
    for (minutes, asked) in [(0, 1), (4, 1), (2, 2)] {
        world.clock.advance(chrono::TimeDelta::minutes(minutes));
        let (report, _) = verifier.verify_credential(&text).await.unwrap();
        assert_eq!(remarks(&report), [Reason::IssuerUnknown]);
        assert_eq!(world.published.asked(), asked);
    }
}

/// Requirement 42: the guarded client takes the address of a document as it takes every other.
#[cfg(feature = "http")]
#[tokio::test]
async fn c42_a_did_web_on_this_machine_or_a_private_network_is_not_dialled() {
    let (world, _) = world();
    let trust = with_did(&world);
    let client = crate::http::HttpClient::new(credential_core::network::Network::Public);
    let verifier = Verifier::builder()
        .trust(trust)
        .clock(world.clock.clone())
        .http(client.unwrap())
        .build()
        .unwrap();
    for did in [
        "did:web:localhost",
        "did:web:localhost%3A8443:koulu",
        "did:web:koulu.localhost",
    ] {
        let text = world.issue_by(&without_status(did), &under_any(did));
        let (report, _) = verifier.verify_credential(&text).await.unwrap();
        let expected = [Reason::IssuerUnknown, Reason::IssuerDocumentUnreachable];
        assert_eq!(remarks(&report), expected, "{did}");
        let found = detail(&report, What::Signature);
        assert_eq!(found, Some("http_address_refused"), "{did}");
    }
    // An address with digits is none of the method, so nothing is asked for.
    for did in [
        "did:web:127.0.0.1",
        "did:web:10.0.0.1%3A8443",
        "did:web:0x7f.1",
    ] {
        let text = world.issue_by(&without_status(did), &under_any(did));
        let (report, _) = verifier.verify_credential(&text).await.unwrap();
        let expected = [Reason::IssuerUnknown, Reason::IssuerKeyNotAvailable];
        assert_eq!(remarks(&report), expected, "{did}");
    }
}

#[cfg(feature = "http")]
fn under_any(did: &str) -> NamedSigner {
    under_key(&format!("{did}#any"))
}

#[tokio::test]
async fn a_badge_under_a_listed_did_is_trusted() {
    use credential_core::linked_data::{ProofOptions, secure};
    let (world, _) = world();
    let trust = listed(&world, |role| {
        role.did = Some(DID.into());
        let badges = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential";
        role.credential_types.push(badges.into());
    });
    let kid = world.badges.public_jwk().kid.clone().unwrap();
    for (method, expected) in [
        (format!("{DID}#{kid}"), vec![]),
        (format!("{DID}#other"), vec![Reason::IssuerKeyUnknown]),
    ] {
        let options = ProofOptions {
            created: noon(),
            verification_method: &method,
        };
        let Value::Object(mut badge) = super::badge::badge(DID) else {
            panic!("an object")
        };
        badge["credentialSubject"]["achievement"]
            .as_object_mut()
            .unwrap()
            .remove("achievementType");
        let badge = secure(badge, &options, &world.badges).unwrap().to_json();
        let verifier = Verifier::builder()
            .trust(trust.clone())
            .clock(world.clock.clone())
            .build()
            .unwrap();
        let (report, _) = verifier.verify_document(&badge.to_string()).await.unwrap();
        assert_eq!(remarks(&report), expected, "{method}");
    }
}

#[tokio::test]
async fn a_status_list_of_a_listed_did_under_another_key_is_not_believed() {
    let (world, pkcs8) = world();
    let trust = with_did(&world);
    let kid = world.issuer.public_jwk().kid.clone().unwrap();
    let signer = under(&pkcs8, &format!("{DID}#{kid}"));
    let stranger = under_key(&format!("{DID}#{kid}"));
    let list = world.status_list(5, Status::Valid, &stranger, 600);
    world.published.put(STATUS_URI, list);
    let recipe = Recipe {
        status: Some(StatusReference {
            uri: STATUS_URI.into(),
            idx: 5,
        }),
        ..recipe(DID)
    };
    let report = check(&world, &trust, &world.issue_by(&recipe, &signer)).await;
    assert_eq!(remarks(&report), [Reason::StatusListInvalid]);
}

fn under_key(kid: &str) -> NamedSigner {
    NamedSigner::under(Arc::new(key()), kid.into())
}
