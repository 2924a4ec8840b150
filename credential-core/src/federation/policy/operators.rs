//! The standard operators of one metadata parameter (section 6.1.3.1).

use serde_json::{Map, Value};

use crate::federation::{FederationError, MAX_LIST};

/// What superiors say of one parameter. Other operators than the standard ones are passed over, as section 6.1.3.2
/// says; that one has to be understood refuses the whole statement.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Operators {
    /// `Null` removes the parameter.
    value: Option<Value>,
    add: Option<Vec<Value>>,
    default: Option<Value>,
    one_of: Option<Vec<Value>>,
    subset_of: Option<Vec<Value>>,
    superset_of: Option<Vec<Value>>,
    essential: bool,
}

impl Operators {
    pub(super) fn read(value: &Value) -> Result<Self, FederationError> {
        let members = value.as_object().ok_or(FederationError::Policy)?;
        let operators = Self {
            value: members.get("value").cloned(),
            add: list(members, "add")?,
            default: members.get("default").cloned(),
            one_of: list(members, "one_of")?,
            subset_of: list(members, "subset_of")?,
            superset_of: list(members, "superset_of")?,
            essential: match members.get("essential") {
                Some(value) => value.as_bool().ok_or(FederationError::Policy)?,
                None => false,
            },
        };
        operators.check()?;
        Ok(operators)
    }

    pub(super) fn merge(&mut self, next: &Self) -> Result<(), FederationError> {
        same(&mut self.value, next.value.as_ref())?;
        same(&mut self.default, next.default.as_ref())?;
        joined(&mut self.add, next.add.as_ref(), union);
        joined(&mut self.one_of, next.one_of.as_ref(), intersection);
        joined(&mut self.subset_of, next.subset_of.as_ref(), intersection);
        joined(&mut self.superset_of, next.superset_of.as_ref(), union);
        self.essential |= next.essential;
        self.check()
    }

    /// The parameter after all operators, in the order of the standard.
    pub(super) fn apply(&self, found: Option<Value>) -> Result<Option<Value>, FederationError> {
        let mut found = match &self.value {
            Some(Value::Null) => None,
            Some(value) => Some(value.clone()),
            None => found,
        };
        if let Some(add) = &self.add {
            found = Some(Value::Array(match &found {
                Some(present) => union(values(present)?, add),
                None => add.clone(),
            }));
        }
        let mut found = found.or_else(|| self.default.clone());
        if let (Some(one_of), Some(present)) = (&self.one_of, &found) {
            ensure(one_of.contains(present))?;
        }
        if let (Some(subset_of), Some(present)) = (&self.subset_of, &found) {
            found = Some(Value::Array(intersection(values(present)?, subset_of)));
        }
        if let (Some(superset_of), Some(present)) = (&self.superset_of, &found) {
            ensure(holds_all(values(present)?, superset_of))?;
        }
        ensure(!self.essential || found.is_some())?;
        Ok(found)
    }

    /// Which operators may stand together, and with which values.
    fn check(&self) -> Result<(), FederationError> {
        let lists = [&self.add, &self.subset_of, &self.superset_of];
        let is_one_of_alone = self.one_of.is_none() || lists.into_iter().all(Option::is_none);
        let is_one_of_open = self.one_of.as_ref().is_none_or(|it| !it.is_empty());
        let holds = |outer: &Option<Vec<Value>>, inner: &Option<Vec<Value>>| match (outer, inner) {
            (Some(outer), Some(inner)) => holds_all(outer, inner),
            _ => true,
        };
        let fits = is_one_of_alone
            && is_one_of_open
            && self.default != Some(Value::Null)
            && holds(&self.subset_of, &self.add)
            && holds(&self.subset_of, &self.superset_of)
            && self.value.as_ref().is_none_or(|value| self.allows(value));
        fits.then_some(()).ok_or(FederationError::Policy)
    }

    /// Whether the operator `value` agrees with the others.
    fn allows(&self, value: &Value) -> bool {
        let lists = [&self.add, &self.subset_of, &self.superset_of];
        if value.is_null() {
            let others = lists.into_iter().chain([&self.one_of]);
            return !self.essential && self.default.is_none() && others.flatten().next().is_none();
        }
        if self.one_of.as_ref().is_some_and(|it| !it.contains(value)) {
            return false;
        }
        if lists.into_iter().all(Option::is_none) {
            return true;
        }
        let Ok(own) = values(value) else {
            return false;
        };
        self.add.as_ref().is_none_or(|it| holds_all(own, it))
            && self.subset_of.as_ref().is_none_or(|it| holds_all(it, own))
            && self
                .superset_of
                .as_ref()
                .is_none_or(|it| holds_all(own, it))
    }
}

fn list(members: &Map<String, Value>, name: &str) -> Result<Option<Vec<Value>>, FederationError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::Array(items)) if items.len() <= MAX_LIST => Ok(Some(items.clone())),
        Some(_) => Err(FederationError::Policy),
    }
}

/// The values of a parameter that has several.
fn values(parameter: &Value) -> Result<&[Value], FederationError> {
    match parameter {
        Value::Array(items) if items.len() <= MAX_LIST => Ok(items),
        _ => Err(FederationError::PolicyViolated),
    }
}

fn ensure(holds: bool) -> Result<(), FederationError> {
    holds.then_some(()).ok_or(FederationError::PolicyViolated)
}

fn same(current: &mut Option<Value>, next: Option<&Value>) -> Result<(), FederationError> {
    match (&*current, next) {
        (Some(current), Some(next)) if current != next => Err(FederationError::Policy),
        (None, Some(next)) => {
            *current = Some(next.clone());
            Ok(())
        }
        _ => Ok(()),
    }
}

fn joined(
    current: &mut Option<Vec<Value>>,
    next: Option<&Vec<Value>>,
    join: fn(&[Value], &[Value]) -> Vec<Value>,
) {
    if let Some(next) = next {
        *current = Some(match current.as_ref() {
            Some(current) => join(current, next),
            None => next.clone(),
        });
    }
}

fn union(one: &[Value], other: &[Value]) -> Vec<Value> {
    let mut all = one.to_vec();
    for value in other {
        if !all.contains(value) {
            all.push(value.clone());
        }
    }
    all
}

fn intersection(one: &[Value], other: &[Value]) -> Vec<Value> {
    let both = one.iter().filter(|value| other.contains(value));
    both.cloned().collect()
}

fn holds_all(outer: &[Value], inner: &[Value]) -> bool {
    inner.iter().all(|value| outer.contains(value))
}
