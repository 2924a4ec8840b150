//! What the terms of a grant may become after it was redeemed: the person may share less, or the same
//! for longer, and never more than was asked or anything that was left out before.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::{
        details::GrantedDetails,
        request::{self, RequestObject},
    },
    jose::jws::Unverified,
};

use super::{HeldGrant, redeem::SKEW};

impl HeldGrant {
    /// Follows the terms that the broker or a deposit names now; false, and nothing is changed, when they
    /// are no later state of this grant.
    pub(super) fn adopt(&mut self, named: &GrantedDetails, now: DateTime<Utc>) -> bool {
        let follows = *named == self.details || self.may_become(named, now);
        if follows {
            self.details = named.clone();
        }
        follows
    }

    fn may_become(&self, named: &GrantedDetails, now: DateTime<Utc>) -> bool {
        // The end alone may move both ways.
        let with_our_end = GrantedDetails {
            until: self.details.until,
            ..named.clone()
        };
        let is_no_more = with_our_end == self.details || with_our_end.is_less_than(&self.details);
        is_no_more && self.asked_for(named, now)
    }

    /// Whether our own signed request covers it.
    fn asked_for(&self, named: &GrantedDetails, now: DateTime<Utc>) -> bool {
        let object = Unverified::parse(&self.request, request::TYP)
            .and_then(|object| object.untrusted_payload::<RequestObject>());
        let Ok(object) = object else { return false };
        let [asked] = object.authorization_details.as_slice() else {
            return false;
        };
        named.narrows(asked, now + SKEW)
    }
}
