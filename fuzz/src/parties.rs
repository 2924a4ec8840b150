//! Who takes part, always the same: a registrar and its list, a recipient, a broker, an issuer, a
//! person. All names are invented.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::{
        decision::{DecisionClaims, Verdict},
        details::{
            ClaimReason, ClaimRef, GrantedDetails, LegalBasis, Mode, Purpose, RequestedDetails,
            TYPE,
        },
        request::{ConsentRequest, RequestObject},
    },
    dcql::{ClaimPath, Query},
    encoding::base64url,
    id::GrantId,
    jose::{Jwk, JwkSet, KeyUse, Signer as _},
    oauth::pkce,
    sd_jwt::{Issuance, issue},
    text::Text,
    trust::{BrokerRole, Entry, IntendedUse, IssuerRole, RecipientRole, TrustList, publish},
};
use serde_json::{Value, json};
use verifier_sdk::RecipientKey;

use crate::keys::{Always, Key, published_p256};

pub const REGISTRAR: &str = "https://registrar.example";
pub const BROKER: &str = "https://broker.example";
pub const ISSUER: &str = "https://lumo-opisto.example";
pub const RECIPIENT: &str = "https://lumohoiva.example";
pub const CLIENT: &str = "openid_federation:https://lumohoiva.example";
pub const REDIRECT: &str = "https://lumohoiva.example/callback";
pub const VCT: &str = "https://types.osaamislompakko.example/qualification/1";

/// The moment of every check.
#[must_use]
pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_056_000, 0).expect("2026-05-29T12:00:00Z")
}

/// Everybody's keys, and what follows from them.
#[derive(Debug)]
pub struct Parties {
    pub registrar: Key,
    pub recipient: Key,
    pub broker: Key,
    pub issuer: Key,
    pub holder: Key,
    pub grant: Key,
    /// Signs nothing that anybody should accept.
    pub stranger: Key,
    pub decryption: RecipientKey,
    pub trust: TrustList,
    /// The same as the registrar signed it.
    pub trust_list: String,
    /// The recipient's request, checked.
    pub request: ConsentRequest,
    /// A credential of the holder's, as the issuer gave it.
    pub credential: String,
}

/// The one set of parties.
#[must_use]
pub fn parties() -> &'static Parties {
    static PARTIES: LazyLock<Parties> = LazyLock::new(Parties::new);
    &PARTIES
}

impl Parties {
    fn new() -> Self {
        let [
            registrar,
            recipient,
            broker,
            issuer,
            holder,
            grant,
            stranger,
        ] = [1, 2, 3, 4, 5, 6, 7].map(Key::of);
        let decryption = RecipientKey::from_pkcs8(&published_p256()).expect("a P-256 key");
        let statements = [
            recipient_entry(&recipient, decryption.public_jwk()),
            broker_entry(&broker),
            issuer_entry(&issuer),
        ]
        .map(|entry| entry.statement(REGISTRAR, noon(), noon() + TimeDelta::days(30)));
        let until = noon() + TimeDelta::days(30);
        let list = publish(REGISTRAR, 4, noon(), until, &statements, &registrar);
        let list = list.expect("three statements");
        let trust = TrustList::verify(&list, registrar.public_jwk(), None, noon());
        let trust = trust.expect("our own list");
        let object = request_object(&requested(&decryption.thumbprint()));
        let jar = object.sign(&recipient).expect("a key in memory");
        let request = ConsentRequest::verify(&jar, BROKER, &trust, noon()).expect("our request");
        let credential = issued(&issuer, holder.public_jwk());
        Self {
            registrar,
            recipient,
            broker,
            issuer,
            holder,
            grant,
            stranger,
            decryption,
            trust,
            trust_list: list,
            request,
            credential,
        }
    }

    /// What the person granted: the request without the one claim that may be left out.
    #[must_use]
    pub fn granted(&self) -> GrantedDetails {
        let until = noon() + TimeDelta::days(10);
        let left_out = [optional()];
        let details = self.request.details();
        let granted = details.granted(grant_id(), CLIENT, until, &left_out);
        granted.expect("the claim is optional")
    }

    /// The claims of the approval.
    #[must_use]
    pub fn approval(&self) -> DecisionClaims {
        DecisionClaims {
            decision: Verdict::Approved,
            grant_id: grant_id(),
            request_hash: self.request.hash(),
            recipient: CLIENT.into(),
            aud: BROKER.into(),
            iat: noon().timestamp(),
            details: Some(self.granted()),
            change: None,
            reply_jwk: None,
        }
    }
}

/// The grant of all seeds.
#[must_use]
pub fn grant_id() -> GrantId {
    GrantId::from_bytes([3; 16])
}

/// What is asked for when all is in order.
#[must_use]
pub fn requested(encryption_thumbprint: &str) -> RequestedDetails {
    RequestedDetails {
        kind: TYPE.into(),
        dcql_query: query(&["title", "awarding_date"]),
        optional: vec![optional()],
        reasons: vec![ClaimReason {
            credential_id: "degree".into(),
            claim_id: "title".into(),
            text: Text::new("Kelpoisuus", "Behörighet", "Eligibility"),
        }],
        purpose: purpose(),
        legal_basis: LegalBasis::Consent,
        mode: Mode::Standing,
        until: None,
        duration: Some("P30D".parse().expect("a period")),
        max_reads: Some(5),
        retention: "P30D".parse().expect("a period"),
        nonce: base64url([7; 16]),
        enc_jwk_thumbprint: encryption_thumbprint.into(),
    }
}

fn optional() -> ClaimRef {
    ClaimRef {
        credential_id: "degree".into(),
        claim_id: "awarding_date".into(),
    }
}

/// A request object with these details.
#[must_use]
pub fn request_object(details: &RequestedDetails) -> RequestObject {
    RequestObject {
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
        authorization_details: vec![details.clone()],
    }
}

/// A query for these claims of a qualification.
#[must_use]
pub fn query(claims: &[&str]) -> Query {
    let claims: Vec<Value> = claims
        .iter()
        .map(|claim| json!({"id": claim, "path": [claim]}))
        .collect();
    serde_json::from_value(
        json!({"credentials": [{"id": "degree", "format": "dc+sd-jwt",
        "meta": {"vct_values": [VCT]}, "claims": claims}]}),
    )
    .expect("a query")
}

fn purpose() -> Purpose {
    Purpose {
        code: "https://w3id.org/dpv#PersonnelHiring".into(),
        text: Text::new("Rekrytointi", "Rekrytering", "Recruitment"),
    }
}

fn entry(id: &str, (fi, sv, en): (&str, &str, &str), keys: Vec<Jwk>) -> Entry {
    Entry {
        entity_id: id.into(),
        name: Text::new(fi, sv, en),
        business_id: None,
        organisation_oid: None,
        jwks: JwkSet { keys },
        issuer: None,
        recipient: None,
        resource: None,
        broker: None,
    }
}

fn signing(key: &Key) -> Jwk {
    key.public_jwk().clone().with_use(KeyUse::Sig)
}

/// The recipient as the registrar lists it.
#[must_use]
pub fn recipient_entry(key: &Key, encryption: &Jwk) -> Entry {
    let names = ("Lumo Hoiva Oy", "Lumo Hoiva Ab", "Lumo Hoiva Ltd");
    let keys = vec![signing(key), encryption.clone()];
    let period = |text: &str| text.parse().expect("a period");
    Entry {
        recipient: Some(RecipientRole {
            client_id: CLIENT.into(),
            redirect_uris: vec![REDIRECT.into()],
            event_endpoint: None,
            intended_uses: vec![IntendedUse {
                purpose: purpose(),
                legal_basis: LegalBasis::Consent,
                dcql_query: query(&["title", "awarding_date", "grade"]),
                max_duration: period("P90D"),
                max_reads: None,
                retention: period("P30D"),
            }],
        }),
        ..entry(RECIPIENT, names, keys)
    }
}

fn broker_entry(key: &Key) -> Entry {
    let names = ("Välittäjä", "Förmedlaren", "Broker");
    Entry {
        broker: Some(BrokerRole::new(BROKER)),
        ..entry(BROKER, names, vec![signing(key)])
    }
}

fn issuer_entry(key: &Key) -> Entry {
    let names = ("Lumo-opisto", "Lumo-institutet", "Lumo College");
    Entry {
        issuer: Some(IssuerRole {
            credential_types: vec![VCT.into()],
            ..IssuerRole::default()
        }),
        ..entry(ISSUER, names, vec![signing(key)])
    }
}

fn issued(issuer: &Key, holder: &Jwk) -> String {
    let Value::Object(claims) = json!({
        "title": {"fi": "Lähihoitaja", "sv": "Närvårdare"},
        "awarding_date": "2026-05-29",
        "family_name": "Esimerkki",
    }) else {
        return String::new();
    };
    let disclosable = ["title", "awarding_date", "family_name"].map(ClaimPath::claim);
    let issuance = Issuance {
        issuer: ISSUER,
        vct: VCT,
        vct_integrity: None,
        issued_at: noon() - TimeDelta::days(1),
        expires_at: Some(noon() + TimeDelta::days(300)),
        status: None,
        holder,
        claims: &claims,
        disclosable: &disclosable,
    };
    issue(&issuance, issuer, &Always(9))
        .expect("an issuance")
        .into_string()
}
