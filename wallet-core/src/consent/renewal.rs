//! Fresh deposits for standing shares: before the last one ends, and when the recipient's registered key
//! has changed. They are in the vault before the broker hears of them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    consent::details::{GrantedDetails, Mode},
    dcql::CredentialQuery,
    id::{CredentialId, GrantId},
    mailbox::key_binding_nonce,
    sd_jwt::{self, KeyBindingRequest},
    trust::TrustList,
};
use serde::{Deserialize, Serialize};

use super::{
    approve::SignedGrant,
    broker::{Broker, GrantRow},
    deposit::{self, SealError, Slot, VpToken},
    share::{DEPOSIT_DAYS, Share, ShareState},
};
use crate::{
    Error, Wallet,
    credentials::HeldCredential,
    disclosure::SelectionError,
    vault::{Transaction, Tree},
};

const RENEWALS: Tree<GrantId, Renewal> = Tree::new("renewals");
/// How many deposits are prepared at once: a wallet may be silent for four weeks.
const PREPARED: u32 = 4;
/// One deposit lives on a little after the next begins, so that a reading can be repeated.
const OVERLAP: TimeDelta = TimeDelta::hours(1);

/// The last deposits that were made for a share after its first one.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Renewal {
    /// The highest place used; it is never used again.
    sequence: u32,
    /// The thumbprint of the key that they are sealed to.
    sealed_to: String,
    /// Whether those before were sealed to another key.
    is_rekeyed: bool,
    /// Kept until the broker has confirmed them.
    unconfirmed: Vec<String>,
    /// When the last one ends.
    ends_at: DateTime<Utc>,
}

impl Renewal {
    fn is_unconfirmed(&self) -> bool {
        !self.unconfirmed.is_empty()
    }
}

/// A share that has fresh deposits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Renewed {
    /// The share.
    pub grant_id: GrantId,
    /// When the last of its deposits ends.
    pub until: DateTime<Utc>,
    /// The thumbprint of the recipient's registered key, when it is another than before.
    pub new_key: Option<String>,
}

/// A share that should have fresh deposits and could not get them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotRenewed {
    /// The share.
    pub grant_id: GrantId,
    /// Why.
    pub error: Error,
}

/// What renewing did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Renewals {
    /// Shares with fresh deposits.
    pub renewed: Vec<Renewed>,
    /// Shares without.
    pub failed: Vec<NotRenewed>,
}

impl Wallet {
    /// Makes fresh deposits for the standing shares whose last one ends within `ahead`, and for those
    /// whose recipient has another registered key than before: four for a week each, one after another,
    /// with the same claims. The key is looked up in the wallet's own trust list; a broker that names
    /// another one is not followed.
    ///
    /// # Errors
    /// [`Error::Vault`], or [`Error::Trust`] when the trust list has expired. What happened to each share
    /// stands in the answer.
    pub async fn renew_deposits(&self, ahead: TimeDelta) -> Result<Renewals, Error> {
        let (trust, mut done) = (self.trust()?, Renewals::default());
        let standing: Vec<Share> = self
            .shares()?
            .into_iter()
            .filter(|share| share.state == ShareState::Active)
            .filter(|share| {
                share.details.mode == Mode::Standing && share.details.until > self.now()
            })
            .collect();
        let mut brokers: Vec<&str> = standing.iter().map(|share| share.broker.as_str()).collect();
        brokers.sort_unstable();
        brokers.dedup();
        for issuer in brokers {
            let shares = standing.iter().filter(|share| share.broker == issuer);
            match self.rows(issuer).await {
                Ok((broker, rows)) => {
                    for share in shares {
                        let row = rows.iter().find(|row| row.grant_id == share.grant_id);
                        let renewed = self.renew_share(&broker, share, row, (&trust, ahead)).await;
                        done.note(share.grant_id, renewed);
                    }
                }
                Err(error) => {
                    shares.for_each(|share| done.note(share.grant_id, Err(error.clone())));
                }
            }
        }
        Ok(done)
    }

    /// The highest place that renewing has used; 0 when it never has.
    pub(super) fn renewed_up_to(&self, id: GrantId) -> Result<u32, Error> {
        let known = self.vault().get(&RENEWALS, &id)?;
        Ok(known.map_or(0, |known| known.sequence))
    }

    /// Forgets prepared deposits that never reached the broker: a change of the share has put one of its
    /// own above them, under other terms. When that one ends, the broker knows.
    pub(super) fn supersede_renewal(
        &self,
        tx: &mut Transaction<'_>,
        id: GrantId,
        until: DateTime<Utc>,
    ) -> Result<(), Error> {
        let Some(known) = self.vault().get(&RENEWALS, &id)? else {
            return Ok(());
        };
        let superseded = Renewal {
            unconfirmed: Vec::new(),
            ends_at: until,
            ..known
        };
        Ok(tx.put(&RENEWALS, &id, &superseded)?)
    }

    async fn rows(&self, issuer: &str) -> Result<(Broker<'_>, Vec<GrantRow>), Error> {
        let broker = Broker::connect(self, issuer).await?;
        let rows = broker.grants().await?;
        Ok((broker, rows))
    }

    async fn renew_share(
        &self,
        broker: &Broker<'_>,
        share: &Share,
        row: Option<&GrantRow>,
        (trust, ahead): (&TrustList, TimeDelta),
    ) -> Result<Option<Renewed>, Error> {
        let (id, now) = (share.grant_id, self.now());
        // Its deposit takes the next place, under the new terms.
        if share.change_waits {
            return Err(Error::ChangeWaits);
        }
        let Some(row) = row.filter(|row| row.status == "active") else {
            return Ok(None);
        };
        let key = deposit::listed_key(&share.details, trust).ok_or(SealError::RecipientKey)?;
        let listed = key.thumbprint();
        if row.reseal_to.as_ref().is_some_and(|asked| *asked != listed) {
            return Err(Error::KeyNotListed);
        }
        let known = self.vault().get(&RENEWALS, &id)?;
        let renewal = match known.as_ref().filter(|known| known.is_unconfirmed()) {
            // The answer was lost, and the broker has them all the same.
            Some(sent) if row.last_seq >= sent.sequence => {
                return self.confirm_renewal(id, sent).map(Some);
            }
            Some(sent) if sent.sealed_to == listed && sent.ends_at > now => sent.clone(),
            _ => {
                let before = known.as_ref().map(|known| &known.sealed_to);
                let is_rekeyed = *before.unwrap_or(&share.details.enc_jwk_thumbprint) != listed;
                if !is_rekeyed && !ends_soon(row, known.as_ref(), share, ahead, now) {
                    return Ok(None);
                }
                let used = known.as_ref().map_or(1, |known| known.sequence);
                let after = used.max(row.last_seq);
                self.prepare_renewal(share, after, (listed, is_rekeyed), trust)?
            }
        };
        let sent = match broker.deposit(id, &renewal.unconfirmed, false).await {
            // The fresh ones begin now, so that the earlier ones would not be given out any more.
            Err(Error::Broker(error)) if error.is("deposits_too_many") => {
                broker.deposit(id, &renewal.unconfirmed, true).await
            }
            sent => sent,
        };
        match sent {
            Ok(()) => self.confirm_renewal(id, &renewal).map(Some),
            Err(error) => {
                if matches!(&error, Error::Broker(refused) if refused.is_final()) {
                    self.set_refused(id, renewal)?;
                }
                Err(error)
            }
        }
    }

    fn confirm_renewal(&self, id: GrantId, renewal: &Renewal) -> Result<Renewed, Error> {
        self.set_confirmed(id, renewal)?;
        Ok(Renewed {
            grant_id: id,
            until: renewal.ends_at,
            new_key: renewal.is_rekeyed.then(|| renewal.sealed_to.clone()),
        })
    }

    /// They are not handed in again, and it is as if they had never been made; only their places stay
    /// used.
    fn set_refused(&self, id: GrantId, renewal: Renewal) -> Result<(), Error> {
        let refused = Renewal {
            sealed_to: if renewal.is_rekeyed {
                String::new()
            } else {
                renewal.sealed_to
            },
            unconfirmed: Vec::new(),
            ends_at: self.now(),
            ..renewal
        };
        Ok(self.vault().put(&RENEWALS, &id, &refused)?)
    }

    fn set_confirmed(&self, id: GrantId, renewal: &Renewal) -> Result<(), Error> {
        let confirmed = Renewal {
            unconfirmed: Vec::new(),
            ..renewal.clone()
        };
        Ok(self.vault().put(&RENEWALS, &id, &confirmed)?)
    }

    /// Makes and keeps the next deposits, from the place above `after` on.
    fn prepare_renewal(
        &self,
        share: &Share,
        after: u32,
        (sealed_to, is_rekeyed): (String, bool),
        trust: &TrustList,
    ) -> Result<Renewal, Error> {
        let (now, known) = (self.now(), self.renewable(share.grant_id)?);
        let grant = SignedGrant::stored(known.decision)?;
        let held = self.credentials()?;
        let mut renewal = Renewal {
            sequence: after,
            sealed_to,
            is_rekeyed,
            unconfirmed: Vec::new(),
            ends_at: now,
        };
        for slot in slots(after, now, grant.details().until) {
            let vp_token = self.present(grant.details(), &known.credentials, &held, slot, now)?;
            let sealed = deposit::seal_to_listed(&grant, vp_token, slot, trust, self.rng())?;
            renewal.unconfirmed.push(sealed.as_str().into());
            renewal.sequence = slot.sequence;
            renewal.ends_at = slot.expires_at;
        }
        self.vault().put(&RENEWALS, &share.grant_id, &renewal)?;
        Ok(renewal)
    }

    /// The granted claims of the credentials that were chosen at the approval.
    fn present(
        &self,
        details: &GrantedDetails,
        credentials: &BTreeMap<String, CredentialId>,
        held: &[HeldCredential],
        slot: Slot,
        now: DateTime<Utc>,
    ) -> Result<VpToken, Error> {
        let nonce = key_binding_nonce(&details.nonce, details.grant_id, slot.sequence);
        let binding = KeyBindingRequest {
            audience: &details.recipient,
            nonce: &nonce,
            issued_at: now,
        };
        let mut vp_token = VpToken::new();
        for part in &details.dcql_query.credentials {
            let credential = chosen(part, credentials, held)?;
            let mut paths = Vec::new();
            for claim in &part.claims {
                let found = credential.found(claim);
                if found.is_empty() {
                    return Err(SelectionError::DoesNotAnswer {
                        part: part.id.clone(),
                    }
                    .into());
                }
                paths.extend(found.into_iter().map(|(path, _value)| path));
            }
            let copy = self.copy_for(credential, &details.recipient)?;
            let shown = sd_jwt::present(&copy.verified, &paths, &binding, &copy.key)?;
            vp_token.insert(part.id.clone(), vec![shown]);
        }
        Ok(vp_token)
    }
}

fn chosen<'h>(
    part: &CredentialQuery,
    credentials: &BTreeMap<String, CredentialId>,
    held: &'h [HeldCredential],
) -> Result<&'h HeldCredential, SelectionError> {
    let id = credentials.get(&part.id);
    held.iter()
        .find(|credential| Some(&credential.id()) == id)
        .ok_or_else(|| SelectionError::NothingHeld {
            part: part.id.clone(),
        })
}

/// The last deposit ends within `ahead`, as the broker or the wallet knows it, and the share goes on after
/// it.
fn ends_soon(
    row: &GrantRow,
    known: Option<&Renewal>,
    share: &Share,
    ahead: TimeDelta,
    now: DateTime<Utc>,
) -> bool {
    let told = row
        .deposits_end
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .unwrap_or(now);
    let end = known.map_or(told, |known| told.min(known.ends_at));
    end <= now + ahead && end < share.details.until
}

/// A week each from now on, as far as the share goes.
fn slots(after: u32, now: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Slot> {
    let week = TimeDelta::days(DEPOSIT_DAYS);
    let mut slots = Vec::new();
    let mut begin = now;
    for place in 1..=PREPARED {
        let Some(sequence) = after.checked_add(place).filter(|_place| begin < until) else {
            break;
        };
        slots.push(Slot {
            sequence,
            not_before: begin,
            expires_at: until.min(begin + week + OVERLAP),
        });
        begin += week;
    }
    slots
}

impl Renewals {
    fn note(&mut self, grant_id: GrantId, renewed: Result<Option<Renewed>, Error>) {
        match renewed {
            Ok(renewed) => self.renewed.extend(renewed),
            Err(error) => self.failed.push(NotRenewed { grant_id, error }),
        }
    }
}

#[cfg(test)]
mod tests;
