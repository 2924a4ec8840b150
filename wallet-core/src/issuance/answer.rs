//! The address that the browser comes back to, as anybody may have written it.

use url::Url;
use zeroize::Zeroizing;

use super::IssuanceError;
use crate::words;

/// What the address says. `state` and `iss` are looked at before anything else is believed.
pub(super) struct BrowserAnswer {
    address: Url,
    pub(super) state: String,
    /// Who answers (RFC 9207).
    pub(super) iss: Option<String>,
}

impl BrowserAnswer {
    pub(super) fn read(address: &str) -> Result<Self, IssuanceError> {
        const LONGEST: usize = 16 * 1024;
        let address = Some(address.trim()).filter(|address| address.len() <= LONGEST);
        let address = address.and_then(|address| Url::parse(address).ok());
        let mut answer = Self {
            address: address.ok_or(IssuanceError::OtherAnswer)?,
            state: String::new(),
            iss: None,
        };
        answer.state = answer.one("state")?.ok_or(IssuanceError::OtherAnswer)?;
        answer.iss = answer.one("iss")?;
        Ok(answer)
    }

    /// Scheme, host and path are those of the address that was given.
    pub(super) fn came_to(&self, redirect_uri: &str) -> bool {
        let Ok(given) = Url::parse(redirect_uri) else {
            return false;
        };
        let place = |url: &Url| {
            (
                url.scheme().to_owned(),
                url.authority().to_owned(),
                url.path().to_owned(),
            )
        };
        place(&given) == place(&self.address)
    }

    /// The code, or why there is none.
    pub(super) fn code(&self) -> Result<Zeroizing<String>, IssuanceError> {
        if let Some(error) = self.one("error")? {
            let description = self.one("error_description")?;
            return Err(IssuanceError::Refused {
                status: 0,
                reason: None,
                description: words::sentence(description.as_deref().unwrap_or(&error)),
                code: words::sentence(&error),
            });
        }
        let code = self.one("code")?.ok_or(IssuanceError::OtherAnswer)?;
        Ok(Zeroizing::new(code))
    }

    /// The value of a parameter, which may stand there once (RFC 6749 section 3.1).
    fn one(&self, name: &str) -> Result<Option<String>, IssuanceError> {
        let mut values = self.address.query_pairs().filter(|(sent, _)| sent == name);
        let value = values.next().map(|(_, value)| value.into_owned());
        match values.next() {
            None => Ok(value),
            Some(_another) => Err(IssuanceError::OtherAnswer),
        }
    }
}
