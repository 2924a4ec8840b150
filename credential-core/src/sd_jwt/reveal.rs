//! Putting disclosures back into their places (RFC 9901 section 7.1, step 3 to 5).

use serde_json::{Map, Value};

use super::{
    MAX_DEPTH, SdJwtError,
    disclosure::{self, Content, HashAlgorithm},
    is_reserved,
    trail::Trail,
};
use crate::dcql::ClaimPath;

/// The processed payload: disclosed claims in their places, all digests gone.
#[derive(Debug)]
pub(super) struct Revealed {
    pub(super) claims: Map<String, Value>,
    /// Where each disclosure went, in the order in which they came.
    pub(super) paths: Vec<ClaimPath>,
    /// Digests without a disclosure: claims that were left out, and decoys.
    pub(super) withheld: usize,
    pub(super) hash: HashAlgorithm,
}

/// Processes a payload whose signature was checked.
pub(super) fn reveal(
    mut payload: Map<String, Value>,
    disclosures: &[&str],
) -> Result<Revealed, SdJwtError> {
    let hash = HashAlgorithm::named(payload.remove("_sd_alg").as_ref())?;
    let mut revealer = Revealer {
        disclosures,
        by_digest: index(disclosures, hash)?,
        paths: vec![None; disclosures.len()],
        seen: Vec::with_capacity(disclosures.len()),
    };
    revealer.members(&mut payload, None)?;
    revealer.finish(payload, hash)
}

struct Revealer<'d> {
    disclosures: &'d [&'d str],
    /// Digest and place of each disclosure, sorted by digest.
    by_digest: Vec<(String, usize)>,
    paths: Vec<Option<ClaimPath>>,
    /// Every digest met so far, matched or not.
    seen: Vec<String>,
}

impl Revealer<'_> {
    fn members(
        &mut self,
        members: &mut Map<String, Value>,
        trail: Option<&Trail<'_>>,
    ) -> Result<(), SdJwtError> {
        let digests = members.remove("_sd");
        for (name, value) in members.iter_mut() {
            if is_reserved(name) {
                return Err(SdJwtError::ReservedName);
            }
            self.value(value, &Trail::name(trail, name))?;
        }
        match digests {
            Some(digests) => self.restore_members(digests, members, trail),
            None => Ok(()),
        }
    }

    fn value(&mut self, value: &mut Value, trail: &Trail<'_>) -> Result<(), SdJwtError> {
        match value {
            Value::Object(_) | Value::Array(_) if trail.depth() >= MAX_DEPTH => {
                Err(SdJwtError::TooDeep)
            }
            Value::Object(members) => self.members(members, Some(trail)),
            Value::Array(items) => self.elements(items, trail),
            _ => Ok(()),
        }
    }

    /// Inserts the members whose digests stand in `_sd`.
    fn restore_members(
        &mut self,
        digests: Value,
        members: &mut Map<String, Value>,
        trail: Option<&Trail<'_>>,
    ) -> Result<(), SdJwtError> {
        refuse_protected(trail)?;
        let Value::Array(digests) = digests else {
            return Err(SdJwtError::MalformedDigests);
        };
        for digest in digests {
            let Value::String(digest) = digest else {
                return Err(SdJwtError::MalformedDigests);
            };
            let Some((place, disclosure)) = self.find(digest) else {
                continue;
            };
            let Content::Member(name, mut value) = disclosure::decode(disclosure)? else {
                return Err(SdJwtError::MisplacedDisclosure);
            };
            if is_reserved(&name) {
                return Err(SdJwtError::ReservedName);
            }
            let here = Trail::name(trail, &name);
            refuse_protected(Some(&here))?;
            self.record(place, &here)?;
            if members.contains_key(&name) {
                return Err(SdJwtError::ClaimCollision(here.path()));
            }
            self.value(&mut value, &here)?;
            members.insert(name, value);
        }
        Ok(())
    }

    /// Puts disclosed elements into the places of their digests and drops the digests of the others.
    fn elements(&mut self, items: &mut Vec<Value>, trail: &Trail<'_>) -> Result<(), SdJwtError> {
        let mut kept = Vec::with_capacity(items.len());
        for mut item in std::mem::take(items) {
            let here = Trail::index(trail, kept.len());
            if let Some(digest) = take_digest(&mut item)? {
                refuse_protected(Some(&here))?;
                let Some((place, disclosure)) = self.find(digest) else {
                    continue;
                };
                let Content::Element(value) = disclosure::decode(disclosure)? else {
                    return Err(SdJwtError::MisplacedDisclosure);
                };
                self.record(place, &here)?;
                item = value;
            }
            self.value(&mut item, &here)?;
            kept.push(item);
        }
        *items = kept;
        Ok(())
    }

    /// Remembers the digest and gives the disclosure behind it, if that came along.
    fn find(&mut self, digest: String) -> Option<(usize, &'_ str)> {
        let found = self
            .by_digest
            .binary_search_by(|(known, _)| known.as_str().cmp(&digest));
        self.seen.push(digest);
        let (_, place) = self.by_digest.get(found.ok()?)?;
        Some((*place, self.disclosures.get(*place)?))
    }

    fn record(&mut self, place: usize, trail: &Trail<'_>) -> Result<(), SdJwtError> {
        match self.paths.get_mut(place) {
            Some(path @ None) => {
                *path = Some(trail.path());
                Ok(())
            }
            _ => Err(SdJwtError::DuplicateDigest),
        }
    }

    fn finish(
        mut self,
        claims: Map<String, Value>,
        hash: HashAlgorithm,
    ) -> Result<Revealed, SdJwtError> {
        self.seen.sort_unstable();
        if has_neighbours(&self.seen, |digest| digest) {
            return Err(SdJwtError::DuplicateDigest);
        }
        let paths: Option<Vec<_>> = self.paths.into_iter().collect();
        let paths = paths.ok_or(SdJwtError::UnreferencedDisclosure)?;
        let withheld = self.seen.len().saturating_sub(paths.len());
        Ok(Revealed {
            claims,
            paths,
            withheld,
            hash,
        })
    }
}

fn index(disclosures: &[&str], hash: HashAlgorithm) -> Result<Vec<(String, usize)>, SdJwtError> {
    let mut by_digest: Vec<_> = disclosures
        .iter()
        .enumerate()
        .map(|(place, text)| (hash.digest(text), place))
        .collect();
    by_digest.sort_unstable();
    if has_neighbours(&by_digest, |(digest, _)| digest) {
        return Err(SdJwtError::RepeatedDisclosure);
    }
    Ok(by_digest)
}

/// Whether two neighbours of a sorted list have the same digest.
fn has_neighbours<T>(sorted: &[T], digest: impl Fn(&T) -> &String) -> bool {
    sorted
        .windows(2)
        .any(|pair| matches!(pair, [one, other] if digest(one) == digest(other)))
}

/// The digest of a placeholder, `{"...": "<digest>"}`, which has no other member.
fn take_digest(item: &mut Value) -> Result<Option<String>, SdJwtError> {
    match item {
        Value::Object(members) => match (members.remove("..."), members.is_empty()) {
            (None, _) => Ok(None),
            (Some(Value::String(digest)), true) => Ok(Some(digest)),
            _ => Err(SdJwtError::MalformedDigests),
        },
        _ => Ok(None),
    }
}

fn refuse_protected(trail: Option<&Trail<'_>>) -> Result<(), SdJwtError> {
    match trail.filter(|trail| trail.is_protected()) {
        Some(trail) => Err(SdJwtError::ProtectedClaim(trail.path())),
        None => Ok(()),
    }
}
