//! What each command does.

use std::sync::Arc;

use credential_core::{clock::SystemClock, encoding::base64url};
use serde_json::json;
use verifier_sdk::witness::{Witness, WitnessFolder, create, witness_router};

use crate::{
    args::{Init, Serve, Show},
    failure::Failure,
    output,
};

pub(crate) fn init(arguments: &Init) -> Result<(), Failure> {
    let key = create(&arguments.data, &arguments.name)?;
    output::line(&key.to_string())?;
    output::message(
        "The witness is made. Give the printed key to logs and to those who check them.",
    );
    Ok(())
}

pub(crate) fn show(arguments: &Show) -> Result<(), Failure> {
    let folder = WitnessFolder::look(&arguments.data)?;
    let key = folder.signer()?.verifier().to_string();
    let mut checkpoints = folder.checkpoints()?;
    checkpoints.sort_by(|one, other| one.origin.cmp(&other.origin));
    if arguments.json {
        let logs: Vec<_> = checkpoints
            .iter()
            .map(|log| json!({ "origin": log.origin, "size": log.size, "root": base64url(log.root) }))
            .collect();
        return output::json(&json!({ "schema": "witness.show/1", "key": key, "logs": logs }));
    }
    output::line(&key)?;
    for log in checkpoints {
        output::line(&format!(
            "{}\t{}\t{}",
            log.origin,
            log.size,
            base64url(log.root)
        ))?;
    }
    Ok(())
}

pub(crate) fn serve(arguments: Serve) -> Result<(), Failure> {
    let folder = WitnessFolder::open(&arguments.data)?;
    let witness = Witness::new(folder, arguments.logs, Arc::new(SystemClock))?;
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::unexpected)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(arguments.listen)
            .await
            .map_err(|error| Failure::new(Failure::NETWORK, error).about(arguments.listen))?;
        let address = listener.local_addr().map_err(Failure::unexpected)?;
        output::message(&format!(
            "The witness {} listens on http://{address}",
            witness.verifier().name()
        ));
        axum::serve(listener, witness_router(witness))
            .with_graceful_shutdown(told_to_stop())
            .await
            .map_err(|error| Failure::new(Failure::NETWORK, error))?;
        output::message("The witness has stopped.");
        Ok(())
    })
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        tokio::signal::ctrl_c().await.unwrap_or_default();
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    tokio::signal::ctrl_c().await.unwrap_or_default();
}
