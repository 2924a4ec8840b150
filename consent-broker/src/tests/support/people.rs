//! A recipient and a wallet with their keys, and what they sign. All are fictional.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::{
        decision::{DecisionClaims, Verdict},
        details::{
            ClaimReason, ClaimRef, GrantedDetails, LegalBasis, Mode, Purpose, RequestedDetails,
        },
        period::Period,
        request::RequestObject,
    },
    dcql::{ClaimPath, ClaimQuery, CredentialQuery, Meta, Query, SD_JWT_VC},
    encoding::{base64url, sha256_base64url},
    id::GrantId,
    jose::{Es256Key, Jwk, JwkSet, KeyUse, Signer as _, dpop, jws::General},
    mailbox::{self, DepositHeader},
    oauth::{client_assertion, pkce},
    rng::{Rng as _, SystemRng, random},
    text::Text,
    trust::{BrokerRole, IntendedUse, RecipientRole},
};

use crate::{keys::signing_jwk, registrar::Entry};

pub(crate) const REDIRECT: &str = "http://127.0.0.1:9/callback?from=broker";

/// What clients remember of the requests they made: the verifier of each challenge.
static VERIFIERS: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

/// A challenge that no request has had.
pub(crate) fn fresh_challenge() -> String {
    let verifier = pkce::verifier(&SystemRng::default()).unwrap();
    let challenge = pkce::challenge(&verifier);
    let mut known = VERIFIERS.lock().unwrap();
    known.insert(challenge.clone(), verifier.to_string());
    challenge
}

/// The verifier of a challenge, when a client here has made it.
pub(crate) fn verifier_of(challenge: &str) -> Option<String> {
    VERIFIERS.lock().unwrap().get(challenge).cloned()
}

pub(crate) fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

pub(crate) fn random_id() -> GrantId {
    GrantId::random(&SystemRng::default()).unwrap()
}

/// An employer that may ask for the title of a degree, and optionally its grade.
#[derive(Debug)]
pub(crate) struct Recipient {
    pub(crate) entity_id: String,
    pub(crate) signing: Es256Key,
    pub(crate) encryption: Jwk,
    pub(crate) dpop: Es256Key,
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

fn query(claims: &[&str]) -> Query {
    let claims = claims.iter().map(|name| ClaimQuery {
        id: (*name).into(),
        path: ClaimPath::claim(name),
        values: None,
    });
    Query {
        credentials: vec![CredentialQuery {
            id: "degree".into(),
            format: SD_JWT_VC.into(),
            meta: Meta {
                vct_values: vec!["https://opisto.example/types/degree/1".into()],
            },
            claims: claims.collect(),
        }],
    }
}

impl Recipient {
    pub(crate) fn new(entity_id: &str) -> Self {
        let key = || Es256Key::generate().unwrap().0;
        Self {
            entity_id: entity_id.into(),
            signing: key(),
            encryption: key().public_jwk().clone().with_use(KeyUse::Enc),
            dpop: key(),
        }
    }

    pub(crate) fn client_id(&self) -> String {
        format!("openid_federation:{}", self.entity_id)
    }

    pub(crate) fn entry(&self) -> Entry {
        Entry {
            entity_id: self.entity_id.clone(),
            name: Text::new("Lumo Hoiva Oy", "Lumo Vård Ab", "Lumo Care Ltd"),
            business_id: Some("1234567-1".into()),
            organisation_oid: None,
            jwks: JwkSet {
                keys: vec![signing_jwk(&self.signing), self.encryption.clone()],
            },
            issuer: None,
            recipient: Some(RecipientRole {
                client_id: self.client_id(),
                redirect_uris: vec![REDIRECT.into()],
                event_endpoint: None,
                intended_uses: vec![IntendedUse {
                    purpose: purpose(),
                    legal_basis: LegalBasis::Consent,
                    dcql_query: query(&["title", "grade"]),
                    max_duration: "P90D".parse().unwrap(),
                    max_reads: None,
                    retention: "P180D".parse().unwrap(),
                }],
            }),
            broker: None,
            resource: None,
        }
    }

    pub(crate) fn details(&self) -> RequestedDetails {
        RequestedDetails {
            kind: "learning_credentials".into(),
            dcql_query: query(&["title", "grade"]),
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
            max_reads: Some(3),
            retention: "P90D".parse().unwrap(),
            nonce: base64url(random::<16>(&SystemRng::default()).unwrap()),
            enc_jwk_thumbprint: self.encryption.thumbprint(),
        }
    }

    pub(crate) fn over_asking(&self) -> RequestedDetails {
        RequestedDetails {
            dcql_query: query(&["title", "grade", "birthdate"]),
            reasons: vec![reason("title"), reason("birthdate"), reason("grade")],
            ..self.details()
        }
    }

    pub(crate) fn object(&self, broker: &str, details: RequestedDetails) -> RequestObject {
        RequestObject {
            iss: self.client_id(),
            aud: broker.into(),
            iat: noon().timestamp(),
            nbf: noon().timestamp(),
            exp: noon().timestamp() + 3600,
            jti: base64url(random::<16>(&SystemRng::default()).unwrap()),
            client_id: self.client_id(),
            response_type: "code".into(),
            redirect_uri: REDIRECT.into(),
            state: "session 7 & more".into(),
            code_challenge: fresh_challenge(),
            code_challenge_method: "S256".into(),
            dpop_jkt: self.dpop.public_jwk().thumbprint(),
            authorization_details: vec![details],
        }
    }

    pub(crate) fn signed(&self, broker: &str, details: RequestedDetails) -> String {
        self.signed_at(broker, details, noon())
    }

    /// A request that is valid for an hour from `now` on.
    pub(crate) fn signed_at(
        &self,
        broker: &str,
        details: RequestedDetails,
        now: DateTime<Utc>,
    ) -> String {
        let object = RequestObject {
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: now.timestamp() + 3600,
            ..self.object(broker, details)
        };
        object.sign(&self.signing).unwrap()
    }

    pub(crate) fn assertion(&self, audience: &str, now: DateTime<Utc>) -> String {
        let rng = SystemRng::default();
        client_assertion::sign_for_client(&self.client_id(), audience, now, &self.signing, &rng)
            .unwrap()
    }
}

/// A person's wallet: one pairwise key for the broker, a key for each grant.
#[derive(Debug)]
pub(crate) struct Wallet {
    pub(crate) pairwise: Arc<Es256Key>,
    pub(crate) grant_key: Es256Key,
    pub(crate) reply: Es256Key,
}

impl Wallet {
    pub(crate) fn new() -> Self {
        let key = || Es256Key::generate().unwrap().0;
        Self {
            pairwise: Arc::new(key()),
            grant_key: key(),
            reply: key(),
        }
    }

    pub(crate) fn decision(
        &self,
        verdict: Verdict,
        request: &str,
        details: &GrantedDetails,
        now: DateTime<Utc>,
    ) -> General {
        let object: RequestObject = {
            use credential_core::{consent::request, jose::jws::Unverified};
            Unverified::parse(request, request::TYP)
                .unwrap()
                .untrusted_payload()
                .unwrap()
        };
        DecisionClaims {
            decision: verdict,
            grant_id: details.grant_id,
            request_hash: sha256_base64url(request),
            recipient: object.client_id,
            aud: object.aud,
            iat: now.timestamp(),
            details: (verdict == Verdict::Approved).then(|| details.clone()),
            change: None,
            reply_jwk: (verdict == Verdict::Approved).then(|| self.reply.public_jwk().bare()),
        }
        .sign(&self.grant_key)
        .unwrap()
    }
}

/// The details a wallet grants when the person leaves nothing out.
pub(crate) fn granted(
    asked: &RequestedDetails,
    recipient: &Recipient,
    grant_id: GrantId,
    now: DateTime<Utc>,
) -> GrantedDetails {
    let until = asked.ends_at(now, Period::days(90).unwrap());
    asked
        .granted(grant_id, &recipient.client_id(), until, &[])
        .unwrap()
}

/// The header of a first deposit under these details.
pub(crate) fn deposit_header(
    details: &GrantedDetails,
    recipient: &Recipient,
    now: DateTime<Utc>,
) -> DepositHeader {
    DepositHeader {
        alg: mailbox::ALG.into(),
        enc: mailbox::ENC.into(),
        cty: mailbox::CTY.into(),
        kid: recipient.encryption.thumbprint(),
        epk: Es256Key::generate().unwrap().0.public_jwk().bare(),
        grant_id: details.grant_id,
        seq: 1,
        recipient: details.recipient.clone(),
        details_hash: details.hash_base64url().unwrap(),
        nbf: now.timestamp(),
        exp: details.until.min(now + TimeDelta::days(7)).timestamp(),
    }
}

/// A compact JWE of this header around random octets: the broker can never tell the difference.
pub(crate) fn deposit(header: &DepositHeader, length: usize) -> String {
    let mut sealed = vec![0; length];
    let rng = SystemRng::default();
    rng.fill(&mut sealed).unwrap();
    let iv = random::<12>(&rng).unwrap();
    let tag = random::<16>(&rng).unwrap();
    let header = base64url(serde_json::to_vec(header).unwrap());
    let [iv, sealed, tag] = [base64url(iv), base64url(sealed), base64url(tag)];
    format!("{header}..{iv}.{sealed}.{tag}")
}

/// A fresh DPoP proof; the second of the pair is the server's nonce.
pub(crate) fn proof(
    key: &Es256Key,
    method: &str,
    uri: &str,
    (token, nonce): (Option<&str>, Option<&str>),
    now: DateTime<Utc>,
) -> String {
    let bound = (token, nonce);
    dpop::prove_with_nonce(method, uri, bound, now, key, &SystemRng::default()).unwrap()
}

/// What the registrar lists of a broker.
pub(crate) fn broker_entry(issuer: &str, jwks: JwkSet) -> Entry {
    Entry {
        entity_id: issuer.into(),
        name: Text::new("Välittäjä", "Förmedlaren", "The Broker"),
        business_id: None,
        organisation_oid: None,
        jwks,
        issuer: None,
        recipient: None,
        broker: Some(BrokerRole::new(issuer)),
        resource: None,
    }
}
