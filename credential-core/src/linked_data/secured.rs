//! The two verbs: verify a document with a proof, and secure one with a proof.

use serde_json::{Map, Value};

use super::{
    LinkedDataError, ProofOptions, Suite, VerifiedDocument, document,
    multikey::to_multibase,
    proof::{self, Proof, hash_data},
    verified::{Form, issuer},
};
use crate::jose::{Algorithm, Signer, VerifyingKey};

/// A document with a proof that was read and not verified.
#[derive(Clone)]
pub struct SecuredDocument {
    document: Map<String, Value>,
    proof_member: Value,
    /// Those by its issuer that could be read; never none.
    proof: Proof,
    others: Vec<Proof>,
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
    /// Of several proofs those count that are the issuer's by name and of a known suite. One of them that
    /// holds proves the document; what others say about it is not looked at.
    ///
    /// # Errors
    /// [`LinkedDataError`] when the text is not a credential with such a proof. Where there are several, what
    /// is wrong with the first.
    pub fn parse(text: &[u8]) -> Result<Self, LinkedDataError> {
        let mut document = document::read(text)?;
        let proof_member = document.remove("proof").ok_or(LinkedDataError::NoProof)?;
        let issuer = issuer(&document)
            .ok_or(LinkedDataError::MalformedMember("issuer"))?
            .to_owned();
        let (proof, others) = proofs_of(&issuer, &proof_member)?;
        Ok(Self {
            document,
            proof_member,
            proof,
            others,
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
        fragment(&self.proof.verification_method)
    }

    /// How the proof was made.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.proof.suite
    }

    /// The same, to be verified by the first of the issuer's proofs that was made with a key at hand, as
    /// [`Self::key_id`] names it. When there is none, nothing changes.
    #[must_use]
    pub fn prefer(mut self, is_at_hand: impl Fn(Option<&str>) -> bool) -> Self {
        let at_hand = |proof: &Proof| is_at_hand(fragment(&proof.verification_method));
        if at_hand(&self.proof) {
            return self;
        }
        if let Some(place) = self.others.iter().position(at_hand) {
            let chosen = self.others.swap_remove(place);
            self.others.push(std::mem::replace(&mut self.proof, chosen));
        }
        self
    }

    /// Verifies the proof with a key from the issuer's record.
    ///
    /// # Errors
    /// [`LinkedDataError`] when the statements cannot be made, or the signature does not match.
    pub fn verify(mut self, key: &VerifyingKey) -> Result<VerifiedDocument, LinkedDataError> {
        if key.algorithm() != self.proof.suite.algorithm() {
            return Err(LinkedDataError::WrongKey);
        }
        if let Some(contexts) = self.proof.contexts(&self.document)? {
            self.document.insert("@context".to_owned(), contexts);
            document::check(&self.document)?;
        }
        let signed = self.proof.signed(&self.document)?;
        if !key.verify(&signed, &self.proof.signature) {
            return Err(LinkedDataError::BadSignature);
        }
        let proven = (self.proof.created, self.proof.expires);
        VerifiedDocument::new(self.document, Form::Embedded(self.proof_member), proven)
    }
}

/// The proofs that are the issuer's by name: the first, and the others.
fn proofs_of(issuer: &str, member: &Value) -> Result<(Proof, Vec<Proof>), LinkedDataError> {
    let mut found = Vec::new();
    let mut first_error = None;
    for members in proof::several(member)? {
        match Proof::read(members) {
            Ok(proof) if controller(&proof.verification_method) == issuer => found.push(proof),
            Ok(_) => {
                first_error.get_or_insert(LinkedDataError::NotTheIssuers);
            }
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    let mut found = found.into_iter();
    let first = found
        .next()
        .ok_or(first_error.unwrap_or(LinkedDataError::NoProof))?;
    Ok((first, found.collect()))
}

/// Signs a credential: the same document with a proof of the suite [`super::CRYPTOSUITE`].
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
    let signature = signer.sign(&hash_data(&document, &proof, Suite::EddsaRdfc2022)?)?;
    proof.insert("proofValue".to_owned(), to_multibase(signature).into());
    let mut whole = document;
    whole.insert("proof".to_owned(), Value::Object(proof));
    let written = serde_json::to_vec(&whole).map_err(|_error| LinkedDataError::NotJson)?;
    let key = VerifyingKey::try_from(signer.public_jwk())
        .map_err(|_unsupported| LinkedDataError::WrongKey)?;
    SecuredDocument::parse(&written)?.verify(&key)
}

/// Whose method it is: the part before the fragment.
pub(super) fn controller(method: &str) -> &str {
    method
        .split_once('#')
        .map_or(method, |(controller, _)| controller)
}

fn fragment(method: &str) -> Option<&str> {
    let (_controller, fragment) = method.split_once('#')?;
    Some(fragment)
}
