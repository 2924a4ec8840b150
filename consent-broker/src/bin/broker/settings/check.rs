//! From values to what the program works with. Each problem names the setting and what to do.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use consent_broker::{TrustedProxy, WitnessAt};
use credential_core::network::Network;

use super::{
    kinds::{LogFormat, Secret, StoreKind},
    table::{Given, Row, rows},
};

const SHUTDOWN_SECONDS: std::ops::RangeInclusive<u64> = 1..=600;
const JUMP_SECONDS: std::ops::RangeInclusive<u64> = 5..=3600;
const MEGABYTE: u64 = 1024 * 1024;
const CONNECTIONS: std::ops::RangeInclusive<u32> = 1..=1000;

/// A complete configuration of a broker that serves.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) data: PathBuf,
    pub(crate) issuer: String,
    pub(crate) network: Network,
    pub(crate) listen: SocketAddr,
    pub(crate) admin: Option<SocketAddr>,
    pub(crate) trusted_proxies: Vec<TrustedProxy>,
    pub(crate) tls: Option<Tls>,
    pub(crate) shutdown: Duration,
    pub(crate) trust_list: PathBuf,
    pub(crate) store: StoreSettings,
    pub(crate) witnesses: Vec<WitnessAt>,
    pub(crate) clock_jump: Duration,
    pub(crate) log_format: LogFormat,
}

/// PEM files.
#[derive(Debug, Clone)]
pub(crate) struct Tls {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// Where rows are kept.
#[derive(Debug, Clone)]
pub(crate) enum StoreSettings {
    /// The reserve is in octets.
    Sled {
        folder: PathBuf,
        reserve: u64,
    },
    Postgres {
        url: Secret,
        connections: u32,
    },
}

/// Something is missing or wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error("{} is not set: {}", .0.place(), .0.ways())]
    Missing(Row),
    #[error("{}: {why}", row.place())]
    Wrong { row: Row, why: String },
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        (self.section, self.name) == (other.section, other.name)
    }
}

impl Eq for Row {}

impl Row {
    pub(crate) fn place(&self) -> String {
        format!("{}.{}", self.section, self.name)
    }

    fn ways(&self) -> String {
        let variable = self.variable();
        match self.option {
            Some(option) => format!("give --{option}, {variable}, or the line in the file"),
            None => format!("give {variable} or the line in the file"),
        }
    }
}

/// The row of a setting that the program names itself.
fn row(section: &str, name: &str) -> Row {
    let found = rows()
        .into_iter()
        .find(|row| row.section == section && row.name == name);
    // Each name in this file is looked up in a test.
    found.unwrap_or(Row {
        section: "",
        name: "",
        about: "",
        default: None,
        example: "",
        option: None,
    })
}

fn wrong(section: &str, name: &str, why: impl Into<String>) -> Problem {
    Problem::Wrong {
        row: row(section, name),
        why: why.into(),
    }
}

fn needed<T: Clone>(value: Option<&T>, section: &str, name: &str) -> Result<T, Problem> {
    value
        .cloned()
        .ok_or_else(|| Problem::Missing(row(section, name)))
}

fn within<T: PartialOrd + std::fmt::Display + Copy>(
    value: T,
    range: &std::ops::RangeInclusive<T>,
    (section, name): (&str, &str),
) -> Result<T, Problem> {
    if range.contains(&value) {
        return Ok(value);
    }
    let why = format!("should be between {} and {}", range.start(), range.end());
    Err(wrong(section, name, why))
}

impl Given {
    /// The broker's folder.
    ///
    /// # Errors
    /// [`Problem::Missing`].
    pub(crate) fn data(&self) -> Result<PathBuf, Problem> {
        needed(self.broker.data.as_ref(), "broker", "data")
    }

    /// # Errors
    /// [`Problem::Missing`].
    pub(crate) fn trust_list(&self) -> Result<PathBuf, Problem> {
        needed(self.trust.list.as_ref(), "trust", "list")
    }

    /// # Errors
    /// [`Problem::Missing`].
    pub(crate) fn registrar_key(&self) -> Result<PathBuf, Problem> {
        needed(self.trust.registrar_key.as_ref(), "trust", "registrar_key")
    }

    /// The network on which addresses are believed.
    pub(crate) fn network(&self) -> Network {
        match self.broker.development {
            Some(true) => Network::Loopback,
            _ => Network::Public,
        }
    }

    /// # Errors
    /// [`Problem`].
    pub(crate) fn issuer(&self) -> Result<String, Problem> {
        let issuer = needed(self.broker.issuer.as_ref(), "broker", "issuer")?;
        let url = self.network().check(&issuer);
        let url = url.map_err(|error| wrong("broker", "issuer", error.to_string()))?;
        if issuer.ends_with('/') || url.query().is_some() || url.fragment().is_some() {
            let why = "must have no trailing slash, query or fragment";
            return Err(wrong("broker", "issuer", why));
        }
        Ok(issuer)
    }

    /// # Errors
    /// [`Problem`].
    pub(crate) fn store(&self) -> Result<StoreSettings, Problem> {
        match self.store.kind {
            Some(StoreKind::Postgres) => Ok(StoreSettings::Postgres {
                url: self.store_url()?,
                connections: within(
                    self.store.connections.unwrap_or_default(),
                    &CONNECTIONS,
                    ("store", "connections"),
                )?,
            }),
            _ => Ok(StoreSettings::Sled {
                reserve: u64::from(self.store.reserve_megabytes.unwrap_or_default()) * MEGABYTE,
                folder: match &self.store.folder {
                    Some(folder) => folder.clone(),
                    None => self.data()?.join("store"),
                },
            }),
        }
    }

    fn store_url(&self) -> Result<Secret, Problem> {
        let url = match (&self.store.url, &self.store.url_file) {
            (Some(_), Some(_)) => {
                let why = "give store.url or store.url_file, not both";
                return Err(wrong("store", "url_file", why));
            }
            (Some(url), None) => url.clone(),
            (None, Some(file)) => secret_of(file)?,
            (None, None) => return Err(Problem::Missing(row("store", "url_file"))),
        };
        let schemes = ["postgres://", "postgresql://"];
        if !schemes
            .iter()
            .any(|scheme| url.expose().starts_with(scheme))
        {
            return Err(wrong("store", "url", "should begin with postgres://"));
        }
        Ok(url)
    }

    /// Witnesses at addresses that the network allows.
    fn witnesses(&self) -> Result<Vec<WitnessAt>, Problem> {
        let witnesses = self.global_log.witnesses.clone().unwrap_or_default().0;
        for witness in &witnesses {
            let checked = witness.check(self.network());
            checked.map_err(|error| wrong("global_log", "witnesses", error.to_string()))?;
        }
        Ok(witnesses)
    }

    fn admin(&self) -> Result<Option<SocketAddr>, Problem> {
        let is_inside = |address: IpAddr| match address {
            IpAddr::V4(address) => address.is_loopback() || address.is_private(),
            IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
        };
        match self.http.admin {
            Some(admin) if !is_inside(admin.ip().to_canonical()) => {
                let why = "should be an address of loopback or of a private network";
                Err(wrong("http", "admin", why))
            }
            admin => Ok(admin),
        }
    }

    fn tls(&self) -> Result<Option<Tls>, Problem> {
        match (&self.http.tls_certificate, &self.http.tls_key) {
            (Some(certificate), Some(key)) => Ok(Some(Tls {
                certificate: certificate.clone(),
                key: key.clone(),
            })),
            (None, None) => Ok(None),
            (Some(_), None) => Err(Problem::Missing(row("http", "tls_key"))),
            (None, Some(_)) => Err(Problem::Missing(row("http", "tls_certificate"))),
        }
    }

    /// Everything that serving needs, or all problems.
    ///
    /// # Errors
    /// [`Problem`]s, at least one.
    pub(crate) fn settings(&self) -> Result<Settings, Vec<Problem>> {
        let mut problems = Problems::default();
        let seconds = |value: Option<u64>, range, name| {
            within(value.unwrap_or_default(), range, name).map(Duration::from_secs)
        };
        let shutdown = ("http", "shutdown_seconds");
        let jump = ("clock", "jump_seconds");
        let listen = needed(self.http.listen.as_ref(), "http", "listen");
        let found = (
            problems.note(self.data()),
            problems.note(self.issuer()),
            problems.note(listen),
            problems.note(self.admin()),
            problems.note(self.tls()),
            problems.note(seconds(
                self.http.shutdown_seconds,
                &SHUTDOWN_SECONDS,
                shutdown,
            )),
            problems.note(self.trust_list()),
            problems.note(self.registrar_key()),
            problems.note(self.store()),
            problems.note(self.witnesses()),
            problems.note(seconds(self.clock.jump_seconds, &JUMP_SECONDS, jump)),
        );
        let (
            Some(data),
            Some(issuer),
            Some(listen),
            Some(admin),
            Some(tls),
            Some(shutdown),
            Some(trust_list),
            Some(_registrar_key),
            Some(store),
            Some(witnesses),
            Some(clock_jump),
        ) = found
        else {
            return Err(problems.0);
        };
        Ok(Settings {
            data,
            issuer,
            network: self.network(),
            listen,
            admin,
            trusted_proxies: self.http.trusted_proxies.clone().unwrap_or_default().0,
            tls,
            shutdown,
            trust_list,
            store,
            witnesses,
            clock_jump,
            log_format: self.log.format.unwrap_or(LogFormat::Text),
        })
    }
}

#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn note<T>(&mut self, found: Result<T, Problem>) -> Option<T> {
        found.map_err(|problem| self.0.push(problem)).ok()
    }
}

/// The secret in a file that nobody else can read.
fn secret_of(file: &Path) -> Result<Secret, Problem> {
    let unreadable = |error: std::io::Error| {
        let why = format!("{}: {error}", file.display());
        wrong("store", "url_file", why)
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            let why = format!(
                "{} can be read by others: set its mode to 0600",
                file.display()
            );
            return Err(wrong("store", "url_file", why));
        }
    }
    let text = zeroize::Zeroizing::new(std::fs::read_to_string(file).map_err(unreadable)?);
    Ok(Secret::new(text.trim()))
}
