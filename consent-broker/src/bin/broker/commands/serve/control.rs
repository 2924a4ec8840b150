//! The operator's socket.

use std::path::Path;

use consent_broker::{AppState, Surroundings, control::control_router_within};
use tokio::task::JoinHandle;

use crate::failure::Failure;

#[cfg(unix)]
pub(super) fn serve_control(
    socket: &Path,
    state: AppState,
    surroundings: Surroundings,
) -> Result<JoinHandle<()>, Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    // The store is ours alone now, so a socket that is there was left by one that is gone.
    if socket.exists() {
        std::fs::remove_file(socket).map_err(Failure::unexpected)?;
    }
    let listener = tokio::net::UnixListener::bind(socket)
        .map_err(|error| Failure::unexpected(error).about(socket.display().to_string()))?;
    std::fs::set_permissions(socket, std::fs::Permissions::from_mode(0o600))
        .map_err(Failure::unexpected)?;
    let app = control_router_within(state, surroundings);
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "the operator's socket has failed");
        }
    }))
}

#[cfg(not(unix))]
pub(super) fn serve_control(
    _socket: &Path,
    _state: AppState,
    _surroundings: Surroundings,
) -> Result<JoinHandle<()>, Failure> {
    Ok(tokio::spawn(async {}))
}
