//! Credentials as JWTs with disclosures after them (`vc+sd-jwt`).

use serde_json::{Map, Value, json};

use super::{
    super::{LinkedDataError, SecuredJwt, VerifiedDocument},
    ISSUER, badge, key, verifying,
};
use crate::{
    encoding::{base64url, sha256_base64url},
    jose::{EdDsaKey, Signer as _},
};

/// A credential some members of which are disclosed selectively: `place` leads to the object they stand in.
struct Concealed {
    payload: Map<String, Value>,
    disclosures: Vec<String>,
}

impl Concealed {
    fn of(mut payload: Map<String, Value>, place: &[&str], names: &[&str]) -> Self {
        let mut members = &mut payload;
        for step in place {
            members = members.get_mut(*step).unwrap().as_object_mut().unwrap();
        }
        let disclosures: Vec<_> = names
            .iter()
            .map(|name| {
                let value = members.remove(*name).unwrap();
                base64url(json!(["c2FsdA", name, value]).to_string())
            })
            .collect();
        let digests: Vec<_> = disclosures.iter().map(sha256_base64url).collect();
        members.insert("_sd".into(), json!(digests));
        payload.insert("_sd_alg".into(), json!("sha-256"));
        Self {
            payload,
            disclosures,
        }
    }

    fn signed(&self, typ: &str, shown: &[&str], key: &EdDsaKey) -> String {
        let header = json!({"alg": "EdDSA", "typ": typ, "kid": format!("{ISSUER}#1")});
        let payload = Value::Object(self.payload.clone());
        let signed = [header, payload].map(|part| base64url(part.to_string()));
        let signed = signed.join(".");
        let signature = base64url(key.sign(signed.as_bytes()).unwrap());
        let mut text = format!("{signed}.{signature}~");
        for disclosure in shown {
            text.push_str(disclosure);
            text.push('~');
        }
        text
    }

    fn shown(&self) -> Vec<&str> {
        self.disclosures.iter().map(String::as_str).collect()
    }
}

fn judged(text: &str, key: &EdDsaKey) -> Result<VerifiedDocument, LinkedDataError> {
    SecuredJwt::parse(text)?.verify(&verifying(key))
}

#[test]
fn what_is_disclosed_is_read_in_its_place_and_the_rest_is_not_there() {
    let key = key();
    let hidden = ["description", "criteria"];
    let place = ["credentialSubject", "achievement"];
    let concealed = Concealed::of(badge(), &place, &hidden);
    let whole = concealed.signed("vc+sd-jwt", &concealed.shown(), &key);
    let found = judged(&whole, &key).unwrap();
    assert_eq!(found.document(), &badge());
    let id = found.to_json()["id"].clone();
    assert_eq!(id, json!(format!("data:application/vc+sd-jwt,{whole}")));

    let part = concealed.signed("vc+sd-jwt", &concealed.shown()[1..], &key);
    let found = judged(&part, &key).unwrap();
    let achievement = &found.document()["credentialSubject"]["achievement"];
    assert!(achievement.get("description").is_none());
    let expected = badge();
    let expected = &expected["credentialSubject"]["achievement"]["criteria"];
    assert_eq!(&achievement["criteria"], expected);
    assert!(achievement.get("_sd").is_none());
}

/// Whoever holds it chooses what is shown, and must not choose that it never ends.
#[test]
fn what_decides_about_a_credential_stands_in_the_open() {
    let key = key();
    for name in ["validUntil", "validFrom", "issuer", "type", "@context"] {
        let concealed = Concealed::of(badge(), &[], &[name]);
        let shown = concealed.signed("vc+sd-jwt", &concealed.shown(), &key);
        let refused = judged(&shown, &key).unwrap_err();
        assert_eq!(refused.reason(), "linked_data_malformed_member", "{name}");
    }
    let concealed = Concealed::of(badge(), &[], &["name", "validUntil"]);
    let one_sided = concealed.signed("vc+sd-jwt", &concealed.shown()[..1], &key);
    let refused = judged(&one_sided, &key).unwrap_err();
    assert_eq!(refused.reason(), "linked_data_unsupported_withheld");
    let harmless = Concealed::of(badge(), &[], &["name"]);
    let shown = harmless.signed("vc+sd-jwt", &harmless.shown(), &key);
    assert_eq!(judged(&shown, &key).unwrap().document(), &badge());
}

/// One place of several in status lists, or one of several types, is chosen as easily as a whole member.
#[test]
fn a_part_of_what_decides_stands_in_the_open_too() {
    let key = key();
    let element = base64url(json!(["c2FsdA", {"type": "BitstringStatusListEntry"}]).to_string());
    let digest = json!({"...": sha256_base64url(&element)});
    for (name, value) in [
        ("credentialStatus", json!([digest, {"id": "urn:example:1"}])),
        ("credentialStatus", json!({"type": "A", "_sd": ["AA"]})),
        ("type", json!(["VerifiableCredential", digest])),
        ("issuer", json!({"id": ISSUER, "image": {"_sd": ["AA"]}})),
    ] {
        let mut payload = badge();
        payload.insert(name.into(), value);
        let concealed = Concealed {
            payload,
            disclosures: vec![element.clone()],
        };
        for shown in [&[][..], &[element.as_str()]] {
            let refused = judged(&concealed.signed("vc+sd-jwt", shown, &key), &key).unwrap_err();
            assert_eq!(refused.reason(), "linked_data_malformed_member", "{name}");
        }
    }
}

#[test]
fn c40_each_disclosure_of_a_credential_of_the_data_model_has_one_place() {
    let key = key();
    let place = ["credentialSubject", "achievement"];
    let concealed = Concealed::of(badge(), &place, &["description"]);
    let [own] = concealed.shown()[..] else {
        panic!("one")
    };
    let strange = base64url(json!(["c2FsdA", "name", "Kiitettävä"]).to_string());
    for shown in [&[own, own][..], &[own, &strange], &[&strange], &["AA"]] {
        let text = concealed.signed("vc+sd-jwt", shown, &key);
        let refused = judged(&text, &key).unwrap_err();
        assert!(
            matches!(refused, LinkedDataError::Disclosure(_)),
            "{refused:?}"
        );
    }
    let many = vec!["AA"; 513];
    let refused = judged(&concealed.signed("vc+sd-jwt", &many, &key), &key).unwrap_err();
    assert_eq!(refused.reason(), "sd_jwt_too_many_disclosures");
}

#[test]
fn the_type_and_the_form_belong_together() {
    let key = key();
    let concealed = Concealed::of(
        badge(),
        &["credentialSubject", "achievement"],
        &["description"],
    );
    let shown = concealed.shown();
    for typ in ["vc+jwt", "JWT", "dc+sd-jwt", "kb+jwt"] {
        let refused = judged(&concealed.signed(typ, &shown, &key), &key).unwrap_err();
        assert_eq!(refused, LinkedDataError::NotAJwt, "{typ}");
    }
    let text = concealed.signed("vc+sd-jwt", &shown, &key);
    let (jwt, _disclosures) = text.split_once('~').unwrap();
    assert_eq!(judged(jwt, &key), Err(LinkedDataError::NotAJwt));
    let bound = judged(&format!("{text}eyJ.eyJ.AA"), &key).unwrap_err();
    assert_eq!(bound.reason(), "linked_data_unsupported_key_binding");
    let turned = text.replacen("~", "~~", 1);
    assert!(judged(&turned, &key).is_err());
    assert_eq!(
        judged(&text, &super::key()),
        Err(LinkedDataError::BadSignature)
    );
}
