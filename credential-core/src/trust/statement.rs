//! One participant's entry: an OpenID Federation 1.0 subordinate statement and what it means.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::TrustError;
use crate::{
    consent::{
        details::{GrantedDetails, LegalBasis, Purpose},
        period::Period,
    },
    dcql::Query,
    did,
    jose::{ForeignJwk, Jwk, JwkSet, VerifyingKey, jws::Unverified},
    text::Text,
    transparency::VerifierKey,
};

/// The statement's `typ` (OpenID Federation 1.0 section 3.1).
pub(super) const TYP: &str = "entity-statement+jwt";

/// The claims of a subordinate statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The registrar.
    pub iss: String,
    /// The participant's entity identifier, an https URL (http on loopback in development).
    pub sub: String,
    /// When it was signed, seconds since 1970.
    pub iat: i64,
    /// Until when it holds.
    pub exp: i64,
    /// The participant's keys: `use: sig` to sign, `use: enc` to open deposits.
    pub jwks: JwkSet,
    /// What the participant is.
    pub metadata: Metadata,
}

/// Metadata by entity type (OpenID Federation 1.0 section 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// Names.
    pub federation_entity: FederationEntity,
    /// Present when the participant issues credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub openid_credential_issuer: Option<IssuerRole>,
    /// Present when the participant asks for data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth_client: Option<RecipientRole>,
    /// Present when the participant is a consent broker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth_authorization_server: Option<BrokerRole>,
    /// Present when the participant is a resource server that accepts a broker's tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oauth_resource: Option<ResourceRole>,
}

/// Legal names (OpenID Federation 1.0 section 5.2.2, language tags by section 14).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FederationEntity {
    /// Legal name in Finnish.
    #[serde(rename = "organization_name#fi")]
    pub name_fi: String,
    /// Legal name in Swedish.
    #[serde(rename = "organization_name#sv")]
    pub name_sv: String,
    /// Legal name in English.
    #[serde(rename = "organization_name#en")]
    pub name_en: String,
    /// Finnish business id, such as `1234567-1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_id: Option<String>,
    /// OID of the organisation in the education administration's register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_oid: Option<String>,
}

/// What an issuer may issue, and as whom beside its entity identifier. Nobody else says how its credentials may
/// be signed: what is not listed here is not looked at (draft-ietf-oauth-sd-jwt-vc section 2.5).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IssuerRole {
    /// Credential types (`vct`) it is trusted for.
    pub credential_types: Vec<String>,
    /// Its `did:web`, by which its credentials may name it too. The keys are those of the statement, each under
    /// the DID, `#` and its key id; nobody has to fetch the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub did: Option<String>,
    /// The authorities (standard base64 of a DER certificate) whose certificates for it count (`x5c`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificate_anchors: Vec<String>,
    /// Keys of kinds that only verifiers of credentials read (RSA, P-384), each with a key id of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignJwk>,
}

impl IssuerRole {
    /// The authorities' certificates (DER). What is no base64 is left out: nothing leads to it.
    #[must_use]
    pub fn anchors(&self) -> Vec<Vec<u8>> {
        let decoded = self.certificate_anchors.iter();
        decoded
            .filter_map(|text| STANDARD.decode(text).ok())
            .collect()
    }
}

/// What a recipient may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecipientRole {
    /// `openid_federation:` and an https identifier.
    pub client_id: String,
    /// Where answers may go, compared letter by letter.
    pub redirect_uris: Vec<String>,
    /// Where notices are pushed to (RFC 8935); without it, they are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_endpoint: Option<String>,
    /// The purposes it registered.
    pub intended_uses: Vec<IntendedUse>,
}

impl RecipientRole {
    /// Whether what was granted once is registered still: its purpose, its basis, and every claim.
    #[must_use]
    pub fn registers(&self, granted: &GrantedDetails) -> bool {
        self.intended_uses.iter().any(|registered| {
            registered.purpose.code == granted.purpose.code
                && registered.legal_basis == granted.legal_basis
                && granted.dcql_query.is_within(&registered.dcql_query)
        })
    }

    /// Whether as much could be asked for at this moment: as [`Self::registers`], and for as long, as
    /// often and with as long keeping. A holder's clock may be five minutes ahead of ours.
    #[must_use]
    pub fn registers_now(&self, granted: &GrantedDetails, now: DateTime<Utc>) -> bool {
        self.intended_uses.iter().any(|registered| {
            let latest = now + registered.max_duration.as_delta() + MAX_AHEAD;
            let is_rare = match (registered.max_reads, granted.max_reads) {
                (Some(limit), Some(most)) => most <= limit,
                (Some(_), None) => false,
                (None, _) => true,
            };
            registered.purpose.code == granted.purpose.code
                && registered.legal_basis == granted.legal_basis
                && granted.dcql_query.is_within(&registered.dcql_query)
                && granted.retention <= registered.retention
                && granted.until <= latest
                && is_rare
        })
    }
}

/// How far a holder's clock may be ahead of ours.
const MAX_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// One registered purpose and the most that may be asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntendedUse {
    /// Why.
    pub purpose: Purpose,
    /// On what basis.
    pub legal_basis: LegalBasis,
    /// The widest query allowed.
    pub dcql_query: Query,
    /// The longest grant allowed.
    pub max_duration: Period,
    /// Most reads allowed; none for no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_reads: Option<u32>,
    /// The longest keeping of what was read.
    pub retention: Period,
}

/// A consent broker; its keys sign receipts and log heads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerRole {
    /// The issuer identifier in metadata and tokens; the same as the entity identifier.
    pub issuer: String,
    /// The key of its global log (C2SP signed-note).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_key: Option<VerifierKey>,
    /// The witnesses whose cosignatures of that log the registrar asks for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<VerifierKey>,
}

impl BrokerRole {
    /// A broker with this issuer identifier and no global log.
    #[must_use]
    pub fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.into(),
            log_key: None,
            witnesses: Vec::new(),
        }
    }
}

/// A resource server (RFC 9728): it accepts a broker's access tokens and asks the broker about each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceRole {
    /// The resource identifier: the audience of tokens for it.
    pub resource: String,
    /// Credential types (`vct`) it is told about.
    pub credential_types: Vec<String>,
}

/// A participant, as a verified list describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Participant {
    /// Entity identifier.
    pub entity_id: String,
    /// Legal name in three languages.
    pub name: Text,
    /// Finnish business id.
    pub business_id: Option<String>,
    /// Organisation OID.
    pub organisation_oid: Option<String>,
    /// Its keys.
    pub keys: JwkSet,
    /// What it may issue.
    pub issuer: Option<IssuerRole>,
    /// What it may ask.
    pub recipient: Option<RecipientRole>,
    /// Whether it is a broker.
    pub broker: Option<BrokerRole>,
    /// Whether it is a resource server.
    pub resource: Option<ResourceRole>,
}

impl Participant {
    pub(super) fn verify(
        compact: &str,
        registrar_key: &VerifyingKey,
        registrar: &str,
        (now, list_ends): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Self, TrustError> {
        let statement: Statement = Unverified::parse(compact, TYP)?.verify(registrar_key)?;
        let moment = |seconds| DateTime::from_timestamp(seconds, 0);
        let valid = statement.iss == registrar
            && moment(statement.iat).is_some_and(|at| at <= now + TimeDelta::minutes(5))
            // A participant is believed for as long as the list, so it must be vouched for as long.
            && moment(statement.exp).is_some_and(|at| at >= list_ends);
        if !valid {
            return Err(TrustError::ForeignStatement {
                subject: statement.sub,
            });
        }
        let Metadata {
            federation_entity: names,
            openid_credential_issuer,
            oauth_client,
            oauth_authorization_server,
            oauth_resource,
        } = statement.metadata;
        Ok(Self {
            entity_id: statement.sub,
            name: Text::new(names.name_fi, names.name_sv, names.name_en),
            business_id: names.business_id,
            organisation_oid: names.organisation_oid,
            keys: statement.jwks,
            issuer: openid_credential_issuer,
            recipient: oauth_client,
            broker: oauth_authorization_server,
            resource: oauth_resource,
        })
    }

    /// Its `did:web`, when the registrar listed one.
    #[must_use]
    pub fn did(&self) -> Option<&str> {
        self.issuer.as_ref()?.did.as_deref()
    }

    /// The key that signs as `name` under this key id: as the entity identifier, under the id in the statement;
    /// as the participant's DID, under the DID URL that ends with that id, or `#` and the id.
    #[must_use]
    pub fn signing_key(&self, name: &str, kid: &str) -> Option<&Jwk> {
        self.keys.find(self.own_kid(name, kid)?)
    }

    /// The same of the keys of foreign kinds.
    #[must_use]
    pub fn foreign_key(&self, name: &str, kid: &str) -> Option<&ForeignJwk> {
        let kid = self.own_kid(name, kid)?;
        let mut keys = self.issuer.as_ref()?.foreign_keys.iter();
        keys.find(|key| key.kid.as_deref() == Some(kid))
    }

    /// The id in the statement of what is called `kid` under `name`.
    fn own_kid<'k>(&self, name: &str, kid: &'k str) -> Option<&'k str> {
        if name == self.entity_id {
            return Some(kid);
        }
        let did = self.did().filter(|did| *did == name)?;
        did::fragment(did, kid)
    }

    /// The client id, when the participant is a recipient.
    #[must_use]
    pub fn client_id(&self) -> Option<&str> {
        self.recipient.as_ref().map(|role| role.client_id.as_str())
    }
}
