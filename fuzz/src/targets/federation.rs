//! Entity statements: whatever an entity and its superiors say, a chain is believed by the anchor's known key alone,
//! and gives no key and no name but those that somebody above or the entity itself signed.

use credential_core::{
    federation::{Anchor, Configuration, CredentialKeys, FederationError, TYP, TrustChain},
    jose::{PublicJwk, PublicJwkSet, Signer as _},
};
use serde_json::json;

use crate::{
    keys::Key,
    parties::noon,
    written::{self, line, lines, seed},
};

const LEAF: &str = "https://opisto.example";
const MIDDLE: &str = "https://ministerio.example";
const ANCHOR: &str = "https://federaatio.example";

/// Claims, one a line: the entity about itself, the middle about itself and about the entity, the anchor about itself
/// and about the middle. Each is signed by whoever says it.
pub fn run(data: &[u8]) -> bool {
    let Some([own, middle, of_leaf, top, of_middle]) = lines(data) else {
        return false;
    };
    let (leaf_key, middle_key, anchor_key) = (Key::of(71), Key::of(72), Key::of(73));
    let signed = |claims: &[u8], key: &Key| {
        written::compact(written::header(TYP, key).as_bytes(), claims, key).into_bytes()
    };
    let resolve = |known: &Key| {
        let own = Configuration::read(&signed(own, &leaf_key), LEAF, noon())?;
        let middle = Configuration::read(&signed(middle, &middle_key), MIDDLE, noon())?;
        let top = Configuration::read(&signed(top, &anchor_key), ANCHOR, noon())?;
        let of_leaf = middle.subordinate(&signed(of_leaf, &middle_key), LEAF, noon())?;
        let of_middle = top.subordinate(&signed(of_middle, &anchor_key), MIDDLE, noon())?;
        asks_at_an_address(&middle);
        let keys = key_set(known);
        let anchor = Anchor {
            entity_id: ANCHOR,
            keys: &keys,
            max_path_length: None,
        };
        TrustChain::verify(&own, &[of_leaf, of_middle], &top, &anchor)
    };
    let Ok(chain) = resolve(&anchor_key) else {
        return false;
    };
    let stranger = resolve(&Key::of(74)).map(drop);
    assert_eq!(stranger, Err(FederationError::OtherAnchorKey));
    assert!(chain.expires_at() > noon());
    assert!(
        chain
            .keys()
            .keys
            .contains(&PublicJwk::Own(leaf_key.public_jwk().clone()))
    );
    assert_eq!(chain.anchor_keys(), &key_set(&anchor_key));
    let Ok(keys) = chain.credential_keys() else {
        return false;
    };
    if let CredentialKeys::Signed(address) | CredentialKeys::Published(address) = keys {
        assert!(address.starts_with("https://") && !address.contains('#'));
    }
    let _marks = chain.trust_marks("https://federaatio.example/opisto");
    true
}

fn asks_at_an_address(superior: &Configuration) {
    if let Ok(address) = superior.fetch_address(LEAF) {
        assert!(address.starts_with("https://") && address.contains("sub="));
    }
}

fn key_set(key: &Key) -> PublicJwkSet {
    PublicJwkSet {
        keys: vec![PublicJwk::Own(key.public_jwk().clone())],
    }
}

/// Chains that are believed, with and without policies, and some that are not.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let keys = |number| json!({"keys": [Key::of(number).public_jwk()]});
    let claims = |iss: &str, sub: &str, number, more: serde_json::Value| {
        let mut claims = json!({"iss": iss, "sub": sub, "iat": noon().timestamp(),
            "exp": noon().timestamp() + 600, "jwks": keys(number)});
        let members = claims.as_object_mut().expect("an object");
        members.extend(more.as_object().expect("an object").clone());
        claims
    };
    let endpoint = |id: &str| json!({"federation_entity": {"federation_fetch_endpoint": format!("{id}/fetch")}});
    let own = claims(
        LEAF,
        LEAF,
        71,
        json!({"authority_hints": [MIDDLE], "metadata": {
            "openid_credential_issuer": {"jwks": keys(75), "scopes": ["a", "b"]}}}),
    );
    let middle = claims(
        MIDDLE,
        MIDDLE,
        72,
        json!({"authority_hints": [ANCHOR], "metadata": endpoint(MIDDLE)}),
    );
    let top = claims(ANCHOR, ANCHOR, 73, json!({"metadata": endpoint(ANCHOR)}));
    let of_leaf = claims(MIDDLE, LEAF, 71, json!({}));
    let of_middle = claims(ANCHOR, MIDDLE, 72, json!({}));
    let ruled = claims(
        ANCHOR,
        MIDDLE,
        72,
        json!({
            "metadata_policy": {"openid_credential_issuer": {
                "scopes": {"subset_of": ["a"], "superset_of": ["a"], "essential": true},
                "contacts": {"default": ["a"], "add": ["b"]},
                "token": {"value": "x", "one_of": ["x", "y"]},
            }},
            "constraints": {"max_path_length": 1, "allowed_entity_types": ["openid_credential_issuer"],
                "naming_constraints": {"permitted": [".example"], "excluded": ["muu.example"]}},
        }),
    );
    let short = claims(
        ANCHOR,
        MIDDLE,
        72,
        json!({"constraints": {"max_path_length": 0}}),
    );
    let chain = |of_middle: &serde_json::Value| {
        let all = [&own, &middle, &of_leaf, &top, of_middle].map(line);
        seed(&all.each_ref().map(String::as_str))
    };
    vec![
        ("accepted-plain", chain(&of_middle)),
        ("accepted-ruled", chain(&ruled)),
        ("refused-too-long", chain(&short)),
        (
            "refused-other-key",
            chain(&claims(ANCHOR, MIDDLE, 74, json!({}))),
        ),
    ]
}
