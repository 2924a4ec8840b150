//! Which copy of a credential a recipient sees: always the same one, and one that nobody else sees while
//! there are enough. Two recipients who compare what they were shown then find no key, no signature and no
//! place in a status list in common.

use credential_core::{
    jose::{Es256Key, VerifyingKey, jws::JwsError},
    sd_jwt::{SdJwt, SdJwtError, VerifiedSdJwt},
};

use super::{CREDENTIALS, HeldCredential, StoredCredential};
use crate::{
    Error, Wallet,
    keys::{self, KeyPurpose},
};

/// One copy, ready to be presented.
pub(crate) struct Copy {
    pub(crate) verified: VerifiedSdJwt,
    pub(crate) key: Es256Key,
}

impl Wallet {
    /// The copy for this recipient. Who sees a credential for the first time is written down first, so that
    /// nobody else gets the same copy when the wallet ends in between.
    pub(crate) fn copy_for(
        &self,
        credential: &HeldCredential,
        recipient: &str,
    ) -> Result<Copy, Error> {
        let id = credential.id();
        let stored = self.vault().get(&CREDENTIALS, &id)?;
        let mut stored = stored.ok_or(Error::NotFound)?;
        let known = stored.shown.iter().position(|shown| shown == recipient);
        let place = known.unwrap_or(stored.shown.len());
        if known.is_none() && !stored.copies.is_empty() {
            stored.shown.push(recipient.to_owned());
            self.vault()
                .write(|tx| tx.put(&CREDENTIALS, &id, &stored).map_err(Error::from))?;
        }
        let (text, key_id) = stored.copy(place);
        Ok(Copy {
            verified: verified(&stored, text)?,
            key: keys::load(self.vault(), key_id, KeyPurpose::Credential)?,
        })
    }
}

impl StoredCredential {
    /// The copy for the recipient at `place`: in turn, and from the beginning again after the last.
    fn copy(&self, place: usize) -> (&str, &str) {
        let turn = place % (self.copies.len() + 1);
        let other = turn.checked_sub(1).and_then(|other| self.copies.get(other));
        other.map_or((&self.text, &self.key_id), |copy| {
            (&copy.text, &copy.key_id)
        })
    }
}

fn verified(stored: &StoredCredential, text: &str) -> Result<VerifiedSdJwt, SdJwtError> {
    let key = VerifyingKey::try_from(&stored.issuer_key)
        .map_err(|_unusable| SdJwtError::Jws(JwsError::BadSignature))?;
    SdJwt::parse(text)?.verify(&key)
}
