//! `broker serve`.

mod control;
mod listener;
mod signals;
mod tls;
mod upkeep;

use std::{net::SocketAddr, sync::Arc};

use axum::serve::ListenerExt as _;
use consent_broker::{
    AppState, BrokerKeys, ClockWatch, LogKeeper, MachineSteadyClock, Messenger, Surroundings,
    admin_router,
    metrics::{MeasuredStore, Metrics},
    router_within,
};
use credential_core::{clock::SystemClock, rng::SystemRng, transparency::LogSigner};
use tokio::{net::TcpListener, runtime::Runtime, task::JoinHandle, time::sleep};

use self::{listener::Door, tls::Certificates};
use super::trust_list;
use crate::{
    config::{self, Serve},
    failure::Failure,
    logging, output,
    settings::{Layers, Settings},
    store::{Opened, configured, open_store},
};

pub(crate) fn run(arguments: &Serve) -> Result<(), Failure> {
    let serving = &arguments.serving;
    let layers = configured(&serving.place, serving.given())?;
    let given = layers.merged();
    let settings = given.settings().map_err(first)?;
    logging::begin(settings.log_format);
    warn_of_variables(&layers);
    let runtime = Runtime::new().map_err(Failure::unexpected)?;
    runtime.block_on(async {
        let metrics = Metrics::default();
        let Opened { store, local } = open_store(&settings.store).await?;
        let state = AppState {
            issuer: settings.issuer.clone(),
            keys: BrokerKeys::load(&config::keys(&settings.data))?,
            trust: trust_list::load(&given)?,
            store: Arc::new(MeasuredStore::new(store, metrics.clone())),
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng::default()),
        };
        warn_if_unlisted(&state);
        warn_if_callers_look_alike(&settings);
        state.trust.confirm(&*state.store).await?;
        let steady = Arc::new(MachineSteadyClock::default());
        let watch = ClockWatch::new(Arc::clone(&state.clock), steady).within(settings.clock_jump);
        let surroundings = Surroundings {
            proxies: settings.trusted_proxies.iter().copied().collect(),
            metrics,
            clock_watch: Some(watch),
            keys: Some(config::keys(&settings.data)),
            local,
        };
        serve(&settings, state, surroundings).await
    })
}

/// The first of all problems; `config check` tells the others.
fn first(problems: Vec<crate::settings::Problem>) -> Failure {
    match problems.into_iter().next() {
        Some(problem) => problem.into(),
        None => Failure::unexpected(anyhow::anyhow!("the configuration is not complete")),
    }
}

async fn serve(
    settings: &Settings,
    state: AppState,
    surroundings: Surroundings,
) -> Result<(), Failure> {
    let certificates = settings.tls.clone().map(Certificates::load).transpose()?;
    let (listener, address) = bind(settings.listen).await?;
    let messenger = Messenger::new(state.clone(), settings.network).map_err(Failure::unexpected)?;
    let keeper = keeper(settings, &state)?;
    let metrics = surroundings.metrics.clone();
    let list = settings.trust_list.clone();
    let socket = config::socket(&settings.data);
    let stopping = signals::stop();
    let mut helpers = vec![
        tokio::spawn(upkeep::purge(state.clone(), surroundings.clone())),
        tokio::spawn(upkeep::count_notices(state.clone(), metrics.clone())),
        tokio::spawn(messenger.run()),
        tokio::spawn(keeper.run()),
        tokio::spawn(upkeep::watch(state.clone(), list, certificates.clone())),
        control::serve_control(&socket, state.clone(), surroundings.clone())?,
    ];
    if let Some(admin) = settings.admin {
        helpers.push(serve_admin(admin, state.clone(), surroundings.clone()).await?);
    }
    let scheme = certificates.as_ref().map_or("http", |_tls| "https");
    let door = Door::open(listener, certificates, metrics).map_err(Failure::unexpected)?;
    output::message(&format!(
        "The broker {} listens on {scheme}://{address}",
        settings.issuer
    ));
    let store = Arc::clone(&state.store);
    let app = router_within(state, surroundings);
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    // Tapped so that axum knows the peer's address; there is nothing to be done to the connection.
    let serving = axum::serve(door.tap_io(|_connection| ()), app)
        .with_graceful_shutdown(signals::stopped(stopping.clone()));
    let limit = async {
        signals::stopped(stopping).await;
        sleep(settings.shutdown).await;
    };
    let served = tokio::select! {
        served = serving.into_future() => served,
        () = limit => {
            tracing::warn!("requests that did not end in time are cut off");
            Ok(())
        }
    };
    helpers.iter().for_each(JoinHandle::abort);
    // Whatever was written behind lasts once something that was seen has to.
    store.suspensions().await?;
    output::message("The broker has stopped.");
    served.map_err(|error| Failure::new(Failure::NETWORK, error))
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let listener = TcpListener::bind(address).await;
    let listener =
        listener.map_err(|error| Failure::new(Failure::NETWORK, error).about(address))?;
    let address = listener.local_addr().map_err(Failure::unexpected)?;
    Ok((listener, address))
}

async fn serve_admin(
    address: SocketAddr,
    state: AppState,
    surroundings: Surroundings,
) -> Result<JoinHandle<()>, Failure> {
    let (listener, address) = bind(address).await?;
    output::message(&format!("Metrics and health are on http://{address}"));
    let app = admin_router(state, surroundings);
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "the operator's address has failed");
        }
    }))
}

fn warn_of_variables(layers: &Layers) {
    for variable in &layers.unknown_variables {
        tracing::warn!(variable, "a variable looks like ours and is not known");
    }
}

/// Goes on with the global log beside everything else.
fn keeper(settings: &Settings, state: &AppState) -> Result<LogKeeper, Failure> {
    let witnesses = settings.witnesses.clone();
    LogKeeper::new(state.clone(), settings.network, witnesses).map_err(Failure::unexpected)
}

/// Wallets take the broker's key from the list: without it there, no receipt can be checked.
fn warn_if_unlisted(state: &AppState) {
    if !state.is_listed(state.clock.now()) {
        tracing::warn!("this broker and its key are not on the trust list: wallets will refuse it");
    }
    let (log, trust) = (state.log_signer().ok(), state.trust.current());
    let list = trust.list(state.clock.now());
    let listed = list.and_then(|list| list.broker(&state.issuer));
    let listed = listed.and_then(|(_, role)| role.log_key.as_ref());
    if listed.is_none() || listed != log.as_ref().map(LogSigner::verifier) {
        tracing::warn!(
            "the key of the global log is not on the trust list: wallets do not check that log"
        );
    }
}

/// Strangers are limited by their address: behind a proxy that is not named, all have the proxy's.
fn warn_if_callers_look_alike(settings: &Settings) {
    let is_behind_proxy = settings.issuer.starts_with("https://") && settings.tls.is_none();
    if is_behind_proxy && settings.trusted_proxies.is_empty() {
        tracing::warn!(
            "no --trusted-proxy is named: everybody who comes through a proxy shares one limit"
        );
    }
}
