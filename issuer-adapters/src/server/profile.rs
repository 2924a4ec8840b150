//! Who the institution is: its identifier, from which every address follows, and its names.

use credential_core::{
    network::{Network, Refused},
    oid4vci::metadata::Display,
    text::{Language, Text},
};

/// An institution as issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    identifier: String,
    path: String,
    name: Text,
    network: Network,
}

/// Why something is not an institution's profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Not an address this network allows.
    #[error("the issuer identifier: {0}")]
    Address(Refused),
    /// OpenID4VCI 1.0 section 12.2.1, and no more than what other software reads the same way.
    #[error(
        "the issuer identifier must have no query, no fragment, no closing slash, and only plain characters in its path"
    )]
    NotPlain,
    /// There is no name in any language.
    #[error("the institution has no name")]
    NoName,
}

impl ProfileError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Address(_) => "issuer_address",
            Self::NotPlain => "issuer_identifier_not_plain",
            Self::NoName => "issuer_without_name",
        }
    }
}

impl Profile {
    /// Checks an identifier against the network's rules, and that there is a name.
    ///
    /// # Errors
    /// [`ProfileError`] names the first rule that is broken.
    pub fn new(identifier: &str, name: Text, network: Network) -> Result<Self, ProfileError> {
        let url = network.check(identifier).map_err(ProfileError::Address)?;
        let path = url.path().trim_end_matches('/');
        let rebuilt = format!("{}{path}", url.origin().ascii_serialization());
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
        if rebuilt != identifier
            || !path.chars().all(plain)
            || path.contains("//")
            || path.starts_with("/.well-known")
        {
            return Err(ProfileError::NotPlain);
        }
        if name.is_empty() {
            return Err(ProfileError::NoName);
        }
        Ok(Self {
            identifier: identifier.into(),
            path: path.into(),
            name,
            network,
        })
    }

    /// The issuer identifier: `iss` of credentials, `credential_issuer` of metadata and offers.
    #[must_use]
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// The identifier's path, empty or beginning with a slash.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The institution's name.
    #[must_use]
    pub fn name(&self) -> &Text {
        &self.name
    }

    /// Which network it serves.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
    }

    /// The address of one of the server's endpoints.
    pub(super) fn address(&self, endpoint: &str) -> String {
        format!("{}{endpoint}", self.identifier)
    }

    pub(super) fn display(&self) -> Vec<Display> {
        display(|language| self.name.exact(language))
    }
}

/// A name in every language that has one.
pub(super) fn display<'a>(name: impl Fn(Language) -> Option<&'a str>) -> Vec<Display> {
    Language::ALL
        .into_iter()
        .filter_map(|language| {
            Some(Display {
                name: name(language)?.into(),
                locale: language.tag().into(),
            })
        })
        .collect()
}
