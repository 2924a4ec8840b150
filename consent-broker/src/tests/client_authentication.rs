//! `private_key_jwt` and DPoP, shown at `POST /par`: who is let in at all.

use chrono::TimeDelta;
use credential_core::{
    consent::details::RequestedDetails,
    jose::{
        Es256Key,
        jws::{self, KeyReference},
    },
    network::Network,
    oauth::client_assertion,
};
use serde_json::json;

use super::support::{World, noon, people};

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_assertion_and_a_replayed_proof_are_refused() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let assertion = || world.recipient.assertion(&world.origin, world.now());
    let proof = || world.proof(&world.recipient.dpop, "POST", "/par", None);
    let push = async |assertion: String, proof: String| {
        let form = [
            ("client_assertion_type", client_assertion::TYPE),
            ("client_assertion", &assertion),
            ("request", &request),
        ];
        world.post_form("/par", &form, &[("dpop", &proof)]).await
    };
    let (first_assertion, first_proof) = (assertion(), proof());
    assert_eq!(
        push(first_assertion.clone(), first_proof.clone())
            .await
            .status,
        201
    );
    assert_eq!(
        push(first_assertion, proof()).await.refusal(),
        "401 invalid_client assertion_replayed"
    );
    assert_eq!(
        push(assertion(), first_proof).await.refusal(),
        "400 invalid_dpop_proof dpop_replayed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_an_assertion_for_another_audience_client_or_key_is_refused() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let push = async |assertion: String| {
        let proof = world.proof(&world.recipient.dpop, "POST", "/par", None);
        let form = [
            ("client_id", world.recipient.client_id()),
            ("client_assertion_type", client_assertion::TYPE.into()),
            ("client_assertion", assertion),
            ("request", request.clone()),
        ];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        world
            .post_form("/par", &form, &[("dpop", &proof)])
            .await
            .refusal()
    };
    let for_audience = |audience: &str| world.recipient.assertion(audience, world.now());
    for audience in [world.url("/token"), world.url("/par"), world.url("/")] {
        assert_eq!(
            push(for_audience(&audience)).await,
            "401 invalid_client assertion_other_audience"
        );
    }
    let now = world.now().timestamp();
    let id = world.recipient.client_id();
    let array = json!({"iss": id, "sub": id, "aud": [world.origin], "jti": "1", "iat": now,
        "exp": now + 60});
    let array = jws::sign(
        client_assertion::CLIENT_TYP,
        &array,
        &world.recipient.signing,
        KeyReference::Kid,
    )
    .unwrap();
    assert_eq!(push(array).await, "401 invalid_client jws_wrong_content");
    assert_eq!(
        push(world.other.assertion(&world.origin, world.now())).await,
        "401 invalid_client assertion_other_client"
    );
    let late = world
        .recipient
        .assertion(&world.origin, world.now() - TimeDelta::seconds(61));
    assert_eq!(
        push(late).await,
        "401 invalid_client assertion_not_of_this_moment"
    );
    let forged = people::Recipient {
        signing: Es256Key::generate().unwrap().0,
        ..people::Recipient::new(&world.recipient.entity_id)
    };
    assert_eq!(
        push(forged.assertion(&world.origin, world.now())).await,
        "401 invalid_client assertion_key_unknown"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_an_assertion_may_be_eight_seconds_ahead_but_not_sixty_one() {
    let world = World::new().await;
    for (ahead, status) in [(8, 201), (61, 401)] {
        let at = world.now() + TimeDelta::seconds(ahead);
        let assertion = world.recipient.assertion(&world.origin, at);
        let request = world
            .recipient
            .signed(&world.origin, world.recipient.details());
        let form = [
            ("client_assertion_type", client_assertion::TYPE),
            ("client_assertion", assertion.as_str()),
            ("request", &request),
        ];
        let proof = world.proof(&world.recipient.dpop, "POST", "/par", None);
        let answer = world.post_form("/par", &form, &[("dpop", &proof)]).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_taken_off_the_list_can_ask_nothing_any_more() {
    let mut world = World::new().await;
    let request = |world: &World| {
        world
            .recipient
            .signed(&world.origin, world.recipient.details())
    };
    assert_eq!(world.push(&request(&world)).await.status, 201);
    world.registry.remove(&world.recipient.entity_id);
    let publish = |world: &mut World| {
        let now = world.now();
        world
            .registry
            .publish(now, TimeDelta::days(30), &world.registrar)
            .unwrap()
    };
    let newer = publish(&mut world);
    assert_eq!(world.state.trust.import(&newer, world.now()), Ok(2));
    assert_eq!(
        world.push(&request(&world)).await.refusal(),
        "401 invalid_client client_unknown"
    );
    world
        .registry
        .add(world.recipient.entry(), Network::Loopback)
        .unwrap();
    let newest = publish(&mut world);
    world.state.trust.import(&newest, world.now()).unwrap();
    assert!(world.state.trust.import(&newer, world.now()).is_err());
    assert_eq!(world.push(&request(&world)).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_trust_list_stops_everything_until_a_newer_one_comes() {
    let world = World::new().await;
    world.clock.advance(TimeDelta::days(30));
    let mut details: RequestedDetails = world.recipient.details();
    details.nonce.push('A');
    let request = world.recipient.signed(&world.origin, details);
    assert_eq!(
        world.push(&request).await.refusal(),
        "503 temporarily_unavailable trust_list_expired"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_different_lists_of_one_number_are_not_both_believed() {
    let mut world = World::new().await;
    let publish = |registry: &mut crate::registrar::Registry| {
        registry
            .publish(noon(), TimeDelta::days(30), &world.registrar)
            .unwrap()
    };
    let mut shorter = world.registry.clone();
    shorter.remove(&world.recipient.entity_id);
    let (one, other) = (publish(&mut world.registry), publish(&mut shorter));
    assert_eq!(world.state.trust.import(&one, noon()), Ok(2));
    assert_eq!(world.state.trust.import(&one, noon()), Ok(2));
    let error = world.state.trust.import(&other, noon()).unwrap_err();
    assert_eq!(error.reason(), "trust_list_contradicts");
    assert_eq!(world.state.trust.current().signed(), one);
}
