//! A small world with real keys: a registrar, issuers, a broker, a recipient and a person.
//!
//! Sealing lives in the wallet, which this crate cannot use; here `josekit` seals.

#[expect(dead_code, reason = "nobody requests a certificate here")]
#[path = "../../credential-core/src/x509/tests/authority.rs"]
pub(crate) mod authority;
mod deposit;
#[path = "../../credential-core/src/federation/tests/entities.rs"]
pub(crate) mod entities;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    clock::FixedClock,
    consent::{
        decision::Verdict,
        details::{GrantedDetails, LegalBasis, Mode, Purpose, TYPE},
        period::Period,
    },
    credential::{CredentialClaims, CredentialType},
    dcql::{ClaimPath, Query},
    did::MEDIA_TYPES,
    id::GrantId,
    jose::{self, EdDsaKey, Es256Key, Jwk, JwkSet, Signer},
    rng::SystemRng,
    sd_jwt::{self, Issuance, StatusReference},
    status_list::{Status, StatusList, StatusListToken},
    text::Text,
    trust::{self, BrokerRole, FederationEntity, IssuerRole, Metadata, Statement, TrustList},
};
use serde_json::{Map, Value, json};

pub(crate) use deposit::{Deposit, seal};

use crate::{
    RecipientKey, Verifier,
    checks::kind,
    fetch::{Fetch, FetchError, Fetching},
};

pub(crate) const REGISTRAR: &str = "https://registrar.example";
pub(crate) const ISSUER: &str = "https://opisto.example";
pub(crate) const OTHER_ISSUER: &str = "https://kielikoulu.example";
pub(crate) const BROKER: &str = "https://broker.example";
pub(crate) const CLIENT: &str = "openid_federation:https://lumohoiva.example";
pub(crate) const STATUS_URI: &str = "https://opisto.example/status/1";
pub(crate) const REQUEST: &str = "the.signed.request";

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

pub(crate) fn key() -> Es256Key {
    Es256Key::generate().unwrap().0
}

pub(crate) fn names(name: &str) -> FederationEntity {
    FederationEntity {
        name_fi: format!("{name} fi"),
        name_sv: format!("{name} sv"),
        name_en: format!("{name} en"),
        business_id: None,
        organisation_oid: None,
    }
}

pub(crate) fn statement(sub: &str, name: &str, keys: Vec<Jwk>) -> Statement {
    Statement {
        iss: REGISTRAR.into(),
        sub: sub.into(),
        iat: noon().timestamp(),
        exp: (noon() + TimeDelta::days(30)).timestamp(),
        jwks: JwkSet { keys },
        metadata: Metadata {
            federation_entity: names(name),
            openid_credential_issuer: None,
            oauth_client: None,
            oauth_authorization_server: None,
            oauth_resource: None,
        },
    }
}

pub(crate) fn issuer_statement(sub: &str, key: &Es256Key, types: &[CredentialType]) -> Statement {
    let mut statement = statement(
        sub,
        "Esimerkin ammattiopisto",
        vec![key.public_jwk().clone()],
    );
    statement.metadata.openid_credential_issuer = Some(IssuerRole {
        credential_types: types.iter().map(|kind| kind.vct().to_owned()).collect(),
        ..IssuerRole::default()
    });
    statement
}

pub(crate) fn broker_statement(sub: &str, key: &Es256Key) -> Statement {
    let mut statement = statement(sub, "Välittäjä", vec![key.public_jwk().clone()]);
    statement.metadata.oauth_authorization_server = Some(BrokerRole::new(sub));
    statement
}

pub(crate) fn trust_list(statements: &[Statement]) -> TrustList {
    let registrar = key();
    let until = noon() + TimeDelta::days(7);
    let list = trust::publish(REGISTRAR, 7, noon(), until, statements, &registrar).unwrap();
    TrustList::verify(&list, registrar.public_jwk(), None, noon()).unwrap()
}

/// Status lists as they are published, with a count of how often they were asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Published {
    documents: Arc<Mutex<HashMap<String, String>>>,
    asked: Arc<AtomicUsize>,
}

impl Published {
    pub(crate) fn put(&self, uri: &str, document: String) {
        self.documents.lock().unwrap().insert(uri.into(), document);
    }

    pub(crate) fn withdraw(&self) {
        self.documents.lock().unwrap().clear();
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

impl Fetch for Published {
    fn fetch<'a>(&'a self, url: &'a str, media_type: &'a str) -> Fetching<'a> {
        let known = [
            "application/statuslist+jwt",
            "application/vc",
            kind::MEDIA_TYPE,
            MEDIA_TYPES,
        ];
        assert!(known.contains(&media_type));
        self.asked.fetch_add(1, Ordering::Relaxed);
        let found = self.documents.lock().unwrap().get(url).cloned();
        let found = found.ok_or(FetchError::Unreachable("http_unreachable"));
        Box::pin(std::future::ready(found.map(String::into_bytes)))
    }
}

/// Everybody and their keys.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) issuer: Es256Key,
    /// Signs the issuer's badges.
    pub(crate) badges: EdDsaKey,
    pub(crate) other_issuer: Es256Key,
    pub(crate) broker: Es256Key,
    pub(crate) holder: Es256Key,
    pub(crate) grant_key: Es256Key,
    pub(crate) recipient: RecipientKey,
    pub(crate) trust: TrustList,
    pub(crate) published: Published,
    pub(crate) clock: FixedClock,
}

/// What a credential under test is made of.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) issuer: &'static str,
    pub(crate) kind: CredentialType,
    pub(crate) integrity: Option<String>,
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) expires_at: Option<DateTime<Utc>>,
    pub(crate) status: Option<StatusReference>,
    pub(crate) claims: Value,
    pub(crate) in_the_open: bool,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            issuer: ISSUER,
            kind: CredentialType::Qualification,
            integrity: Some(CredentialType::Qualification.integrity()),
            issued_at: noon() - TimeDelta::days(100),
            expires_at: Some(noon() + TimeDelta::days(365)),
            status: Some(StatusReference {
                uri: STATUS_URI.into(),
                idx: 5,
            }),
            claims: json!({
                "family_name": "Esimerkki-Lahti",
                "given_name": "Aino Kuvitteellinen",
                "birthdate": "2001-02-03",
                "title": {"fi": "Lähihoitaja", "sv": "Närvårdare", "en": "Practical nurse"},
                "awarding_date": "2026-02-01",
                "credits": {"amount": 180, "unit": {"fi": "osaamispistettä", "en": "competence points"}},
                "skills": [
                    {"title": {"fi": "Haavanhoito"}},
                    {"title": {"fi": "Lääkehoito", "sv": "Läkemedelsbehandling"}}
                ]
            }),
            in_the_open: false,
        }
    }
}

impl World {
    pub(crate) fn new() -> Self {
        let (issuer, other_issuer, broker) = (key(), key(), key());
        let badges = EdDsaKey::generate().unwrap().0;
        let mut own = issuer_statement(
            ISSUER,
            &issuer,
            &[
                CredentialType::Qualification,
                CredentialType::SkillBadge,
                CredentialType::EnrolledNow,
            ],
        );
        own.jwks.keys.push(badges.public_jwk().clone());
        let trust = trust_list(&[
            own,
            issuer_statement(
                OTHER_ISSUER,
                &other_issuer,
                &[CredentialType::LanguageCertificate],
            ),
            broker_statement(BROKER, &broker),
        ]);
        let world = Self {
            issuer,
            badges,
            other_issuer,
            broker,
            holder: key(),
            grant_key: key(),
            recipient: RecipientKey::generate().unwrap(),
            trust,
            published: Published::default(),
            clock: FixedClock::at(noon()),
        };
        world.publish_status(5, Status::Valid);
        world
    }

    pub(crate) fn verifier(&self) -> Verifier {
        Verifier::builder()
            .trust(self.trust.clone())
            .clock(self.clock.clone())
            .fetch(self.published.clone())
            .build()
            .unwrap()
    }

    pub(crate) fn publish_status(&self, index: u32, status: Status) {
        let list = self.status_list(index, status, &self.issuer, 600);
        self.published.put(STATUS_URI, list);
    }

    pub(crate) fn status_list(
        &self,
        index: u32,
        status: Status,
        signer: &dyn Signer,
        ttl: u64,
    ) -> String {
        let mut list = StatusList::two_bit(64).unwrap();
        list.set(index, status).unwrap();
        let life = (noon(), noon() + TimeDelta::hours(1));
        StatusListToken::sign(&list, ISSUER, STATUS_URI, life, ttl, signer).unwrap()
    }

    pub(crate) fn issue(&self, recipe: &Recipe) -> String {
        self.issue_by(
            recipe,
            if recipe.issuer == OTHER_ISSUER {
                &self.other_issuer
            } else {
                &self.issuer
            },
        )
    }

    pub(crate) fn issue_by(&self, recipe: &Recipe, signer: &dyn Signer) -> String {
        let Value::Object(claims) = &recipe.claims else {
            panic!("claims are an object")
        };
        let disclosable = disclosable(recipe.kind, claims);
        let disclosable = if recipe.in_the_open {
            &[][..]
        } else {
            &disclosable
        };
        let issuance = Issuance {
            issuer: recipe.issuer,
            vct: recipe.kind.vct(),
            vct_integrity: recipe.integrity.as_deref(),
            issued_at: recipe.issued_at,
            expires_at: recipe.expires_at,
            status: recipe.status.as_ref(),
            holder: self.holder.public_jwk(),
            claims,
            disclosable,
        };
        sd_jwt::issue(&issuance, signer, &SystemRng::default())
            .unwrap()
            .into_string()
    }

    /// A grant that asks for name, title and skills.
    pub(crate) fn details(&self) -> GrantedDetails {
        GrantedDetails {
            kind: TYPE.into(),
            grant_id: GrantId::random(&SystemRng::default()).unwrap(),
            recipient: CLIENT.into(),
            dcql_query: query(),
            purpose: Purpose {
                code: "https://w3id.org/dpv#PersonnelHiring".into(),
                text: Text::new("Rekrytointi", "Rekrytering", "Recruitment"),
            },
            legal_basis: LegalBasis::Consent,
            mode: Mode::Standing,
            until: noon() + TimeDelta::days(60),
            max_reads: Some(3),
            retention: Period::days(90).unwrap(),
            nonce: "q1w2e3r4t5y6u7i8o9p0aa".into(),
            enc_jwk_thumbprint: self.recipient.thumbprint(),
        }
    }

    pub(crate) fn deposit(&self) -> Deposit {
        let details = self.details();
        Deposit {
            header_grant: details.grant_id,
            header_recipient: CLIENT.into(),
            header_hash: details.hash_base64url().unwrap(),
            sequence: 1,
            not_before: noon() - TimeDelta::minutes(1),
            expires_at: noon() + TimeDelta::days(7),
            audience: CLIENT.into(),
            nonce: None,
            presented_at: noon() - TimeDelta::minutes(1),
            disclose: vec!["family_name", "given_name", "title"],
            credentials: vec![("degree".into(), self.issue(&Recipe::default()))],
            key_bound: true,
            decided: details.clone(),
            verdict: Verdict::Approved,
            decision_grant: details.grant_id,
            request: REQUEST.into(),
            broker: BROKER.into(),
            details,
        }
    }
}

pub(crate) fn query() -> Query {
    serde_json::from_value(json!({"credentials": [{
        "id": "degree",
        "format": "dc+sd-jwt",
        "meta": {"vct_values": [CredentialType::Qualification.vct()]},
        "claims": [
            {"id": "family", "path": ["family_name"]},
            {"id": "given", "path": ["given_name"]},
            {"id": "title", "path": ["title"]}
        ]
    }]}))
    .unwrap()
}

pub(crate) fn disclosable(kind: CredentialType, claims: &Map<String, Value>) -> Vec<ClaimPath> {
    let claims = CredentialClaims::new(kind, claims.clone(), None).unwrap();
    claims.disclosable().to_vec()
}
