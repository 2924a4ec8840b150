//! Members of a federation: who is one, for which types, by which keys, and for how long.

use chrono::TimeDelta;
use credential_core::text::Language;
use serde_json::json;

use super::{
    Entity, Federation, RegistryKind, STRANGER, detail, has, of_another_type, of_issuer, verifier,
};
use crate::{
    checks::{Outcome, Reason, What},
    fetch::Offline,
};

const MARK: &str = "https://federaatio.example/opisto";

#[tokio::test]
async fn c41_a_member_of_a_federation_is_trusted_by_the_keys_in_its_chain() {
    let federation = Federation::new();
    let report = federation.check().await;
    let by = Some((RegistryKind::Federation, federation.anchor.id.as_str()));
    assert_eq!(of_issuer(&report), [(Reason::IssuerInFederation, by)]);
    assert_eq!(report.verdict, Outcome::Valid);
    let text = report.to_text(Language::Fi);
    assert!(text.contains("Todistanut: Kansanopisto\n"), "{text}");
    assert!(
        text.contains("(federaatio https://federaatio.example)"),
        "{text}"
    );
    assert_eq!(
        federation.net.asked(),
        5,
        "three of themselves, two of others"
    );
}

/// Any member may speak for others unless somebody forbids it, and could call them anything.
#[tokio::test]
async fn c41_a_member_that_speaks_for_another_gives_it_no_name() {
    let federation = Federation::new();
    let mut config = federation.config();
    let anchor = config["federations"][0].as_object_mut().unwrap();
    anchor.remove("max_path_length");
    let report = federation.check_by(&config).await;
    assert_eq!(report.verdict, Outcome::Valid);
    let text = report.to_text(Language::Fi);
    assert!(
        text.contains(&format!("Todistanut: {STRANGER}\n")),
        "{text}"
    );
    assert!(!text.contains("Kansanopisto"), "{text}");
}

#[tokio::test]
async fn a_member_is_not_trusted_for_a_type_that_the_verifier_did_not_name() {
    let federation = Federation::new();
    federation.publish();
    let signer = &federation.credentials.key;
    let text = of_another_type(&federation.world, STRANGER, signer);
    let verifier = verifier(
        &federation.world,
        &federation.config(),
        federation.net.clone(),
    );
    let (report, _) = verifier.verify_credential(&text).await.unwrap();
    let by = Some((RegistryKind::Federation, federation.anchor.id.as_str()));
    assert_eq!(of_issuer(&report), [(Reason::IssuerNotTrustedForType, by)]);
    assert_eq!(report.verdict, Outcome::Invalid);
}

/// Federation keys sign statements and no credentials (section 3.1.1).
#[tokio::test]
async fn c41_a_credential_under_a_federation_key_is_not_signed_by_its_issuer() {
    let mut federation = Federation::new();
    std::mem::swap(&mut federation.credentials.key, &mut federation.school.key);
    federation.own = federation
        .school
        .issuer(&[&federation.ministry], &Entity::new(STRANGER).jwks());
    federation.of_school = federation.ministry.about(&federation.school, json!({}));
    let report = federation.check().await;
    assert!(has(&report, Reason::IssuerKeyNotAvailable));
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}

/// A member may have added the key since it was asked about, or have one of a kind that is not read.
#[tokio::test]
async fn a_credential_under_a_key_that_a_member_is_not_known_to_have_is_no_forgery() {
    let mut federation = Federation::new();
    let other = Entity::new(STRANGER).jwks();
    let unread = json!({"keys": [{"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA",
        "kid": federation.credentials.jwks()["keys"][0]["kid"]}]});
    for keys in [other, unread] {
        federation.own["metadata"]["openid_credential_issuer"]["jwks"] = keys;
        let report = federation.check().await;
        assert!(has(&report, Reason::IssuerKeyNotAvailable));
        assert_eq!(report.verdict, Outcome::CouldNotCheck);
        assert!(report.credentials[0].claims.is_empty());
    }
}

#[tokio::test]
async fn keys_may_stand_at_an_address_signed_or_not() {
    let address = format!("{STRANGER}/keys");
    let mut federation = Federation::new();
    let keys = federation.credentials.jwks();
    let issuer = |uri: &str| json!({uri: address});
    federation.own["metadata"]["openid_credential_issuer"] = issuer("jwks_uri");
    let report = federation.check().await;
    assert!(
        has(&report, Reason::FederationUnreachable),
        "no keys there yet"
    );
    federation
        .net
        .put(&address, "application/json", keys.to_string());
    assert_eq!(federation.check().await.verdict, Outcome::Valid);

    federation.own["metadata"]["openid_credential_issuer"] = issuer("signed_jwks_uri");
    let mut claims = federation.school.configuration(json!({}));
    claims["keys"] = keys["keys"].clone();
    let put = |signer: &Entity| {
        let signed = signer.sign_as("jwk-set+jwt", &claims);
        let media_type = "application/jwk-set+jwt";
        federation.net.put(&address, media_type, signed);
    };
    put(&federation.school);
    assert_eq!(federation.check().await.verdict, Outcome::Valid);
    put(&Entity::new(STRANGER));
    let report = federation.check().await;
    assert!(has(&report, Reason::FederationChainInvalid));
    assert_eq!(
        detail(&report, What::Issuer),
        Some("federation_unknown_key")
    );
}

#[tokio::test]
async fn an_issuer_that_is_in_no_federation_of_ours_stays_a_stranger() {
    let federation = Federation::new();
    let text = federation.text();
    let by = |net| verifier(&federation.world, &federation.config(), net);
    // Nothing is published.
    let (report, _) = by(federation.net.clone())
        .verify_credential(&text)
        .await
        .unwrap();
    assert_eq!(of_issuer(&report), [(Reason::IssuerUnknown, None)]);
    // A federation of which the verifier knows nothing.
    federation.publish();
    let other = Entity::new("https://muu.example");
    federation.says(
        &federation.ministry,
        &federation.ministry.superior(&[&other]),
    );
    federation.says(&other, &other.superior(&[]));
    let stated = other.about(&federation.ministry, json!({}));
    federation.states(&other, &federation.ministry, &stated);
    let (report, _) = by(federation.net.clone())
        .verify_credential(&text)
        .await
        .unwrap();
    assert_eq!(of_issuer(&report), [(Reason::IssuerUnknown, None)]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}

#[tokio::test]
async fn a_federation_that_could_not_be_asked_is_named_and_makes_nobody_trusted() {
    let federation = Federation::new();
    federation.publish();
    let text = federation.text();
    let by = Some((RegistryKind::Federation, federation.anchor.id.as_str()));
    let offline = verifier(&federation.world, &federation.config(), Offline);
    let (report, _) = offline.verify_credential(&text).await.unwrap();
    assert_eq!(of_issuer(&report), [(Reason::FederationOffline, by)]);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    for silent in [
        STRANGER,
        "https://ministerio.example/fetch",
        "https://federaatio.example",
    ] {
        federation.net.speak();
        federation.net.silence(silent);
        let report = federation.check().await;
        assert_eq!(
            of_issuer(&report),
            [(Reason::FederationUnreachable, by)],
            "{silent}"
        );
        assert_eq!(detail(&report, What::Issuer), Some("http_timeout"));
        assert_eq!(report.verdict, Outcome::CouldNotCheck);
        let text = report.to_text(Language::En);
        assert!(
            text.contains("(federation https://federaatio.example)"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_member_is_remembered_until_its_chain_ends_and_an_hour_at_most() {
    let mut federation = Federation::new();
    federation.of_school["exp"] = json!(federation.own["iat"].as_i64().unwrap() + 660);
    federation.publish();
    let verifier = verifier(
        &federation.world,
        &federation.config(),
        federation.net.clone(),
    );
    let text = federation.text();
    for (minutes, asked, expected) in [
        (0, 5, Outcome::Valid),
        (9, 5, Outcome::Valid),
        // The statement has ended.
        (2, 8, Outcome::CouldNotCheck),
    ] {
        federation.world.clock.advance(TimeDelta::minutes(minutes));
        let (report, _) = verifier.verify_credential(&text).await.unwrap();
        assert_eq!(report.verdict, expected, "after {minutes} minutes");
        assert_eq!(federation.net.asked(), asked, "after {minutes} minutes");
    }
    let federation = Federation::new();
    federation.publish();
    let verifier = super::verifier(
        &federation.world,
        &federation.config(),
        federation.net.clone(),
    );
    let text = federation.text();
    for (minutes, asked) in [(0, 5), (59, 5), (2, 10)] {
        federation.world.clock.advance(TimeDelta::minutes(minutes));
        verifier.verify_credential(&text).await.unwrap();
        assert_eq!(federation.net.asked(), asked);
    }
}

/// The issuer names its superiors in an order of its own; the verifier's order is another.
#[tokio::test]
async fn c41_of_two_federations_the_first_in_the_verifiers_order_decides() {
    let mut federation = Federation::new();
    let other = Entity::new("https://muu.example");
    federation.own["authority_hints"] = json!([federation.ministry.id, other.id]);
    federation.says(&other, &other.superior(&[]));
    let stated = other.about(&federation.school, json!({}));
    federation.states(&other, &federation.school, &stated);
    let mut second = federation.config()["federations"][0].clone();
    second["entity_id"] = json!(other.id);
    second["jwks"] = other.jwks();
    let mut config = federation.config();
    let first = config["federations"].as_array_mut().unwrap();
    first.push(second);
    let report = federation.check_by(&config).await;
    let by = Some((RegistryKind::Federation, federation.anchor.id.as_str()));
    assert_eq!(of_issuer(&report), [(Reason::IssuerInFederation, by)]);
    config["federations"].as_array_mut().unwrap().reverse();
    let report = federation.check_by(&config).await;
    let by = Some((RegistryKind::Federation, other.id.as_str()));
    assert_eq!(of_issuer(&report), [(Reason::IssuerInFederation, by)]);
    let asked = federation.net.asked();
    assert_eq!(federation.check_by(&config).await.verdict, Outcome::Valid);
    assert!(
        federation.net.asked() - asked <= 7,
        "nothing is fetched twice"
    );
}

#[tokio::test]
async fn a_trust_mark_that_the_verifier_asks_for_has_to_be_there() {
    let mut federation = Federation::new();
    let mut config = federation.config();
    config["federations"][0]["trust_mark_type"] = json!(MARK);
    let accreditor = Entity::new("https://karvi.example");
    let mark = |issuer: &Entity, federation: &Federation| {
        let mut claims = issuer.about(&federation.school, json!({"trust_mark_type": MARK}));
        claims.as_object_mut().unwrap().remove("jwks");
        let signed = issuer.sign_as("trust-mark+jwt", &claims);
        json!([{"trust_mark_type": MARK, "trust_mark": signed}])
    };
    let report = federation.check_by(&config).await;
    let by = Some((RegistryKind::Federation, federation.anchor.id.as_str()));
    assert_eq!(of_issuer(&report), [(Reason::IssuerNotTrustedForType, by)]);
    assert_eq!(
        detail(&report, What::Issuer),
        Some("federation_mark_missing")
    );

    // By the anchor itself.
    federation.own["trust_marks"] = mark(&federation.anchor, &federation);
    federation.anchor_own["trust_mark_issuers"] = json!({MARK: [federation.anchor.id]});
    assert_eq!(federation.check_by(&config).await.verdict, Outcome::Valid);

    // By an accreditor, whom the anchor accepts and whose own chain leads to it.
    federation.own["trust_marks"] = mark(&accreditor, &federation);
    let report = federation.check_by(&config).await;
    assert_eq!(
        detail(&report, What::Issuer),
        Some("federation_mark_issuer")
    );
    federation.anchor_own["trust_mark_issuers"] = json!({MARK: [accreditor.id]});
    let report = federation.check_by(&config).await;
    assert_eq!(of_issuer(&report), [(Reason::FederationUnreachable, by)]);
    let own = accreditor.configuration(json!({"authority_hints": [federation.anchor.id]}));
    federation.says(&accreditor, &own);
    let stated = federation.anchor.about(&accreditor, json!({}));
    federation.states(&federation.anchor, &accreditor, &stated);
    assert_eq!(federation.check_by(&config).await.verdict, Outcome::Valid);

    // Of the school's own making.
    let mut claims = accreditor.about(&federation.school, json!({"trust_mark_type": MARK}));
    claims["iss"] = json!(accreditor.id);
    let forged = federation.school.sign_as("trust-mark+jwt", &claims);
    federation.own["trust_marks"][0]["trust_mark"] = json!(forged);
    let report = federation.check_by(&config).await;
    assert_eq!(
        detail(&report, What::Issuer),
        Some("federation_unknown_key")
    );
    assert_eq!(report.verdict, Outcome::CouldNotCheck);

    // Of one that has ended and its renewal the renewed counts.
    let renewed = mark(&accreditor, &federation)[0].clone();
    let mut claims = accreditor.about(&federation.school, json!({"trust_mark_type": MARK}));
    claims["exp"] = json!(claims["iat"]);
    let ended = accreditor.sign_as("trust-mark+jwt", &claims);
    federation.own["trust_marks"] = json!([{"trust_mark_type": MARK, "trust_mark": ended}]);
    let report = federation.check_by(&config).await;
    assert_eq!(of_issuer(&report), [(Reason::IssuerNotTrustedForType, by)]);
    assert_eq!(detail(&report, What::Issuer), Some("federation_mark_ended"));
    federation.own["trust_marks"]
        .as_array_mut()
        .unwrap()
        .push(renewed);
    assert_eq!(federation.check_by(&config).await.verdict, Outcome::Valid);
}
