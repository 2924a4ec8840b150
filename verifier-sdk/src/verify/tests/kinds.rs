//! Kinds of credential that their issuers describe.

use std::sync::Arc;

use credential_core::{
    credential::CredentialType,
    dcql::ClaimPath,
    encoding::sha256,
    jose::{EdDsaKey, NamedSigner, Signer},
    linked_data::multikey,
    rng::SystemRng,
    sd_jwt::{Issuance, issue},
    text::Language,
    trust::TrustList,
};
use serde_json::{Value, json};

use super::remarks;
use crate::{
    Report, Verifier,
    checks::{Outcome, Reason, What},
    test_support::{ISSUER, World, issuer_statement, noon, trust_list},
};

const VCT: &str = "https://kurssit.example/tyypit/kurssi";
const BASE: &str = "https://kurssit.example/tyypit/suoritus";

fn described() -> Value {
    json!({
        "vct": VCT,
        "display": [{"locale": "fi", "name": "Kurssitodistus"}],
        "claims": [
            {"path": ["grade"], "sd": "always", "display": [{"locale": "fi", "label": "Arvosana"}]},
            {"path": ["title"], "sd": "never", "mandatory": true},
        ],
    })
}

fn hash(document: &Value) -> String {
    let hash = sha256(document.to_string());
    format!("sha256-{}", openssl::base64::encode_block(&hash))
}

/// Everybody, with an issuer that is trusted for these types.
struct Kinds {
    world: World,
    trust: TrustList,
}

impl Kinds {
    fn trusting(types: &[&str]) -> Self {
        let world = World::new();
        let mut own = issuer_statement(ISSUER, &world.issuer, &[]);
        let role = own.metadata.openid_credential_issuer.as_mut().unwrap();
        role.credential_types = types.iter().map(|it| (*it).to_owned()).collect();
        let trust = trust_list(&[own]);
        Self { world, trust }
    }

    fn new() -> Self {
        Self::trusting(&[VCT])
    }

    fn publish(&self, vct: &str, document: &Value) {
        self.world.published.put(vct, document.to_string());
    }

    fn issue(&self, vct: &str, integrity: Option<&str>, hidden: &[&str]) -> String {
        let claims = json!({"title": "Ensiapu", "grade": "5"});
        let disclosable: Vec<_> = hidden.iter().map(|name| ClaimPath::claim(name)).collect();
        self.issue_by(
            &self.world.issuer,
            ISSUER,
            vct,
            integrity,
            (&claims, &disclosable),
        )
    }

    fn issue_by(
        &self,
        signer: &dyn Signer,
        issuer: &str,
        vct: &str,
        integrity: Option<&str>,
        (claims, disclosable): (&Value, &[ClaimPath]),
    ) -> String {
        let issuance = Issuance {
            issuer,
            vct,
            vct_integrity: integrity,
            issued_at: noon(),
            expires_at: None,
            status: None,
            holder: self.world.holder.public_jwk(),
            claims: claims.as_object().unwrap(),
            disclosable,
        };
        issue(&issuance, signer, &SystemRng::default())
            .unwrap()
            .into_string()
    }

    async fn judge(&self, text: &str) -> Report {
        let builder = Verifier::builder()
            .trust(self.trust.clone())
            .clock(self.world.clock.clone())
            .fetch(self.world.published.clone());
        builder
            .build()
            .unwrap()
            .verify_credential(text)
            .await
            .unwrap()
            .0
    }
}

fn detail(report: &Report) -> Option<&'static str> {
    let found = report.all_checks().find(|check| check.what == What::Type);
    found.and_then(|check| check.detail)
}

#[tokio::test]
async fn a_kind_that_its_issuer_describes_is_named_by_that_description() {
    let kinds = Kinds::new();
    kinds.publish(VCT, &described());
    let text = kinds.issue(VCT, Some(&hash(&described())), &["grade"]);
    let report = kinds.judge(&text).await;
    assert_eq!(remarks(&report), []);
    assert_eq!(report.verdict, Outcome::Valid);
    let credential = &report.credentials[0];
    let kind = credential.kind.as_ref().unwrap();
    assert_eq!(kind.name.fi.as_deref(), Some("Kurssitodistus"));
    let claims: Vec<_> = credential.claims.iter().map(|claim| &claim.path).collect();
    assert_eq!(
        claims,
        [&ClaimPath::claim("grade"), &ClaimPath::claim("title")]
    );
    assert_eq!(credential.claims[0].label.fi.as_deref(), Some("Arvosana"));
    let words = report.to_text(Language::Fi);
    assert!(
        words.contains("Kurssitodistus") && words.contains("Arvosana"),
        "{words}"
    );
}

#[tokio::test]
async fn c43_a_description_other_than_the_signed_one_is_not_used() {
    let kinds = Kinds::new();
    let text = kinds.issue(VCT, Some(&hash(&described())), &["grade"]);
    let mut turned = described();
    turned["display"][0]["name"] = json!("Tohtorintutkinto");
    kinds.publish(VCT, &turned);
    let report = kinds.judge(&text).await;
    assert_eq!(remarks(&report), [Reason::TypeIntegrityMismatch]);
    assert_eq!(report.verdict, Outcome::Invalid);
    assert!(!report.to_text(Language::Fi).contains("Tohtorintutkinto"));
    // Without a hash it is used, and the report says what is missing.
    let unsigned = kinds.issue(VCT, None, &["grade"]);
    let report = kinds.judge(&unsigned).await;
    assert_eq!(remarks(&report), [Reason::TypeIntegrityMissing]);
}

#[tokio::test]
async fn c43_a_type_that_extends_itself_is_refused_however_long_the_way() {
    let of = |vct: &str, extends: &str| json!({"vct": vct, "extends": extends});
    let third = "https://kurssit.example/tyypit/kolmas";
    for chain in [
        vec![of(VCT, VCT)],
        vec![of(VCT, BASE), of(BASE, VCT)],
        vec![of(VCT, BASE), of(BASE, third), of(third, BASE)],
    ] {
        let kinds = Kinds::new();
        for document in &chain {
            kinds.publish(document["vct"].as_str().unwrap(), document);
        }
        let report = kinds.judge(&kinds.issue(VCT, None, &[])).await;
        assert_eq!(remarks(&report), [Reason::TypeDescriptionInvalid]);
        assert_eq!(detail(&report), Some("type_extends_itself"));
        assert_eq!(report.verdict, Outcome::CouldNotCheck);
    }
    let kinds = Kinds::new();
    let name = |number: u8| format!("{VCT}/{number}");
    kinds.publish(VCT, &of(VCT, &name(0)));
    for number in 0..9 {
        kinds.publish(&name(number), &of(&name(number), &name(number + 1)));
    }
    let report = kinds.judge(&kinds.issue(VCT, None, &[])).await;
    assert_eq!(detail(&report), Some("type_extends_too_many"));
    assert_eq!(kinds.world.published.asked(), 4);
}

#[tokio::test]
async fn c43_the_hash_of_an_extended_description_is_compared_too() {
    let kinds = Kinds::new();
    let base = json!({
        "vct": BASE,
        "claims": [{"path": ["title"], "display": [{"locale": "fi", "label": "Nimike"}]}],
    });
    let mut own = described();
    own["extends"] = json!(BASE);
    own["extends#integrity"] = json!(hash(&base));
    own["claims"].as_array_mut().unwrap().remove(1);
    kinds.publish(VCT, &own);
    kinds.publish(BASE, &base);
    let text = kinds.issue(VCT, Some(&hash(&own)), &["grade"]);
    let report = kinds.judge(&text).await;
    assert_eq!(remarks(&report), []);
    let label = |report: &Report| report.credentials[0].claims[1].label.fi.clone();
    assert_eq!(label(&report).as_deref(), Some("Nimike"));
    let mut turned = base;
    turned["claims"][0]["display"][0]["label"] = json!("Tutkinto");
    kinds.publish(BASE, &turned);
    let report = kinds.judge(&text).await;
    assert_eq!(remarks(&report), [Reason::TypeIntegrityMismatch]);
    assert!(report.credentials[0].claims.is_empty());
}

/// Whoever extends a type issues another one.
#[tokio::test]
async fn c43_extending_a_type_grants_no_authority_to_issue_it() {
    let trusted = CredentialType::Qualification.vct();
    let kinds = Kinds::trusting(&[trusted]);
    let own = json!({"vct": VCT, "extends": trusted});
    kinds.publish(VCT, &own);
    let report = kinds
        .judge(&kinds.issue(VCT, Some(&hash(&own)), &["title", "grade"]))
        .await;
    assert_eq!(remarks(&report)[0], Reason::IssuerNotTrustedForType);
    assert_eq!(report.verdict, Outcome::Invalid);
}

#[tokio::test]
async fn c43_a_credential_that_is_not_as_described_is_refused() {
    let kinds = Kinds::new();
    kinds.publish(VCT, &described());
    let signed = hash(&described());
    for (hidden, expected) in [
        (&[][..], Reason::TypeDisclosureMismatch),
        (&["grade", "title"], Reason::TypeMismatch),
    ] {
        let report = kinds.judge(&kinds.issue(VCT, Some(&signed), hidden)).await;
        assert_eq!(remarks(&report), [expected]);
        assert_eq!(report.verdict, Outcome::Invalid);
    }
    let without_title = json!({"grade": "5"});
    let grade = [ClaimPath::claim("grade")];
    let issuer = &kinds.world.issuer;
    let text = kinds.issue_by(issuer, ISSUER, VCT, Some(&signed), (&without_title, &grade));
    let report = kinds.judge(&text).await;
    assert_eq!(remarks(&report), [Reason::TypeMismatch]);
    // Withheld is not missing.
    let (jwt, _grade) = text.split_once('~').unwrap();
    let report = kinds.judge(&format!("{jwt}~")).await;
    assert_eq!(remarks(&report), []);
}

#[tokio::test]
async fn a_description_that_is_not_there_leaves_the_kind_unknown() {
    let kinds = Kinds::new();
    let text = kinds.issue(VCT, None, &[]);
    let report = kinds.judge(&text).await;
    assert_eq!(remarks(&report), [Reason::TypeUnknown]);
    assert_eq!(detail(&report), Some("http_unreachable"));
    kinds.publish(VCT, &json!({"vct": BASE}));
    let report = kinds.judge(&text).await;
    assert_eq!(detail(&report), Some("type_of_another"));
}

/// A stranger could make the verifier ask for any address, and learn that it was asked.
#[tokio::test]
async fn nobody_asks_how_a_stranger_describes_its_kinds() {
    let kinds = Kinds::new();
    kinds.publish(VCT, &described());
    let key = EdDsaKey::generate().unwrap().0;
    let name = multikey(key.public_jwk()).unwrap();
    let did = format!("did:key:{name}");
    let signer = NamedSigner::under(Arc::new(key), format!("{did}#{name}"));
    let claims = json!({"title": "Ensiapu"});
    let text = kinds.issue_by(&signer, &did, VCT, None, (&claims, &[]));
    let report = kinds.judge(&text).await;
    assert_eq!(
        remarks(&report),
        [Reason::IssuerUnknown, Reason::TypeUnknown]
    );
    assert_eq!(kinds.world.published.asked(), 0);
}
