//! Notification ids: base64url of the issued indexes ‖ HMAC, so that none is kept in a table.

use credential_core::encoding::{base64url, from_base64url};

use super::{
    issuance::MAX_PROOFS,
    seal::{SealError, SealingKey, TagKey},
};

/// Octets of one index.
const INDEX: usize = size_of::<u32>();
/// Characters of the longest id.
const MAX_LENGTH: usize = (MAX_PROOFS * INDEX + TagKey::TAG) * 4 / 3 + 1;

/// Makes and recognises notification ids.
#[derive(Debug)]
pub(super) struct NotificationIds(TagKey);

impl NotificationIds {
    pub(super) fn new(key: &SealingKey) -> Result<Self, SealError> {
        Ok(Self(key.tag_key("notification id")?))
    }

    /// The id for the credentials at these indexes.
    pub(super) fn id(&self, indexes: &[u32]) -> String {
        let octets: Vec<u8> = indexes
            .iter()
            .flat_map(|index| index.to_be_bytes())
            .collect();
        base64url([octets.as_slice(), &self.0.tag(&octets)].concat())
    }

    /// The indexes that an id of ours names.
    pub(super) fn indexes(&self, id: &str) -> Option<Vec<u32>> {
        if id.len() > MAX_LENGTH {
            return None;
        }
        let octets = from_base64url(id).ok()?;
        let (indexes, tag) = octets.split_at_checked(octets.len().checked_sub(TagKey::TAG)?)?;
        let (indexes, rest) = indexes.as_chunks::<INDEX>();
        let is_ours = rest.is_empty() && self.0.matches(indexes.as_flattened(), tag);
        is_ours.then(|| {
            indexes
                .iter()
                .map(|index| u32::from_be_bytes(*index))
                .collect()
        })
    }
}
