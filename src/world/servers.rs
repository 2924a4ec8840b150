//! One server a role, on a port the system chooses.

use std::net::SocketAddr;

use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

/// A port that is held but not served yet.
pub(super) struct Place {
    listener: TcpListener,
    address: SocketAddr,
}

/// Takes a free loopback port.
pub(super) async fn listen() -> std::io::Result<Place> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    Ok(Place {
        address: listener.local_addr()?,
        listener,
    })
}

impl Place {
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn serve(self, role: &'static str, router: Router) -> Server {
        let url = self.url();
        // The broker tells strangers apart by their address.
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(self.listener, service).await {
                tracing::error!(%error, role, "a server stopped");
            }
        });
        Server { role, url, serving }
    }
}

/// A running server; it stops when dropped.
#[derive(Debug)]
pub struct Server {
    role: &'static str,
    url: String,
    serving: JoinHandle<()>,
}

impl Server {
    /// Whose server it is.
    #[must_use]
    pub fn role(&self) -> &'static str {
        self.role
    }

    /// Its origin.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
