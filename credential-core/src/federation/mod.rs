//! OpenID Federation 1.0: whether an entity belongs to a federation, and what holds of it there.
//!
//! | what | section | type |
//! |---|---|---|
//! | what an entity says about itself | 9 | [`Configuration`] |
//! | what a superior says about it | 3 | [`Subordinate`] |
//! | all of these, up to an anchor whose keys the caller was given | 4, 10.2 | [`TrustChain`] |
//! | what an accreditor says about it | 7 | [`TrustMark`] |
//!
//! Nothing is fetched here, and nothing that is read says which keys count: an entity is believed by the keys
//! that its superior states, the topmost superior by the keys of the [`Anchor`]. The algorithm is the key's.
//!
//! # Incomplete support
//! Keys on P-256, P-384, Ed25519 and RSA (RS256, or PS256 where the key says so); what is signed with another is refused
//! ([`FederationError::UnknownKey`]). Delegated trust marks, trust marks without an end, the status endpoint of trust marks, resolve endpoints, client
//! authentication at fetch endpoints, and the policy of `scope` as a list.

mod chain;
mod constraints;
mod keys;
mod mark;
mod policy;
mod statement;
#[cfg(test)]
mod tests;

use url::Url;

pub use chain::{Anchor, CredentialKeys, TrustChain};
pub use keys::key_set;
pub use mark::TrustMark;
pub use statement::{Configuration, Subordinate};

use crate::{jose::jws::JwsError, network::Network};

/// The `typ` of entity statements (section 3).
pub const TYP: &str = "entity-statement+jwt";
/// The media type of entity statements (sections 8.1.2 and 9.2).
pub const MEDIA_TYPE: &str = "application/entity-statement+jwt";
/// The media type of signed key sets (section 5.2.1).
pub const SIGNED_KEYS_MEDIA_TYPE: &str = "application/jwk-set+jwt";
/// The media types of key sets (RFC 7517 section 8.5; many servers say `application/json`).
pub const KEYS_MEDIA_TYPES: &str = "application/jwk-set+json, application/json";
/// Longest statement or key set that is read, in octets.
pub const MAX_LENGTH: usize = 128 << 10;
/// Most superiors over one entity, the anchor included.
pub const MAX_SUPERIORS: usize = 5;
/// Longest entity identifier or address, in octets.
pub(crate) const MAX_ADDRESS: usize = 1024;
/// Most members of a list in a statement: hints, trust marks, values of a policy.
const MAX_LIST: usize = 256;
/// Deepest nesting of a statement: metadata of credentials are deep.
const MAX_DEPTH: usize = 24;

/// Why a statement or a chain of them was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FederationError {
    /// The signature, or the form around it.
    #[error("an entity statement: {0}")]
    Jws(#[from] JwsError),
    /// Not of the form that section 3 gives it, or beyond a limit.
    #[error("the entity statement is malformed")]
    Malformed,
    /// No key of the one who has to sign has the id that the header names, or it is of a kind that is not
    /// supported.
    #[error("the entity statement is signed with no known key of who has to sign it")]
    UnknownKey,
    /// Somebody else says it.
    #[error("the entity statement is another entity's")]
    OtherIssuer,
    /// It is about somebody else.
    #[error("the entity statement is about another entity")]
    OtherSubject,
    /// Expired, or of the future.
    #[error("the entity statement is not valid at this moment")]
    NotOfThisMoment,
    /// A claim (`crit`) or an operator (`metadata_policy_crit`) has to be understood, and is not.
    #[error("the entity statement asks for something that is not understood")]
    UnknownExtension,
    /// The superior says no address at which it speaks about its subordinates: it is a leaf.
    #[error("the superior publishes nothing about subordinates")]
    NoFetchEndpoint,
    /// The statements do not follow each other, lead in a circle, or are too many.
    #[error("the statements make no chain")]
    BrokenChain,
    /// The anchor's own statement is signed with another key than the one that was given for it.
    #[error("the trust anchor signs with another key than the one that is known")]
    OtherAnchorKey,
    /// More intermediates than a superior allows (`max_path_length`).
    #[error("the chain is longer than a superior allows")]
    PathTooLong,
    /// A name that a superior does not permit (`naming_constraints`).
    #[error("a superior does not permit this entity's name")]
    NameNotPermitted,
    /// The policies of superiors contradict each other, or use what is not supported.
    #[error("the metadata policies of superiors do not agree")]
    Policy,
    /// The entity's metadata break a policy.
    #[error("the entity's metadata break a policy")]
    PolicyViolated,
    /// The resolved metadata name no keys for credentials.
    #[error("the entity's metadata name no keys for credentials")]
    NoCredentialKeys,
    /// The entity has no trust mark of the type.
    #[error("the entity has no such trust mark")]
    MarkMissing,
    /// The anchor does not accept trust marks of the type from this issuer.
    #[error("the trust anchor does not accept the issuer of the trust mark")]
    MarkIssuer,
    /// The trust mark has ended.
    #[error("the trust mark has ended")]
    MarkEnded,
    /// The trust mark is of another entity or type, delegated, without an end, or of the future.
    #[error("the trust mark is not in order")]
    MarkInvalid,
}

impl FederationError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::Malformed => "federation_malformed",
            Self::UnknownKey => "federation_unknown_key",
            Self::OtherIssuer => "federation_other_issuer",
            Self::OtherSubject => "federation_other_subject",
            Self::NotOfThisMoment => "federation_not_of_this_moment",
            Self::UnknownExtension => "federation_unknown_extension",
            Self::NoFetchEndpoint => "federation_no_fetch_endpoint",
            Self::BrokenChain => "federation_broken_chain",
            Self::OtherAnchorKey => "federation_other_anchor_key",
            Self::PathTooLong => "federation_path_too_long",
            Self::NameNotPermitted => "federation_name_not_permitted",
            Self::Policy => "federation_policy",
            Self::PolicyViolated => "federation_policy_violated",
            Self::NoCredentialKeys => "federation_no_credential_keys",
            Self::MarkMissing => "federation_mark_missing",
            Self::MarkIssuer => "federation_mark_issuer",
            Self::MarkEnded => "federation_mark_ended",
            Self::MarkInvalid => "federation_mark_invalid",
        }
    }
}

/// Whether a text is an entity identifier (section 1.2): an https address without query and fragment.
#[must_use]
pub fn is_entity_id(text: &str) -> bool {
    is_address(text) && !text.contains('?')
}

/// Where an entity publishes its configuration (section 9).
#[must_use]
pub fn configuration_address(entity_id: &str) -> String {
    let base = entity_id.strip_suffix('/').unwrap_or(entity_id);
    format!("{base}/.well-known/openid-federation")
}

/// An https address without a fragment.
fn is_address(text: &str) -> bool {
    let plain = text.len() <= MAX_ADDRESS && text.bytes().all(|byte| byte.is_ascii_graphic());
    plain && !text.contains('#') && Network::Public.check(text).is_ok()
}

/// The host of an entity identifier, where it is a name.
fn host(entity_id: &str) -> Option<String> {
    let url = Url::parse(entity_id).ok()?;
    url.domain().map(str::to_owned)
}
