//! Every setting, once: the structs that are read, the names, the words of the example and of
//! `docs/operations.md`, all come from here.

use std::{net::SocketAddr, path::Path, path::PathBuf};

use serde::Deserialize;

use super::kinds::{Kind, LogFormat, Proxies, Secret, StoreKind, Witnesses};

/// What is told about a setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub(crate) section: &'static str,
    pub(crate) name: &'static str,
    /// Sentences, with the unit.
    pub(crate) about: &'static str,
    /// As it is written in the file; none where it has to be said or is off.
    pub(crate) default: Option<&'static str>,
    /// As it is written in the file.
    pub(crate) example: &'static str,
    /// The option of `serve`; none where the command line is no place for it.
    pub(crate) option: Option<&'static str>,
}

impl Row {
    /// The variable that sets it.
    pub(crate) fn variable(&self) -> String {
        let section = match self.section {
            "broker" => String::new(),
            section => format!("{}_", section.to_uppercase()),
        };
        format!("BROKER_{section}{}", self.name.to_uppercase())
    }
}

macro_rules! settings {
    ($($section:ident: $struct:ident {$(
        $(#[doc = $about:literal])+
        $name:ident: $kind:ty, default $default:expr, example $example:literal, option $option:expr;
    )+})+) => {
        /// What one layer sets.
        #[derive(Debug, Clone, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(crate) struct Given {
            $(pub(crate) $section: $struct,)+
        }

        $(
            #[derive(Debug, Clone, Default, Deserialize)]
            #[serde(deny_unknown_fields, default)]
            pub(crate) struct $struct {
                $($(#[doc = $about])+ pub(crate) $name: Option<$kind>,)+
            }
        )+

        /// All settings, section by section.
        pub(crate) fn rows() -> Vec<Row> {
            vec![$($(Row {
                section: stringify!($section),
                name: stringify!($name),
                about: concat!($($about),+),
                default: $default,
                example: $example,
                option: $option,
            },)+)+]
        }

        impl Given {
            /// This layer, and `lower` where it says nothing.
            pub(crate) fn or(self, lower: Self) -> Self {
                Self {
                    $($section: $struct {
                        $($name: self.$section.$name.or(lower.$section.$name),)+
                    },)+
                }
            }

            /// The values as they may be shown, in the order of [`rows`].
            pub(crate) fn shown(&self) -> Vec<Option<String>> {
                vec![$($(self.$section.$name.as_ref().map(Kind::shown),)+)+]
            }

            /// Sets one value from a variable's text.
            ///
            /// # Errors
            /// Says what the text should be.
            pub(super) fn set(&mut self, row: &Row, text: &str) -> Result<(), String> {
                match (row.section, row.name) {
                    $($((stringify!($section), stringify!($name)) => {
                        self.$section.$name = Some(Kind::read(text)?);
                    })+)+
                    _ => {}
                }
                Ok(())
            }

            /// Paths that are relative to a file's folder, made whole.
            pub(super) fn beginning_in(self, folder: &Path) -> Self {
                Self {
                    $($section: $struct {
                        $($name: self.$section.$name.map(|value| value.beginning_in(folder)),)+
                    },)+
                }
            }
        }
    };
}

settings! {
    broker: Broker {
        /// The broker's folder: keys, store, socket. In a file, the file's own folder if it is not said.
        data: PathBuf, default None, example "\"/var/lib/broker\"", option Some("data");
        /// The address under which everybody reaches this broker, without a trailing slash.
        issuer: String, default None, example "\"https://broker.example\"", option Some("issuer");
        /// Allow http on loopback. Never for real people's data.
        development: bool, default Some("false"), example "false", option Some("development");
    }
    http: Http {
        /// Where to listen, address and port; port 0 takes a free one.
        listen: SocketAddr, default None, example "\"127.0.0.1:8080\"", option Some("listen");
        /// Where metrics and health are served for the operator's own machines: an address of loopback or
        /// of a private network, and a port. Off when it is not said.
        admin: SocketAddr, default None, example "\"127.0.0.1:9090\"", option Some("admin");
        /// Proxies in front whose Forwarded or X-Forwarded-For header is believed: addresses or networks.
        /// Nobody else's is.
        trusted_proxies: Proxies, default Some("[]"), example "[\"127.0.0.1\"]", option Some("trusted-proxy");
        /// The certificate and its chain (PEM), if this program itself speaks TLS.
        tls_certificate: PathBuf, default None, example "\"tls/certificate.pem\"", option Some("tls-certificate");
        /// The certificate's private key (PEM), mode 0600.
        tls_key: PathBuf, default None, example "\"tls/key.pem\"", option Some("tls-key");
        /// How long requests that run may take to end after SIGTERM, in seconds.
        shutdown_seconds: u64, default Some("10"), example "10", option Some("shutdown-seconds");
    }
    trust: Trust {
        /// The registrar's signed list. Read again when it changes.
        list: PathBuf, default None, example "\"trust-list.jwt\"", option Some("trust-list");
        /// The registrar's public key (JWK), got from the registrar and not from the network.
        registrar_key: PathBuf, default None, example "\"registrar.jwk\"", option Some("registrar-key");
    }
    store: Store {
        /// The engine: `sled`, in a folder, for one node; or `postgres`, for many.
        kind: StoreKind, default Some("\"sled\""), example "\"sled\"", option Some("store");
        /// sled's folder. `store` in the broker's folder if it is not said.
        folder: PathBuf, default None, example "\"store\"", option None;
        /// How much of the disk sled leaves free, in MiB: with less, nothing is written but stops, which may use half. 0 for no such limit.
        reserve_megabytes: u32, default Some("64"), example "64", option None;
        /// The database as a postgres:// address, which holds a password: better a file or the variable.
        url: Secret, default None, example "\"postgres://broker@db.example/broker\"", option None;
        /// A file with that address, mode 0600.
        url_file: PathBuf, default None, example "\"store-url\"", option None;
        /// Most connections to the database.
        connections: u32, default Some("16"), example "16", option None;
    }
    global_log: GlobalLog {
        /// Witnesses that are asked to cosign the global log, each as URL=VKEY: where it takes checkpoints,
        /// and its key.
        witnesses: Witnesses, default Some("[]"), example "[]", option Some("witness");
    }
    clock: Clock {
        /// How far the machine's clock may jump while the broker runs before it refuses, in seconds.
        jump_seconds: u64, default Some("30"), example "30", option None;
    }
    log: Log {
        /// How log lines are written to standard error: `text` or `json`.
        format: LogFormat, default Some("\"text\""), example "\"text\"", option Some("log-format");
    }
}

impl Given {
    /// The defaults of the table.
    pub(crate) fn defaults() -> Self {
        let mut defaults = Self::default();
        for row in rows() {
            // Each default is read in a test.
            if let Some(text) = row.default
                && let Ok(()) = defaults.set(&row, text.trim_matches(['"', '[', ']']))
            {}
        }
        defaults
    }
}
