//! The kinds of values, as they are read from variables and files, and shown.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use consent_broker::{TrustedProxy, WitnessAt};
use serde::{Deserialize, Deserializer, de::Error as _};
use zeroize::Zeroizing;

/// A kind of value.
pub(super) trait Kind: Sized {
    /// From a variable's text.
    ///
    /// # Errors
    /// Says what the text should be.
    fn read(text: &str) -> Result<Self, String>;

    /// As it may be shown.
    fn shown(&self) -> String;

    /// The value of a file in this folder.
    fn beginning_in(self, _folder: &Path) -> Self {
        self
    }
}

fn parsed<T: FromStr>(text: &str, wanted: &str) -> Result<T, String> {
    text.trim()
        .parse()
        .map_err(|_error| format!("should be {wanted}"))
}

impl Kind for PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("should be a path".into());
        }
        Ok(text.into())
    }

    fn shown(&self) -> String {
        self.display().to_string()
    }

    fn beginning_in(self, folder: &Path) -> Self {
        folder.join(self)
    }
}

impl Kind for String {
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn shown(&self) -> String {
        self.clone()
    }
}

macro_rules! plain {
    ($($type:ty: $wanted:literal,)+) => {$(
        impl Kind for $type {
            fn read(text: &str) -> Result<Self, String> {
                parsed(text, $wanted)
            }

            fn shown(&self) -> String {
                self.to_string()
            }
        }
    )+};
}

plain! {
    bool: "true or false",
    u32: "a whole number",
    u64: "a whole number",
    SocketAddr: "an address and a port, such as 127.0.0.1:8080",
}

/// Proxies in front.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Proxies(pub(crate) Vec<TrustedProxy>);

impl Kind for Proxies {
    /// With commas between them.
    fn read(text: &str) -> Result<Self, String> {
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let read = |name| parsed(name, "IP addresses or networks such as 10.0.0.0/8");
        names.map(read).collect::<Result<_, _>>().map(Self)
    }

    fn shown(&self) -> String {
        let names: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        names.join(", ")
    }
}

impl<'de> Deserialize<'de> for Proxies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names: Vec<String> = Vec::deserialize(deserializer)?;
        Self::read(&names.join(",")).map_err(D::Error::custom)
    }
}

/// Witnesses of the global log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Witnesses(pub(crate) Vec<WitnessAt>);

impl Kind for Witnesses {
    /// With commas between them.
    fn read(text: &str) -> Result<Self, String> {
        let names = text
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let read = |name| parsed(name, "witnesses, each as URL=VKEY");
        names.map(read).collect::<Result<_, _>>().map(Self)
    }

    fn shown(&self) -> String {
        let names: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        names.join(", ")
    }
}

impl<'de> Deserialize<'de> for Witnesses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names: Vec<String> = Vec::deserialize(deserializer)?;
        Self::read(&names.join(",")).map_err(D::Error::custom)
    }
}

macro_rules! choices {
    ($($(#[$doc:meta])* $type:ident: $wanted:literal { $($variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
        pub(crate) enum $type {
            $(
                #[serde(rename = $word)]
                #[value(name = $word)]
                $variant,
            )+
        }

        impl Kind for $type {
            fn read(text: &str) -> Result<Self, String> {
                match text.trim() {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(concat!("should be ", $wanted).into()),
                }
            }

            fn shown(&self) -> String {
                match self {
                    $(Self::$variant => $word.into(),)+
                }
            }
        }
    )+};
}

choices! {
    /// A storage engine.
    StoreKind: "sled or postgres" { Sled = "sled", Postgres = "postgres", }
    /// How log lines are written.
    LogFormat: "text or json" { Text = "text", Json = "json", }
}

/// A value that is shown nowhere, and wiped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Kind for Secret {
    fn read(text: &str) -> Result<Self, String> {
        Ok(Self::new(text))
    }

    fn shown(&self) -> String {
        "(set, not shown)".into()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}
