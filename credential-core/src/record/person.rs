//! The person a record is about.

use std::fmt;

use chrono::NaiveDate;

/// Who learned. A record of studies alone may leave all of it open.
///
/// There is no field for the personal identity code on purpose.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Family name.
    pub family_name: Option<String>,
    /// All given names, separated by spaces as in the register.
    pub given_name: Option<String>,
    /// Date of birth.
    pub birthdate: Option<NaiveDate>,
    /// Learner number (`1.2.246.562.24.…`); it links records and never becomes a claim.
    pub person_oid: Option<String>,
}

/// Shows which fields are there, never what they say.
impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("has_family_name", &self.family_name.is_some())
            .field("has_given_name", &self.given_name.is_some())
            .field("has_birthdate", &self.birthdate.is_some())
            .finish_non_exhaustive()
    }
}
