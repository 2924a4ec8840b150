//! The recipient's own page at its broker: a link for a browser, good once.

use serde::Deserialize;

use super::{CallError, Recipient, json};

/// The way to the page. Whoever opens it first sees the page, so it is not for others' eyes.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PageLink {
    /// To be opened in a browser, once.
    pub page_url: String,
    /// How long it waits, in seconds.
    pub expires_in: u32,
}

impl std::fmt::Debug for PageLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageLink")
            .field("expires_in", &self.expires_in)
            .finish_non_exhaustive()
    }
}

impl Recipient {
    /// Asks the broker for a link to the page that shows this recipient's registration and grants.
    ///
    /// # Errors
    /// [`CallError`], also when the link leads elsewhere than to the broker.
    pub async fn page(&self) -> Result<PageLink, CallError> {
        let url = self.endpoints.beside("recipient/page");
        let link: PageLink = json(&self.post(&url, &[]).await?)?;
        if link.page_url.starts_with(&self.endpoints.beside("")) {
            Ok(link)
        } else {
            Err(CallError::Malformed("page_url"))
        }
    }
}
