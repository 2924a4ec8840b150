//! Whether a credential was revoked: its place in the issuer's status list.
//!
//! The list is asked only about credentials whose signature already holds, is verified with a key of
//! the same issuer, and is kept in memory for as long as it allows. A list that cannot be had
//! or trusted makes the check "could not check", never "valid".

use chrono::{DateTime, Utc};
use credential_core::{
    jose::jws::JwsError,
    sd_jwt::StatusReference,
    status_list::{Status, StatusError, StatusListToken},
};

use super::{
    Check, Reason,
    identity::{Issuer, KeyName},
    recent::{HowLong, Recent, Refused},
};
use crate::fetch::{Fetch, FetchError};

/// The media type of a list (draft-ietf-oauth-status-list section 8.1).
const MEDIA_TYPE: &str = "application/statuslist+jwt";
/// Lists that were verified, by issuer and address.
#[derive(Debug, Default)]
pub(crate) struct StatusLists(Recent<(String, String), StatusListToken>);

impl StatusLists {
    /// The status of a credential of this issuer.
    pub(crate) async fn check(
        &self,
        reference: Option<&StatusReference>,
        issuer: &Issuer<'_>,
        fetch: &dyn Fetch,
        now: DateTime<Utc>,
    ) -> Check {
        let Some(reference) = reference else {
            return Check::new(Reason::StatusNotUsed, now);
        };
        let place = (issuer.id().to_owned(), reference.uri.clone());
        let token = match self.0.get(&place, now) {
            Some(known) => known,
            None => {
                let fetched = fetched(&reference.uri, issuer, fetch, now).await;
                self.0.keep(place, fetched, now)
            }
        };
        match token {
            Ok(token) => judge(&token, reference.idx),
            Err((reason, detail)) => Check::detailed(reason, detail, now),
        }
    }
}

async fn fetched(
    uri: &str,
    issuer: &Issuer<'_>,
    fetch: &dyn Fetch,
    now: DateTime<Utc>,
) -> Result<(StatusListToken, HowLong), Refused> {
    let document = fetch.fetch(uri, MEDIA_TYPE).await.map_err(not_fetched)?;
    let token = verified(&document, uri, issuer, now)
        .map_err(|detail| (Reason::StatusListInvalid, detail))?;
    let how_long = HowLong {
        ttl_seconds: token.ttl_seconds(),
        expires_at: token.expires_at(),
    };
    Ok((token, how_long))
}

pub(super) fn not_fetched(error: FetchError) -> Refused {
    let reason = match error {
        FetchError::Offline => Reason::StatusOffline,
        FetchError::NotFound | FetchError::Unreachable(_) => Reason::StatusUnreachable,
    };
    (reason, error.reason())
}

fn verified(
    document: &[u8],
    uri: &str,
    issuer: &Issuer<'_>,
    now: DateTime<Utc>,
) -> Result<StatusListToken, &'static str> {
    let reason = StatusError::reason;
    let compact = std::str::from_utf8(document).map_err(|_error| reason(StatusError::Malformed))?;
    let header = StatusListToken::header(compact).map_err(reason)?;
    let key = issuer.key(KeyName::of_header(&header), now);
    // A list signed with a key that is not the issuer's is signed wrongly.
    let key = key.map_err(|why| why.detail().unwrap_or(JwsError::BadSignature.reason()))?;
    StatusListToken::verify(compact, uri, &key, now).map_err(reason)
}

fn judge(token: &StatusListToken, index: u32) -> Check {
    let at = token.issued_at();
    match token.list().at(index) {
        Ok(Status::Valid) => Check::new(Reason::NotRevoked, at),
        Ok(Status::Invalid) => Check::new(Reason::Revoked, at),
        Ok(Status::Suspended) => Check::new(Reason::Suspended, at),
        Ok(Status::Other(_)) => Check::new(Reason::StatusNotUnderstood, at),
        Err(error) => Check::detailed(Reason::StatusOutOfBounds, error.reason(), at),
    }
}
