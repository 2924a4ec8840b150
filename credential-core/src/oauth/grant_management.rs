//! What a recipient learns of its own grant (FAPI Grant Management for OAuth 2.0, query).

use serde::{Deserialize, Serialize};

use crate::consent::details::GrantedDetails;

/// One living grant, as its recipient sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GrantStatus {
    /// What was granted: exactly one element.
    pub authorization_details: Vec<GrantedDetails>,
    /// Reads that were counted so far.
    pub reads: u32,
}
