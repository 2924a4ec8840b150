//! A trust chain (section 4): from an entity's own statement to an anchor, and what its metadata are at the end.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::{
    Configuration, FederationError, MAX_SUPERIORS, Subordinate, is_address,
    keys::{self, in_both},
    mark::{ClaimedMark, MarkRules, TrustMark},
    policy::Policy,
    statement::{Metadata, signed_keys},
};
use crate::{
    jose::PublicJwkSet,
    text::{Language, Text},
};

/// The entity types under whose metadata an issuer's keys for credentials stand, the first that names some: OpenID4VCI
/// issuers, and the type that profiles of digital credentials (DIIP) give to issuers of SD-JWT VC.
const ISSUER_TYPES: [&str; 2] = ["openid_credential_issuer", "vc_issuer"];
/// Longest name of an organisation that is shown, in characters.
const MAX_NAME: usize = 200;

/// A trust anchor: who it is, and the keys that the caller was given for it otherwise than by the network.
#[derive(Debug, Clone, Copy)]
pub struct Anchor<'a> {
    /// Its entity identifier.
    pub entity_id: &'a str,
    /// Its keys, each with a key id.
    pub keys: &'a PublicJwkSet,
    /// Most intermediates below it, beside what its own statements say. Nothing in the standard keeps a member from
    /// speaking for others as a superior; this does, where the federation is known to be flat.
    pub max_path_length: Option<usize>,
}

/// A chain that was verified up to an anchor, with the metadata of its subject.
///
/// ```compile_fail
/// let forged = credential_core::federation::TrustChain { subject: String::new() };
/// ```
#[derive(Debug, Clone)]
pub struct TrustChain {
    subject: String,
    keys: PublicJwkSet,
    anchor_keys: PublicJwkSet,
    metadata: Metadata,
    name: Text,
    expires_at: DateTime<Utc>,
    marks: Vec<ClaimedMark>,
    mark_rules: MarkRules,
}

/// Where an issuer's keys for credentials are (section 5.2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialKeys {
    /// In the chain.
    Given(PublicJwkSet),
    /// At this address, signed with a federation key of the issuer: [`TrustChain::signed_keys`].
    Signed(String),
    /// At this address, for whoever believes its host: [`super::key_set`].
    Published(String),
}

impl TrustChain {
    /// Verifies a chain by sections 4 and 10.2: the subject's own statement, the statements of its superiors
    /// from the nearest to the anchor's, and the anchor's own.
    ///
    /// # Errors
    /// [`FederationError`] names the first rule that is broken.
    pub fn verify(
        configuration: &Configuration,
        statements: &[Subordinate],
        top: &Configuration,
        anchor: &Anchor<'_>,
    ) -> Result<Self, FederationError> {
        let anchor_keys = keys_of_anchor(top, anchor)?;
        let keys = follow(configuration, statements, top, &anchor_keys)?;
        let intermediates = statements.len().saturating_sub(1);
        if anchor
            .max_path_length
            .is_some_and(|most| intermediates > most)
        {
            return Err(FederationError::PathTooLong);
        }
        for (intermediates, statement) in statements.iter().enumerate() {
            let below = statements.iter().take(intermediates + 1);
            let names = below.map(Subordinate::subject);
            statement.constraints.check(intermediates, names)?;
        }
        let metadata = resolved(configuration, statements)?;
        let ends = statements.iter().map(|it| it.claims.expires_at);
        let ends = ends.chain([configuration.claims.expires_at]);
        Ok(Self {
            subject: configuration.entity_id().to_owned(),
            keys,
            anchor_keys,
            name: name(statements, &metadata, anchor.max_path_length.is_some()),
            metadata,
            expires_at: ends.fold(top.claims.expires_at, Ord::min),
            marks: configuration.marks.clone(),
            mark_rules: top.mark_rules.clone(),
        })
    }

    /// Until when all of it holds (section 10.4).
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// The federation keys of the subject, as its superior states them.
    #[must_use]
    pub fn keys(&self) -> &PublicJwkSet {
        &self.keys
    }

    /// The keys of the anchor that were given and that it still names.
    #[must_use]
    pub fn anchor_keys(&self) -> &PublicJwkSet {
        &self.anchor_keys
    }

    /// Metadata of one entity type, with the policies of all superiors applied.
    #[must_use]
    pub fn metadata(&self, entity_type: &str) -> Option<&Map<String, Value>> {
        self.metadata.get(entity_type)?.as_object()
    }

    /// The organisation's name as its superior states it (`organization_name`, section 5.2.2, with language tags by
    /// section 14), empty where that says none. What an entity calls itself is not looked at: it could be anything.
    /// Nor what an intermediate calls it, unless the caller said how many of them there may be
    /// ([`Anchor::max_path_length`]): any member could be one, and give its own creature another's name.
    #[must_use]
    pub fn organisation_name(&self) -> &Text {
        &self.name
    }

    /// Where the subject's keys for credentials are. Its federation keys are none: section 3.1.1 keeps them from
    /// other uses.
    ///
    /// # Errors
    /// [`FederationError::NoCredentialKeys`].
    pub fn credential_keys(&self) -> Result<CredentialKeys, FederationError> {
        let of_types = ISSUER_TYPES.into_iter().filter_map(|it| self.metadata(it));
        for members in of_types {
            let address = |name: &str| {
                let address = members.get(name)?.as_str()?;
                is_address(address).then(|| address.to_owned())
            };
            if let Some(set) = members.get("jwks") {
                return keys::read(set).map(CredentialKeys::Given);
            }
            if let Some(address) = address("signed_jwks_uri") {
                return Ok(CredentialKeys::Signed(address));
            }
            if let Some(address) = address("jwks_uri") {
                return Ok(CredentialKeys::Published(address));
            }
        }
        Err(FederationError::NoCredentialKeys)
    }

    /// Reads a key set that the subject signed (section 5.2.1), with its end where it has one.
    ///
    /// # Errors
    /// [`FederationError`] names the first rule that is broken.
    pub fn signed_keys(
        &self,
        octets: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(PublicJwkSet, Option<DateTime<Utc>>), FederationError> {
        signed_keys(octets, &self.subject, &self.keys, now)
    }

    /// The subject's trust marks of this type, at least one, each to be verified with the keys of its issuer. One may have
    /// ended that stands beside its renewal.
    ///
    /// # Errors
    /// [`FederationError::MarkMissing`], [`FederationError::MarkIssuer`], or that it is malformed.
    pub fn trust_marks(&self, kind: &str) -> Result<Vec<TrustMark>, FederationError> {
        TrustMark::find_all(&self.marks, kind, &self.subject, &self.mark_rules)
    }
}

/// The keys that the anchor may sign with: those that were given and that its own statement, signed with one of them,
/// still names.
fn keys_of_anchor(
    top: &Configuration,
    anchor: &Anchor<'_>,
) -> Result<PublicJwkSet, FederationError> {
    if top.entity_id() != anchor.entity_id {
        return Err(FederationError::OtherIssuer);
    }
    let keys = in_both(anchor.keys, &top.claims.keys);
    top.verify(&keys).map_err(|error| match error {
        FederationError::UnknownKey => FederationError::OtherAnchorKey,
        other => other,
    })?;
    Ok(keys)
}

/// Goes down from the anchor, each signed by the keys that the one above states. Gives the subject's.
fn follow(
    configuration: &Configuration,
    statements: &[Subordinate],
    top: &Configuration,
    anchor_keys: &PublicJwkSet,
) -> Result<PublicJwkSet, FederationError> {
    if statements.is_empty() || statements.len() > MAX_SUPERIORS {
        return Err(FederationError::BrokenChain);
    }
    let mut keys = anchor_keys;
    let mut path = vec![top.entity_id()];
    for statement in statements.iter().rev() {
        let follows = path.last() == Some(&statement.issuer());
        if !follows || path.contains(&statement.subject()) {
            return Err(FederationError::BrokenChain);
        }
        statement.verify(keys)?;
        keys = &statement.claims.keys;
        path.push(statement.subject());
    }
    let nearest = statements
        .first()
        .map(|nearest| nearest.issuer().to_owned());
    let is_named = nearest.is_some_and(|it| configuration.authority_hints().contains(&it));
    if path.last() != Some(&configuration.entity_id()) || !is_named {
        return Err(FederationError::BrokenChain);
    }
    configuration.verify(keys)?;
    Ok(keys.clone())
}

fn name(statements: &[Subordinate], resolved: &Metadata, intermediates_may_name: bool) -> Text {
    match statements {
        [by_anchor] => stated_name(by_anchor, &by_anchor.claims.metadata),
        [nearest, ..] if intermediates_may_name => stated_name(nearest, resolved),
        _ => Text::default(),
    }
}

/// The name that a superior states, as the policies of all leave it in the metadata.
fn stated_name(nearest: &Subordinate, metadata: &Metadata) -> Text {
    let entity = |metadata: &Metadata| metadata.get("federation_entity").cloned();
    let (stated, left) = (entity(&nearest.claims.metadata), entity(metadata));
    let text = |name: &str| {
        stated.as_ref()?.get(name)?;
        Some(left.as_ref()?.get(name)?.as_str()?.to_owned())
    };
    let plain = text("organization_name");
    let [fi, sv, en] = Language::ALL
        .map(|language| text(&format!("organization_name#{language}")).or_else(|| plain.clone()));
    let name = Text { fi, sv, en };
    match name.is_fit(MAX_NAME) {
        true => name,
        false => Text::default(),
    }
}

/// The subject's metadata by section 6.1.4.2: what its superior states goes before its own, types that are not
/// allowed are left out, and then the policies of all superiors apply, the anchor's first.
fn resolved(
    configuration: &Configuration,
    statements: &[Subordinate],
) -> Result<Metadata, FederationError> {
    let mut metadata = configuration.claims.metadata.clone();
    let stated = statements.first().map(|nearest| &nearest.claims.metadata);
    for (entity_type, of_type) in stated.into_iter().flatten() {
        let own = metadata.get_mut(entity_type).and_then(Value::as_object_mut);
        if let (Some(own), Some(of_type)) = (own, of_type.as_object()) {
            own.extend(of_type.clone());
        }
    }
    metadata.retain(|entity_type, _| {
        let mut all = statements.iter();
        all.all(|statement| statement.constraints.allows(entity_type))
    });
    let mut policy = Policy::default();
    for statement in statements.iter().rev() {
        policy.merge(&statement.policy)?;
    }
    policy.apply(&mut metadata)?;
    Ok(metadata)
}
