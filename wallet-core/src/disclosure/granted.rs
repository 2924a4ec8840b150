//! What leaves under a grant that stands: exactly what its query still asks for, of the credentials that
//! answered it at first.

use std::collections::BTreeMap;

use credential_core::{consent::details::GrantedDetails, dcql::CredentialQuery, id::CredentialId};

use super::{Leaving, SelectionError};
use crate::credentials::HeldCredential;

/// What leaves, part by part.
///
/// # Errors
/// [`SelectionError::NothingHeld`] when a credential is gone, [`SelectionError::NotAnOption`] when a claim
/// of it is.
pub(crate) fn granted<'a>(
    details: &'a GrantedDetails,
    credentials: &BTreeMap<String, CredentialId>,
    held: &'a [HeldCredential],
) -> Result<Vec<Leaving<'a>>, SelectionError> {
    let parts = details.dcql_query.credentials.iter();
    parts
        .map(|part| leaving_of(part, credentials.get(&part.id).copied(), held))
        .collect()
}

fn leaving_of<'a>(
    part: &'a CredentialQuery,
    chosen: Option<CredentialId>,
    held: &'a [HeldCredential],
) -> Result<Leaving<'a>, SelectionError> {
    let credential = held
        .iter()
        .find(|credential| Some(credential.id()) == chosen)
        .ok_or_else(|| SelectionError::NothingHeld {
            part: part.id.clone(),
        })?;
    let mut paths = Vec::new();
    for claim in &part.claims {
        let found = credential.found(claim);
        if found.is_empty() {
            return Err(SelectionError::NotAnOption {
                claim: claim.id.clone(),
            });
        }
        paths.extend(found.into_iter().map(|(path, _value)| path));
    }
    Ok(Leaving {
        part,
        credential,
        paths,
    })
}
