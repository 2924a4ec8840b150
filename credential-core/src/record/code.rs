//! A code of a register's code system, with its name as far as the source gives it.

use crate::text::Text;

/// A code and where its meaning is written down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Code {
    /// The code itself, for example `371101`.
    pub value: String,
    /// The code system: for KOSKI the name of the code list (`koulutus`), otherwise a URI.
    /// `None` for a code that an institution made up itself.
    pub scheme: Option<String>,
    /// What the code means, in words.
    pub label: Text,
}
