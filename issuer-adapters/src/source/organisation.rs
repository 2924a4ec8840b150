//! Identifiers of organisations that the record has a field for.

use credential_core::record::{Code, Organisation};

/// Where the object identifiers of Finnish educational organisations begin.
const ORGANISATIONS: &str = "1.2.246.562.10.";

/// Adds an identifier to the field that is for it, while that is free, or else to the others.
pub(super) fn identify(organisation: &mut Organisation, code: Code) {
    let is_oid = is_oid(&code.value);
    let place = match code.scheme.as_deref() {
        Some("oid") if is_oid => &mut organisation.oid,
        Some("businessId") if is_business_id(&code.value) => &mut organisation.business_id,
        _other => return organisation.identifiers.push(code),
    };
    match place {
        None => *place = Some(code.value),
        Some(_taken) => organisation.identifiers.push(code),
    }
}

/// An object identifier of a Finnish educational organisation.
pub(super) fn is_oid(text: &str) -> bool {
    let rest = text.strip_prefix(ORGANISATIONS).unwrap_or_default();
    !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())
}

/// Seven digits and a check digit (`1234567-8`); the check digit is the register's business.
fn is_business_id(text: &str) -> bool {
    let digits =
        |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('-')
        .is_some_and(|(number, check)| digits(number, 7) && digits(check, 1))
}
