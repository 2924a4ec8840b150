//! One entity statement (section 3): what an entity says about itself, or a superior about it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};
use url::Url;

use super::{
    FederationError, MAX_DEPTH, MAX_LENGTH, MAX_LIST, TYP,
    constraints::Constraints,
    is_address, is_entity_id,
    keys::{self, of_entity},
    mark::{ClaimedMark, MarkRules},
    policy::Policy,
};
use crate::{
    jose::{PublicJwkSet, VerifyingKey, jws::Unverified},
    strict_json,
};

/// How far a statement's `iat` may be ahead of our clock.
const SKEW: TimeDelta = TimeDelta::minutes(5);
/// Claims that only a superior makes (section 3.1.3), and one that belongs to another message (section 3.1.4).
const NOT_OF_ITSELF: [&str; 5] = [
    "constraints",
    "metadata_policy",
    "metadata_policy_crit",
    "source_endpoint",
    "trust_anchor",
];
/// Claims that an entity makes about itself alone (section 3.1.2), and the same one.
const OF_ITSELF: [&str; 6] = [
    "authority_hints",
    "trust_anchor_hints",
    "trust_marks",
    "trust_mark_issuers",
    "trust_mark_owners",
    "trust_anchor",
];

/// Metadata by entity type (section 5).
pub(super) type Metadata = Map<String, Value>;

/// What an entity says about itself (section 9), signed with a key that it names itself. Nobody vouches for it yet.
#[derive(Debug, Clone)]
pub struct Configuration {
    compact: String,
    pub(super) claims: Claims,
    hints: Vec<String>,
    pub(super) marks: Vec<ClaimedMark>,
    pub(super) mark_rules: MarkRules,
}

/// What a superior says about an entity.
#[derive(Debug, Clone)]
pub struct Subordinate {
    compact: String,
    pub(super) claims: Claims,
    pub(super) constraints: Constraints,
    pub(super) policy: Policy,
}

/// The claims that both kinds have (section 3.1.1).
#[derive(Debug, Clone)]
pub(super) struct Claims {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) keys: PublicJwkSet,
    pub(super) metadata: Metadata,
}

impl Configuration {
    /// Reads the configuration that was published for `entity_id`: about itself, signed with one of its own keys.
    ///
    /// # Errors
    /// [`FederationError`] names the first rule that is broken.
    pub fn read(
        octets: &[u8],
        entity_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, FederationError> {
        let compact = text(octets)?;
        let unverified = Unverified::parse_within(compact, TYP, MAX_LENGTH)?;
        let claimed: Value = unverified.untrusted_payload()?;
        let own = of_entity(claimed.get("jwks"))?;
        let members = verified(compact, TYP, &own)?;
        refuse(&members, &NOT_OF_ITSELF)?;
        let claims = Claims::of(&members, (entity_id, entity_id), now)?;
        // Read twice, and nothing may depend on how.
        if claims.keys != own {
            return Err(FederationError::Malformed);
        }
        Ok(Self {
            hints: hints(members.get("authority_hints"))?,
            marks: ClaimedMark::read_all(members.get("trust_marks"))?,
            mark_rules: MarkRules::read(&members)?,
            compact: compact.to_owned(),
            claims,
        })
    }

    /// Who it is about, and from.
    #[must_use]
    pub fn entity_id(&self) -> &str {
        &self.claims.subject
    }

    /// Its superiors, as it says itself.
    #[must_use]
    pub fn authority_hints(&self) -> &[String] {
        &self.hints
    }

    /// Where this entity says what it has to say about another (section 8.1.1).
    ///
    /// # Errors
    /// [`FederationError::NoFetchEndpoint`]: it has no subordinates.
    pub fn fetch_address(&self, subject: &str) -> Result<String, FederationError> {
        let own = self.claims.metadata.get("federation_entity");
        let endpoint = own.and_then(|own| own.get("federation_fetch_endpoint"));
        let endpoint = endpoint.and_then(Value::as_str).filter(|it| is_address(it));
        let url = endpoint.and_then(|it| Url::parse(it).ok());
        let mut url = url.ok_or(FederationError::NoFetchEndpoint)?;
        url.query_pairs_mut().append_pair("sub", subject);
        Ok(url.into())
    }

    /// Reads what was published at [`Self::fetch_address`]: from this entity, about `subject`, signed with one of
    /// the keys that this entity names itself.
    ///
    /// # Errors
    /// [`FederationError`] names the first rule that is broken.
    pub fn subordinate(
        &self,
        octets: &[u8],
        subject: &str,
        now: DateTime<Utc>,
    ) -> Result<Subordinate, FederationError> {
        let compact = text(octets)?;
        let members = verified(compact, TYP, &self.claims.keys)?;
        refuse(&members, &OF_ITSELF)?;
        // No operator beyond the standard ones is understood, and those must not be named here.
        if members.contains_key("metadata_policy_crit") {
            return Err(FederationError::UnknownExtension);
        }
        Ok(Subordinate {
            claims: Claims::of(&members, (self.entity_id(), subject), now)?,
            constraints: Constraints::read(members.get("constraints"))?,
            policy: Policy::read(members.get("metadata_policy"))?,
            compact: compact.to_owned(),
        })
    }

    /// Checks the signature again, by keys that somebody else states for this entity.
    pub(super) fn verify(&self, keys: &PublicJwkSet) -> Result<(), FederationError> {
        verified(&self.compact, TYP, keys).map(drop)
    }
}

impl Subordinate {
    /// The superior.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.claims.issuer
    }

    /// Who it is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.claims.subject
    }

    /// Checks the signature again, by keys that somebody else states for the superior.
    pub(super) fn verify(&self, keys: &PublicJwkSet) -> Result<(), FederationError> {
        verified(&self.compact, TYP, keys).map(drop)
    }
}

impl Claims {
    fn of(
        members: &Map<String, Value>,
        (issuer, subject): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<Self, FederationError> {
        let is =
            |name: &str, wanted: &str| members.get(name).and_then(Value::as_str) == Some(wanted);
        if !is("iss", issuer) {
            return Err(FederationError::OtherIssuer);
        }
        if !is("sub", subject) {
            return Err(FederationError::OtherSubject);
        }
        if members.contains_key("crit") {
            return Err(FederationError::UnknownExtension);
        }
        let expires_at = moment(members, "exp").ok_or(FederationError::Malformed)?;
        check_times(members, Some(expires_at), now)?;
        Ok(Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            expires_at,
            keys: of_entity(members.get("jwks"))?,
            metadata: metadata(members.get("metadata"))?,
        })
    }
}

/// The claims of something that is signed with the key that its header names among these.
pub(super) fn verified(
    compact: &str,
    typ: &str,
    keys: &PublicJwkSet,
) -> Result<Map<String, Value>, FederationError> {
    let unverified = Unverified::parse_within(compact, typ, MAX_LENGTH)?;
    let kid = unverified.header().kid.as_deref();
    let jwk = kid
        .filter(|kid| !kid.is_empty())
        .and_then(|kid| keys.find(kid));
    let key = jwk.and_then(|jwk| VerifyingKey::try_from(jwk).ok());
    let octets = unverified.verify_bytes(&key.ok_or(FederationError::UnknownKey)?)?;
    match strict_json::parse(&octets, MAX_DEPTH) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(FederationError::Malformed),
    }
}

/// A signed key set (section 5.2.1), with its end where it has one.
pub(super) fn signed_keys(
    octets: &[u8],
    entity_id: &str,
    keys: &PublicJwkSet,
    now: DateTime<Utc>,
) -> Result<(PublicJwkSet, Option<DateTime<Utc>>), FederationError> {
    let members = verified(text(octets)?, "jwk-set+jwt", keys)?;
    let is = |name: &str| members.get(name).and_then(Value::as_str) == Some(entity_id);
    if !is("iss") {
        return Err(FederationError::OtherIssuer);
    }
    if !is("sub") {
        return Err(FederationError::OtherSubject);
    }
    let expires_at = match members.contains_key("exp") {
        true => Some(moment(&members, "exp").ok_or(FederationError::Malformed)?),
        false => None,
    };
    if members.contains_key("iat") || expires_at.is_some() {
        check_times(&members, expires_at, now)?;
    }
    Ok((keys::read(&Value::Object(members))?, expires_at))
}

/// Whether something is of this moment: `iat`, which has to be there where there is an end, and the end.
pub(super) fn check_times(
    members: &Map<String, Value>,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), FederationError> {
    let issued_at = moment(members, "iat").ok_or(FederationError::Malformed)?;
    let has_ended = expires_at.is_some_and(|end| end <= now);
    match issued_at > now + SKEW || has_ended {
        true => Err(FederationError::NotOfThisMoment),
        false => Ok(()),
    }
}

pub(super) fn moment(members: &Map<String, Value>, name: &str) -> Option<DateTime<Utc>> {
    let seconds = members.get(name)?.as_i64()?;
    DateTime::from_timestamp(seconds, 0)
}

fn text(octets: &[u8]) -> Result<&str, FederationError> {
    let text = std::str::from_utf8(octets).map_err(|_not_text| FederationError::Malformed)?;
    Ok(text.trim_ascii())
}

fn refuse(members: &Map<String, Value>, names: &[&str]) -> Result<(), FederationError> {
    match names.iter().any(|name| members.contains_key(*name)) {
        true => Err(FederationError::Malformed),
        false => Ok(()),
    }
}

fn hints(value: Option<&Value>) -> Result<Vec<String>, FederationError> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let hints = texts(value)?;
    let is_fit = !hints.is_empty() && hints.iter().all(|hint| is_entity_id(hint));
    is_fit.then_some(hints).ok_or(FederationError::Malformed)
}

/// A list of texts.
pub(super) fn texts(value: &Value) -> Result<Vec<String>, FederationError> {
    let items = value.as_array().filter(|items| items.len() <= MAX_LIST);
    let items = items.ok_or(FederationError::Malformed)?;
    let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
    texts
        .collect::<Option<_>>()
        .ok_or(FederationError::Malformed)
}

/// Objects by entity type, without a value that is null (section 5).
fn metadata(value: Option<&Value>) -> Result<Metadata, FederationError> {
    let Some(value) = value else {
        return Ok(Metadata::new());
    };
    let is_fit = |of_type: &Value| {
        let members = of_type.as_object();
        members.is_some_and(|members| !members.values().any(Value::is_null))
    };
    let metadata = value.as_object().filter(|types| types.values().all(is_fit));
    metadata.cloned().ok_or(FederationError::Malformed)
}
