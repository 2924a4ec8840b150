//! Whole chains: who is believed, by whose keys, and until when.

use chrono::{DateTime, TimeDelta};
use serde_json::json;

use super::{
    Anchor, Federation, FederationError, TrustChain, configuration, entities::Entity, noon,
    subordinate,
};
use crate::jose::{PublicJwk, PublicJwkSet, Signer as _, jws::JwsError};

const BAD_SIGNATURE: FederationError = FederationError::Jws(JwsError::BadSignature);

#[test]
fn a_chain_up_to_the_anchor_vouches_until_its_first_end() {
    let mut federation = Federation::new();
    let ends = noon().timestamp() + 3600;
    federation.of_middle["exp"] = json!(ends);
    let chain = federation.resolve().unwrap();
    assert_eq!(Some(chain.expires_at()), DateTime::from_timestamp(ends, 0));
    assert_eq!(chain.expires_at() - noon(), TimeDelta::hours(1));
    let own = PublicJwk::Own(federation.leaf.key.public_jwk().clone());
    assert_eq!(chain.keys().keys, [own]);
}

/// The anchor vouches for the middle by its key, and the middle for the issuer by its: whoever has another key than
/// the one above says is nobody, whatever it says about itself.
#[test]
fn nobody_vouches_for_its_own_key() {
    let mut federation = Federation::new();
    // The issuer has another key than its superior says.
    let stranger = Entity::new(&federation.leaf.id);
    federation.of_leaf["jwks"] = stranger.jwks();
    assert_eq!(
        federation.resolve().map(drop),
        Err(FederationError::UnknownKey)
    );

    // The middle, another than the anchor says.
    let mut federation = Federation::new();
    federation.of_middle["jwks"] = Entity::new("https://a.example").jwks();
    assert_eq!(
        federation.resolve().map(drop),
        Err(FederationError::UnknownKey)
    );
}

#[test]
fn a_forged_statement_of_a_superior_is_refused() {
    let federation = Federation::new();
    let forger = Entity::new(&federation.middle.id);
    let middle = configuration(&federation.middle, &federation.middle_own).unwrap();
    // Under the forger's own key id, and under the honest one.
    let forged = subordinate(&middle, &forger, &federation.of_leaf, &federation.leaf);
    assert_eq!(forged.map(drop), Err(FederationError::UnknownKey));
    let honest = federation.middle.sign(&federation.of_leaf);
    let changed = honest.rsplit_once('.').unwrap().0;
    let signature = forger.sign(&federation.of_leaf);
    let text = format!("{changed}.{}", signature.rsplit_once('.').unwrap().1);
    let found = middle.subordinate(text.as_bytes(), &federation.leaf.id, noon());
    assert_eq!(found.map(drop), Err(BAD_SIGNATURE));
}

/// Somebody serves statements in the anchor's name with a key of its own.
#[test]
fn another_key_of_the_anchor_than_the_one_that_is_known_is_refused() {
    let mut federation = Federation::new();
    let known = federation.keys();
    federation.anchor = Entity::new(&federation.anchor.id);
    federation.anchor_own = federation.anchor.superior(&[]);
    federation.of_middle = federation.anchor.about(&federation.middle, json!({}));
    let found = federation.resolve_by(&known, None).map(drop);
    assert_eq!(found, Err(FederationError::OtherAnchorKey));
    assert!(federation.resolve().is_ok());
    // A key that the anchor no longer names is none, though it is known.
    let both = PublicJwkSet {
        keys: [known.keys, federation.keys().keys].concat(),
    };
    assert!(federation.resolve_by(&both, None).is_ok());
    let other = Entity::new(&federation.anchor.id);
    federation.anchor_own["jwks"] = other.jwks();
    let found = configuration(&federation.anchor, &federation.anchor_own);
    assert_eq!(found.map(drop), Err(FederationError::UnknownKey));
}

#[test]
fn statements_that_do_not_follow_each_other_make_no_chain() {
    let federation = Federation::new();
    let leaf = configuration(&federation.leaf, &federation.own).unwrap();
    let middle = configuration(&federation.middle, &federation.middle_own).unwrap();
    let top = configuration(&federation.anchor, &federation.anchor_own).unwrap();
    let (of_leaf, of_middle) = (
        subordinate(
            &middle,
            &federation.middle,
            &federation.of_leaf,
            &federation.leaf,
        )
        .unwrap(),
        subordinate(
            &top,
            &federation.anchor,
            &federation.of_middle,
            &federation.middle,
        )
        .unwrap(),
    );
    let keys = federation.keys();
    let anchor = Anchor {
        entity_id: &federation.anchor.id,
        keys: &keys,
        max_path_length: None,
    };
    let verify = |statements: &[_]| TrustChain::verify(&leaf, statements, &top, &anchor).map(drop);
    let broken = Err(FederationError::BrokenChain);
    assert_eq!(verify(&[of_leaf.clone(), of_middle.clone()]), Ok(()));
    assert_eq!(verify(&[]), broken);
    assert_eq!(verify(std::slice::from_ref(&of_leaf)), broken);
    assert_eq!(verify(std::slice::from_ref(&of_middle)), broken);
    assert_eq!(verify(&[of_middle.clone(), of_leaf.clone()]), broken);
    assert_eq!(
        verify(&[of_leaf.clone(), of_middle.clone(), of_middle.clone()]),
        broken
    );
    assert_eq!(verify(&vec![of_middle; 6]), broken);
    let other = Anchor {
        entity_id: &federation.middle.id,
        ..anchor
    };
    let found = TrustChain::verify(&leaf, &[of_leaf], &top, &other).map(drop);
    assert_eq!(found, Err(FederationError::OtherIssuer));
}

#[test]
fn a_superior_that_the_subject_does_not_name_makes_no_chain() {
    let mut federation = Federation::new();
    federation.own["authority_hints"] = json!(["https://vieras.example"]);
    let found = federation.resolve().map(drop);
    assert_eq!(found, Err(FederationError::BrokenChain));
}

#[test]
fn a_trust_mark_counts_from_whom_the_anchor_names_and_while_it_holds() {
    const KIND: &str = "https://federaatio.example/opisto";
    let accreditor = Entity::new("https://karvi.example");
    let keys: PublicJwkSet = serde_json::from_value(accreditor.jwks()).unwrap();
    let mark = |federation: &mut Federation, more| {
        let mut claims = accreditor.about(&federation.leaf, more);
        claims["trust_mark_type"] = json!(KIND);
        let signed = accreditor.sign_as("trust-mark+jwt", &claims);
        federation.own["trust_marks"] = json!([{"trust_mark_type": KIND, "trust_mark": signed}]);
        federation.anchor_own["trust_mark_issuers"] = json!({KIND: [accreditor.id]});
    };
    let verified = |federation: &Federation| {
        let found = federation.resolve()?.trust_marks(KIND)?.remove(0);
        assert_eq!(found.issuer(), accreditor.id);
        found.verify(&keys, noon())
    };
    let mut federation = Federation::new();
    assert_eq!(verified(&federation), Err(FederationError::MarkMissing));
    mark(&mut federation, json!({}));
    assert_eq!(verified(&federation), Ok(noon() + TimeDelta::days(1)));
    for issuers in [
        json!({KIND: []}),
        json!({KIND: ["https://vieras.example"]}),
        json!({}),
    ] {
        federation.anchor_own["trust_mark_issuers"] = issuers;
        assert_eq!(verified(&federation), Err(FederationError::MarkIssuer));
    }
    mark(&mut federation, json!({}));
    federation.anchor_own["trust_mark_owners"] =
        json!({KIND: {"sub": "https://omistaja.example", "jwks": {"keys": []}}});
    assert_eq!(verified(&federation), Err(FederationError::MarkInvalid));
    let mut ended = Federation::new();
    mark(&mut ended, json!({"exp": noon().timestamp()}));
    assert_eq!(verified(&ended), Err(FederationError::MarkEnded));
    let invalid = [
        json!({"exp": null}),
        json!({"sub": "https://vieras.example"}),
        json!({"delegation": "a.b.c"}),
    ];
    for more in invalid {
        let mut federation = Federation::new();
        mark(&mut federation, more.clone());
        assert_eq!(
            verified(&federation),
            Err(FederationError::MarkInvalid),
            "{more}"
        );
    }
    // Made by the issuer itself in the accreditor's name.
    let mut federation = Federation::new();
    mark(&mut federation, json!({}));
    let mut claims = accreditor.about(&federation.leaf, json!({"trust_mark_type": KIND}));
    claims["iss"] = json!(accreditor.id);
    let forged = federation.leaf.sign_as("trust-mark+jwt", &claims);
    federation.own["trust_marks"][0]["trust_mark"] = json!(forged);
    assert_eq!(verified(&federation), Err(FederationError::UnknownKey));
    // An entity statement is no trust mark.
    let statement = accreditor.sign(&claims);
    federation.own["trust_marks"][0]["trust_mark"] = json!(statement);
    let wrong_type = Err(FederationError::Jws(JwsError::WrongType));
    assert_eq!(verified(&federation), wrong_type);
}
