//! `broker serve`.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use consent_broker::{
    AppState, BrokerKeys, Messenger, TrustedProxies, control::control_router, router_behind,
    storage::LocalStore,
};
use credential_core::{clock::SystemClock, network::Network, rng::SystemRng};
use tokio::{net::TcpListener, runtime::Runtime, task::JoinHandle, time::sleep};

use super::{init::check_issuer, trust_list};
use crate::{
    config::{self, Serve},
    failure::Failure,
    output,
};

/// How often due appointments are kept.
const PURGE_EVERY: Duration = Duration::from_secs(30);
/// How long open connections are waited for in the end; those that wait for news would take minutes.
const GRACE: Duration = Duration::from_secs(5);
/// How often the trust list's file is looked at.
const WATCH_EVERY: Duration = Duration::from_secs(2);

pub(crate) fn run(arguments: &Serve) -> Result<(), Failure> {
    check_issuer(&arguments.issuer, arguments.development)?;
    let state = AppState {
        issuer: arguments.issuer.clone(),
        keys: BrokerKeys::load(&config::keys(&arguments.data))?,
        trust: trust_list::load(&arguments.trust)?,
        store: Arc::new(LocalStore::open(&config::store(&arguments.data))?),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng::default()),
    };
    warn_if_unlisted(&state);
    warn_if_callers_look_alike(arguments);
    Runtime::new()
        .map_err(Failure::unexpected)?
        .block_on(async {
            state.trust.confirm(&*state.store).await?;
            serve(arguments, state).await
        })
}

async fn serve(arguments: &Serve, state: AppState) -> Result<(), Failure> {
    let listener = TcpListener::bind(arguments.listen)
        .await
        .map_err(|error| Failure::new(Failure::NETWORK, error).about(arguments.listen))?;
    let address = listener.local_addr().map_err(Failure::unexpected)?;
    let network = if arguments.development {
        Network::Loopback
    } else {
        Network::Public
    };
    let messenger = Messenger::new(state.clone(), network).map_err(Failure::unexpected)?;
    let helpers = [
        tokio::spawn(purge(state.clone())),
        tokio::spawn(messenger.run()),
        tokio::spawn(watch(state.clone(), arguments.trust.trust_list.clone())),
        serve_control(&config::socket(&arguments.data), state.clone())?,
    ];
    output::message(&format!(
        "The broker {} listens on http://{address}",
        arguments.issuer
    ));
    let proxies: TrustedProxies = arguments.trusted_proxies.iter().copied().collect();
    let app = router_behind(state, proxies).into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, app).with_graceful_shutdown(told_to_stop());
    let served = tokio::select! {
        served = serving.into_future() => served,
        () = async { told_to_stop().await; sleep(GRACE).await } => Ok(()),
    };
    helpers.iter().for_each(JoinHandle::abort);
    output::message("The broker has stopped.");
    served.map_err(|error| Failure::new(Failure::NETWORK, error))
}

/// Wallets take the broker's key from the list: without it there, no receipt can be checked.
fn warn_if_unlisted(state: &AppState) {
    use credential_core::clock::Clock as _;
    let trust = state.trust.current();
    let list = trust.list(SystemClock.now());
    let listed = list.and_then(|list| list.broker(&state.issuer));
    if listed.is_none_or(|(participant, _)| participant.keys != state.keys.public()) {
        tracing::warn!("this broker and its key are not on the trust list: wallets will refuse it");
    }
}

/// Strangers are limited by their address: behind a proxy that is not named, all have the proxy's.
fn warn_if_callers_look_alike(arguments: &Serve) {
    let is_behind_proxy = arguments.issuer.starts_with("https://");
    if is_behind_proxy && arguments.trusted_proxies.is_empty() {
        tracing::warn!(
            "no --trusted-proxy is named: everybody who comes through a proxy shares one limit"
        );
    }
}

/// Keeps the appointments that have come, for as long as the broker runs.
async fn purge(state: AppState) {
    let notary = state.notary();
    loop {
        match state.store.purge(&notary, state.clock.now()).await {
            Ok(0) => sleep(PURGE_EVERY).await,
            Ok(done) => tracing::debug!(done, "appointments kept"),
            Err(error) => {
                tracing::error!(%error, "appointments could not be kept");
                sleep(PURGE_EVERY).await;
            }
        }
    }
}

/// Imports the trust list whenever its file changes, or on SIGHUP.
async fn watch(state: AppState, file: PathBuf) {
    let mut seen = stamp(&file);
    loop {
        let was_told = tokio::select! {
            () = told_to_reload() => true,
            () = sleep(WATCH_EVERY) => false,
        };
        let found = stamp(&file);
        if found == seen && !was_told {
            continue;
        }
        seen = found;
        match std::fs::read_to_string(&file) {
            Ok(signed) => match state.import_list(&signed).await {
                Ok(sequence) => tracing::info!(sequence, "trust list in force"),
                Err(error) => tracing::warn!(reason = error.reason(), "trust list not accepted"),
            },
            Err(error) => tracing::warn!(%error, "trust list not readable"),
        }
    }
}

/// What tells that a file has changed.
fn stamp(file: &Path) -> Option<(SystemTime, u64)> {
    let metadata = file.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(unix)]
fn serve_control(socket: &Path, state: AppState) -> Result<JoinHandle<()>, Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    // The store is ours alone now, so a socket that is there was left by one that is gone.
    if socket.exists() {
        std::fs::remove_file(socket).map_err(Failure::unexpected)?;
    }
    let listener = tokio::net::UnixListener::bind(socket)
        .map_err(|error| Failure::unexpected(error).about(socket.display().to_string()))?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))
        .map_err(Failure::unexpected)?;
    let app = control_router(state);
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "the operator's socket has failed");
        }
    }))
}

#[cfg(not(unix))]
fn serve_control(_socket: &Path, _state: AppState) -> Result<JoinHandle<()>, Failure> {
    Ok(tokio::spawn(async {}))
}

async fn told_to_stop() {
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = told_to_terminate() => {}
    }
}

#[cfg(unix)]
async fn told_to_terminate() {
    signal(tokio::signal::unix::SignalKind::terminate()).await;
}

#[cfg(unix)]
async fn told_to_reload() {
    signal(tokio::signal::unix::SignalKind::hangup()).await;
}

#[cfg(unix)]
async fn signal(kind: tokio::signal::unix::SignalKind) {
    match tokio::signal::unix::signal(kind) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        Err(error) => {
            tracing::warn!(%error, "a signal cannot be waited for");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn told_to_terminate() {
    std::future::pending::<()>().await;
}

#[cfg(not(unix))]
async fn told_to_reload() {
    std::future::pending::<()>().await;
}
