//! Why a credential or a presentation was not accepted, or a credential not issued.

use crate::{
    dcql::ClaimPath,
    jose::{KeyError, SignError, jws::JwsError},
    rng::NoRandomness,
    strict_json::JsonError,
};

/// Why a credential or a presentation was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SdJwtError {
    /// Longer than [`super::MAX_LENGTH`].
    #[error("the credential is too long")]
    TooLarge,
    /// More than [`super::MAX_DISCLOSURES`].
    #[error("the credential has too many disclosures")]
    TooManyDisclosures,
    /// Nested deeper than [`super::MAX_DEPTH`].
    #[error("the claims are nested too deep")]
    TooDeep,
    /// Not a signed part and disclosures, each followed by a tilde.
    #[error("not a well-formed SD-JWT")]
    Malformed,
    /// The issuer's signed part is wrong.
    #[error("the issuer's part: {0}")]
    Jws(#[from] JwsError),
    /// The signed content is no JSON object, or holds a number that cannot be kept exactly.
    #[error("the signed content is not a JSON object")]
    NotJson,
    /// One object has two members of the same name.
    #[error("a member name is given twice")]
    DuplicateMember,
    /// `_sd_alg` names a hash other than SHA-256, SHA-384 and SHA-512.
    #[error("the hash algorithm is not known")]
    UnknownHash,
    /// A disclosure is not base64url of a JSON array of two or three elements.
    #[error("a disclosure is malformed")]
    MalformedDisclosure,
    /// A disclosure for an array element stands in an object's `_sd`, or the reverse.
    #[error("a disclosure is of the wrong kind for its place")]
    MisplacedDisclosure,
    /// A disclosure was sent twice.
    #[error("a disclosure is given twice")]
    RepeatedDisclosure,
    /// A disclosure has no digest in the signed content.
    #[error("a disclosure does not belong to this credential")]
    UnreferencedDisclosure,
    /// A digest appears twice.
    #[error("a digest appears twice")]
    DuplicateDigest,
    /// `_sd` is not an array of strings, or `...` is not alone or not a string.
    #[error("the digests are malformed")]
    MalformedDigests,
    /// A claim is named `_sd`, `_sd_alg` or `...`.
    #[error("a claim uses a reserved name")]
    ReservedName,
    /// A disclosed claim already exists at its place.
    #[error("the claim {0} exists twice")]
    ClaimCollision(ClaimPath),
    /// A claim that must stand in the open is, or could be, disclosed selectively.
    #[error("the claim {0} must not be selectively disclosable")]
    ProtectedClaim(ClaimPath),
    /// A required claim is missing.
    #[error("the claim {0} is missing")]
    MissingClaim(&'static str),
    /// A registered claim does not have the form it must have.
    #[error("the claim {0} is malformed")]
    MalformedClaim(&'static str),
    /// A key binding came where none belongs (RFC 9901 section 7.2).
    #[error("the credential carries a key binding")]
    UnexpectedKeyBinding,
    /// No key binding came where one is required (section 7.3).
    #[error("the presentation has no key binding")]
    MissingKeyBinding,
    /// The credential names no holder key, so nobody can prove to be the holder.
    #[error("the credential is not bound to a holder key")]
    NoHolderKey,
    /// The key binding's signed part is wrong.
    #[error("the key binding: {0}")]
    KeyBinding(JwsError),
    /// The key binding lacks a claim, or one has the wrong form.
    #[error("the key binding is malformed")]
    MalformedKeyBinding,
    /// The key binding is for another verifier.
    #[error("the key binding is for another recipient")]
    WrongAudience,
    /// The key binding is for another request.
    #[error("the key binding is for another request")]
    WrongNonce,
    /// The key binding is for another credential or another selection.
    #[error("the key binding is for another selection of claims")]
    WrongHash,
    /// The key binding was made outside the accepted window.
    #[error("the key binding is not of this moment")]
    NotOfThisMoment,
}

impl SdJwtError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "sd_jwt_too_large",
            Self::TooManyDisclosures => "sd_jwt_too_many_disclosures",
            Self::TooDeep => "sd_jwt_too_deep",
            Self::Malformed => "sd_jwt_malformed",
            Self::Jws(error) => error.reason(),
            Self::NotJson => "sd_jwt_not_json",
            Self::DuplicateMember => "sd_jwt_duplicate_member",
            Self::UnknownHash => "sd_jwt_unknown_hash",
            Self::MalformedDisclosure => "sd_jwt_malformed_disclosure",
            Self::MisplacedDisclosure => "sd_jwt_misplaced_disclosure",
            Self::RepeatedDisclosure => "sd_jwt_repeated_disclosure",
            Self::UnreferencedDisclosure => "sd_jwt_unreferenced_disclosure",
            Self::DuplicateDigest => "sd_jwt_duplicate_digest",
            Self::MalformedDigests => "sd_jwt_malformed_digests",
            Self::ReservedName => "sd_jwt_reserved_name",
            Self::ClaimCollision(_) => "sd_jwt_claim_collision",
            Self::ProtectedClaim(_) => "sd_jwt_protected_claim",
            Self::MissingClaim(_) => "sd_jwt_missing_claim",
            Self::MalformedClaim(_) => "sd_jwt_malformed_claim",
            Self::UnexpectedKeyBinding => "key_binding_unexpected",
            Self::MissingKeyBinding => "key_binding_missing",
            Self::NoHolderKey => "key_binding_no_holder_key",
            Self::KeyBinding(error) => key_binding_reason(*error),
            Self::MalformedKeyBinding => "key_binding_malformed",
            Self::WrongAudience => "key_binding_wrong_audience",
            Self::WrongNonce => "key_binding_wrong_nonce",
            Self::WrongHash => "key_binding_wrong_hash",
            Self::NotOfThisMoment => "key_binding_not_of_this_moment",
        }
    }
}

fn key_binding_reason(error: JwsError) -> &'static str {
    match error {
        JwsError::Malformed | JwsError::WrongContent => "key_binding_malformed",
        JwsError::WrongType => "key_binding_wrong_type",
        JwsError::AlgorithmMismatch => "key_binding_algorithm_mismatch",
        JwsError::UnknownExtension => "key_binding_unknown_extension",
        JwsError::BadSignature => "key_binding_bad_signature",
    }
}

impl From<JsonError> for SdJwtError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::NotJson | JsonError::Number => Self::NotJson,
            JsonError::DuplicateMember => Self::DuplicateMember,
            JsonError::TooDeep => Self::TooDeep,
        }
    }
}

/// Why a credential was not issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The issuer is empty.
    #[error("the credential names no issuer")]
    Issuer,
    /// The type is not an https URL.
    #[error("the credential's type is not an https address")]
    Type,
    /// It would have expired when it is issued.
    #[error("the credential would be expired from the start")]
    Validity,
    /// The holder's key cannot be used.
    #[error("the holder's key: {0}")]
    HolderKey(#[from] KeyError),
    /// The signing key has no key id, so nobody could find it.
    #[error("the issuer's key has no key id")]
    NoKeyId,
    /// A claim uses a name that only this module writes, or that carries digests.
    #[error("the claim name {0:?} is reserved")]
    ReservedName(String),
    /// A path leads through [`crate::dcql::Step::All`], is empty, or does not begin with a name.
    #[error("the path {0} does not lead to one claim")]
    NotConcrete(ClaimPath),
    /// The claim must stand in the open ([`super::PROTECTED`]).
    #[error("the claim {0} must not be selectively disclosable")]
    Protected(ClaimPath),
    /// The path leads to no claim.
    #[error("there is no claim {0}")]
    NoSuchClaim(ClaimPath),
    /// The path is given twice.
    #[error("the claim {0} is named twice")]
    NamedTwice(ClaimPath),
    /// A number is not whole, or beyond ±(2^53 − 1).
    #[error("the claim {0} is not a whole number within ±(2^53 − 1)")]
    Number(ClaimPath),
    /// Nested deeper than [`super::MAX_DEPTH`].
    #[error("the claims are nested too deep")]
    TooDeep,
    /// More disclosures than [`super::MAX_DISCLOSURES`], or longer than
    /// [`super::MAX_LENGTH`].
    #[error("the credential is too large")]
    TooLarge,
    /// No randomness for the salts.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The issuer's key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl IssueError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Issuer => "issue_no_issuer",
            Self::Type => "issue_type_not_https",
            Self::Validity => "issue_expired_from_start",
            Self::HolderKey(_) => "issue_holder_key_unusable",
            Self::NoKeyId => "issue_key_without_id",
            Self::ReservedName(_) => "issue_reserved_name",
            Self::NotConcrete(_) => "issue_path_not_concrete",
            Self::Protected(_) => "issue_protected_claim",
            Self::NoSuchClaim(_) => "issue_no_such_claim",
            Self::NamedTwice(_) => "issue_claim_named_twice",
            Self::Number(_) => "issue_number_not_whole",
            Self::TooDeep => "issue_too_deep",
            Self::TooLarge => "issue_too_large",
            Self::Randomness(_) => "issue_no_randomness",
            Self::Sign(_) => "issue_not_signed",
        }
    }
}
