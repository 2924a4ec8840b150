//! Why linked data was not accepted, or not signed.

use crate::{jose::SignError, sd_jwt::SdJwtError, strict_json::JsonError};

/// Why a document was not accepted, or not signed. Names in it come from the document and are cut short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkedDataError {
    /// Longer than [`super::MAX_LENGTH`], or more than [`super::MAX_STATEMENTS`] statements.
    #[error("the document is too long")]
    TooLarge,
    /// Nested deeper than [`super::MAX_DEPTH`].
    #[error("the document is nested too deep")]
    TooDeep,
    /// Not a JSON object in UTF-8, or a number beyond 64 bits.
    #[error("the document is not a JSON object")]
    NotJson,
    /// One object has two members of the same name.
    #[error("a member name is given twice")]
    DuplicateMember,
    /// A member is `null`: linked data drops it, so no signature would cover it.
    #[error("the member {0} is null")]
    Null(String),
    /// A member is named by a full address or a keyword where a short name is expected.
    #[error("the member name {0} is not a term of a context")]
    NotATerm(String),
    /// A text is the label of a blank node, which may only stand for a place in this document.
    #[error("the document names a blank node")]
    BlankNodeLabel,
    /// The first context is not that of the data model.
    #[error("the document is no verifiable credential")]
    NotACredential,
    /// The document is a presentation.
    #[error("a presentation is not a credential")]
    Presentation,
    /// A part of the document has the identifier of the whole and says what only the whole says.
    #[error("a part of the document speaks for the whole")]
    PartOfItself,
    /// A context is not among those that are pinned, or is written out in the document.
    #[error("the context {0} is not known")]
    UnknownContext(String),
    /// No context defines the name, so no signature covers what it says.
    #[error("the term {0} is not defined by any context")]
    UndefinedTerm(String),
    /// An address is relative, and there is nothing it could be relative to.
    #[error("the address {0} is relative")]
    RelativeAddress(String),
    /// The contexts do not make statements of the document.
    #[error("the document is not valid JSON-LD")]
    NotLinkedData,
    /// Putting the statements in order would take too long.
    #[error("the statements are too entangled to be put in order")]
    TooEntangled,
    /// There is no proof.
    #[error("the document has no proof")]
    NoProof,
    /// There are more proofs than are looked at.
    #[error("the document has too many proofs")]
    SeveralProofs,
    /// The proof is of a type or suite that is not supported, or has a member that is not known.
    #[error("the proof's method {0} is not supported")]
    UnsupportedProof(String),
    /// A JWT of another type (`typ`), or its parts are not as those of a JWT.
    #[error("not a JWT of a credential")]
    NotAJwt,
    /// The JWT's algorithm is one of shared secrets, or not that of the key.
    #[error("the algorithm is not the key's")]
    WrongAlgorithm,
    /// A claim of the JWT says something else than the credential in it.
    #[error("the claim {0} says something else than the credential")]
    ClaimDiffers(&'static str),
    /// A number that not everybody would write in the same way.
    #[error("the document has a number that cannot be signed")]
    Number,
    /// A member of the proof is missing or malformed.
    #[error("the proof's member {0} is missing or malformed")]
    MalformedProof(&'static str),
    /// The proof was made for another purpose than to assert.
    #[error("the proof was made for another purpose")]
    WrongPurpose,
    /// The method of verification does not belong to the issuer.
    #[error("the proof's verification method is not the issuer's")]
    NotTheIssuers,
    /// The key is not of the kind that the proof's suite signs with.
    #[error("the key is not of the kind the proof needs")]
    WrongKey,
    /// The signature does not match.
    #[error("the signature does not match")]
    BadSignature,
    /// A member that a credential must have is missing or malformed.
    #[error("the member {0} is missing or malformed")]
    MalformedMember(&'static str),
    /// The document to be signed has a proof already.
    #[error("the document has a proof already")]
    AlreadySecured,
    /// A disclosure has no place, or something else is wrong with what is disclosed selectively.
    #[error(transparent)]
    Disclosure(#[from] SdJwtError),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl LinkedDataError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooLarge => "linked_data_too_large",
            Self::TooDeep => "linked_data_too_deep",
            Self::NotJson => "linked_data_not_json",
            Self::DuplicateMember => "linked_data_duplicate_member",
            Self::Null(_) => "linked_data_null",
            Self::NotATerm(_) => "linked_data_not_a_term",
            Self::BlankNodeLabel => "linked_data_blank_node_label",
            Self::NotACredential => "linked_data_not_a_credential",
            Self::Presentation => "linked_data_presentation",
            Self::PartOfItself => "linked_data_part_of_itself",
            Self::UnknownContext(_) => "linked_data_unknown_context",
            Self::UndefinedTerm(_) => "linked_data_undefined_term",
            Self::RelativeAddress(_) => "linked_data_relative_address",
            Self::NotLinkedData => "linked_data_invalid",
            Self::TooEntangled => "linked_data_too_entangled",
            Self::NoProof => "linked_data_no_proof",
            Self::SeveralProofs => "linked_data_several_proofs",
            Self::UnsupportedProof(named) => unsupported(named),
            Self::NotAJwt => "linked_data_not_a_jwt",
            Self::WrongAlgorithm => "linked_data_wrong_algorithm",
            Self::ClaimDiffers(_) => "linked_data_claim_differs",
            Self::Number => "linked_data_number",
            Self::MalformedProof(_) => "linked_data_malformed_proof",
            Self::WrongPurpose => "linked_data_wrong_purpose",
            Self::NotTheIssuers => "linked_data_not_the_issuers",
            Self::WrongKey => "linked_data_wrong_key",
            Self::BadSignature => "linked_data_bad_signature",
            Self::MalformedMember(_) => "linked_data_malformed_member",
            Self::AlreadySecured => "linked_data_already_secured",
            Self::Disclosure(error) => error.reason(),
            Self::Sign(_) => "linked_data_not_signed",
        }
    }

    /// A name from the document, cut short.
    pub(super) fn short(name: &str) -> String {
        name.chars().take(80).collect()
    }
}

/// The methods that are met with and not built have codes of their own.
fn unsupported(named: &str) -> &'static str {
    match named {
        "ecdsa-sd-2023" => "linked_data_unsupported_ecdsa_sd_2023",
        "bbs-2023" => "linked_data_unsupported_bbs_2023",
        "eddsa-2022" => "linked_data_unsupported_eddsa_2022",
        "Ed25519Signature2018" => "linked_data_unsupported_ed25519_signature_2018",
        "Open Badges 2.0" => "linked_data_unsupported_open_badges_2",
        "keyword text" => "linked_data_unsupported_keyword_text",
        "withheld" => "linked_data_unsupported_withheld",
        "key binding" => "linked_data_unsupported_key_binding",
        "JAdES" => "linked_data_unsupported_jades",
        "ES256K" => "linked_data_unsupported_es256k",
        "JsonWebSignature2020" => "linked_data_unsupported_json_web_signature_2020",
        _ => "linked_data_unsupported_proof",
    }
}

impl From<JsonError> for LinkedDataError {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::NotJson | JsonError::Number => Self::NotJson,
            JsonError::DuplicateMember => Self::DuplicateMember,
            JsonError::TooDeep => Self::TooDeep,
        }
    }
}
