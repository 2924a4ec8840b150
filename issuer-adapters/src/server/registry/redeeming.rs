//! Redeeming an offer, once: by its own code, or by an authorization code that was given to a person who
//! knew the offer's transaction code. Wrong transaction codes count alike, wherever they are typed.

use chrono::{DateTime, Utc};
use credential_core::id::OfferId;

use super::{
    super::store::{Changes, StoreError},
    MAX_WRONG_CODES, Registry, RegistryError,
    offers::remove_offer,
    rows::{OFFERS, OfferRow, offer_of},
};

/// What became of an attempt to redeem an offer's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Redemption {
    /// This attempt, and no other, may have the access token.
    Granted,
    /// A transaction code is required.
    CodeMissing,
    /// A transaction code was sent although none is required.
    CodeNotExpected,
    /// Wrong transaction code; more tries are left.
    CodeWrong,
    /// Unknown, used, expired or guessed at too often; which of them is not told.
    Dead,
}

/// What became of an attempt to use an authorization code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum CodeUse {
    /// This attempt, and no other, may have the access token.
    Granted,
    /// The code was used before: its token, and the offer, are dead now (RFC 6749 section 4.1.2).
    Reused,
    /// The offer was redeemed otherwise, has expired or is gone.
    Dead,
}

impl Registry {
    /// Redeems an offer's code: once, and with the right transaction code.
    pub(in crate::server) fn redeem(
        &self,
        id: &OfferId,
        tx_code: Option<&str>,
        now: DateTime<Utc>,
        token_until: DateTime<Utc>,
    ) -> Result<Redemption, RegistryError> {
        self.try_code(id, tx_code, now, |row| {
            row.redeemed_until = Some(token_until);
        })
    }

    /// Whether a person knows the offer's transaction code; redeems nothing.
    pub(in crate::server) fn confirm(
        &self,
        id: &OfferId,
        tx_code: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Redemption, RegistryError> {
        self.try_code(id, tx_code, now, |_row| {})
    }

    /// Redeems an offer by the authorization code with this id.
    pub(in crate::server) fn redeem_by(
        &self,
        id: &OfferId,
        code: &str,
        now: DateTime<Utc>,
        token_until: DateTime<Utc>,
    ) -> Result<CodeUse, RegistryError> {
        let _lock = self.memory();
        let mut changes = Changes::new();
        let outcome = match self.offer_row(id)? {
            Some(row) if row.redeemed_by.as_deref() == Some(code) => {
                remove_offer(id, &row, &mut changes);
                CodeUse::Reused
            }
            Some(mut row) if row.is_open(now) => {
                row.redeemed_until = Some(token_until);
                row.redeemed_by = Some(code.to_owned());
                self.put_offer(id, &row, &mut changes)?;
                CodeUse::Granted
            }
            _ => return Ok(CodeUse::Dead),
        };
        self.store.apply(changes)?;
        Ok(outcome)
    }

    /// The one offer whose id begins with these octets.
    pub(in crate::server) fn offer_beginning(
        &self,
        octets: &[u8],
    ) -> Result<Option<OfferId>, RegistryError> {
        let mut found = Vec::new();
        self.store
            .scan(&[OFFERS, octets].concat(), |key, _sealed| {
                found.push(offer_of(key)?);
                Ok::<_, StoreError>(())
            })?;
        match found.as_slice() {
            [one] => Ok(Some(*one)),
            _ => Ok(None),
        }
    }

    fn try_code(
        &self,
        id: &OfferId,
        tx_code: Option<&str>,
        now: DateTime<Utc>,
        granted: impl FnOnce(&mut OfferRow),
    ) -> Result<Redemption, RegistryError> {
        let _lock = self.memory();
        let Some(mut row) = self.offer_row(id)?.filter(|row| row.is_open(now)) else {
            return Ok(Redemption::Dead);
        };
        let mut changes = Changes::new();
        let outcome = match (row.tx_tag, tx_code) {
            (Some(_), None) => return Ok(Redemption::CodeMissing),
            (None, Some(_)) => return Ok(Redemption::CodeNotExpected),
            (Some(tag), Some(code)) if !self.tx_code_matches(id, code, &tag) => {
                row.wrong_codes = row.wrong_codes.saturating_add(1);
                Redemption::CodeWrong
            }
            _ => {
                granted(&mut row);
                Redemption::Granted
            }
        };
        if row.wrong_codes >= MAX_WRONG_CODES {
            remove_offer(id, &row, &mut changes);
            self.store.apply(changes)?;
            return Ok(Redemption::Dead);
        }
        self.put_offer(id, &row, &mut changes)?;
        self.store.apply(changes)?;
        Ok(outcome)
    }
}
