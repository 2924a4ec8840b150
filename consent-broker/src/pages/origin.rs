//! Whether a form comes from one of our own pages.

use axum::http::{HeaderMap, HeaderName, header::ORIGIN};
use url::Url;

use crate::{error::RouteError, state::Issuer};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Browsers say where a form was sent from, by `Sec-Fetch-Site` (W3C Fetch Metadata) or, where they do
/// not know that, by `Origin`. What says neither is no browser that has a form of ours.
pub(crate) fn refuse_foreign_form(headers: &HeaderMap, issuer: &Issuer) -> Result<(), RouteError> {
    let only = |name: &HeaderName| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?;
        Some(match (value.to_str(), values.next()) {
            (Ok(value), None) => value.to_owned(),
            _ => String::new(),
        })
    };
    let is_same_site = only(&SEC_FETCH_SITE).map(|site| site == "same-origin");
    let is_our_origin = only(&ORIGIN).map(|origin| origin == own_origin(issuer));
    match (is_same_site, is_our_origin) {
        (Some(false), _) | (_, Some(false)) | (None, None) => {
            Err(RouteError::Malformed("form_from_elsewhere"))
        }
        _ => Ok(()),
    }
}

fn own_origin(issuer: &Issuer) -> String {
    Url::parse(issuer.as_str()).map_or_else(
        |_error| String::new(),
        |url| url.origin().ascii_serialization(),
    )
}
