//! The published status list: signed anew when a status changed, or when the signed one grew old.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{jose::SignError, status_list::StatusListToken};

use super::IssuerState;

/// The list's address below the issuer's identifier. There is one.
pub(super) const PATH: &str = "/status/1";
/// For how many seconds a reader may keep the list: a revocation is seen everywhere after that.
pub(super) const TTL: u64 = 300;
/// How long a signed list is valid.
const LIFE: TimeDelta = TimeDelta::hours(24);
/// After this long an unchanged list is signed anew.
const FRESH: TimeDelta = TimeDelta::hours(1);

/// The list that was signed last.
#[derive(Debug, Default)]
pub(super) struct Published(Mutex<Option<Signed>>);

#[derive(Debug)]
struct Signed {
    version: u64,
    at: DateTime<Utc>,
    token: Arc<str>,
}

impl IssuerState {
    /// The address of the status list.
    #[must_use]
    pub fn status_list_address(&self) -> String {
        self.profile().address(PATH)
    }

    /// The signed list as it is now.
    pub(super) fn status_list_token(&self) -> Result<Arc<str>, SignError> {
        let now = self.now();
        let mut last = self
            .published()
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let version = self.registry().list_version();
        if let Some(signed) = &*last
            && signed.version == version
            && (TimeDelta::zero()..FRESH).contains(&(now - signed.at))
        {
            return Ok(Arc::clone(&signed.token));
        }
        let signed = self.sign_list(now)?;
        let token = Arc::clone(&signed.token);
        *last = Some(signed);
        Ok(token)
    }

    fn sign_list(&self, now: DateTime<Utc>) -> Result<Signed, SignError> {
        let (version, list) = self.registry().status_list();
        let token = StatusListToken::sign(
            &list,
            self.profile().identifier(),
            &self.status_list_address(),
            (now, now + LIFE),
            TTL,
            self.signer(),
        )?;
        Ok(Signed {
            version,
            at: now,
            token: token.into(),
        })
    }
}
