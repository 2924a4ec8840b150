//! Members of federations: who an issuer is by its trust chain, remembered until the chain's first end.

mod search;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use credential_core::{
    clock::Clock,
    jose::{PublicJwkSet, VerifyingKey},
    text::Text,
};

use super::{FederationAnchor, Reason, Registry, RegistryKind, among, of_type};
use crate::{
    checks::{
        Check,
        identity::{KeyName, NoKey},
        recent::{HowLong, Recent, Refused},
    },
    fetch::Fetch,
};
use search::Search;

/// How long a member is believed without asking again, in seconds, where its chain lasts longer: a federation takes
/// members back by no longer speaking about them (section 11.4).
const MAX_KEPT: u64 = 3600;

/// What was found about issuers, by name: members, and that somebody is none.
#[derive(Debug, Default)]
pub(crate) struct Members(Recent<String, Option<Arc<Member>>, NotAsked>);

/// Why it could not be found out whether an issuer is in a federation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotAsked {
    /// Its place in the verifier's order.
    federation: usize,
    why: Refused,
}

/// An issuer in a federation.
#[derive(Debug)]
pub(crate) struct Member {
    /// The anchor's entity identifier.
    anchor: String,
    name: Text,
    /// Its keys for credentials.
    keys: PublicJwkSet,
    /// Why it has not the trust mark that it needs, where it needs one.
    unmarked: Option<&'static str>,
    expires_at: DateTime<Utc>,
}

/// The same, with what the verifier says about the federation.
pub(crate) struct Federated<'t> {
    name: String,
    member: Arc<Member>,
    anchor: &'t FederationAnchor,
}

impl Members {
    /// Looks an issuer up in the federations: a member, nobody, or why that could not be found out.
    pub(crate) async fn find<'t>(
        &self,
        name: &str,
        federations: &'t [FederationAnchor],
        (fetch, clock): (&dyn Fetch, &dyn Clock),
        now: DateTime<Utc>,
    ) -> Result<Option<Federated<'t>>, NotAsked> {
        if federations.is_empty() {
            return Ok(None);
        }
        let place = name.to_owned();
        let found = match self.0.get(&place, now) {
            Some(known) => known,
            None => {
                let found = Search::new(fetch, federations, now).member(name).await;
                let found = found.map(|member| {
                    let how_long = how_long(member.as_ref());
                    (member.map(Arc::new), how_long)
                });
                self.0.keep(place, found, clock.now())
            }
        }?;
        Ok(found.as_ref().as_ref().and_then(|member| {
            let of = |anchor: &&FederationAnchor| anchor.entity_id == member.anchor;
            Some(Federated {
                name: name.to_owned(),
                member: Arc::clone(member),
                anchor: federations.iter().find(of)?,
            })
        }))
    }
}

impl From<NotAsked> for Refused {
    fn from(not_asked: NotAsked) -> Self {
        not_asked.why
    }
}

impl NotAsked {
    /// The same as a check, with the federation's name.
    pub(super) fn check(self, federations: &[FederationAnchor], now: DateTime<Utc>) -> Check {
        let (reason, detail) = self.why;
        let check = Check::detailed(reason, detail, now);
        match federations.get(self.federation) {
            Some(anchor) => check.by(registry(anchor)),
            None => check,
        }
    }
}

/// A member until its chain ends; that somebody is none for a few minutes.
fn how_long(member: Option<&Member>) -> HowLong {
    HowLong {
        ttl_seconds: member.map(|_member| MAX_KEPT),
        expires_at: member.map(|member| member.expires_at),
    }
}

impl Federated<'_> {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn legal_name(&self) -> &Text {
        &self.member.name
    }

    pub(crate) fn registry(&self) -> Registry {
        registry(self.anchor)
    }

    /// Whether the federation vouches for this issuer and type.
    pub(crate) fn standing(&self, kind: Option<&str>) -> (Reason, Option<&'static str>) {
        let reason = of_type(
            &self.anchor.credential_types,
            kind,
            Reason::IssuerInFederation,
        );
        match self.member.unmarked {
            Some(why) if reason == Reason::IssuerInFederation => {
                (Reason::IssuerNotTrustedForType, Some(why))
            }
            _ => (reason, None),
        }
    }

    /// A key that is not there may have been added since the member was asked about, or be of a kind that is not
    /// read: that makes nothing a forgery.
    pub(crate) fn key(&self, named: KeyName<'_>) -> Result<VerifyingKey, NoKey> {
        among(&self.member.keys, named.kid, named).map_err(|_unknown| {
            NoKey::new(Reason::IssuerKeyNotAvailable, "federation_key_not_known")
        })
    }
}

/// A federation, as reports name it.
fn registry(anchor: &FederationAnchor) -> Registry {
    Registry::new(RegistryKind::Federation, &anchor.entity_id)
}
