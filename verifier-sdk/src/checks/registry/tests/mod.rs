//! Issuers that are on no list, and what the verifier's own registries say of them.

mod attacks;
mod authorities;
mod budget;
mod config;
mod documents;
mod federation;
mod foreign;
mod order;
mod pinned;
mod status;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use credential_core::{
    credential::CredentialType,
    federation::configuration_address,
    jose::{Jwk, Signer},
};
use serde_json::{Value, json};

use super::{Registries, RegistryKind};
use crate::{
    Report, Verifier,
    checks::{Check, Reason, What},
    fetch::{Fetch, FetchError, Fetching},
    test_support::{
        Recipe, World,
        entities::{Entity, TYP},
    },
};

const STRANGER: &str = "https://kansanopisto.example";
const STATEMENT: &str = "application/entity-statement+jwt";

/// What is published at which address, with its media type; nothing is there otherwise, or nobody answers.
#[derive(Debug, Clone, Default)]
struct Net {
    documents: Arc<Mutex<HashMap<String, (String, String)>>>,
    silent: Arc<Mutex<Vec<String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Net {
    fn put(&self, address: &str, media_type: &str, document: String) {
        let published = (media_type.to_owned(), document);
        self.documents
            .lock()
            .unwrap()
            .insert(address.to_owned(), published);
    }

    /// There is nothing at this address any more.
    fn take(&self, address: &str) {
        self.documents.lock().unwrap().remove(address);
    }

    /// Nobody answers at addresses that begin so.
    fn silence(&self, prefix: &str) {
        self.silent.lock().unwrap().push(prefix.to_owned());
    }

    fn speak(&self) {
        self.silent.lock().unwrap().clear();
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Fetch for Net {
    fn fetch<'a>(&'a self, url: &'a str, media_type: &'a str) -> Fetching<'a> {
        self.asked.lock().unwrap().push(url.to_owned());
        let silent = self.silent.lock().unwrap();
        let found = match self.documents.lock().unwrap().get(url) {
            _ if silent.iter().any(|prefix| url.starts_with(prefix)) => {
                Err(FetchError::Unreachable("http_timeout"))
            }
            None => Err(FetchError::NotFound),
            Some((kind, document)) if media_type.split(", ").any(|it| it == kind) => {
                Ok(document.clone().into_bytes())
            }
            Some(_) => Err(FetchError::Unreachable("http_other_media_type")),
        };
        Box::pin(std::future::ready(found))
    }
}

/// A school in a federation, under a ministry; each says what the fields hold once it is published.
struct Federation {
    world: World,
    net: Net,
    school: Entity,
    ministry: Entity,
    anchor: Entity,
    /// Signs the school's credentials.
    credentials: Entity,
    own: Value,
    ministry_own: Value,
    of_school: Value,
    anchor_own: Value,
    of_ministry: Value,
}

impl Federation {
    fn new() -> Self {
        let school = Entity::new(STRANGER);
        let ministry = Entity::new("https://ministerio.example");
        let anchor = Entity::new("https://federaatio.example");
        let credentials = Entity::new(STRANGER);
        Self {
            world: World::new(),
            net: Net::default(),
            own: school.issuer(&[&ministry], &credentials.jwks()),
            ministry_own: ministry.superior(&[&anchor]),
            of_school: ministry.about(
                &school,
                json!({"metadata": {"federation_entity": {"organization_name": "Kansanopisto"}}}),
            ),
            anchor_own: anchor.superior(&[]),
            of_ministry: anchor.about(&ministry, json!({})),
            school,
            ministry,
            anchor,
            credentials,
        }
    }

    /// The verifier's configuration: the anchor, and the type that it is trusted for.
    fn config(&self) -> Value {
        json!({"federations": [{
            "entity_id": self.anchor.id,
            "jwks": self.anchor.jwks(),
            "credential_types": [CredentialType::Qualification.vct()],
            "max_path_length": 1,
        }]})
    }

    fn publish(&self) {
        self.says(&self.school, &self.own);
        self.says(&self.ministry, &self.ministry_own);
        self.says(&self.anchor, &self.anchor_own);
        self.states(&self.ministry, &self.school, &self.of_school);
        self.states(&self.anchor, &self.ministry, &self.of_ministry);
    }

    /// What an entity says about itself.
    fn says(&self, entity: &Entity, claims: &Value) {
        let address = configuration_address(&entity.id);
        self.net.put(&address, STATEMENT, entity.sign(claims));
    }

    /// What a superior says about another.
    fn states(&self, superior: &Entity, other: &Entity, claims: &Value) {
        let address = statement_address(superior, other);
        self.net.put(&address, STATEMENT, superior.sign(claims));
    }

    fn text(&self) -> String {
        credential(&self.world, STRANGER, &self.credentials.key)
    }

    async fn check(&self) -> Report {
        self.check_by(&self.config()).await
    }

    async fn check_by(&self, config: &Value) -> Report {
        self.publish();
        let verifier = verifier(&self.world, config, self.net.clone());
        let text = self.text();
        verifier.verify_credential(&text).await.unwrap().0
    }
}

fn statement_address(superior: &Entity, other: &Entity) -> String {
    let sub = other.id.replace(':', "%3A").replace('/', "%2F");
    format!("{}/fetch?sub={sub}", superior.id)
}

fn verifier(world: &World, config: &Value, fetch: impl Fetch + 'static) -> Verifier {
    Verifier::builder()
        .trust(world.trust.clone())
        .registries(Registries::from_json(config.to_string().as_bytes()).unwrap())
        .clock(world.clock.clone())
        .fetch(fetch)
        .build()
        .unwrap()
}

fn credential(world: &World, issuer: &str, signer: &dyn Signer) -> String {
    let recipe = Recipe {
        issuer: issuer.to_owned().leak(),
        status: None,
        ..Recipe::default()
    };
    world.issue_by(&recipe, signer)
}

/// A credential of a type that no registry here vouches for.
fn of_another_type(world: &World, issuer: &str, signer: &dyn Signer) -> String {
    let kind = CredentialType::EnrolledNow;
    let recipe = Recipe {
        issuer: issuer.to_owned().leak(),
        status: None,
        kind,
        integrity: Some(kind.integrity()),
        claims: json!({"family_name": "Esimerkki-Lahti", "enrolled": true}),
        ..Recipe::default()
    };
    world.issue_by(&recipe, signer)
}

/// The checks about the issuer, each with its registry.
fn of_issuer(report: &Report) -> Vec<(Reason, Option<(RegistryKind, &str)>)> {
    let checks = report.all_checks().filter(|it| it.what == What::Issuer);
    let registry = |check: &&Check| check.reason;
    checks
        .map(|check| {
            let by = check.registry.as_ref();
            (registry(&check), by.map(|by| (by.kind, by.name.as_str())))
        })
        .collect()
}

fn has(report: &Report, reason: Reason) -> bool {
    report.all_checks().any(|check| check.reason == reason)
}

fn detail(report: &Report, what: What) -> Option<&'static str> {
    let mut found = report.all_checks().filter(|check| check.what == what);
    found.find_map(|check| check.detail)
}

fn jwks(key: &Jwk) -> Value {
    json!({"keys": [key]})
}
