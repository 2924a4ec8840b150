//! Looks for a trust chain from an issuer to the anchors, one after the other (section 10.1): upwards by
//! `authority_hints`, the shortest way first, and never further or wider than the limits. Whoever is looked
//! up chooses the hints.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Utc};
use credential_core::{
    federation::{
        Anchor, Configuration, CredentialKeys, FederationError, KEYS_MEDIA_TYPES, MAX_LENGTH,
        MAX_SUPERIORS, MEDIA_TYPE, SIGNED_KEYS_MEDIA_TYPE, Subordinate, TrustChain, TrustMark,
        configuration_address, key_set,
    },
    jose::PublicJwkSet,
};

use super::{FederationAnchor, Member, NotAsked, Reason, Refused};
use crate::fetch::{Fetch, FetchError};

/// Most superiors of one entity that are looked at, the anchor first.
const MAX_HINTS: usize = 4;
/// Most trust marks of one type that are looked at.
const MAX_MARKS: usize = 8;
/// Most documents that are fetched for one issuer.
const MAX_FETCHES: usize = 16;

/// One search. What was fetched for it is not fetched again.
pub(super) struct Search<'s> {
    fetch: &'s dyn Fetch,
    anchors: &'s [FederationAnchor],
    now: DateTime<Utc>,
    fetched: HashMap<String, Result<Vec<u8>, Stop>>,
}

/// Why a way leads no further.
#[derive(Debug, Clone, Copy)]
enum Stop {
    /// Somebody says that there is nothing.
    Absent,
    /// Somebody could not be asked.
    NotAsked(Refused),
    /// What was said is wrong, or the search has gone far enough.
    Broken(&'static str),
}

/// A way upwards: the statements so far, nearest first, and who made the last.
struct Way {
    top: Configuration,
    statements: Vec<Subordinate>,
}

/// What stood in the way, to be told when there is no other way.
#[derive(Default)]
struct Obstacles {
    broken: Option<&'static str>,
    not_asked: Option<Refused>,
}

impl From<FederationError> for Stop {
    fn from(error: FederationError) -> Self {
        Self::Broken(error.reason())
    }
}

impl<'s> Search<'s> {
    pub(super) fn new(
        fetch: &'s dyn Fetch,
        anchors: &'s [FederationAnchor],
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            fetch,
            anchors,
            now,
            fetched: HashMap::new(),
        }
    }

    /// The issuer as a member of the first federation, in the verifier's order, that it is in; none when it is in none.
    /// One of which that could not be found out ends the search: what stands behind it does not decide.
    pub(super) async fn member(mut self, name: &str) -> Result<Option<Member>, NotAsked> {
        for (federation, anchor) in self.anchors.iter().enumerate() {
            let why = match self.member_of(anchor, name).await {
                Ok(member) => return Ok(Some(member)),
                Err(Stop::Absent) => continue,
                Err(Stop::NotAsked(refused)) => refused,
                Err(Stop::Broken(code)) => (Reason::FederationChainInvalid, code),
            };
            return Err(NotAsked { federation, why });
        }
        Ok(None)
    }

    async fn member_of(&mut self, anchor: &FederationAnchor, name: &str) -> Result<Member, Stop> {
        let chain = self.chain(name, anchor).await?;
        let (keys, keys_end) = self.credential_keys(&chain).await?;
        let (unmarked, mark_end) = match &anchor.trust_mark_type {
            Some(kind) => self.trust_mark(&chain, kind, anchor).await?,
            None => (None, None),
        };
        let ends = [keys_end, mark_end].into_iter().flatten();
        Ok(Member {
            anchor: anchor.entity_id.clone(),
            name: chain.organisation_name().clone(),
            keys,
            unmarked,
            expires_at: ends.fold(chain.expires_at(), Ord::min),
        })
    }

    /// The shortest chain from this entity to this anchor.
    async fn chain(&mut self, name: &str, anchor: &FederationAnchor) -> Result<TrustChain, Stop> {
        let subject = self.configuration(name).await?;
        let mut obstacles = Obstacles::default();
        let mut ways = VecDeque::from([Way {
            top: subject.clone(),
            statements: Vec::new(),
        }]);
        while let Some(way) = ways.pop_front() {
            for hint in hints(&way, anchor, &mut obstacles) {
                match self.above(&way, &hint, anchor).await {
                    Ok(next) if hint != anchor.entity_id => ways.push_back(next),
                    Ok(next) => match verified(&subject, &next, anchor) {
                        Ok(chain) => return Ok(chain),
                        Err(error) => obstacles.note(error.into()),
                    },
                    Err(stop) => obstacles.note(stop),
                }
            }
        }
        Err(obstacles.told())
    }

    /// One step up: what the superior says about the topmost entity so far.
    async fn above(
        &mut self,
        way: &Way,
        superior: &str,
        anchor: &FederationAnchor,
    ) -> Result<Way, Stop> {
        if way.names().any(|name| name == superior) {
            return Err(Stop::Broken("federation_loop"));
        }
        if way.statements.len() == MAX_SUPERIORS {
            return Err(Stop::Broken("federation_too_deep"));
        }
        // The verifier's own file says that there is an anchor, whatever its host says at this moment.
        let top = match self.configuration(superior).await {
            Err(Stop::Absent) if superior == anchor.entity_id => {
                return Err(not_asked(FetchError::NotFound));
            }
            top => top?,
        };
        let subject = way.top.entity_id();
        let octets = self.get(&top.fetch_address(subject)?, MEDIA_TYPE).await?;
        let mut statements = way.statements.clone();
        statements.push(top.subordinate(&octets, subject, self.now)?);
        Ok(Way { top, statements })
    }

    async fn configuration(&mut self, entity_id: &str) -> Result<Configuration, Stop> {
        let octets = self
            .get(&configuration_address(entity_id), MEDIA_TYPE)
            .await?;
        Ok(Configuration::read(&octets, entity_id, self.now)?)
    }

    /// The keys for credentials, wherever the chain says they are.
    async fn credential_keys(
        &mut self,
        chain: &TrustChain,
    ) -> Result<(PublicJwkSet, Option<DateTime<Utc>>), Stop> {
        match chain.credential_keys()? {
            CredentialKeys::Given(keys) => Ok((keys, None)),
            CredentialKeys::Signed(address) => {
                let octets = self.keys_at(&address, SIGNED_KEYS_MEDIA_TYPE).await?;
                Ok(chain.signed_keys(&octets, self.now)?)
            }
            CredentialKeys::Published(address) => {
                let octets = self.keys_at(&address, KEYS_MEDIA_TYPES).await?;
                Ok((key_set(&octets)?, None))
            }
        }
    }

    /// A member's keys that are not where it says are no sign that it is no member.
    async fn keys_at(&mut self, address: &str, media_type: &str) -> Result<Vec<u8>, Stop> {
        self.get(address, media_type)
            .await
            .map_err(|stop| match stop {
                Stop::Absent => not_asked(FetchError::NotFound),
                other => other,
            })
    }

    /// Why the subject has not the trust mark that the verifier asks for, or until when it has it.
    async fn trust_mark(
        &mut self,
        chain: &TrustChain,
        kind: &str,
        anchor: &FederationAnchor,
    ) -> Result<(Option<&'static str>, Option<DateTime<Utc>>), Stop> {
        let marks = match chain.trust_marks(kind) {
            Ok(marks) => marks,
            Err(error) => return unmarked(error),
        };
        let (mut refused, mut obstacles) = (None, Obstacles::default());
        if marks.len() > MAX_MARKS {
            obstacles.note(Stop::Broken("federation_too_many_marks"));
        }
        for mark in marks.iter().take(MAX_MARKS) {
            match self.mark_end(chain, mark, anchor).await {
                Ok(Ok(end)) => return Ok((None, Some(end))),
                Ok(Err(FederationError::MarkEnded)) => refused = Some(FederationError::MarkEnded),
                Ok(Err(error)) => obstacles.note(error.into()),
                Err(stop) => obstacles.note(stop),
            }
        }
        match (obstacles.told(), refused) {
            (Stop::Absent, Some(error)) => unmarked(error),
            (stop, _) => Err(stop),
        }
    }

    /// Until when a trust mark holds, or why it does not.
    async fn mark_end(
        &mut self,
        chain: &TrustChain,
        mark: &TrustMark,
        anchor: &FederationAnchor,
    ) -> Result<Result<DateTime<Utc>, FederationError>, Stop> {
        let (keys, chain_end) = if mark.issuer() == anchor.entity_id {
            (chain.anchor_keys().clone(), chain.expires_at())
        } else {
            match self.chain(mark.issuer(), anchor).await {
                Ok(issuer) => (issuer.keys().clone(), issuer.expires_at()),
                // The anchor accepts its marks, so it is somebody.
                Err(Stop::Absent) => return Err(not_asked(FetchError::NotFound)),
                Err(stop) => return Err(stop),
            }
        };
        let end = mark.verify(&keys, self.now);
        Ok(end.map(|end| end.min(chain_end)))
    }

    async fn get(&mut self, address: &str, media_type: &str) -> Result<Vec<u8>, Stop> {
        if let Some(known) = self.fetched.get(address) {
            return known.clone();
        }
        if self.fetched.len() == MAX_FETCHES {
            return Err(Stop::Broken("federation_too_many_fetches"));
        }
        let fetched = match self.fetch.fetch(address, media_type).await {
            Ok(octets) if octets.len() > MAX_LENGTH => Err(FederationError::Malformed.into()),
            Ok(octets) => Ok(octets),
            Err(FetchError::NotFound) => Err(Stop::Absent),
            Err(error) => Err(not_asked(error)),
        };
        self.fetched.insert(address.to_owned(), fetched.clone());
        fetched
    }
}

impl Way {
    /// Everybody on it.
    fn names(&self) -> impl Iterator<Item = &str> {
        let below = self.statements.iter().map(Subordinate::subject);
        below.chain([self.top.entity_id()])
    }
}

impl Obstacles {
    fn note(&mut self, stop: Stop) {
        match stop {
            Stop::Absent => {}
            Stop::NotAsked(refused) => self.not_asked = self.not_asked.or(Some(refused)),
            Stop::Broken(code) => self.broken = self.broken.or(Some(code)),
        }
    }

    /// That nobody knows an entity can be said only when nothing stood in the way.
    fn told(self) -> Stop {
        match (self.broken, self.not_asked) {
            (Some(code), _) => Stop::Broken(code),
            (None, Some(refused)) => Stop::NotAsked(refused),
            (None, None) => Stop::Absent,
        }
    }
}

/// The superiors to ask: the anchor first, each once, and no more than a few.
fn hints(way: &Way, anchor: &FederationAnchor, obstacles: &mut Obstacles) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    for hint in way.top.authority_hints() {
        if !hints.contains(hint) {
            hints.push(hint.clone());
        }
    }
    hints.sort_by_key(|hint| *hint != anchor.entity_id);
    if hints.len() > MAX_HINTS {
        obstacles.note(Stop::Broken("federation_too_many_hints"));
        hints.truncate(MAX_HINTS);
    }
    hints
}

fn verified(
    subject: &Configuration,
    way: &Way,
    anchor: &FederationAnchor,
) -> Result<TrustChain, FederationError> {
    let anchor = Anchor {
        entity_id: &anchor.entity_id,
        keys: &anchor.jwks,
        max_path_length: anchor.max_path_length,
    };
    TrustChain::verify(subject, &way.statements, &way.top, &anchor)
}

/// An entity that has no mark, or had one, is not trusted; of a mark that cannot be checked nothing is known.
fn unmarked(error: FederationError) -> Result<(Option<&'static str>, Option<DateTime<Utc>>), Stop> {
    match error {
        FederationError::MarkMissing | FederationError::MarkIssuer | FederationError::MarkEnded => {
            Ok((Some(error.reason()), None))
        }
        _ => Err(error.into()),
    }
}

fn not_asked(error: FetchError) -> Stop {
    let reason = match error {
        FetchError::Offline => Reason::FederationOffline,
        _ => Reason::FederationUnreachable,
    };
    Stop::NotAsked((reason, error.reason()))
}
