mod chain;
mod constraints;
pub(crate) mod entities;
mod metadata;
mod policy;
mod statement;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Anchor, Configuration, FederationError, Subordinate, TrustChain};
use crate::jose::{self, PublicJwkSet};
use entities::{Entity, NOON};

pub(crate) fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(NOON, 0).unwrap()
}

/// An issuer, a ministry over it and the federation's anchor over that, each with what it says.
pub(crate) struct Federation {
    pub(crate) leaf: Entity,
    pub(crate) middle: Entity,
    pub(crate) anchor: Entity,
    /// The issuer about itself.
    pub(crate) own: Value,
    /// The middle about itself, and about the issuer.
    pub(crate) middle_own: Value,
    pub(crate) of_leaf: Value,
    /// The anchor about itself, and about the middle.
    pub(crate) anchor_own: Value,
    pub(crate) of_middle: Value,
}

impl Federation {
    pub(crate) fn new() -> Self {
        let leaf = Entity::new("https://opisto.example");
        let middle = Entity::new("https://ministerio.example");
        let anchor = Entity::new("https://federaatio.example");
        let credentials = Entity::new("https://opisto.example").jwks();
        Self {
            own: leaf.issuer(&[&middle], &credentials),
            middle_own: middle.superior(&[&anchor]),
            of_leaf: middle.about(&leaf, json!({})),
            anchor_own: anchor.superior(&[]),
            of_middle: anchor.about(&middle, json!({})),
            leaf,
            middle,
            anchor,
        }
    }

    pub(crate) fn keys(&self) -> PublicJwkSet {
        serde_json::from_value(self.anchor.jwks()).unwrap()
    }

    /// The chain as somebody would put it together who asks each in turn.
    pub(crate) fn resolve(&self) -> Result<TrustChain, FederationError> {
        self.resolve_by(&self.keys(), None)
    }

    pub(crate) fn resolve_by(
        &self,
        keys: &PublicJwkSet,
        max_path_length: Option<usize>,
    ) -> Result<TrustChain, FederationError> {
        let leaf = configuration(&self.leaf, &self.own)?;
        let middle = configuration(&self.middle, &self.middle_own)?;
        let top = configuration(&self.anchor, &self.anchor_own)?;
        let of_leaf = subordinate(&middle, &self.middle, &self.of_leaf, &self.leaf)?;
        let of_middle = subordinate(&top, &self.anchor, &self.of_middle, &self.middle)?;
        let anchor = Anchor {
            entity_id: &self.anchor.id,
            keys,
            max_path_length,
        };
        TrustChain::verify(&leaf, &[of_leaf, of_middle], &top, &anchor)
    }
}

pub(crate) fn configuration(
    entity: &Entity,
    claims: &Value,
) -> Result<Configuration, FederationError> {
    Configuration::read(entity.sign(claims).as_bytes(), &entity.id, noon())
}

pub(crate) fn subordinate(
    superior: &Configuration,
    signer: &Entity,
    claims: &Value,
    subject: &Entity,
) -> Result<Subordinate, FederationError> {
    superior.subordinate(signer.sign(claims).as_bytes(), &subject.id, noon())
}
