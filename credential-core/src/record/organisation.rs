//! Institutions: who awarded, who teaches.

use crate::text::Text;

/// An institution, as far as the source names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organisation {
    /// Its name.
    pub name: Text,
    /// Its object identifier in the national organisation register (`1.2.246.562.10.…`).
    pub oid: Option<String>,
    /// Its Finnish business id (`1234567-8`).
    pub business_id: Option<String>,
}

impl Organisation {
    /// The source says nothing that would tell which organisation it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_empty() && self.oid.is_none() && self.business_id.is_none()
    }
}
