//! A way in to private readers for the fuzz targets (feature `fuzzing`). No part of the interface.

use std::collections::BTreeMap;

use crate::extract::Form;

/// The parameters of a form body.
///
/// # Errors
/// The refusal's stable code.
pub fn form(octets: &[u8]) -> Result<BTreeMap<String, String>, &'static str> {
    Form::parse(octets)
        .map(Form::into_parameters)
        .map_err(|refused| refused.reason())
}
