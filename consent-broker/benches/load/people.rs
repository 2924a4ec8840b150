//! Recipients and resource servers with their keys, and what they sign. All are invented.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use consent_broker::registrar::Entry;
use credential_core::{
    clock::{Clock as _, SystemClock},
    consent::{
        details::{ClaimReason, ClaimRef, LegalBasis, Mode, Purpose, RequestedDetails},
        period::Period,
        request::RequestObject,
    },
    dcql::{ClaimPath, ClaimQuery, CredentialQuery, Meta, Query, SD_JWT_VC},
    encoding::base64url,
    jose::{Es256Key, Jwk, JwkSet, KeyUse, Signer as _, dpop},
    oauth::{client_assertion, pkce},
    rng::{SystemRng, random},
    text::Text,
    trust::{IntendedUse, RecipientRole, ResourceRole},
};

const DEGREE: &str = "https://opisto.example/types/degree/1";

/// A client: a recipient, or a resource server, which has no use for the second key.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    entity_id: String,
    pub(crate) signing: Arc<Es256Key>,
    pub(crate) dpop: Arc<Es256Key>,
    pub(crate) encryption: Jwk,
}

impl Client {
    pub(crate) fn recipient(number: usize) -> Self {
        let entity_id = format!("https://recipient-{number}.example");
        Self::new(format!("openid_federation:{entity_id}"), entity_id)
    }

    pub(crate) fn resource_server(number: usize) -> Self {
        let entity_id = format!("https://school-{number}.example");
        Self::new(entity_id.clone(), entity_id)
    }

    pub(crate) fn new(id: String, entity_id: String) -> Self {
        Self {
            id,
            entity_id,
            signing: key(),
            dpop: key(),
            encryption: key().public_jwk().clone().with_use(KeyUse::Enc),
        }
    }

    /// One that signs everything with one key.
    pub(crate) fn with_one_key(self) -> Self {
        Self {
            dpop: Arc::clone(&self.signing),
            ..self
        }
    }

    /// The audience of tokens for this resource server.
    pub(crate) fn resource(&self) -> String {
        format!("{}/api", self.entity_id)
    }

    pub(crate) fn redirect_uri(&self) -> String {
        format!("{}/back", self.entity_id)
    }

    pub(crate) fn signing_jwk(&self) -> Jwk {
        self.signing.public_jwk().clone().with_use(KeyUse::Sig)
    }

    /// What the registrar lists of a recipient.
    pub(crate) fn recipient_entry(&self) -> Entry {
        Entry {
            recipient: Some(RecipientRole {
                client_id: self.id.clone(),
                redirect_uris: vec![self.redirect_uri()],
                event_endpoint: None,
                intended_uses: vec![IntendedUse {
                    purpose: purpose(),
                    legal_basis: LegalBasis::Consent,
                    dcql_query: query(),
                    max_duration: "P90D".parse().unwrap(),
                    max_reads: None,
                    retention: "P180D".parse().unwrap(),
                }],
            }),
            ..self.entry(vec![self.signing_jwk(), self.encryption.clone()])
        }
    }

    /// What the registrar lists of a resource server.
    pub(crate) fn resource_entry(&self) -> Entry {
        Entry {
            resource: Some(ResourceRole {
                resource: self.resource(),
                credential_types: vec![DEGREE.into()],
            }),
            ..self.entry(vec![self.signing_jwk()])
        }
    }

    fn entry(&self, keys: Vec<Jwk>) -> Entry {
        Entry {
            entity_id: self.entity_id.clone(),
            name: Text::new("Lumo Hoiva Oy", "Lumo Vård Ab", "Lumo Care Ltd"),
            business_id: None,
            organisation_oid: None,
            jwks: JwkSet { keys },
            issuer: None,
            recipient: None,
            broker: None,
            resource: None,
        }
    }

    /// What this recipient asks for: a degree with its title and grade, for 30 days.
    pub(crate) fn details(&self) -> RequestedDetails {
        RequestedDetails {
            kind: "learning_credentials".into(),
            dcql_query: query(),
            optional: vec![ClaimRef {
                credential_id: "degree".into(),
                claim_id: "grade".into(),
            }],
            reasons: vec![reason("title"), reason("grade")],
            purpose: purpose(),
            legal_basis: LegalBasis::Consent,
            mode: Mode::Standing,
            until: None,
            duration: Some(Period::days(30).unwrap()),
            max_reads: None,
            retention: "P90D".parse().unwrap(),
            nonce: unique(),
            enc_jwk_thumbprint: self.encryption.thumbprint(),
        }
    }

    /// A request object with a code challenge of its own.
    pub(crate) fn object(&self, broker: &str, details: RequestedDetails) -> RequestObject {
        let now = now().timestamp();
        let verifier = pkce::verifier(&SystemRng::default()).unwrap();
        RequestObject {
            iss: self.id.clone(),
            aud: broker.into(),
            iat: now,
            nbf: now,
            exp: now + 600,
            jti: unique(),
            client_id: self.id.clone(),
            response_type: "code".into(),
            redirect_uri: self.redirect_uri(),
            state: unique(),
            code_challenge: pkce::challenge(&verifier),
            code_challenge_method: "S256".into(),
            dpop_jkt: self.dpop.public_jwk().thumbprint(),
            authorization_details: vec![details],
        }
    }

    pub(crate) fn assertion(&self, audience: &str) -> String {
        let rng = SystemRng::default();
        client_assertion::sign_for_client(&self.id, audience, now(), &*self.signing, &rng).unwrap()
    }
}

/// A DPoP proof.
pub(crate) fn proof(
    key: &Es256Key,
    (method, uri): (&str, &str),
    token: Option<&str>,
    nonce: &str,
) -> String {
    let bound = (token, Some(nonce));
    dpop::prove_with_nonce(method, uri, bound, now(), key, &SystemRng::default()).unwrap()
}

pub(crate) fn key() -> Arc<Es256Key> {
    Arc::new(Es256Key::generate().unwrap().0)
}

pub(crate) fn now() -> DateTime<Utc> {
    SystemClock.now()
}

/// 128 random bits, as base64url.
pub(crate) fn unique() -> String {
    base64url(random::<16>(&SystemRng::default()).unwrap())
}

fn purpose() -> Purpose {
    Purpose {
        code: "https://w3id.org/dpv#HumanResourceManagement".into(),
        text: Text::new("Työhakemus", "Arbetsansökan", "Job application"),
    }
}

fn reason(claim: &str) -> ClaimReason {
    ClaimReason {
        credential_id: "degree".into(),
        claim_id: claim.into(),
        text: Text::new("Kelpoisuus", "Behörighet", "Eligibility"),
    }
}

fn query() -> Query {
    let claims = ["title", "grade"].map(|name| ClaimQuery {
        id: name.into(),
        path: ClaimPath::claim(name),
        values: None,
    });
    Query {
        credentials: vec![CredentialQuery {
            id: "degree".into(),
            format: SD_JWT_VC.into(),
            meta: Meta {
                vct_values: vec![DEGREE.into()],
            },
            claims: claims.into(),
        }],
    }
}
