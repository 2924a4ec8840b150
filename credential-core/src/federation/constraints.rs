//! What a superior demands of everything below it (section 6.2).

use serde_json::Value;

use super::{FederationError, host, statement::texts};

/// The constraints of one statement. Others than these are passed over, as section 6.2 says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Constraints {
    max_path_length: Option<u64>,
    permitted: Option<Vec<String>>,
    excluded: Vec<String>,
    allowed_entity_types: Option<Vec<String>>,
}

impl Constraints {
    pub(super) fn read(value: Option<&Value>) -> Result<Self, FederationError> {
        let Some(value) = value else {
            return Ok(Self::default());
        };
        let members = value.as_object().ok_or(FederationError::Malformed)?;
        let list = |of: Option<&Value>| of.map(texts).transpose();
        let names = match members.get("naming_constraints") {
            Some(names) => Some(names.as_object().ok_or(FederationError::Malformed)?),
            None => None,
        };
        let named = |name: &str| list(names.and_then(|names| names.get(name)));
        let max_path_length = match members.get("max_path_length") {
            Some(length) => Some(length.as_u64().ok_or(FederationError::Malformed)?),
            None => None,
        };
        Ok(Self {
            max_path_length,
            permitted: named("permitted")?,
            excluded: named("excluded")?.unwrap_or_default(),
            allowed_entity_types: list(members.get("allowed_entity_types"))?,
        })
    }

    /// Checks a chain below the superior: how many intermediates stand between it and the chain's subject, and
    /// whom the chain names below it.
    pub(super) fn check<'n>(
        &self,
        intermediates: usize,
        mut names: impl Iterator<Item = &'n str>,
    ) -> Result<(), FederationError> {
        let is_short = |most: u64| u64::try_from(intermediates).is_ok_and(|it| it <= most);
        if !self.max_path_length.is_none_or(is_short) {
            return Err(FederationError::PathTooLong);
        }
        match names.all(|name| self.permits(name)) {
            true => Ok(()),
            false => Err(FederationError::NameNotPermitted),
        }
    }

    /// Whether an entity of this type may be below. `federation_entity` always may.
    pub(super) fn allows(&self, entity_type: &str) -> bool {
        let listed = |types: &Vec<String>| types.iter().any(|it| it == entity_type);
        entity_type == "federation_entity" || self.allowed_entity_types.as_ref().is_none_or(listed)
    }

    fn permits(&self, entity_id: &str) -> bool {
        if self.permitted.is_none() && self.excluded.is_empty() {
            return true;
        }
        // An address in numbers satisfies no constraint of names (RFC 5280 section 4.2.1.10).
        let Some(host) = host(entity_id) else {
            return false;
        };
        let within = |constraints: &Vec<String>| constraints.iter().any(|it| is_within(&host, it));
        self.permitted.as_ref().is_none_or(within) && !within(&self.excluded)
    }
}

/// `.example.com` is every host below it, and `example.com` that host alone.
fn is_within(host: &str, constraint: &str) -> bool {
    // A name may end with the root's dot (RFC 1034 section 3.1).
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let constraint = constraint.to_ascii_lowercase();
    match constraint.starts_with('.') {
        true => host.len() > constraint.len() && host.ends_with(&constraint),
        false => host == constraint,
    }
}
