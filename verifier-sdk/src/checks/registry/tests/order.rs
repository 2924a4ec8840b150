//! What stands first in the verifier's order decides, also where it could not be asked.

use serde_json::{Value, json};

use super::{Entity, Federation, RegistryKind, detail, of_issuer};
use crate::checks::{Outcome, Reason, What};

/// A second federation with the same school in it, behind the first in the verifier's file.
fn in_two() -> (Federation, Entity, Value) {
    let mut federation = Federation::new();
    let other = Entity::new("https://muu.example");
    federation.own["authority_hints"] = json!([federation.ministry.id, other.id]);
    federation.says(&other, &other.superior(&[]));
    let stated = other.about(&federation.school, json!({}));
    federation.states(&other, &federation.school, &stated);
    let mut config = federation.config();
    let mut second = config["federations"][0].clone();
    second["entity_id"] = json!(other.id);
    second["jwks"] = other.jwks();
    config["federations"].as_array_mut().unwrap().push(second);
    (federation, other, config)
}

#[tokio::test]
async fn c41_a_second_federation_does_not_count_while_the_first_could_not_be_asked() {
    let (mut federation, _, config) = in_two();
    let first = federation.anchor.id.clone();
    federation.net.silence(&first);
    let report = federation.check_by(&config).await;
    let by = Some((RegistryKind::Federation, first.as_str()));
    assert_eq!(of_issuer(&report), [(Reason::FederationUnreachable, by)]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    // Nor while what leads to the first is broken.
    federation.net.speak();
    federation.of_ministry["exp"] = json!(0);
    let report = federation.check_by(&config).await;
    assert_eq!(of_issuer(&report), [(Reason::FederationChainInvalid, by)]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}

#[tokio::test]
async fn only_the_federation_that_was_silent_is_named() {
    let (mut federation, other, config) = in_two();
    federation.own["authority_hints"] = json!([other.id]);
    let keys = format!("{}/keys", super::STRANGER);
    federation.own["metadata"]["openid_credential_issuer"] = json!({"jwks_uri": keys});
    federation.net.silence(&keys);
    federation.publish();
    let by = Some((RegistryKind::Federation, other.id.as_str()));
    // Also when that is remembered.
    let verifier = super::verifier(&federation.world, &config, federation.net.clone());
    let text = federation.text();
    for _ in 0..2 {
        let (report, _) = verifier.verify_credential(&text).await.unwrap();
        assert_eq!(of_issuer(&report), [(Reason::FederationUnreachable, by)]);
    }
}

/// Somebody names the anchor as its superior, and the anchor's own host says that there is no such thing.
#[tokio::test]
async fn c41_an_anchor_whose_configuration_is_not_there_could_not_be_asked() {
    let (federation, _, config) = in_two();
    federation.publish();
    let first = &federation.anchor.id;
    federation.net.take(&super::configuration_address(first));
    let text = federation.text();
    let verifier = super::verifier(&federation.world, &config, federation.net.clone());
    let (report, _) = verifier.verify_credential(&text).await.unwrap();
    let by = Some((RegistryKind::Federation, first.as_str()));
    assert_eq!(of_issuer(&report), [(Reason::FederationUnreachable, by)]);
    assert_eq!(detail(&report, What::Issuer), Some("http_error_status"));
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}
