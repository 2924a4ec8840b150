//! Metadata policies (section 6.1): what superiors check and change in the metadata of what is below them.

mod operators;

use std::collections::BTreeMap;

use serde_json::Value;

use super::{FederationError, statement::Metadata};
use operators::Operators;

/// The policy of a chain: operators by entity type and metadata parameter.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Policy(BTreeMap<String, BTreeMap<String, Operators>>);

impl Policy {
    /// Reads a `metadata_policy` (section 6.1.2).
    pub(super) fn read(value: Option<&Value>) -> Result<Self, FederationError> {
        let Some(value) = value else {
            return Ok(Self::default());
        };
        let mut policy = Self::default();
        for (entity_type, parameters) in value.as_object().ok_or(FederationError::Policy)? {
            let parameters = parameters.as_object().ok_or(FederationError::Policy)?;
            let of_type = policy.0.entry(entity_type.clone()).or_default();
            for (parameter, operators) in parameters {
                of_type.insert(parameter.clone(), Operators::read(operators)?);
            }
        }
        Ok(policy)
    }

    /// Adds the policy of the next superior downwards (section 6.1.4.1).
    pub(super) fn merge(&mut self, next: &Self) -> Result<(), FederationError> {
        for (entity_type, parameters) in &next.0 {
            let of_type = self.0.entry(entity_type.clone()).or_default();
            for (parameter, operators) in parameters {
                let current = of_type.entry(parameter.clone()).or_default();
                current.merge(operators)?;
            }
        }
        Ok(())
    }

    /// Checks and changes metadata (section 6.1.4.2).
    pub(super) fn apply(&self, metadata: &mut Metadata) -> Result<(), FederationError> {
        for (entity_type, parameters) in &self.0 {
            let of_type = metadata.get_mut(entity_type);
            let Some(of_type) = of_type.and_then(Value::as_object_mut) else {
                continue;
            };
            for (parameter, operators) in parameters {
                if let Some(value) = operators.apply(of_type.remove(parameter))? {
                    of_type.insert(parameter.clone(), value);
                }
            }
        }
        Ok(())
    }
}
