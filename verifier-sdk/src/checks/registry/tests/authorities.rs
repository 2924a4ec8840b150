//! Issuers with certificates of authorities that the verifier trusts.

use std::sync::Arc;

use credential_core::{
    credential::CredentialType,
    jose::{Es256Key, NamedSigner},
    text::Language,
};
use serde_json::{Value, json};

use super::{
    Federation, Net, RegistryKind, STRANGER, credential, detail, has, of_another_type, of_issuer,
    verifier,
};
use crate::{
    Report,
    checks::{Outcome, Reason, What},
    test_support::{
        ISSUER, OTHER_ISSUER, World,
        authority::{Authority, Wanted, self_signed, x5c},
    },
};

const CA: Option<(RegistryKind, &str)> =
    Some((RegistryKind::CertificateAuthority, "CN=Juurivarmentaja"));

fn config(root: &Authority, kind: CredentialType) -> Value {
    let pem = String::from_utf8(root.certificate().to_pem().unwrap()).unwrap();
    json!({"certificate_authorities": [
        {"certificates": pem, "credential_types": [kind.vct()]},
    ]})
}

/// A signer whose certificate this authority made, as wanted.
fn certified(root: &Authority, wanted: &Wanted<'_>) -> NamedSigner {
    let (own, pkcs8) = Es256Key::generate().unwrap();
    NamedSigner::certified(Arc::new(own), x5c(&[&root.certify(&pkcs8, wanted)]))
}

fn named<'a>() -> Wanted<'a> {
    Wanted {
        dns: &["kansanopisto.example"],
        ..Wanted::default()
    }
}

async fn check(world: &World, config: &Value, text: &str) -> Report {
    let verifier = verifier(world, config, Net::default());
    verifier.verify_credential(text).await.unwrap().0
}

#[tokio::test]
async fn c41_an_issuer_on_no_list_is_trusted_by_an_authority_that_the_verifier_trusts() {
    let world = World::new();
    let root = Authority::root("Juurivarmentaja");
    let below = root.below("Alivarmentaja");
    let config = config(&root, CredentialType::Qualification);
    for (issuer, dns, uris) in [
        (STRANGER, &["kansanopisto.example"][..], &[][..]),
        (STRANGER, &[], &[STRANGER]),
        (
            "did:web:kansanopisto.example",
            &["kansanopisto.example"],
            &["did:web:kansanopisto.example"],
        ),
    ] {
        let wanted = Wanted {
            dns,
            uris,
            ..Wanted::default()
        };
        let (own, pkcs8) = Es256Key::generate().unwrap();
        let chain = x5c(&[&below.certify(&pkcs8, &wanted), below.certificate()]);
        let signer = NamedSigner::certified(Arc::new(own), chain);
        let report = check(&world, &config, &credential(&world, issuer, &signer)).await;
        assert_eq!(of_issuer(&report), [(Reason::IssuerCertified, CA)]);
        assert_eq!(report.verdict, Outcome::Valid);
        let text = report.to_text(Language::En);
        assert!(text.contains(&format!("Proven by {issuer}\n")), "{text}");
        assert!(
            text.contains("(certificate authority CN=Juurivarmentaja)"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn c41_a_certificate_that_names_another_or_has_ended_makes_nobody_the_issuer() {
    let world = World::new();
    let root = Authority::root("Juurivarmentaja");
    let config = config(&root, CredentialType::Qualification);
    for (wanted, expected) in [
        (Wanted::default(), "x5c_other_name"),
        (
            Wanted {
                valid: ("20200101", "20260501"),
                ..named()
            },
            "x5c_not_of_this_moment",
        ),
    ] {
        let text = credential(&world, STRANGER, &certified(&root, &wanted));
        let report = check(&world, &config, &text).await;
        assert_eq!(report.verdict, Outcome::Invalid);
        assert!(has(&report, Reason::IssuerCertificateInvalid));
        assert_eq!(detail(&report, What::Signature), Some(expected));
    }
}

#[tokio::test]
async fn c41_a_certificate_of_an_authority_that_nobody_trusts_says_nothing() {
    let world = World::new();
    let root = Authority::root("Juurivarmentaja");
    // The same name, and another key.
    let forger = Authority::root("Juurivarmentaja");
    let config = config(&root, CredentialType::Qualification);
    let (own, pkcs8) = Es256Key::generate().unwrap();
    let own: Arc<Es256Key> = Arc::new(own);
    for chain in [
        x5c(&[&forger.certify(&pkcs8, &named())]),
        x5c(&[&self_signed(&pkcs8, &named())]),
        x5c(&[&root.certify(&pkcs8, &named()), root.certificate()]),
        x5c(&[root.certificate()]),
        vec!["MII=".into()],
    ] {
        let signer = NamedSigner::certified(Arc::clone(&own) as _, chain);
        let report = check(&world, &config, &credential(&world, STRANGER, &signer)).await;
        assert_eq!(of_issuer(&report), [(Reason::IssuerUnknown, None)]);
        assert!(has(&report, Reason::IssuerCertificateNotListed));
        assert_eq!(report.verdict, Outcome::CouldNotCheck);
    }
}

#[tokio::test]
async fn an_authority_vouches_for_its_own_types_and_for_no_listed_issuer() {
    let world = World::new();
    let root = Authority::root("Juurivarmentaja");
    let config = config(&root, CredentialType::Qualification);
    let text = of_another_type(&world, STRANGER, &certified(&root, &named()));
    let report = check(&world, &config, &text).await;
    assert_eq!(of_issuer(&report), [(Reason::IssuerNotTrustedForType, CA)]);
    // The registrar's list decides about whoever is on it, and lists no authority.
    for issuer in [ISSUER, OTHER_ISSUER] {
        let wanted = Wanted {
            uris: &[ISSUER, OTHER_ISSUER],
            ..Wanted::default()
        };
        let text = credential(&world, issuer, &certified(&root, &wanted));
        let report = check(&world, &config, &text).await;
        assert!(has(&report, Reason::IssuerKeyUnknown));
        assert_eq!(report.verdict, Outcome::Invalid);
    }
}

/// Whoever is known by its plain address is not to come to more trust by a name that no registry knows.
#[tokio::test]
async fn c41_a_certificate_for_a_host_does_not_count_under_its_did_web_or_a_path_of_it() {
    let world = World::new();
    let root = Authority::root("Juurivarmentaja");
    let config = config(&root, CredentialType::Qualification);
    for other in [
        "did:web:kansanopisto.example",
        "https://kansanopisto.example/x",
        "https://kansanopisto.example?x",
    ] {
        let text = credential(&world, other, &certified(&root, &named()));
        let report = check(&world, &config, &text).await;
        assert_eq!(
            of_issuer(&report),
            [(Reason::IssuerUnknown, None)],
            "{other}"
        );
        // It is no forgery either: the authority may well have meant it.
        assert_eq!(report.verdict, Outcome::CouldNotCheck, "{other}");
    }
}

/// Somebody keeps the verifier from a federation: an authority's certificate does not stand in for the answer.
#[tokio::test]
async fn c41_an_authority_does_not_count_while_a_federation_could_not_be_asked() {
    let federation = Federation::new();
    let root = Authority::root("Juurivarmentaja");
    let mut config = config(&root, CredentialType::Qualification);
    config["federations"] = federation.config()["federations"].clone();
    let text = credential(&federation.world, STRANGER, &certified(&root, &named()));
    let net = federation.net.clone();
    let by_net = |net: Net| verifier(&federation.world, &config, net);
    net.silence(STRANGER);
    let (report, _) = by_net(net.clone()).verify_credential(&text).await.unwrap();
    let by = Some((RegistryKind::Federation, federation.anchor.id.as_str()));
    assert_eq!(of_issuer(&report), [(Reason::FederationUnreachable, by)]);
    assert!(has(&report, Reason::SignatureValid));
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    let issuer = report.credentials[0].issuer.as_ref().unwrap();
    assert!(issuer.name.is_empty(), "nobody vouches for it");
    // Nor under another name for the same host, by which no federation would know it.
    for other in [
        "did:web:kansanopisto.example",
        "https://kansanopisto.example/x",
        "https://kansanopisto.example?x",
    ] {
        let text = credential(&federation.world, other, &certified(&root, &named()));
        let (report, _) = by_net(net.clone()).verify_credential(&text).await.unwrap();
        assert!(!has(&report, Reason::IssuerCertified), "{other}");
        assert_eq!(report.verdict, Outcome::CouldNotCheck, "{other}");
    }
    // The issuer says that it is in none.
    net.speak();
    let (report, _) = by_net(net).verify_credential(&text).await.unwrap();
    assert_eq!(of_issuer(&report), [(Reason::IssuerCertified, CA)]);
    assert_eq!(report.verdict, Outcome::Valid);
}
