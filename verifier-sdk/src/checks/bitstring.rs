//! Whether a credential of the data model was revoked or suspended: its places in the issuer's bitstring
//! lists. As with [`super::status`], a list that cannot be had or trusted is "could not check".

use chrono::{DateTime, Utc};
use credential_core::{
    linked_data::{SecuredDocument, VerifiedDocument},
    status_list::bitstring::{BitstringEntry, BitstringError, BitstringList, MEDIA_TYPE, Purpose},
};

use super::{
    Check, Reason,
    identity::Issuer,
    linked,
    recent::{HowLong, Recent, Refused},
    status::not_fetched,
    verdict,
};
use crate::fetch::Fetch;

/// Lists that were verified, by issuer, address and purpose.
#[derive(Debug, Default)]
pub(crate) struct BitstringLists(Recent<(String, String, Purpose), BitstringList>);

impl BitstringLists {
    /// The status of a credential whose own proof holds. When several lists say something, the worst.
    pub(crate) async fn check(
        &self,
        credential: &VerifiedDocument,
        issuer: &Issuer<'_>,
        fetch: &dyn Fetch,
        now: DateTime<Utc>,
    ) -> Check {
        let document = credential.document();
        // In a JWT the claim of a Token Status List, which the data model does not know: it is not read here.
        if document.contains_key("status") {
            return Check::new(Reason::StatusNotUnderstood, now);
        }
        let Some(status) = document.get("credentialStatus") else {
            return Check::new(Reason::StatusNotUsed, now);
        };
        let Some(entries) = BitstringEntry::read_all(status) else {
            return Check::new(Reason::StatusNotUnderstood, now);
        };
        let mut checks = Vec::with_capacity(entries.len());
        for entry in entries {
            checks.push(self.one(&entry, issuer, fetch, now).await);
        }
        let worst = verdict(checks.iter().map(|check| check.outcome));
        let found = checks.into_iter().find(|check| check.outcome == worst);
        found.unwrap_or_else(|| Check::new(Reason::StatusNotUnderstood, now))
    }

    async fn one(
        &self,
        entry: &BitstringEntry,
        issuer: &Issuer<'_>,
        fetch: &dyn Fetch,
        now: DateTime<Utc>,
    ) -> Check {
        let place = (issuer.id().to_owned(), entry.list.clone(), entry.purpose);
        let list = match self.0.get(&place, now) {
            Some(known) => known,
            None => {
                let fetched = fetched(entry, issuer, fetch, now).await;
                self.0.keep(place, fetched, now)
            }
        };
        let list = match list {
            Ok(list) => list,
            Err((reason, detail)) => return Check::detailed(reason, detail, now),
        };
        let at = list.issued_at();
        match (list.is_set(entry.index), entry.purpose) {
            (Ok(false), _) => Check::new(Reason::NotRevoked, at),
            (Ok(true), Purpose::Revocation) => Check::new(Reason::Revoked, at),
            (Ok(true), Purpose::Suspension) => Check::new(Reason::Suspended, at),
            (Err(error), _) => Check::detailed(Reason::StatusOutOfBounds, error.reason(), at),
        }
    }
}

async fn fetched(
    entry: &BitstringEntry,
    issuer: &Issuer<'_>,
    fetch: &dyn Fetch,
    now: DateTime<Utc>,
) -> Result<(BitstringList, HowLong), Refused> {
    let fetched = fetch.fetch(&entry.list, MEDIA_TYPE).await;
    let document = fetched.map_err(not_fetched)?;
    let asked = (entry.list.as_str(), entry.purpose);
    let key_of = |secured: &SecuredDocument| linked::key(issuer, secured.key_id(), now).ok();
    let list = BitstringList::verify(&document, asked, issuer.id(), key_of, now)
        .map_err(|error: BitstringError| (Reason::StatusListInvalid, error.reason()))?;
    let how_long = HowLong {
        ttl_seconds: list.ttl_seconds(),
        expires_at: list.expires_at(),
    };
    Ok((list, how_long))
}
