//! The two verbs: verify a document with a proof, and secure one with a proof.

use serde_json::{Map, Value};

use super::{
    LinkedDataError, ProofOptions, VerifiedDocument, document,
    multikey::to_multibase,
    proof::{Proof, hash_data},
    verified::issuer,
};
use crate::jose::{Algorithm, Signer, VerifyingKey};

/// A document with a proof that was read and not verified.
#[derive(Clone)]
pub struct SecuredDocument {
    document: Map<String, Value>,
    proof_member: Value,
    proof: Proof,
    issuer: String,
}

/// Shows nothing: nothing was verified.
impl std::fmt::Debug for SecuredDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecuredDocument").finish_non_exhaustive()
    }
}

impl SecuredDocument {
    /// Reads a text.
    ///
    /// # Errors
    /// [`LinkedDataError`] when the text is not a credential with one proof of the supported suite that is
    /// its issuer's by name.
    pub fn parse(text: &[u8]) -> Result<Self, LinkedDataError> {
        let mut document = document::read(text)?;
        let proof_member = document.remove("proof").ok_or(LinkedDataError::NoProof)?;
        let proof = Proof::read(proof_member.clone())?;
        let issuer = issuer(&document)
            .ok_or(LinkedDataError::MalformedMember("issuer"))?
            .to_owned();
        if controller(&proof.verification_method) != issuer {
            return Err(LinkedDataError::NotTheIssuers);
        }
        Ok(Self {
            document,
            proof_member,
            proof,
            issuer,
        })
    }

    /// Who claims to have issued it. The proof's verification method names a key of the same.
    #[must_use]
    pub fn untrusted_issuer(&self) -> &str {
        &self.issuer
    }

    /// Which of the issuer's keys made the proof: the fragment of the verification method. Without a
    /// fragment the method is the issuer itself, as with `did:key`.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        let (_controller, fragment) = self.proof.verification_method.split_once('#')?;
        Some(fragment)
    }

    /// Verifies the proof with a key from the issuer's record.
    ///
    /// # Errors
    /// [`LinkedDataError`] when the statements cannot be made, or the signature does not match.
    pub fn verify(self, key: &VerifyingKey) -> Result<VerifiedDocument, LinkedDataError> {
        if key.algorithm() != Algorithm::EdDsa {
            return Err(LinkedDataError::WrongKey);
        }
        let signed = hash_data(&self.document, self.proof.configuration())?;
        if !key.verify(&signed, &self.proof.signature) {
            return Err(LinkedDataError::BadSignature);
        }
        VerifiedDocument::new(self.document, self.proof_member, &self.proof)
    }
}

/// Signs a credential: the same document with a proof.
///
/// What was signed is read again as a stranger would read it, so that nothing is handed out that would be
/// refused.
///
/// # Errors
/// [`LinkedDataError`] when the document would be refused by [`SecuredDocument`], or the key does not sign.
pub fn secure(
    document: Map<String, Value>,
    options: &ProofOptions<'_>,
    signer: &dyn Signer,
) -> Result<VerifiedDocument, LinkedDataError> {
    if document.contains_key("proof") {
        return Err(LinkedDataError::AlreadySecured);
    }
    if signer.algorithm() != Algorithm::EdDsa {
        return Err(LinkedDataError::WrongKey);
    }
    document::check(&document)?;
    let mut proof = options.configuration();
    let signature = signer.sign(&hash_data(&document, &proof)?)?;
    proof.insert("proofValue".to_owned(), to_multibase(signature).into());
    let mut whole = document;
    whole.insert("proof".to_owned(), Value::Object(proof));
    let written = serde_json::to_vec(&whole).map_err(|_error| LinkedDataError::NotJson)?;
    let key = VerifyingKey::try_from(signer.public_jwk())
        .map_err(|_unsupported| LinkedDataError::WrongKey)?;
    SecuredDocument::parse(&written)?.verify(&key)
}

/// Whose method it is: the part before the fragment.
fn controller(method: &str) -> &str {
    method
        .split_once('#')
        .map_or(method, |(controller, _)| controller)
}
