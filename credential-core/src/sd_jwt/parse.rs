//! Taking a credential or presentation apart. Nothing in it is believed yet.

use serde::Deserialize;

use super::{
    KeyBinding, MAX_DEPTH, MAX_DISCLOSURES, MAX_LENGTH, SdJwtError, TYP, VerifiedPresentation,
    VerifiedSdJwt, key_binding,
    reveal::{Revealed, reveal},
};
use crate::{
    jose::{
        VerifyingKey,
        jws::{Header, JwsError, Unverified},
    },
    strict_json,
};

/// A credential, perhaps with key binding, whose signatures nobody has checked.
#[derive(Clone)]
pub struct SdJwt<'a> {
    jwt: Unverified<'a>,
    /// Signed part and disclosures with their tildes: what `sd_hash` is taken over.
    sd_jwt: &'a str,
    disclosures: Vec<&'a str>,
    key_binding: Option<&'a str>,
}

impl std::fmt::Debug for SdJwt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SdJwt")
            .field("kid", &self.kid())
            .field("disclosures", &self.disclosures.len())
            .field("key_binding", &self.key_binding.is_some())
            .finish_non_exhaustive()
    }
}

impl<'a> SdJwt<'a> {
    /// Splits the compact form (RFC 9901 section 4) and reads the issuer's header, whose `typ` must be
    /// [`TYP`].
    ///
    /// # Errors
    /// [`SdJwtError`] when the form, the sizes or the header are wrong.
    pub fn parse(text: &'a str) -> Result<Self, SdJwtError> {
        Self::parse_typed(text, TYP)
    }

    /// As [`Self::parse`], for another `typ`: the examples of RFC 9901 are not typed as credentials.
    pub(super) fn parse_typed(text: &'a str, typ: &str) -> Result<Self, SdJwtError> {
        if text.len() > MAX_LENGTH {
            return Err(SdJwtError::TooLarge);
        }
        let (parts, key_binding) = text.rsplit_once('~').ok_or(SdJwtError::Malformed)?;
        let mut parts = parts.split('~');
        let jwt = parts.next().ok_or(SdJwtError::Malformed)?;
        let disclosures: Vec<_> = parts.take(MAX_DISCLOSURES + 1).collect();
        if disclosures.len() > MAX_DISCLOSURES {
            return Err(SdJwtError::TooManyDisclosures);
        }
        if disclosures.contains(&"") {
            return Err(SdJwtError::Malformed);
        }
        let signed_over = text.len() - key_binding.len();
        Ok(Self {
            jwt: Unverified::parse(jwt, typ)?,
            sd_jwt: text.get(..signed_over).ok_or(SdJwtError::Malformed)?,
            disclosures,
            key_binding: Some(key_binding).filter(|kb| !kb.is_empty()),
        })
    }

    /// Which key claims to have signed: good for finding that key and nothing else.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.jwt.header().kid.as_deref()
    }

    /// The issuer's header, unauthenticated: good for finding the key and nothing else.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.jwt.header()
    }

    /// Who claims to have issued it: good for finding the issuer's key and nothing else.
    ///
    /// # Errors
    /// [`SdJwtError::Jws`] when there is no `iss`.
    pub fn untrusted_issuer(&self) -> Result<String, SdJwtError> {
        #[derive(Deserialize)]
        struct Claimed {
            iss: String,
        }
        Ok(self.jwt.untrusted_payload::<Claimed>()?.iss)
    }

    /// Whether a key binding came along. Never a reason to require one or not.
    #[must_use]
    pub fn has_key_binding(&self) -> bool {
        self.key_binding.is_some()
    }

    /// Checks a credential that comes from its issuer, without key binding (section 7.1 and 7.2).
    ///
    /// Checked are the signature with `issuer`'s key, every disclosure and every digest. Times,
    /// status and whether the key belongs to [`VerifiedSdJwt::issuer`] are for the caller.
    ///
    /// # Errors
    /// [`SdJwtError`] names the first rule that is broken; a key binding is one.
    pub fn verify(&self, issuer: &VerifyingKey) -> Result<VerifiedSdJwt, SdJwtError> {
        if self.key_binding.is_some() {
            return Err(SdJwtError::UnexpectedKeyBinding);
        }
        self.verified(issuer)
    }

    /// Checks a presentation: the credential as [`Self::verify`] does, and that its holder made this
    /// presentation for this recipient and request (section 7.3).
    ///
    /// # Errors
    /// [`SdJwtError`] names the first rule that is broken; a missing key binding is one.
    pub fn verify_presentation(
        &self,
        issuer: &VerifyingKey,
        expected: &KeyBinding<'_>,
    ) -> Result<VerifiedPresentation, SdJwtError> {
        let key_binding = self.key_binding.ok_or(SdJwtError::MissingKeyBinding)?;
        let credential = self.verified(issuer)?;
        let holder = credential.holder_key().ok_or(SdJwtError::NoHolderKey)?;
        let digest = credential.hash().digest(self.sd_jwt);
        let signed_at = key_binding::check(key_binding, &digest, holder, expected)?;
        Ok(VerifiedPresentation::new(credential, signed_at))
    }

    fn verified(&self, issuer: &VerifyingKey) -> Result<VerifiedSdJwt, SdJwtError> {
        VerifiedSdJwt::new(self.reveal(issuer)?, self.sd_jwt)
    }

    /// The part that RFC 9901 itself prescribes, before anything is read as a credential.
    pub(super) fn reveal(&self, issuer: &VerifyingKey) -> Result<Revealed, SdJwtError> {
        let payload = self.jwt.verify_bytes(issuer)?;
        // Arrays of digests, and the objects around single ones, are no nesting of claims.
        match strict_json::parse(&payload, MAX_DEPTH + 1)? {
            serde_json::Value::Object(payload) => reveal(payload, &self.disclosures),
            _ => Err(SdJwtError::Jws(JwsError::WrongContent)),
        }
    }
}
