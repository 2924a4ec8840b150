//! The published status lists: each signed anew when a status in it changed, or when the signed one grew
//! old.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    jose::SignError,
    status_list::{StatusList, StatusListToken, bitstring::Purpose},
};

use super::IssuerState;

/// The lists' addresses below the issuer's identifier: numbered from 1, in the order in which they began.
pub(super) const PATH: &str = "/status/{list}";
/// For how many seconds a reader may keep the list: a revocation is seen everywhere after that.
pub(super) const TTL: u64 = 300;
/// How long a signed list is valid.
pub(super) const LIFE: TimeDelta = TimeDelta::hours(24);
/// After this long an unchanged list is signed anew.
const FRESH: TimeDelta = TimeDelta::hours(1);

/// What was signed last of each list: as a token, or as the bits of a purpose.
#[derive(Debug, Default)]
pub(super) struct Published(Mutex<HashMap<(usize, Option<Purpose>), Signed>>);

#[derive(Debug)]
struct Signed {
    version: u64,
    at: DateTime<Utc>,
    text: Arc<str>,
}

impl IssuerState {
    /// The address of the status list of this number, from 0.
    pub(super) fn status_list_address(&self, number: usize) -> String {
        self.profile().address(&format!("/status/{}", number + 1))
    }

    /// The signed list of this number as it is now; none when there is no such list.
    pub(super) fn status_list_token(&self, number: usize) -> Result<Option<Arc<str>>, SignError> {
        self.signed_list(number, None, |list, now| {
            StatusListToken::sign(
                list,
                self.issuer(),
                &self.status_list_address(number),
                (now, now + LIFE),
                TTL,
                self.signer(),
            )
        })
    }

    /// What was signed last, or what `sign` makes of the list now.
    pub(super) fn signed_list<E>(
        &self,
        number: usize,
        bits: Option<Purpose>,
        sign: impl FnOnce(&StatusList, DateTime<Utc>) -> Result<String, E>,
    ) -> Result<Option<Arc<str>>, E> {
        let now = self.now();
        let last = &self.published().0;
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(version) = self.registry().list_version(number) else {
            return Ok(None);
        };
        if let Some(signed) = last.get(&(number, bits))
            && signed.version == version
            && (TimeDelta::zero()..FRESH).contains(&(now - signed.at))
        {
            return Ok(Some(Arc::clone(&signed.text)));
        }
        let Some((version, list)) = self.registry().status_list(number) else {
            return Ok(None);
        };
        let text: Arc<str> = sign(&list, now)?.into();
        let signed = Signed {
            version,
            at: now,
            text: Arc::clone(&text),
        };
        last.insert((number, bits), signed);
        Ok(Some(text))
    }
}
