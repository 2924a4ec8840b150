//! Institutions: who awarded, who teaches.

use super::{Code, LocalText};
use crate::text::Text;

/// An institution, as far as the source names it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organisation {
    /// Its name.
    pub name: Text,
    /// Its name in other languages.
    pub other_names: Vec<LocalText>,
    /// Its object identifier in the national organisation register (`1.2.246.562.10.…`).
    pub oid: Option<String>,
    /// Its Finnish business id (`1234567-8`).
    pub business_id: Option<String>,
    /// Other identifiers, each with its scheme: `schac`, `erasmus`, `pic`, a register's own number.
    pub identifiers: Vec<Code>,
    /// Its address on the web.
    pub url: Option<String>,
    /// Its country, ISO 3166-1 alpha-2.
    pub country: Option<String>,
}

impl Organisation {
    /// The source says nothing that would tell which organisation it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_empty()
            && self.other_names.is_empty()
            && self.oid.is_none()
            && self.business_id.is_none()
            && self.identifiers.is_empty()
            && self.url.is_none()
    }
}
