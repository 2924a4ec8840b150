//! The published status lists: each signed anew when a status in it changed, or when the signed one grew
//! old.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{jose::SignError, status_list::StatusListToken};

use super::IssuerState;

/// The lists' addresses below the issuer's identifier: numbered from 1, in the order in which they began.
pub(super) const PATH: &str = "/status/{list}";
/// For how many seconds a reader may keep the list: a revocation is seen everywhere after that.
pub(super) const TTL: u64 = 300;
/// How long a signed list is valid.
pub(super) const LIFE: TimeDelta = TimeDelta::hours(24);
/// After this long an unchanged list is signed anew.
pub(super) const FRESH: TimeDelta = TimeDelta::hours(1);

/// What was signed last of each list.
#[derive(Debug, Default)]
pub(super) struct Published(Mutex<HashMap<usize, Signed>>);

#[derive(Debug)]
struct Signed {
    version: u64,
    at: DateTime<Utc>,
    token: Arc<str>,
}

impl IssuerState {
    /// The address of the status list of this number, from 0.
    pub(super) fn status_list_address(&self, number: usize) -> String {
        self.profile().address(&format!("/status/{}", number + 1))
    }

    /// The signed list of this number as it is now; none when there is no such list.
    pub(super) fn status_list_token(&self, number: usize) -> Result<Option<Arc<str>>, SignError> {
        let now = self.now();
        let Some(version) = self.registry().list_version(number) else {
            return Ok(None);
        };
        let mut last = self
            .published()
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(signed) = last.get(&number)
            && signed.version == version
            && (TimeDelta::zero()..FRESH).contains(&(now - signed.at))
        {
            return Ok(Some(Arc::clone(&signed.token)));
        }
        let signed = self.sign_list(number, now)?;
        let token = signed.as_ref().map(|signed| Arc::clone(&signed.token));
        last.extend(signed.map(|signed| (number, signed)));
        Ok(token)
    }

    fn sign_list(&self, number: usize, now: DateTime<Utc>) -> Result<Option<Signed>, SignError> {
        let Some((version, list)) = self.registry().status_list(number) else {
            return Ok(None);
        };
        let token = StatusListToken::sign(
            &list,
            self.profile().identifier(),
            &self.status_list_address(number),
            (now, now + LIFE),
            TTL,
            self.signer(),
        )?;
        Ok(Some(Signed {
            version,
            at: now,
            token: token.into(),
        }))
    }
}
