//! Status lists of issuers whom the verifier's own registries know: signed by the same issuer, as it is known there.

use std::sync::Arc;

use credential_core::{
    credential::CredentialType,
    jose::{Es256Key, NamedSigner, Signer},
    status_list::Status,
};
use serde_json::json;

use super::{Federation, STRANGER, has, verifier};
use crate::{
    checks::Reason,
    test_support::{
        Recipe, STATUS_URI, World,
        authority::{Authority, Wanted, x5c},
        key,
    },
};

const LIST: &str = "application/statuslist+jwt";

fn revocable(world: &World, signer: &dyn Signer) -> String {
    let recipe = Recipe {
        issuer: STRANGER,
        ..Recipe::default()
    };
    world.issue_by(&recipe, signer)
}

#[tokio::test]
async fn a_member_of_a_federation_revokes_by_the_keys_in_its_chain_alone() {
    let federation = Federation::new();
    federation.publish();
    let (world, signer) = (&federation.world, &federation.credentials.key);
    let text = revocable(world, signer);
    for (status, by, expected) in [
        (Status::Valid, signer, Reason::NotRevoked),
        (Status::Invalid, signer, Reason::Revoked),
        (Status::Valid, &key(), Reason::StatusListInvalid),
        // Its federation key makes statements and nothing else.
        (
            Status::Valid,
            &federation.school.key,
            Reason::StatusListInvalid,
        ),
        // Nor does the registrar's issuer speak for it.
        (Status::Valid, &world.issuer, Reason::StatusListInvalid),
    ] {
        let list = world.status_list(5, status, by, 600);
        federation.net.put(STATUS_URI, LIST, list);
        let verifier = verifier(world, &federation.config(), federation.net.clone());
        let (report, _) = verifier.verify_credential(&text).await.unwrap();
        assert!(has(&report, Reason::IssuerInFederation));
        assert!(has(&report, expected), "{expected}");
    }
}

#[tokio::test]
async fn a_certified_issuer_revokes_under_a_certificate_of_its_own() {
    let federation = Federation::new();
    let (world, net) = (&federation.world, &federation.net);
    let root = Authority::root("Juurivarmentaja");
    let certified = |dns: &[&str]| {
        let (own, pkcs8) = Es256Key::generate().unwrap();
        let wanted = Wanted {
            dns,
            ..Wanted::default()
        };
        NamedSigner::certified(Arc::new(own), x5c(&[&root.certify(&pkcs8, &wanted)]))
    };
    let pem = String::from_utf8(root.certificate().to_pem().unwrap()).unwrap();
    let config = json!({"certificate_authorities": [
        {"certificates": pem, "credential_types": [CredentialType::Qualification.vct()]},
    ]});
    let own = ["kansanopisto.example"];
    let text = revocable(world, &certified(&own));
    for (dns, expected) in [
        (&own, Reason::Revoked),
        (&["vieras.example"], Reason::StatusListInvalid),
    ] {
        let list = world.status_list(5, Status::Invalid, &certified(dns), 600);
        net.put(STATUS_URI, LIST, list);
        let verifier = verifier(world, &config, net.clone());
        let (report, _) = verifier.verify_credential(&text).await.unwrap();
        assert!(has(&report, Reason::IssuerCertified));
        assert!(has(&report, expected), "{expected}");
    }
}
