//! Whose key signed a credential of the data model: as with SD-JWT VC, the trust list leads to it and no header.

use std::sync::Arc;

use credential_core::{
    did::document,
    encoding::base64url,
    jose::{EdDsaKey, Es256Key, ForeignJwk, NamedSigner, Signer},
    linked_data::{ProofOptions, secure},
    trust::{IssuerRole, TrustList},
};
use openssl::{
    bn::BigNumContext,
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    rsa::{Padding, Rsa},
    sign::{RsaPssSaltlen, Signer as Signature},
};
use serde_json::{Value, json};

use super::remarks;
use crate::{
    Report, Verifier,
    checks::{Outcome, Reason, What},
    report::OPEN_BADGE,
    test_support::{
        ISSUER, World,
        authority::{Authority, Wanted, x5c},
        issuer_statement, noon, trust_list,
    },
};

const STRANGER: &str = "did:web:vieras.example:koulu";
const STRANGERS_DOCUMENT: &str = "https://vieras.example/koulu/did.json";

fn badge(issuer: &str) -> Value {
    let mut badge = super::badge::badge(issuer);
    let achievement = badge["credentialSubject"]["achievement"].as_object_mut();
    achievement.unwrap().remove("achievementType");
    badge
}

fn proven(signer: &dyn Signer, method: &str, badge: Value) -> Value {
    let options = ProofOptions {
        created: noon(),
        verification_method: method,
    };
    let Value::Object(badge) = badge else {
        panic!("an object")
    };
    secure(badge, &options, signer).unwrap().to_json()
}

fn compact(header: &Value, payload: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let (header, payload) = (header.to_string(), payload.to_string());
    let signed = format!("{}.{}", base64url(header), base64url(payload));
    let signature = sign(signed.as_bytes());
    format!("{signed}.{}", base64url(signature))
}

fn listed(world: &World, change: impl FnOnce(&mut IssuerRole)) -> TrustList {
    let mut own = issuer_statement(ISSUER, &world.issuer, &[]);
    let role = own.metadata.openid_credential_issuer.as_mut().unwrap();
    role.credential_types.push(OPEN_BADGE.into());
    change(role);
    trust_list(&[own])
}

async fn judge(world: &World, trust: TrustList, text: &str) -> Report {
    let builder = Verifier::builder()
        .trust(trust)
        .clock(world.clock.clone())
        .fetch(world.published.clone());
    let verifier = builder.build().unwrap();
    verifier.verify_document(text).await.unwrap().0
}

/// Keys of the kinds that others sign with.
struct Foreign {
    kid: &'static str,
    alg: &'static str,
    key: PKey<Private>,
    jwk: ForeignJwk,
}

impl Foreign {
    fn new(kid: &'static str, alg: &'static str) -> Self {
        let number = |octets: Vec<u8>| Some(base64url(octets));
        let (key, members) = if alg == "ES384" {
            let group = EcGroup::from_curve_name(Nid::SECP384R1).unwrap();
            let key = EcKey::generate(&group).unwrap();
            let point = key.public_key();
            let form = openssl::ec::PointConversionForm::UNCOMPRESSED;
            let mut context = BigNumContext::new().unwrap();
            let point = point.to_bytes(&group, form, &mut context).unwrap();
            let members = ["EC", "P-384"].map(|it| Some(it.to_owned()));
            let [x, y] = [&point[1..49], &point[49..]].map(|half| number(half.to_vec()));
            let [kty, crv] = members;
            (
                PKey::from_ec_key(key).unwrap(),
                (kty, None, None, crv, x, y),
            )
        } else {
            let key = Rsa::generate(2048).unwrap();
            let (n, e) = (number(key.n().to_vec()), number(key.e().to_vec()));
            let kty = Some("RSA".to_owned());
            (PKey::from_rsa(key).unwrap(), (kty, n, e, None, None, None))
        };
        let (kty, n, e, crv, x, y) = members;
        let jwk = ForeignJwk {
            kty: kty.unwrap(),
            n,
            e,
            crv,
            x,
            y,
            kid: Some(kid.into()),
            key_use: None,
            alg: Some(alg.into()),
        };
        Self { kid, alg, key, jwk }
    }

    /// A signature as `alg` makes it, whatever the key's record says.
    fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let digest = match alg {
            "ES384" => MessageDigest::sha384(),
            _ => MessageDigest::sha256(),
        };
        let mut signer = Signature::new(digest, &self.key).unwrap();
        if alg == "PS256" {
            signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
            signer
                .set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)
                .unwrap();
        }
        let signature = signer.sign_oneshot_to_vec(message).unwrap();
        if alg != "ES384" {
            return signature;
        }
        let signature = EcdsaSig::from_der(&signature).unwrap();
        let half = |number: &openssl::bn::BigNumRef| number.to_vec_padded(48).unwrap();
        [half(signature.r()), half(signature.s())].concat()
    }

    fn jwt(&self, header: &Value) -> String {
        let alg = header["alg"].as_str().unwrap().to_owned();
        compact(header, &badge(ISSUER), |message| self.sign(&alg, message))
    }
}

#[tokio::test]
async fn c31_a_listed_key_of_a_foreign_kind_verifies_by_the_algorithm_of_its_record_alone() {
    let world = World::new();
    for alg in ["RS256", "PS256", "ES384"] {
        let foreign = Foreign::new("vanha-1", alg);
        let trust = listed(&world, |role| role.foreign_keys = vec![foreign.jwk.clone()]);
        let kid = format!("{ISSUER}#{}", foreign.kid);
        let honest = json!({"alg": foreign.alg, "typ": "JWT", "kid": kid});
        let report = judge(&world, trust.clone(), &foreign.jwt(&honest)).await;
        assert_eq!(remarks(&report), [], "{alg}");
        let jwk = serde_json::to_value(&foreign.jwk).unwrap();
        let brought = json!({"alg": foreign.alg, "jwk": jwk});
        let report = judge(&world, trust.clone(), &foreign.jwt(&brought)).await;
        assert_eq!(remarks(&report), [], "{alg}");

        let turned = match alg {
            "RS256" => "PS256",
            "PS256" => "RS256",
            _ => "ES256",
        };
        let other = Foreign::new("vanha-1", alg);
        let wrong_alg = json!({"alg": turned, "typ": "JWT", "kid": kid});
        for (text, expected) in [
            (foreign.jwt(&wrong_alg), Reason::SignatureInvalid),
            (other.jwt(&honest), Reason::SignatureInvalid),
            (
                foreign.jwt(&json!({"alg": alg, "kid": "another"})),
                Reason::IssuerKeyUnknown,
            ),
            (
                other.jwt(&json!({"alg": alg, "jwk": &other.jwk})),
                Reason::IssuerKeyUnknown,
            ),
        ] {
            let report = judge(&world, trust.clone(), &text).await;
            assert_eq!(remarks(&report)[0], expected, "{alg}");
            assert_eq!(report.verdict, Outcome::Invalid);
            assert!(report.credentials[0].claims.is_empty());
        }
    }
}

/// The oldest confusion of all: what everybody knows taken for a secret.
#[tokio::test]
async fn the_public_half_of_a_foreign_key_is_no_shared_secret() {
    let world = World::new();
    let foreign = Foreign::new("vanha-1", "RS256");
    let trust = listed(&world, |role| role.foreign_keys = vec![foreign.jwk.clone()]);
    let modulus = foreign.jwk.n.clone().unwrap();
    let secret = PKey::hmac(modulus.as_bytes()).unwrap();
    for alg in ["HS256", "RS256"] {
        let header = json!({"alg": alg, "kid": foreign.kid});
        let text = compact(&header, &badge(ISSUER), |message| {
            let mut signer = Signature::new(MessageDigest::sha256(), &secret).unwrap();
            signer.sign_oneshot_to_vec(message).unwrap()
        });
        let report = judge(&world, trust.clone(), &text).await;
        assert_eq!(remarks(&report), [Reason::SignatureInvalid], "{alg}");
    }
}

#[tokio::test]
async fn c41_a_badge_of_a_stranger_by_did_web_is_checked_and_makes_nobody_trusted() {
    let world = World::new();
    let ed25519 = EdDsaKey::generate().unwrap().0;
    let es256 = Es256Key::generate().unwrap().0;
    let keys = [ed25519.public_jwk(), es256.public_jwk()];
    let kid = |key: &dyn Signer| {
        let kid = key.public_jwk().kid.clone().unwrap();
        format!("{STRANGER}#{kid}")
    };
    let embedded = proven(&ed25519, &kid(&ed25519), badge(STRANGER)).to_string();
    let header = json!({"alg": "ES256", "typ": "vc+jwt", "kid": kid(&es256)});
    let jwt = compact(&header, &badge(STRANGER), |message| {
        es256.sign(message).unwrap()
    });
    let trust = || listed(&world, |_role| {});
    for text in [&embedded, &jwt] {
        let report = judge(&world, trust(), text).await;
        let expected = [Reason::IssuerUnknown, Reason::IssuerDocumentUnreachable];
        assert_eq!(remarks(&report), expected, "nothing is there yet");
        assert_eq!(report.verdict, Outcome::CouldNotCheck);
    }
    let page = document(STRANGER, &keys.map(Clone::clone));
    world.published.put(STRANGERS_DOCUMENT, page.to_string());
    for text in [&embedded, &jwt] {
        let report = judge(&world, trust(), text).await;
        assert_eq!(remarks(&report), [Reason::IssuerUnknown]);
        let issuer = report.credentials[0].issuer.as_ref().unwrap();
        assert!(issuer.id == STRANGER && issuer.name.is_empty());
    }
    let others = document(
        STRANGER,
        &[Es256Key::generate().unwrap().0.public_jwk().clone()],
    );
    world.published.put(STRANGERS_DOCUMENT, others.to_string());
    for text in [&embedded, &jwt] {
        let report = judge(&world, trust(), text).await;
        assert_eq!(remarks(&report), [Reason::IssuerKeyUnknown]);
        assert_eq!(report.verdict, Outcome::Invalid);
    }
}

#[tokio::test]
async fn c41_a_badge_with_certificates_is_believed_where_its_issuer_listed_the_authority() {
    let world = World::new();
    let (root, foreign) = (Authority::root("Juuri"), Authority::root("Vieras"));
    let (leaf, pkcs8) = Es256Key::generate().unwrap();
    let chain = |authority: &Authority| x5c(&[&authority.certify(&pkcs8, &Wanted::default())]);
    let trust = || {
        let anchors = x5c(&[root.certificate()]);
        listed(&world, |role| role.certificate_anchors = anchors)
    };
    let jwt = |issuer: &str, chain: Vec<String>| {
        let header = json!({"alg": "ES256", "typ": "vc+jwt", "x5c": chain});
        compact(&header, &badge(issuer), |message| {
            leaf.sign(message).unwrap()
        })
    };
    let report = judge(&world, trust(), &jwt(ISSUER, chain(&root))).await;
    assert_eq!(remarks(&report), []);
    let report = judge(&world, trust(), &jwt(ISSUER, chain(&foreign))).await;
    assert_eq!(remarks(&report), [Reason::IssuerCertificateInvalid]);
    let found = report
        .all_checks()
        .find(|check| check.what == What::Signature);
    assert_eq!(found.unwrap().detail, Some("x5c_not_anchored"));
    let report = judge(
        &world,
        trust(),
        &jwt("https://vieras.example", chain(&root)),
    )
    .await;
    let expected = [Reason::IssuerUnknown, Reason::IssuerCertificateNotListed];
    assert_eq!(remarks(&report), expected);
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
}

/// Each endorsement is by another stranger, and each stranger would be asked for.
#[tokio::test]
async fn a_credential_cannot_make_the_verifier_ask_for_many_strangers() {
    let world = World::new();
    let signer = NamedSigner::under(Arc::new(EdDsaKey::generate().unwrap().0), "1".into());
    let endorsements: Vec<Value> = (0..40)
        .map(|number| {
            let did = format!("did:web:vieras{number}.example");
            let mut endorsement = badge(&did);
            endorsement["id"] = json!(format!("urn:example:suositus:{number}"));
            proven(&signer, &format!("{did}#1"), endorsement)
        })
        .collect();
    let mut whole = badge(ISSUER);
    whole["endorsement"] = json!(endorsements);
    let kid = world.issuer.public_jwk().kid.clone().unwrap();
    let header = json!({"alg": "ES256", "typ": "vc+jwt", "kid": format!("{ISSUER}#{kid}")});
    let text = compact(&header, &whole, |message| {
        world.issuer.sign(message).unwrap()
    });
    let report = judge(&world, listed(&world, |_role| {}), &text).await;
    assert_eq!(report.verdict, Outcome::CouldNotCheck);
    assert_eq!(world.published.asked(), 16);
}
