//! Trust marks (section 7): what an accreditor says about an entity, and whom the anchor accepts as one.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    FederationError, MAX_LIST,
    statement::{check_times, moment, texts, verified},
};
use crate::jose::{PublicJwkSet, jws::Unverified};

/// The `typ` of trust marks.
const TYP: &str = "trust-mark+jwt";

/// A trust mark that an entity says it has. Nobody has checked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ClaimedMark {
    pub(super) kind: String,
    pub(super) compact: String,
}

/// Who may issue which trust marks, as an anchor says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct MarkRules {
    issuers: Vec<(String, Vec<String>)>,
    /// The types that somebody else owns, for which an issuer needs a delegation.
    owned: Vec<String>,
}

/// A trust mark of an entity in a chain, issued by somebody whom the anchor accepts, and not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustMark {
    kind: String,
    issuer: String,
    subject: String,
    compact: String,
}

impl ClaimedMark {
    pub(super) fn read_all(value: Option<&Value>) -> Result<Vec<Self>, FederationError> {
        let Some(value) = value else {
            return Ok(Vec::new());
        };
        let items = value.as_array().filter(|items| items.len() <= MAX_LIST);
        let items = items.ok_or(FederationError::Malformed)?;
        let one = |item: &Value| {
            let text = |name| Some(item.get(name)?.as_str()?.to_owned());
            Some(Self {
                kind: text("trust_mark_type")?,
                compact: text("trust_mark")?,
            })
        };
        let marks = items.iter().map(one).collect::<Option<_>>();
        marks.ok_or(FederationError::Malformed)
    }
}

impl MarkRules {
    pub(super) fn read(members: &Map<String, Value>) -> Result<Self, FederationError> {
        let object = |name: &str| match members.get(name) {
            None => Ok(None),
            Some(Value::Object(of_type)) if of_type.len() <= MAX_LIST => Ok(Some(of_type)),
            Some(_) => Err(FederationError::Malformed),
        };
        let mut rules = Self::default();
        for (kind, issuers) in object("trust_mark_issuers")?.into_iter().flatten() {
            rules.issuers.push((kind.clone(), texts(issuers)?));
        }
        let owners = object("trust_mark_owners")?.into_iter().flatten();
        rules.owned = owners.map(|(kind, _owner)| kind.clone()).collect();
        Ok(rules)
    }

    /// Whether the anchor names this issuer for this type. That anybody may issue a type (an empty list) is no
    /// reason to trust it.
    fn accepts(&self, kind: &str, issuer: &str) -> bool {
        let mut listed = self.issuers.iter().filter(|(listed, _)| listed == kind);
        listed.any(|(_, issuers)| issuers.iter().any(|it| it == issuer))
    }
}

impl TrustMark {
    /// The marks of this type among those that an entity claims, from issuers whom the anchor accepts; at least one.
    pub(super) fn find_all(
        claimed: &[ClaimedMark],
        kind: &str,
        subject: &str,
        rules: &MarkRules,
    ) -> Result<Vec<Self>, FederationError> {
        let (mut found, mut refused) = (Vec::new(), FederationError::MarkMissing);
        for mark in claimed.iter().filter(|mark| mark.kind == kind) {
            let parsed = Unverified::parse(&mark.compact, TYP);
            let claims = parsed.and_then(|parsed| parsed.untrusted_payload::<Map<String, Value>>());
            let claims = match claims {
                Ok(claims) => claims,
                Err(error) => {
                    refused = error.into();
                    continue;
                }
            };
            match claims.get("iss").and_then(Value::as_str) {
                Some(issuer) if rules.accepts(kind, issuer) => {
                    // Delegations are not read, so a type that needs one is never in order.
                    if rules.owned.iter().any(|owned| owned == kind) {
                        return Err(FederationError::MarkInvalid);
                    }
                    found.push(Self {
                        kind: kind.to_owned(),
                        issuer: issuer.to_owned(),
                        subject: subject.to_owned(),
                        compact: mark.compact.clone(),
                    });
                }
                // One that cannot be read could be anybody's.
                _ if refused == FederationError::MarkMissing => {
                    refused = FederationError::MarkIssuer;
                }
                _ => {}
            }
        }
        match found.is_empty() {
            true => Err(refused),
            false => Ok(found),
        }
    }

    /// Who issued it. Its keys come from its own chain to the same anchor, or from the anchor where it is that.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Verifies it with the federation keys of its issuer, and says until when it holds.
    ///
    /// # Errors
    /// [`FederationError`] names the first rule that is broken.
    pub fn verify(
        &self,
        issuer_keys: &PublicJwkSet,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, FederationError> {
        let members = verified(&self.compact, TYP, issuer_keys)?;
        let is =
            |name: &str, wanted: &str| members.get(name).and_then(Value::as_str) == Some(wanted);
        let is_it = is("iss", &self.issuer)
            && is("sub", &self.subject)
            && is("trust_mark_type", &self.kind)
            && !members.contains_key("delegation");
        // Without an end only its issuer could say that it was taken back, and nobody asks there.
        let end = moment(&members, "exp").filter(|_end| is_it);
        let end = end.ok_or(FederationError::MarkInvalid)?;
        if end <= now {
            return Err(FederationError::MarkEnded);
        }
        check_times(&members, Some(end), now)
            .map_err(|_another_time| FederationError::MarkInvalid)?;
        Ok(end)
    }
}
