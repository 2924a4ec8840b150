//! `issuer serve`: the issuing server, and offers for the records given to it.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use credential_core::{
    jose::{JwkSet, VerifyingKey},
    network::Network,
    x509::anchors,
};
use issuer_adapters::{
    keystore::UnlockedKeys,
    mapping,
    server::{Confirmation, HolderMatch, IssuerState, Lifetimes, Offer, router},
};
use serde_json::json;
use tokio::net::TcpListener;

use super::{init, matched::Matched, read_record};
use crate::{
    control, desk,
    failure::{Failure, Kind},
    folder::Folder,
    output::Output,
    place::Place,
};

/// How often offers that can no longer be used are removed.
const TIDY: Duration = Duration::from_secs(60);

/// Runs the issuing server until it is interrupted. For each record an offer link and its
/// transaction code go to stdout; logs go to stderr. The server speaks http: put a proxy that
/// ends TLS in front of it.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    place: Place,
    /// Address and port to listen on.
    #[arg(long, default_value = init::DEVELOPMENT_ADDRESS)]
    listen: SocketAddr,
    /// Only for an institution that has no identifier of its own: where it is tried out.
    #[arg(long)]
    identifier: Option<String>,
    /// A study record to offer credentials from; can be given several times.
    #[arg(long = "record", value_name = "FILE")]
    records: Vec<PathBuf>,
    /// How the persons of the records were matched to them.
    #[arg(long, value_enum)]
    matched: Option<Matched>,
    /// How many minutes an offer can be redeemed, at most 30 days.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=43_200))]
    offer_minutes: u32,
    /// Refuse requests for credentials that are not encrypted to this server, beyond TLS.
    #[arg(long)]
    require_encryption: bool,
    /// A JWK set with the keys of wallet makers whose attestations are believed.
    #[arg(long, value_name = "FILE")]
    attester: Option<PathBuf>,
    /// PEM: authorities whose certificates make somebody a wallet maker whose attestations are believed.
    #[arg(long, value_name = "FILE")]
    attester_authority: Option<PathBuf>,
    /// For this machine alone: http on loopback, and persons that nobody identified.
    #[arg(long)]
    development: bool,
}

pub(crate) async fn serve(serve: Serve, output: &Output) -> Result<(), Failure> {
    let matched = serve.matched()?;
    if serve.development && !serve.listen.ip().is_loopback() {
        return Err(Failure::usage(
            "--development listens on this machine only, such as 127.0.0.1",
        ));
    }
    let listener = TcpListener::bind(serve.listen).await.map_err(|error| {
        let message = format!("cannot listen on {}: {error}", serve.listen);
        Failure::new(Kind::Network, "cannot_listen", message)
    })?;
    let address = listener.local_addr().map_err(Failure::unexpected)?;
    let (folder, keys) = serve.place.unlock()?;
    let state = serve.issuer(&folder, &keys, address)?;
    let _control = control::Control::listen(&folder, &state);
    announce(&state, address, output)?;
    for record in &serve.records {
        offer_record(&state, record, matched, output)?;
    }
    tokio::spawn(tidy(state.clone()));
    axum::serve(listener, router(state))
        .with_graceful_shutdown(interrupted())
        .await
        .map_err(Failure::unexpected)
}

impl Serve {
    fn matched(&self) -> Result<HolderMatch, Failure> {
        match (self.matched, self.development) {
            (Some(Matched::DemonstrationOnly), false) => Err(Failure::usage(
                "--matched demonstration-only needs --development",
            )),
            (Some(matched), _) => Ok(matched.into()),
            (None, true) => Ok(HolderMatch::DemonstrationOnly),
            (None, false) if self.records.is_empty() => Ok(HolderMatch::InPerson),
            (None, false) => Err(Failure::usage(
                "say with --matched how the person was matched to the record",
            )),
        }
    }

    fn issuer(
        &self,
        folder: &Folder,
        keys: &UnlockedKeys,
        address: SocketAddr,
    ) -> Result<IssuerState, Failure> {
        let institution = folder.institution()?;
        let identifier = match init::chosen(&institution, self.identifier.as_deref())? {
            Some(identifier) => identifier.to_owned(),
            None if self.development => format!("http://{address}"),
            None => {
                return Err(Failure::usage(
                    "this institution has no identifier: give --identifier, or try it out with --development",
                ));
            }
        };
        let network = if self.development {
            Network::Loopback
        } else {
            Network::Public
        };
        let lifetimes = Lifetimes {
            offer: chrono::TimeDelta::minutes(self.offer_minutes.into()),
            ..Lifetimes::default()
        };
        let rules = desk::Rules {
            lifetimes,
            encryption_required: self.require_encryption,
            attesters: self.attesters()?,
            attester_authorities: self.attester_authorities()?,
            issuing: true,
        };
        desk::state(folder, keys, (&identifier, network), rules)
    }
}

impl Serve {
    fn attesters(&self) -> Result<JwkSet, Failure> {
        let Some(path) = &self.attester else {
            return Ok(JwkSet::default());
        };
        let unusable = |why: &dyn std::fmt::Display| {
            Failure::usage(format!("{} is no JWK set: {why}", path.display()))
        };
        let text = std::fs::read(path).map_err(|error| unusable(&error))?;
        let set: JwkSet = serde_json::from_slice(&text).map_err(|error| unusable(&error))?;
        for key in &set.keys {
            VerifyingKey::try_from(key).map_err(|error| unusable(&error))?;
        }
        Ok(set)
    }
}

impl Serve {
    fn attester_authorities(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let Some(path) = &self.attester_authority else {
            return Ok(Vec::new());
        };
        let text = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
        anchors(&text).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
    }
}

fn announce(state: &IssuerState, address: SocketAddr, output: &Output) -> Result<(), Failure> {
    let identifier = state.profile().identifier();
    let event = json!({"event": "listening", "identifier": identifier, "address": address});
    let line = format!("{identifier} listens on {address}");
    output.data("issuer.serve/1", &event, &[line])
}

fn offer_record(
    state: &IssuerState,
    path: &Path,
    matched: HolderMatch,
    output: &Output,
) -> Result<(), Failure> {
    let record = read_record(path)?;
    let mapped = mapping::credentials(&record);
    let notices = record.notices().len() + mapped.notices.len();
    if notices > 0 {
        let hint = format!(
            "{}: {notices} notices; issuer map --report shows them",
            path.display()
        );
        output.message(&hint);
    }
    let offers = state
        .offer(mapped.credentials, matched, Confirmation::TransactionCode)
        .map_err(|error| Failure::offer(path, &error))?;
    offers
        .iter()
        .try_for_each(|offer| show(offer, path, output))
}

fn show(offer: &Offer, path: &Path, output: &Output) -> Result<(), Failure> {
    let types: Vec<_> = offer
        .credential_types
        .iter()
        .map(|kind| kind.vct())
        .collect();
    let event = json!({
        "event": "offer", "record": path, "offer_id": offer.id, "link": offer.link,
        "tx_code": offer.tx_code, "reference": offer.reference, "expires_at": offer.expires_at, "credential_types": types,
    });
    let mut lines = vec![
        format!("\n{}: {} credentials", path.display(), types.len()),
        format!("  link:  {}", offer.link),
    ];
    if let Some(code) = &offer.tx_code {
        lines.push(format!("  code:  {code}"));
        lines.push(format!(
            "  page:  {} (reference, for a wallet without the link)",
            offer.reference
        ));
    }
    lines.push(format!("  until: {}", offer.expires_at.to_rfc3339()));
    output.data("issuer.serve/1", &event, &lines)
}

async fn tidy(state: IssuerState) {
    let mut minutes = tokio::time::interval(TIDY);
    loop {
        minutes.tick().await;
        let state = state.clone();
        match tokio::task::spawn_blocking(move || state.forget_dead_offers()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(count)) => tracing::info!(count, "offers that nobody can use were removed"),
            Ok(Err(error)) => tracing::error!(reason = error.reason(), "offers were not removed"),
            Err(_stopping) => return,
        }
    }
}

async fn interrupted() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_unavailable) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
}
