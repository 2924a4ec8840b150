//! Issuers that the verifier pinned itself.

use std::sync::Arc;

use credential_core::{
    credential::CredentialType,
    did::document,
    encoding::base64url,
    jose::{Es256Key, NamedSigner, Signer},
    text::Language,
};
use serde_json::{Value, json};

use super::{
    Net, RegistryKind, STRANGER, credential, has, jwks, of_another_type, of_issuer, verifier,
};
use crate::{
    Report,
    checks::{Outcome, Reason},
    test_support::{ISSUER, World, key},
};

const DID: &str = "did:web:kansanopisto.example";

fn pinned(id: &str, keys: Option<Value>) -> Value {
    let mut pinned = json!({
        "id": id,
        "name": {"fi": "Kansanopisto", "sv": "Folkhögskolan", "en": "Folk High School"},
        "credential_types": [CredentialType::Qualification.vct()],
    });
    if let Some(keys) = keys {
        pinned["jwks"] = keys;
    }
    json!({"pinned_issuers": [pinned]})
}

async fn check(world: &World, config: &Value, net: &Net, text: &str) -> Report {
    let verifier = verifier(world, config, net.clone());
    verifier.verify_credential(text).await.unwrap().0
}

#[tokio::test]
async fn c41_a_pinned_issuer_is_trusted_by_its_pinned_keys_and_the_report_says_who_pinned_it() {
    let (world, net, own) = (World::new(), Net::default(), key());
    let config = pinned(STRANGER, Some(jwks(own.public_jwk())));
    let report = check(&world, &config, &net, &credential(&world, STRANGER, &own)).await;
    assert_eq!(report.verdict, Outcome::Valid);
    let by = Some((RegistryKind::Pinned, STRANGER));
    assert_eq!(of_issuer(&report), [(Reason::IssuerPinned, by)]);
    assert_eq!(net.asked(), 0);
    for (language, name, why) in [
        (
            Language::Fi,
            "Todistanut: Kansanopisto",
            "Olemme itse merkinneet todistuksen antajan",
        ),
        (
            Language::Sv,
            "Folkhögskolan",
            "Vi har själva märkt utfärdaren som betrodd",
        ),
        (
            Language::En,
            "Proven by Folk High School",
            "We pinned this issuer ourselves",
        ),
    ] {
        let text = report.to_text(language);
        assert!(text.contains(name) && text.contains(why), "{text}");
        assert!(text.contains(&format!(": {STRANGER})")), "{text}");
    }
    let json = serde_json::to_value(&report).unwrap();
    let registry = &json["credentials"][0]["checks"][0]["registry"];
    assert_eq!(*registry, json!({"kind": "pinned", "name": STRANGER}));
}

#[tokio::test]
async fn c41_another_key_in_the_name_of_a_pinned_issuer_is_not_its_own() {
    let (world, net, own) = (World::new(), Net::default(), key());
    let config = pinned(STRANGER, Some(jwks(own.public_jwk())));
    let report = check(&world, &config, &net, &credential(&world, STRANGER, &key())).await;
    assert_eq!(report.verdict, Outcome::Invalid);
    assert!(has(&report, Reason::IssuerKeyUnknown));
    // The pinned key's id over another key's signature.
    let (_, pkcs8) = Es256Key::generate().unwrap();
    let kid = own.public_jwk().kid.clone().unwrap();
    let forger = NamedSigner::under(Arc::new(Es256Key::from_pkcs8(&pkcs8).unwrap()), kid);
    let report = check(
        &world,
        &config,
        &net,
        &credential(&world, STRANGER, &forger),
    )
    .await;
    assert!(has(&report, Reason::SignatureInvalid));
}

#[tokio::test]
async fn a_pinned_issuer_is_not_trusted_for_what_it_was_not_pinned_for() {
    let (world, net, own) = (World::new(), Net::default(), key());
    let config = pinned(STRANGER, Some(jwks(own.public_jwk())));
    let text = of_another_type(&world, STRANGER, &own);
    let report = check(&world, &config, &net, &text).await;
    let by = Some((RegistryKind::Pinned, STRANGER));
    assert_eq!(of_issuer(&report), [(Reason::IssuerNotTrustedForType, by)]);
    assert_eq!(report.verdict, Outcome::Invalid);
}

/// The list stands before what a verifier pins: its keys are the issuer's, and no others.
#[tokio::test]
async fn c41_pinning_adds_no_key_to_a_listed_issuer() {
    let (world, net, other) = (World::new(), Net::default(), key());
    let config = pinned(ISSUER, Some(jwks(other.public_jwk())));
    let report = check(&world, &config, &net, &credential(&world, ISSUER, &other)).await;
    assert!(has(&report, Reason::IssuerKeyUnknown));
    let report = check(
        &world,
        &config,
        &net,
        &credential(&world, ISSUER, &world.issuer),
    )
    .await;
    let by = Some((RegistryKind::TrustList, "https://registrar.example"));
    assert_eq!(of_issuer(&report), [(Reason::IssuerTrusted, by)]);
}

/// Requirement 20: that a DID signed is not enough, and a pinned one is.
#[tokio::test]
async fn c20_a_pinned_did_is_trusted_by_its_own_key_and_another_stays_a_stranger() {
    let (world, net) = (World::new(), Net::default());
    let named = || {
        let (own, pkcs8) = Es256Key::generate().unwrap();
        let octets = serde_json::to_vec(&own.public_jwk().bare()).unwrap();
        let did = format!("did:jwk:{}", base64url(octets));
        let own = Arc::new(Es256Key::from_pkcs8(&pkcs8).unwrap());
        (NamedSigner::under(own, format!("{did}#0")), did)
    };
    let ((own, did), (other, other_did)) = (named(), named());
    let config = pinned(&did, None);
    let report = check(&world, &config, &net, &credential(&world, &did, &own)).await;
    assert_eq!(report.verdict, Outcome::Valid);
    let report = check(
        &world,
        &config,
        &net,
        &credential(&world, &other_did, &other),
    )
    .await;
    assert_eq!(of_issuer(&report), [(Reason::IssuerUnknown, None)]);
}

#[tokio::test]
async fn a_pinned_did_web_has_the_pinned_keys_or_else_those_of_its_document() {
    let (world, net) = (World::new(), Net::default());
    let (own, pkcs8) = Es256Key::generate().unwrap();
    let kid = own.public_jwk().kid.clone().unwrap();
    let own: Arc<dyn Signer> = Arc::new(Es256Key::from_pkcs8(&pkcs8).unwrap());
    let signer = NamedSigner::under(Arc::clone(&own), format!("{DID}#{kid}"));
    let text = credential(&world, DID, &signer);
    let keys = Some(jwks(own.public_jwk()));
    let report = check(&world, &pinned(DID, keys), &net, &text).await;
    assert_eq!((report.verdict, net.asked()), (Outcome::Valid, 0));

    let report = check(&world, &pinned(DID, None), &net, &text).await;
    let found = report.all_checks().next().unwrap();
    assert_eq!(found.reason, Reason::IssuerDocumentUnreachable);
    let registry = found.registry.as_ref().unwrap();
    assert_eq!(
        (registry.kind, registry.name.as_str()),
        (RegistryKind::Pinned, DID)
    );
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    let page = document(DID, &[own.public_jwk().clone()]).to_string();
    let address = "https://kansanopisto.example/.well-known/did.json";
    net.put(address, "application/did+json", page);
    let report = check(&world, &pinned(DID, None), &net, &text).await;
    assert_eq!(report.verdict, Outcome::Valid);
}
