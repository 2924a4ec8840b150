//! Where published documents come from: the guarded network client, or nowhere.

use std::{future::Future, pin::Pin};

/// A future that yields one document.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, FetchError>> + Send + 'a>>;

/// Something that fetches a published document by its address. The address comes from a signed
/// credential, so whoever implements this has to guard where it may lead.
pub trait Fetch: Send + Sync + std::fmt::Debug {
    /// The document at `url`, read completely, if it was published with this media type, or with one of
    /// several that are written as in `Accept`: with commas between them.
    fn fetch<'a>(&'a self, url: &'a str, media_type: &'a str) -> Fetching<'a>;
}

/// Why a document did not come. None of these says anything about what it would have said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// This verifier works without a network.
    #[error("checked without a network")]
    Offline,
    /// The server says that there is no such document.
    #[error("there is no such document")]
    NotFound,
    /// The address is not allowed, nobody answers there, or the answer is not the document.
    #[error("the document could not be fetched ({0})")]
    Unreachable(&'static str),
}

/// Fetches nothing: for checks without a network.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

impl FetchError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::NotFound => "http_error_status",
            Self::Unreachable(code) => code,
        }
    }
}

impl Fetch for Offline {
    fn fetch<'a>(&'a self, _url: &'a str, _media_type: &'a str) -> Fetching<'a> {
        Box::pin(std::future::ready(Err(FetchError::Offline)))
    }
}

#[cfg(feature = "http")]
impl Fetch for crate::http::HttpClient {
    fn fetch<'a>(&'a self, url: &'a str, media_type: &'a str) -> Fetching<'a> {
        Box::pin(async move {
            let answer = self
                .send(url, &[("accept", media_type)], crate::http::Body::None)
                .await
                .map_err(|error| FetchError::Unreachable(error.reason()))?;
            let of_type = answer
                .header("content-type")
                .and_then(|value| value.split(';').next())
                .is_some_and(|found| {
                    let mut allowed = media_type.split(',').map(str::trim);
                    allowed.any(|one| found.trim().eq_ignore_ascii_case(one))
                });
            match answer.status {
                200 if of_type => Ok(answer.body),
                200 => Err(FetchError::Unreachable("http_other_media_type")),
                404 | 410 => Err(FetchError::NotFound),
                _ => Err(FetchError::Unreachable("http_error_status")),
            }
        })
    }
}

#[cfg(feature = "callback")]
#[cfg(test)]
mod tests;
