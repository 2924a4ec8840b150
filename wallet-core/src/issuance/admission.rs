//! What arrives is verified as an employer would, and stored with the keys it is bound to, or not at all.

use credential_core::{
    id::CredentialId,
    jose::Jwk,
    sd_jwt::{SdJwt, VerifiedSdJwt},
    trust::TrustList,
};
use serde_json::Value;
use verifier_sdk::{VerifiedCredential, checks::Outcome, listed_key};

use super::IssuanceError;
use crate::{
    Error, Wallet,
    credentials::{CREDENTIALS, HeldCredential, StoredCopy, StoredCredential},
    keys::NewKey,
};

impl Wallet {
    /// Verifies the copies of one credential, checks that they are what was asked for, each bound to another
    /// of `keys` and otherwise alike, and stores them together.
    pub(super) async fn admit(
        &self,
        texts: Vec<String>,
        vct: &str,
        issuer: &str,
        keys: Vec<NewKey>,
    ) -> Result<HeldCredential, Error> {
        if texts.is_empty() || texts.len() > keys.len() {
            return Err(IssuanceError::NotUnderstood.into());
        }
        let trust = self.trust()?;
        let mut unused = keys;
        let mut copies: Vec<(StoredCopy, NewKey)> = Vec::with_capacity(texts.len());
        let mut alike: Option<Value> = None;
        for text in texts {
            let verified = self.verify(&text, trust.clone()).await?;
            let claims = verified.claims();
            let bound = claims.holder_key().map(Jwk::thumbprint);
            let place = unused.iter().position(|key| Some(key.id()) == bound);
            let content = without_copy(claims);
            let is_alike = alike.get_or_insert_with(|| content.clone()) == &content;
            let (Some(place), true) = (place, is_alike) else {
                return Err(IssuanceError::NotAsAsked.into());
            };
            if claims.vct() != vct || !is_name_of(&trust, issuer, claims.issuer()) {
                return Err(IssuanceError::NotAsAsked.into());
            }
            let key = unused.swap_remove(place);
            let key_id = key.id();
            copies.push((StoredCopy { text, key_id }, key));
        }
        self.store(copies, issuer, &trust)
    }

    fn store(
        &self,
        copies: Vec<(StoredCopy, NewKey)>,
        issuer: &str,
        trust: &TrustList,
    ) -> Result<HeldCredential, Error> {
        let unknown = || IssuanceError::UnknownIssuer {
            issuer: issuer.into(),
        };
        let (participant, _) = trust.issuer(issuer).ok_or_else(unknown)?;
        let (mut copies, keys): (Vec<_>, Vec<_>) = copies.into_iter().unzip();
        let first = copies.remove(0);
        let parsed = SdJwt::parse(&first.text)?;
        let named = parsed.untrusted_issuer()?;
        // Verified a moment ago with the same key.
        let issuer_key = listed_key(trust, &named, parsed.header(), self.now());
        let issuer_key = issuer_key.map_err(|_reason| unknown())?;
        let stored = StoredCredential {
            key_id: first.key_id,
            issuer_key,
            issuer_name: participant.name.clone(),
            received_at: self.now(),
            text: first.text,
            copies,
            shown: Vec::new(),
        };
        let id = CredentialId::random(self.rng())?;
        self.vault().write(|tx| {
            for key in &keys {
                key.store(tx)?;
            }
            tx.put(&CREDENTIALS, &id, &stored).map_err(Error::from)
        })?;
        self.credential(id)
    }

    async fn verify(
        &self,
        text: &str,
        trust: TrustList,
    ) -> Result<VerifiedCredential, IssuanceError> {
        let not_verified = |reason: &str| IssuanceError::NotVerified {
            reason: reason.into(),
        };
        let verifier = self
            .verifier(trust)
            .map_err(|_incomplete| not_verified("verifier_incomplete"))?;
        let (report, verified) = verifier
            .verify_credential(text)
            .await
            .map_err(|error| not_verified(error.reason()))?;
        verified.ok_or_else(|| {
            let checks = report
                .credentials
                .iter()
                .flat_map(|credential| &credential.checks);
            let worst = checks
                .into_iter()
                .find(|check| check.outcome != Outcome::Valid);
            not_verified(worst.map_or("could_not_check", |check| check.reason.code()))
        })
    }
}

/// Whether a credential of the issuer that was asked names it: by its address, or by the DID that is listed for
/// it.
fn is_name_of(trust: &TrustList, issuer: &str, named: &str) -> bool {
    let did = trust
        .issuer(issuer)
        .and_then(|(listed, _role)| listed.did());
    named == issuer || did == Some(named)
}

/// The claims without what differs from copy to copy: key and place in the status list.
fn without_copy(credential: &VerifiedSdJwt) -> Value {
    let mut claims = credential.claims().clone();
    if let Some(members) = claims.as_object_mut() {
        members.retain(|name, _| name != "cnf" && name != "status");
    }
    claims
}
