//! Serves the signed list and nothing else; the key is not needed and not loaded.

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::get,
};

use crate::endpoints::trust_list::{MEDIA_TYPE, PATH};

/// A server for the list in `file`, read anew for each request.
pub fn list_router(file: PathBuf) -> Router {
    Router::new()
        .route(PATH, get(serve))
        .with_state(Arc::new(file))
}

async fn serve(State(file): State<Arc<PathBuf>>) -> Response {
    let read = tokio::task::spawn_blocking(move || std::fs::read(&*file)).await;
    match read {
        Ok(Ok(signed)) => ([(CONTENT_TYPE, MEDIA_TYPE)], signed).into_response(),
        _ => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}
