//! One participant, as it applies and as the registrar lists it.

use std::collections::BTreeSet;

use crate::{
    der,
    did::WebDid,
    jose::{ForeignJwk, JwkSet, KeyUse, VerifyingKey},
    network::Network,
    text::{Language, Text},
    transparency::{KeyKind, VerifierKey, origin_of},
    trust::{
        BrokerRole, FederationEntity, IssuerRole, Metadata, RecipientRole, ResourceRole, Statement,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Most keys of one participant.
const MAX_KEYS: usize = 16;
/// Longest name in one language, in characters.
const MAX_NAME: usize = 200;
/// Longest address, in octets: it travels inside authorization codes.
const MAX_ADDRESS: usize = 1024;
/// Most witnesses of one broker's log.
const MAX_WITNESSES: usize = 16;
/// Most credential types of one resource server.
const MAX_TYPES: usize = 64;

/// Most authorities whose certificates for one issuer count.
const MAX_ANCHORS: usize = 4;
/// The most keys of foreign kinds that an issuer is listed with.
const MAX_FOREIGN_KEYS: usize = 8;
/// Largest certificate of an authority, in octets.
const MAX_ANCHOR: usize = 8 << 10;

/// A participant: who it is, its keys, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its https address, which names it everywhere.
    pub entity_id: String,
    /// Its legal name in Finnish, Swedish and English, as the registrar found it; all three.
    #[serde(default)]
    pub name: Text,
    /// Finnish business id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_id: Option<String>,
    /// OID of the organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation_oid: Option<String>,
    /// Its public keys: `use: sig` to sign, `use: enc` to open deposits.
    pub jwks: JwkSet,
    /// What it may issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<IssuerRole>,
    /// What it may ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<RecipientRole>,
    /// That it is a consent broker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broker: Option<BrokerRole>,
    /// That it is a resource server, and for which credential types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceRole>,
}

/// Why an entry cannot be listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// The entity id is no plain https address (loopback http with `--development`).
    #[error("the entity id is not an acceptable address: {0}")]
    EntityId(crate::network::Refused),
    /// The legal name is missing in a language, too long, or holds characters that do not print.
    #[error("the legal name is needed in fi, sv and en, each at most 200 printing characters")]
    Name,
    /// No role, so nothing to list it for.
    #[error("the participant has no role: issuer, recipient, broker or resource")]
    NoRole,
    /// The client id is not `openid_federation:` and the entity id.
    #[error("the client id must be openid_federation: and the entity id")]
    ClientId,
    /// The broker's issuer identifier is not the entity id.
    #[error("the broker's issuer must be the entity id")]
    Issuer,
    /// The key of the broker's log is not a log's or has not its name, or a witness's key is none or is
    /// named twice, or there are more than 16.
    #[error(
        "the log's key must be called the broker's address without its scheme and /log, and up to 16 \
        witnesses have a witness's key each"
    )]
    LogKeys,
    /// A redirect address is none, or not acceptable.
    #[error("a redirect address is not an acceptable address without a fragment: {0}")]
    Redirect(String),
    /// A resource identifier is none, or its credential types are missing, too many or no addresses.
    #[error(
        "a resource needs an acceptable address without a fragment, and 1 to 64 credential types"
    )]
    Resource,
    /// The address for notices is not acceptable.
    #[error("the address for notices is not an acceptable address without a fragment: {0}")]
    EventEndpoint(String),
    /// A registered query is not well formed.
    #[error("a registered query: {0}")]
    Query(#[from] crate::dcql::QueryError),
    /// A registered purpose lacks its code or its text in a language.
    #[error("a purpose needs an https code and a text in fi, sv and en")]
    Purpose,
    /// A key is unusable, unnamed, named twice, or there are none or too many.
    #[error("every key needs a kid of its own and must be on P-256 or Ed25519; 1 to 16 keys")]
    Keys,
    /// No key to sign with.
    #[error("a key with use sig is needed")]
    NoSigningKey,
    /// A recipient without exactly one key to encrypt to.
    #[error("a recipient needs exactly one P-256 key with use enc")]
    EncryptionKey,
    /// The issuer's DID is none of the method `web`, or of another host or port than its entity id.
    #[error("the issuer's DID is not a well-formed did:web of its own host and port")]
    Did,
    /// Another participant is called by this DID already.
    #[error("another participant has this DID")]
    DidTaken,
    /// An authority's certificate is not base64 of DER, is too large or is there twice, or there are too many.
    #[error(
        "the certificates of up to {MAX_ANCHORS} authorities are needed as base64 of DER, each once"
    )]
    CertificateAnchors,
    /// A key of a foreign kind is unusable, or has no key id or one of another key, or there are too many.
    #[error(
        "keys of foreign kinds need a kid of their own and must be RSA of 2048 to 4096 bits or on P-384; up to \
        {MAX_FOREIGN_KEYS}"
    )]
    ForeignKeys,
}

impl EntryError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::EntityId(_) => "entry_entity_id",
            Self::Name => "entry_name",
            Self::NoRole => "entry_no_role",
            Self::ClientId => "entry_client_id",
            Self::Issuer => "entry_issuer",
            Self::LogKeys => "entry_log_keys",
            Self::Redirect(_) => "entry_redirect",
            Self::Resource => "entry_resource",
            Self::EventEndpoint(_) => "entry_event_endpoint",
            Self::Query(_) => "entry_query",
            Self::Purpose => "entry_purpose",
            Self::Keys => "entry_keys",
            Self::NoSigningKey => "entry_no_signing_key",
            Self::EncryptionKey => "entry_encryption_key",
            Self::Did => "entry_did",
            Self::DidTaken => "entry_did_taken",
            Self::CertificateAnchors => "entry_certificate_anchors",
            Self::ForeignKeys => "entry_foreign_keys",
        }
    }
}

impl Entry {
    /// Checks everything that can be checked without asking anyone.
    ///
    /// # Errors
    /// [`EntryError`] names the first rule that is broken.
    pub fn check(&self, network: Network) -> Result<(), EntryError> {
        is_allowed(&self.entity_id, network).map_err(EntryError::EntityId)?;
        if !is_complete(&self.name) {
            return Err(EntryError::Name);
        }
        let has_role = self.issuer.is_some()
            || self.recipient.is_some()
            || self.broker.is_some()
            || self.resource.is_some();
        if !has_role {
            return Err(EntryError::NoRole);
        }
        if self
            .broker
            .as_ref()
            .is_some_and(|b| b.issuer != self.entity_id)
        {
            return Err(EntryError::Issuer);
        }
        check_keys(&self.jwks, self.recipient.is_some())?;
        if let Some(role) = &self.issuer {
            check_issuer(role, &self.entity_id, &self.jwks)?;
        }
        if let Some(role) = &self.broker {
            check_log_keys(role)?;
        }
        if let Some(role) = &self.resource {
            check_resource(role, network)?;
        }
        match &self.recipient {
            Some(role) => check_recipient(role, &self.entity_id, network),
            None => Ok(()),
        }
    }

    /// The statement about this participant, for the registrar to sign.
    #[must_use]
    pub fn statement(
        &self,
        registrar: &str,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Statement {
        let name = |language| self.name.exact(language).unwrap_or_default().to_owned();
        Statement {
            iss: registrar.into(),
            sub: self.entity_id.clone(),
            iat: now.timestamp(),
            exp: expires_at.timestamp(),
            jwks: self.jwks.clone(),
            metadata: Metadata {
                federation_entity: FederationEntity {
                    name_fi: name(Language::Fi),
                    name_sv: name(Language::Sv),
                    name_en: name(Language::En),
                    business_id: self.business_id.clone(),
                    organisation_oid: self.organisation_oid.clone(),
                },
                openid_credential_issuer: self.issuer.clone(),
                oauth_client: self.recipient.clone(),
                oauth_authorization_server: self.broker.clone(),
                oauth_resource: self.resource.clone(),
            },
        }
    }
}

/// An https address is always in order; what else is, the network says.
fn is_allowed(url: &str, network: Network) -> Result<(), crate::network::Refused> {
    if !url.is_ascii() || url.len() > MAX_ADDRESS {
        return Err(crate::network::Refused::NotAPlainUrl);
    }
    Network::Public
        .check(url)
        .or_else(|_refused| network.check(url))
        .map(drop)
}

fn is_complete(text: &Text) -> bool {
    let in_all = Language::ALL.into_iter().all(|l| text.exact(l).is_some());
    in_all && text.is_fit(MAX_NAME)
}

fn check_recipient(
    role: &RecipientRole,
    entity_id: &str,
    network: Network,
) -> Result<(), EntryError> {
    if role.client_id != format!("openid_federation:{entity_id}") {
        return Err(EntryError::ClientId);
    }
    let is_acceptable = |uri: &String| is_plain(uri, network);
    if let Some(bad) = role.redirect_uris.iter().find(|uri| !is_acceptable(uri)) {
        return Err(EntryError::Redirect(bad.clone()));
    }
    if role.redirect_uris.is_empty() {
        return Err(EntryError::Redirect(String::new()));
    }
    if let Some(bad) = role
        .event_endpoint
        .as_ref()
        .filter(|uri| !is_acceptable(uri))
    {
        return Err(EntryError::EventEndpoint(bad.clone()));
    }
    for intended in &role.intended_uses {
        intended.dcql_query.check()?;
        if !intended.purpose.code.starts_with("https://") || !is_complete(&intended.purpose.text) {
            return Err(EntryError::Purpose);
        }
    }
    Ok(())
}

/// An acceptable address without a fragment, written without anything that parsers drop.
fn is_plain(uri: &str, network: Network) -> bool {
    let plain = !uri.contains('#') && !uri.contains(char::is_whitespace);
    plain && is_allowed(uri, network).is_ok()
}

fn check_issuer(role: &IssuerRole, entity_id: &str, jwks: &JwkSet) -> Result<(), EntryError> {
    if role.did.as_ref().is_some_and(|did| !is_own(did, entity_id)) {
        return Err(EntryError::Did);
    }
    let anchors = &role.certificate_anchors;
    let distinct: BTreeSet<_> = anchors.iter().collect();
    let are_few = anchors.len() <= MAX_ANCHORS && distinct.len() == anchors.len();
    if !are_few || !anchors.iter().all(|text| is_certificate(text)) {
        return Err(EntryError::CertificateAnchors);
    }
    check_foreign_keys(&role.foreign_keys, jwks)
}

/// Each is of use, and no id means two keys.
fn check_foreign_keys(keys: &[ForeignJwk], jwks: &JwkSet) -> Result<(), EntryError> {
    let ours = jwks.keys.iter().filter_map(|key| key.kid.as_deref());
    let theirs = keys.iter().filter_map(|key| key.kid.as_deref());
    let distinct: BTreeSet<_> = ours.chain(theirs).collect();
    let have_ids = distinct.len() == jwks.keys.len() + keys.len();
    let are_usable = keys.iter().all(|key| VerifyingKey::try_from(key).is_ok());
    match keys.is_empty() || (keys.len() <= MAX_FOREIGN_KEYS && have_ids && are_usable) {
        true => Ok(()),
        false => Err(EntryError::ForeignKeys),
    }
}

/// Whether a DID is a `did:web` of the host and port of this address: nobody is listed under another host's name.
fn is_own(did: &str, entity_id: &str) -> bool {
    let Ok(did) = WebDid::parse(did) else {
        return false;
    };
    let origin = |address: &str| url::Url::parse(address).map(|url| url.origin()).ok();
    let networks = [Network::Public, Network::Loopback];
    let mut places = networks
        .map(|network| origin(&did.address(network)))
        .into_iter();
    places.any(|place| place.is_some() && place == origin(entity_id))
}

/// Whether a text has the outer form of a certificate (RFC 5280 section 4.1): what is in it, those find out who
/// follow a chain to it.
fn is_certificate(text: &str) -> bool {
    if text.len() > MAX_ANCHOR * 4 / 3 {
        return false;
    }
    let Ok(octets) = STANDARD.decode(text) else {
        return false;
    };
    let mut values = der::Values(&octets);
    let Some(whole) = values.expect(der::SEQUENCE) else {
        return false;
    };
    let tags: Vec<_> = whole.within().map(|part| part.tag).collect();
    values.0.is_empty() && tags == [der::SEQUENCE, der::SEQUENCE, der::BIT_STRING]
}

fn check_log_keys(role: &BrokerRole) -> Result<(), EntryError> {
    let is_its_log =
        |key: &VerifierKey| key.kind() == KeyKind::Log && key.name() == origin_of(&role.issuer);
    let are_witnesses = role
        .witnesses
        .iter()
        .all(|key| key.kind() == KeyKind::Witness);
    let names: BTreeSet<_> = role.witnesses.iter().map(VerifierKey::name).collect();
    let is_in_order = role.log_key.as_ref().is_none_or(is_its_log)
        && are_witnesses
        && names.len() == role.witnesses.len()
        && names.len() <= MAX_WITNESSES;
    is_in_order.then_some(()).ok_or(EntryError::LogKeys)
}

fn check_resource(role: &ResourceRole, network: Network) -> Result<(), EntryError> {
    let types = &role.credential_types;
    let are_types = types
        .iter()
        .all(|vct| vct.starts_with("https://") && vct.len() <= MAX_ADDRESS);
    let is_in_order =
        is_plain(&role.resource, network) && (1..=MAX_TYPES).contains(&types.len()) && are_types;
    if is_in_order {
        Ok(())
    } else {
        Err(EntryError::Resource)
    }
}

fn check_keys(jwks: &JwkSet, is_recipient: bool) -> Result<(), EntryError> {
    let kids: BTreeSet<_> = jwks
        .keys
        .iter()
        .filter_map(|key| key.kid.as_ref())
        .collect();
    if jwks.keys.is_empty() || jwks.keys.len() > MAX_KEYS || kids.len() != jwks.keys.len() {
        return Err(EntryError::Keys);
    }
    let (to_encrypt, to_sign): (Vec<_>, Vec<_>) = jwks
        .keys
        .iter()
        .partition(|key| key.key_use == Some(KeyUse::Enc));
    if to_sign
        .iter()
        .any(|key| VerifyingKey::try_from(*key).is_err())
    {
        return Err(EntryError::Keys);
    }
    if !to_sign.iter().any(|key| key.key_use == Some(KeyUse::Sig)) {
        return Err(EntryError::NoSigningKey);
    }
    let are_points = to_encrypt.iter().all(|key| key.p256_point().is_ok());
    if !are_points || (is_recipient && to_encrypt.len() != 1) {
        return Err(EntryError::EncryptionKey);
    }
    Ok(())
}
