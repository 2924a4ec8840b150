//! Credentials of the W3C data model: their issuers are looked up as those of SD-JWT VC are.

use std::sync::Arc;

use credential_core::{
    encoding::base64url,
    jose::{EdDsaKey, Es256Key, Signer},
    linked_data::{ProofOptions, secure},
};
use serde_json::{Value, json};

use super::{Federation, Net, RegistryKind, STRANGER, has, jwks, of_issuer, verifier};
use crate::{
    Report,
    checks::{Outcome, Reason},
    report::OPEN_BADGE,
    test_support::{
        World,
        authority::{Authority, Wanted, x5c},
        noon,
    },
    verify::tests::badge::badge,
};

fn plain_badge() -> Value {
    let mut badge = badge(STRANGER);
    let achievement = badge["credentialSubject"]["achievement"].as_object_mut();
    achievement.unwrap().remove("achievementType");
    badge
}

fn proven(signer: &dyn Signer) -> String {
    let kid = signer.public_jwk().kid.clone().unwrap();
    let options = ProofOptions {
        created: noon(),
        verification_method: &format!("{STRANGER}#{kid}"),
    };
    let Value::Object(badge) = plain_badge() else {
        panic!("an object")
    };
    secure(badge, &options, signer)
        .unwrap()
        .to_json()
        .to_string()
}

async fn check(world: &World, config: &Value, net: &Net, text: &str) -> Report {
    let verifier = verifier(world, config, net.clone());
    verifier.verify_document(text).await.unwrap().0
}

#[tokio::test]
async fn a_badge_of_a_pinned_issuer_is_trusted_for_badges_alone() {
    let (world, net) = (World::new(), Net::default());
    let own = EdDsaKey::generate().unwrap().0;
    let pinned = |types: Value| {
        json!({"pinned_issuers": [{
            "id": STRANGER,
            "name": {"fi": "Kansanopisto"},
            "jwks": jwks(own.public_jwk()),
            "credential_types": types,
        }]})
    };
    let text = proven(&own);
    let report = check(&world, &pinned(json!([OPEN_BADGE])), &net, &text).await;
    let by = Some((RegistryKind::Pinned, STRANGER));
    assert_eq!(of_issuer(&report), [(Reason::IssuerPinned, by)]);
    assert_eq!(report.verdict, Outcome::Valid);
    let other = pinned(json!(["https://types.example/other"]));
    let report = check(&world, &other, &net, &text).await;
    assert_eq!(of_issuer(&report), [(Reason::IssuerNotTrustedForType, by)]);
    let stranger = EdDsaKey::generate().unwrap().0;
    let report = check(
        &world,
        &pinned(json!([OPEN_BADGE])),
        &net,
        &proven(&stranger),
    )
    .await;
    assert!(has(&report, Reason::IssuerKeyUnknown));
}

#[tokio::test]
async fn a_badge_of_a_member_of_a_federation_is_trusted_by_the_keys_in_its_chain() {
    let mut federation = Federation::new();
    let own = EdDsaKey::generate().unwrap().0;
    let keys = jwks(own.public_jwk());
    federation.own["metadata"]["openid_credential_issuer"]["jwks"] = keys;
    let mut config = federation.config();
    config["federations"][0]["credential_types"] = json!([OPEN_BADGE]);
    federation.publish();
    let report = check(&federation.world, &config, &federation.net, &proven(&own)).await;
    let by = Some((RegistryKind::Federation, federation.anchor.id.as_str()));
    assert_eq!(of_issuer(&report), [(Reason::IssuerInFederation, by)]);
    assert_eq!(report.verdict, Outcome::Valid);
}

#[tokio::test]
async fn a_badge_as_a_jwt_with_a_certificate_is_trusted_by_its_authority() {
    let (world, net) = (World::new(), Net::default());
    let root = Authority::root("Juurivarmentaja");
    let (own, pkcs8) = Es256Key::generate().unwrap();
    let own = Arc::new(own);
    let wanted = Wanted {
        dns: &["kansanopisto.example"],
        ..Wanted::default()
    };
    let chain = x5c(&[&root.certify(&pkcs8, &wanted)]);
    let header = json!({"alg": "ES256", "typ": "vc+jwt", "x5c": chain});
    let input = format!(
        "{}.{}",
        base64url(header.to_string()),
        base64url(plain_badge().to_string())
    );
    let signature = base64url(own.sign(input.as_bytes()).unwrap());
    let pem = String::from_utf8(root.certificate().to_pem().unwrap()).unwrap();
    let config = json!({"certificate_authorities": [
        {"certificates": pem, "credential_types": [OPEN_BADGE]},
    ]});
    let text = format!("{input}.{signature}");
    let report = check(&world, &config, &net, &text).await;
    let by = Some((RegistryKind::CertificateAuthority, "CN=Juurivarmentaja"));
    assert_eq!(of_issuer(&report), [(Reason::IssuerCertified, by)]);
    assert_eq!(report.verdict, Outcome::Valid);
}
