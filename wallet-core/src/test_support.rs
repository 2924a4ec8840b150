//! What the wallet's own tests share: a registrar with its list, and what the listed parties sign.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    clock::FixedClock,
    consent::{
        details::{ClaimReason, ClaimRef, LegalBasis, Mode, Purpose, RequestedDetails, TYPE},
        request::{ConsentRequest, RequestObject},
    },
    credential::CredentialType,
    dcql::{ClaimPath, ClaimQuery, Query},
    encoding::base64url,
    id::CredentialId,
    jose::{EdDsaKey, Es256Key, Jwk, JwkSet, KeyUse, Signer as _},
    network::Network,
    oauth::pkce,
    rng::SystemRng,
    sd_jwt::{self, Issuance},
    text::Text,
    trust::{
        self, BrokerRole, Entry, IntendedUse, IssuerRole, RecipientRole, Statement, TrustList,
    },
};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use verifier_sdk::{RecipientKey, http::HttpClient};

use crate::{
    Surroundings, Wallet,
    credentials::{HeldCredential, StoredCredential},
    vault::{KdfCost, Passphrase},
};

pub(crate) const REGISTRAR: &str = "https://registrar.example";
pub(crate) const BROKER: &str = "https://broker.example";
pub(crate) const ISSUER: &str = "https://school.example";
pub(crate) const CLIENT: &str = "openid_federation:https://lumohoiva.example";
const RECIPIENT: &str = "https://lumohoiva.example";
const REDIRECT: &str = "https://lumohoiva.example/callback";
/// A type that has no metadata here, so that its claims may have any shape.
pub(crate) const VCT: &str = "https://types.example/anything/1";
/// Another such type, of the same issuer.
pub(crate) const OTHER_VCT: &str = "https://types.example/other/1";

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

pub(crate) fn key() -> Es256Key {
    Es256Key::generate().unwrap().0
}

/// Registrar, issuer, recipient and broker, each with a key of its own.
pub(crate) struct Parties {
    pub(crate) registrar: Es256Key,
    pub(crate) issuer: Es256Key,
    /// Signs the issuer's badges.
    pub(crate) badges: EdDsaKey,
    pub(crate) recipient: Es256Key,
    pub(crate) decryption: RecipientKey,
    pub(crate) broker: Es256Key,
}

impl Parties {
    pub(crate) fn new() -> Self {
        Self {
            registrar: key(),
            issuer: key(),
            badges: EdDsaKey::generate().unwrap().0,
            recipient: key(),
            decryption: RecipientKey::generate().unwrap(),
            broker: key(),
        }
    }

    /// A list with the issuer at `issuer`, and the recipient registered for `query`.
    pub(crate) fn list(&self, sequence: u64, issuer: &str, query: &Query) -> String {
        self.list_with(sequence, issuer, query, IssuerRole::default())
    }

    /// The same, with an issuer that may sign as `role` says.
    pub(crate) fn list_with(
        &self,
        sequence: u64,
        issuer: &str,
        query: &Query,
        role: IssuerRole,
    ) -> String {
        let types = [
            VCT,
            OTHER_VCT,
            CredentialType::SkillBadge.vct(),
            CredentialType::Qualification.vct(),
            CredentialType::Transcript.vct(),
        ]
        .map(str::to_owned);
        let issuer = Entry {
            issuer: Some(IssuerRole {
                credential_types: types.into(),
                ..role
            }),
            ..entry(
                issuer,
                "Lehtorannan ammattiopisto",
                vec![signing(&self.issuer), self.badges.public_jwk().clone()],
            )
        };
        let broker = Entry {
            broker: Some(BrokerRole::new(BROKER)),
            ..entry(BROKER, "Esimerkkivälittäjä", vec![signing(&self.broker)])
        };
        let keys = vec![
            signing(&self.recipient),
            self.decryption.public_jwk().clone(),
        ];
        let recipient = Entry {
            recipient: Some(RecipientRole {
                client_id: CLIENT.into(),
                redirect_uris: vec![REDIRECT.into()],
                event_endpoint: None,
                intended_uses: uses(query),
            }),
            ..entry(RECIPIENT, "Lumo Hoiva Oy", keys)
        };
        let until = noon() + TimeDelta::days(30);
        let statement = |entry: Entry| -> Statement { entry.statement(REGISTRAR, noon(), until) };
        let statements = [issuer, broker, recipient].map(statement);
        trust::publish(
            REGISTRAR,
            sequence,
            noon(),
            until,
            &statements,
            &self.registrar,
        )
        .unwrap()
    }

    pub(crate) fn trust(&self, query: &Query) -> TrustList {
        let list = self.list(1, ISSUER, query);
        TrustList::verify(&list, self.registrar.public_jwk(), None, noon()).unwrap()
    }

    /// What the recipient asks, checked as the wallet checks it.
    pub(crate) fn request(&self, query: Query, optional: Vec<ClaimRef>) -> ConsentRequest {
        let trust = self.trust(&query);
        let jar = self.ask(details(self, query, optional));
        ConsentRequest::verify(&jar, BROKER, &trust, noon()).unwrap()
    }

    fn ask(&self, details: RequestedDetails) -> String {
        let object = RequestObject {
            iss: CLIENT.into(),
            aud: BROKER.into(),
            iat: noon().timestamp(),
            nbf: noon().timestamp(),
            exp: noon().timestamp() + 300,
            jti: "request-1".into(),
            client_id: CLIENT.into(),
            response_type: "code".into(),
            redirect_uri: REDIRECT.into(),
            state: "state".into(),
            code_challenge: pkce::challenge(&base64url([1; 32])),
            code_challenge_method: "S256".into(),
            dpop_jkt: base64url([2; 32]),
            authorization_details: vec![details],
        };
        object.sign(&self.recipient).unwrap()
    }

    /// A credential of these claims, of which `disclosable` can be hidden.
    pub(crate) fn credential(
        &self,
        (issuer, vct): (&str, &str),
        claims: &Map<String, Value>,
        disclosable: &[ClaimPath],
        holder: &Jwk,
    ) -> String {
        let issuance = Issuance {
            issuer,
            vct,
            vct_integrity: None,
            issued_at: noon(),
            expires_at: None,
            status: None,
            holder,
            claims,
            disclosable,
        };
        let issued = sd_jwt::issue(&issuance, &self.issuer, &SystemRng::default());
        issued.unwrap().into_string()
    }

    /// The same, held; with the key it is bound to.
    pub(crate) fn held(
        &self,
        claims: &Value,
        disclosable: &[ClaimPath],
    ) -> (HeldCredential, Es256Key) {
        self.held_of(VCT, claims, disclosable)
    }

    /// The same of a given type.
    pub(crate) fn held_of(
        &self,
        vct: &str,
        claims: &Value,
        disclosable: &[ClaimPath],
    ) -> (HeldCredential, Es256Key) {
        let holder = key();
        let claims = claims.as_object().unwrap();
        let text = self.credential((ISSUER, vct), claims, disclosable, holder.public_jwk());
        let stored = StoredCredential {
            text,
            key_id: holder.public_jwk().thumbprint(),
            issuer_key: self.issuer.public_jwk().clone(),
            issuer_name: Text::default(),
            received_at: noon(),
            copies: Vec::new(),
            shown: Vec::new(),
        };
        let id = CredentialId::random(&SystemRng::default()).unwrap();
        (HeldCredential::load(id, stored).unwrap(), holder)
    }

    /// An empty wallet that follows this registrar and may talk to this machine.
    pub(crate) fn wallet(&self) -> (Wallet, FixedClock, TempDir) {
        let (folder, clock) = (tempfile::tempdir().unwrap(), FixedClock::at(noon()));
        let surroundings = Surroundings {
            clock: Arc::new(clock.clone()),
            rng: Arc::new(SystemRng::default()),
            http: HttpClient::new(Network::Loopback).unwrap(),
        };
        let wallet = Wallet::create(
            &folder.path().join("wallet"),
            &Passphrase::from("koivu lumi silta aamu".to_owned()),
            KdfCost::danger_cheap_for_tests(),
            self.registrar.public_jwk(),
            surroundings,
        );
        (wallet.unwrap(), clock, folder)
    }
}

/// Serves `router` on a free port of this machine until the test's runtime ends; gives its address.
pub(crate) async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// A query with one part over [`VCT`]; each claim as id and path.
pub(crate) fn query(claims: &[(&str, Value)]) -> Query {
    let claims: Vec<Value> = claims
        .iter()
        .map(|(id, path)| json!({"id": id, "path": path}))
        .collect();
    part(&json!(claims))
}

/// The same with the claims as JSON.
pub(crate) fn part(claims: &Value) -> Query {
    serde_json::from_value(json!({"credentials": [{
        "id": "certificate", "format": "dc+sd-jwt",
        "meta": {"vct_values": [VCT]}, "claims": claims,
    }]}))
    .unwrap()
}

/// A claim of that part.
pub(crate) fn claim(id: &str) -> ClaimRef {
    ClaimRef {
        credential_id: "certificate".into(),
        claim_id: id.into(),
    }
}

pub(crate) fn path(steps: Value) -> ClaimPath {
    serde_json::from_value(steps).unwrap()
}

fn details(parties: &Parties, query: Query, optional: Vec<ClaimRef>) -> RequestedDetails {
    let reasons = query.credentials.iter().flat_map(|credential| {
        let reason = |claim: &ClaimQuery| ClaimReason {
            credential_id: credential.id.clone(),
            claim_id: claim.id.clone(),
            text: Text::new("Kelpoisuus", "Behörighet", "Eligibility"),
        };
        credential.claims.iter().map(reason)
    });
    RequestedDetails {
        kind: TYPE.into(),
        reasons: reasons.collect(),
        dcql_query: query,
        optional,
        purpose: purpose(),
        legal_basis: LegalBasis::Consent,
        mode: Mode::Standing,
        until: None,
        duration: Some("P30D".parse().unwrap()),
        max_reads: Some(5),
        retention: "P30D".parse().unwrap(),
        nonce: base64url([7; 16]),
        enc_jwk_thumbprint: parties.decryption.public_jwk().thumbprint(),
    }
}

fn uses(query: &Query) -> Vec<IntendedUse> {
    vec![IntendedUse {
        purpose: purpose(),
        legal_basis: LegalBasis::Consent,
        dcql_query: query.clone(),
        max_duration: "P90D".parse().unwrap(),
        max_reads: None,
        retention: "P30D".parse().unwrap(),
    }]
}

fn purpose() -> Purpose {
    Purpose {
        code: "https://w3id.org/dpv#PersonnelHiring".into(),
        text: Text::new("Rekrytointi", "Rekrytering", "Recruitment"),
    }
}

fn signing(key: &Es256Key) -> Jwk {
    key.public_jwk().clone().with_use(KeyUse::Sig)
}

fn entry(entity: &str, name: &str, keys: Vec<Jwk>) -> Entry {
    Entry {
        entity_id: entity.into(),
        name: Text::new(name, name, name),
        business_id: None,
        organisation_oid: None,
        jwks: JwkSet { keys },
        issuer: None,
        recipient: None,
        broker: None,
        resource: None,
    }
}
