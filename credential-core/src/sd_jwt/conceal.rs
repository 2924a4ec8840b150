//! Writes claims as JSON and takes the disclosable ones out on the way (RFC 9901 section 4.2).
//!
//! One buffer serves as a stack: a disclosure is written behind the unfinished payload, encoded from
//! there, and cut off again. Disclosures inside disclosures (section 4.2.6) need nothing else.

use std::slice::ChunksExact;

use serde_json::{Map, Value};

use super::{
    IssueError, MAX_DEPTH, disclosure::HashAlgorithm, is_reserved, issue::SALT_LENGTH,
    trail::Trail, write,
};
use crate::{
    dcql::{ClaimPath, Step},
    encoding::base64url_into,
};

/// 2^53 − 1: the largest integer that every JSON implementation keeps exactly.
const MAX_INTEGER: i64 = (1 << 53) - 1;

/// The payload and the disclosures under way.
#[derive(Debug)]
pub(super) struct Concealer<'s> {
    /// The payload so far; [`Self::claims`] closes it.
    pub(super) payload: String,
    /// The disclosures so far, each followed by a tilde.
    pub(super) disclosures: String,
    digests: Vec<String>,
    salts: ChunksExact<'s, u8>,
}

impl<'s> Concealer<'s> {
    pub(super) fn new(salts: &'s [u8]) -> Self {
        Self {
            payload: String::with_capacity(2048),
            disclosures: String::with_capacity(salts.len() * 12),
            digests: Vec::with_capacity(salts.len() / SALT_LENGTH),
            salts: salts.chunks_exact(SALT_LENGTH),
        }
    }

    /// Whether fewer claims were taken out than there are salts.
    pub(super) fn salts_left(&self) -> bool {
        self.salts.len() > 0
    }

    /// Writes the top-level claims and closes the payload.
    pub(super) fn claims(
        &mut self,
        claims: &Map<String, Value>,
        disclosable: &[ClaimPath],
    ) -> Result<(), IssueError> {
        let paths: Vec<&[Step]> = disclosable.iter().map(ClaimPath::steps).collect();
        self.members(claims, &paths, None)?;
        self.payload.push('}');
        Ok(())
    }

    /// Writes members and, last, the sorted digests of those that were taken out.
    fn members(
        &mut self,
        members: &Map<String, Value>,
        paths: &[&[Step]],
        above: Option<&Trail<'_>>,
    ) -> Result<(), IssueError> {
        let first = self.digests.len();
        for (name, value) in members {
            if is_reserved(name) {
                return Err(IssueError::ReservedName(name.clone()));
            }
            let trail = Trail::name(above, name);
            let is_this = |step: &Step| matches!(step, Step::Name(wanted) if wanted == name);
            let (concealed, below) = narrow(paths, is_this);
            if concealed {
                let digest = self.disclose(Some(name), value, &below, &trail)?;
                self.digests.push(digest);
            } else {
                write::separate(&mut self.payload);
                write::string(name, &mut self.payload);
                self.payload.push(':');
                self.value(value, &below, &trail)?;
            }
        }
        self.write_digests(first);
        Ok(())
    }

    fn write_digests(&mut self, first: usize) {
        let Some(digests) = self.digests.get_mut(first..).filter(|d| !d.is_empty()) else {
            return;
        };
        digests.sort_unstable();
        write::separate(&mut self.payload);
        self.payload.push_str("\"_sd\":[");
        for digest in self.digests.drain(first..) {
            write::separate(&mut self.payload);
            write::string(&digest, &mut self.payload);
        }
        self.payload.push(']');
    }

    fn value(
        &mut self,
        value: &Value,
        paths: &[&[Step]],
        trail: &Trail<'_>,
    ) -> Result<(), IssueError> {
        match value {
            Value::Null => self.payload.push_str("null"),
            Value::Bool(true) => self.payload.push_str("true"),
            Value::Bool(false) => self.payload.push_str("false"),
            Value::String(text) => write::string(text, &mut self.payload),
            Value::Number(number) => {
                let whole = number
                    .as_i64()
                    .filter(|n| (-MAX_INTEGER..=MAX_INTEGER).contains(n))
                    .ok_or_else(|| IssueError::Number(trail.path()))?;
                write::integer(whole, &mut self.payload);
            }
            Value::Object(_) | Value::Array(_) if trail.depth() >= MAX_DEPTH => {
                return Err(IssueError::TooDeep);
            }
            Value::Object(members) => {
                self.payload.push('{');
                self.members(members, paths, Some(trail))?;
                self.payload.push('}');
            }
            Value::Array(items) => self.elements(items, paths, trail)?,
        }
        Ok(())
    }

    /// Writes elements; one that was taken out leaves its digest in its place (section 4.2.4.2).
    fn elements(
        &mut self,
        items: &[Value],
        paths: &[&[Step]],
        above: &Trail<'_>,
    ) -> Result<(), IssueError> {
        self.payload.push('[');
        for (index, item) in items.iter().enumerate() {
            let trail = Trail::index(above, index);
            let is_this =
                |step: &Step| matches!(step, Step::Index(wanted) if *wanted as usize == index);
            let (concealed, below) = narrow(paths, is_this);
            if concealed {
                let digest = self.disclose(None, item, &below, &trail)?;
                write::separate(&mut self.payload);
                self.payload.push('{');
                write::member("...", &digest, &mut self.payload);
                self.payload.push('}');
            } else {
                write::separate(&mut self.payload);
                self.value(item, &below, &trail)?;
            }
        }
        self.payload.push(']');
        Ok(())
    }

    /// Adds the disclosure of one claim and gives its digest.
    fn disclose(
        &mut self,
        name: Option<&str>,
        value: &Value,
        paths: &[&[Step]],
        trail: &Trail<'_>,
    ) -> Result<String, IssueError> {
        let start = self.payload.len();
        let salt = self.salts.next().ok_or(IssueError::TooLarge)?;
        self.payload.push_str("[\"");
        base64url_into(salt, &mut self.payload);
        self.payload.push_str("\",");
        if let Some(name) = name {
            write::string(name, &mut self.payload);
            self.payload.push(',');
        }
        self.value(value, paths, trail)?;
        self.payload.push(']');

        let encoded = self.disclosures.len();
        let json = self.payload.get(start..).unwrap_or_default();
        base64url_into(json, &mut self.disclosures);
        self.payload.truncate(start);
        let digest =
            HashAlgorithm::Sha256.digest(self.disclosures.get(encoded..).unwrap_or_default());
        self.disclosures.push('~');
        Ok(digest)
    }
}

/// Whether one of `paths` ends at the step that `is_this` recognises, and how the others go on.
fn narrow<'p>(paths: &[&'p [Step]], is_this: impl Fn(&Step) -> bool) -> (bool, Vec<&'p [Step]>) {
    let mut concealed = false;
    let mut below = Vec::new();
    for path in paths {
        match path.split_first() {
            Some((step, [])) if is_this(step) => concealed = true,
            Some((step, rest)) if is_this(step) => below.push(rest),
            _ => {}
        }
    }
    (concealed, below)
}
