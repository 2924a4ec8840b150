//! What one access token is for: the resource a client names (RFC 8707) and how far it narrows what was
//! granted (RFC 9396 section 6). Pure: parameters, grant and trust list in, an answer out.

use credential_core::{
    consent::{details::GrantedDetails, narrowing::Narrowing},
    trust::TrustList,
};
use url::Url;

use crate::{
    endpoints::{grants, mailbox},
    error::RouteError,
    extract::Form,
    state::Issuer,
};

/// Longest resource identifier that is looked at, in octets.
const MAX_RESOURCE: usize = 1024;

/// What a client wants a token for, as far as it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wanted {
    resource: Option<String>,
    details: Option<GrantedDetails>,
}

/// What a token will be for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aim {
    /// The one resource that takes it.
    pub(crate) audience: String,
    /// What it leaves of the granted details.
    pub(crate) narrowing: Option<Narrowing>,
    /// What it is good for: what the client is answered and the resource server is told.
    pub(crate) details: GrantedDetails,
}

impl Wanted {
    /// Reads `resource` and `authorization_details` of a token request.
    pub(crate) fn read(form: &Form) -> Result<Self, RouteError> {
        let resource = form.find("resource");
        if resource.is_some_and(|resource| !is_absolute(resource)) {
            return Err(RouteError::Target("resource_malformed"));
        }
        let details = match form.find("authorization_details") {
            None => None,
            Some(text) => Some(one(text).ok_or(RouteError::Details)?),
        };
        Ok(Self {
            resource: resource.map(str::to_owned),
            details,
        })
    }

    /// What the token will be for under this grant.
    pub(crate) fn aim(
        self,
        granted: &GrantedDetails,
        issuer: &Issuer,
        list: &TrustList,
    ) -> Result<Aim, RouteError> {
        let narrowing = match self.details {
            Some(wanted) if wanted != *granted => Some(
                granted
                    .narrowing_to(&wanted)
                    .ok_or(RouteError::Narrowing("details_not_narrower"))?,
            ),
            _ => None,
        };
        let mailbox = issuer.address(mailbox::RESOURCE);
        let audience = self.resource.unwrap_or_else(|| mailbox.clone());
        let is_ours = audience == mailbox || audience == issuer.address(grants::RESOURCE);
        // The deposit is sealed as a whole: the broker cannot take anything out of it.
        if is_ours && narrowing.is_some() {
            return Err(RouteError::Narrowing("deposit_not_narrowable"));
        }
        let details = if is_ours {
            granted.clone()
        } else {
            let role = list.resource(&audience);
            let role = role.ok_or(RouteError::Target("resource_unknown"))?;
            part_of(granted, narrowing.as_ref(), &role.credential_types)
                .ok_or(RouteError::Target("resource_not_granted"))?
        };
        Ok(Aim {
            audience,
            narrowing,
            details,
        })
    }
}

/// The part of a grant that a narrowed token opens to somebody who is told about these types.
pub(crate) fn part_of(
    granted: &GrantedDetails,
    narrowing: Option<&Narrowing>,
    types: &[String],
) -> Option<GrantedDetails> {
    match narrowing {
        None => granted.of_types(types),
        Some(narrowing) => granted.narrowed(narrowing)?.of_types(types),
    }
}

/// RFC 8707 section 2: an absolute URI without a fragment.
fn is_absolute(resource: &str) -> bool {
    resource.len() <= MAX_RESOURCE && !resource.contains('#') && Url::parse(resource).is_ok()
}

/// The one element of `authorization_details`.
fn one(text: &str) -> Option<GrantedDetails> {
    let [details] = serde_json::from_str::<[GrantedDetails; 1]>(text).ok()?;
    Some(details)
}
