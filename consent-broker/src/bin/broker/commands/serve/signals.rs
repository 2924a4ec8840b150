//! What the operating system tells a running broker.

use tokio::sync::watch;

use crate::output;

/// Watches for ctrl-c and SIGTERM: the first asks for an end in good order, the second is one at once.
pub(super) fn stop() -> watch::Receiver<bool> {
    let (stops, stopping) = watch::channel(false);
    tokio::spawn(async move {
        told_to_stop().await;
        stops.send_replace(true);
        output::message(
            "The broker is stopping; what runs may end. A second signal ends it at once.",
        );
        told_to_stop().await;
        output::message("The broker ends at once.");
        // What was acknowledged is on the disk already.
        std::process::exit(1);
    });
    stopping
}

/// Returns once the broker is to stop.
pub(super) async fn stopped(mut stopping: watch::Receiver<bool>) {
    // An error would mean that nobody can ask for an end any more.
    if stopping.wait_for(|stops| *stops).await.is_err() {
        std::future::pending::<()>().await;
    }
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

/// Returns at SIGHUP.
#[cfg(unix)]
pub(super) async fn told_to_reload() {
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
pub(super) async fn told_to_reload() {
    std::future::pending::<()>().await;
}
