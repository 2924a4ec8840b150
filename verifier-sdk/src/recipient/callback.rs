//! The recipient's own little server at its redirect address: it takes the broker's answer from the
//! person's browser and shows a short neutral page.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
    routing::get,
};
use tokio::{
    net::TcpListener,
    sync::mpsc::{Receiver, Sender, channel},
    task::JoinHandle,
};
use url::form_urlencoded;

/// Longest query string taken, in octets.
const MAX_QUERY: usize = 8192;
/// Most answers waiting to be taken.
const MAX_WAITING: usize = 64;
/// How many states are remembered, the newest.
const MAX_REMEMBERED: usize = 1024;

/// Listens until it is dropped. Each `state` is answered once; a repeated answer is not handed on.
#[derive(Debug)]
pub struct CallbackServer {
    address: SocketAddr,
    answers: Receiver<CallbackAnswer>,
    serving: JoinHandle<()>,
}

/// The query of one answer, as the browser brought it. Nothing in it is checked:
/// [`Recipient::redeem`](super::Recipient::redeem) does that.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackAnswer {
    query: String,
    state: String,
}

/// Shows no code.
impl std::fmt::Debug for CallbackAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackAnswer")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

impl CallbackAnswer {
    /// The query string, without the question mark.
    #[must_use]
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The `state`, which names the request it answers.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }
}

#[derive(Debug, Clone)]
struct Desk {
    answers: Sender<CallbackAnswer>,
    seen: Arc<Mutex<VecDeque<String>>>,
}

impl CallbackServer {
    /// Listens at `address` for `/callback` and `/health`. Gives the server and the redirect address
    /// to register; with port 0 the system chooses one.
    ///
    /// # Errors
    /// When the address is taken or not ours.
    pub async fn bind(address: SocketAddr) -> io::Result<(Self, String)> {
        Self::bind_at(address, "/callback").await
    }

    /// As [`Self::bind`], with another path that begins with a slash.
    ///
    /// # Errors
    /// When the address is taken or not ours, or the path is not a plain one.
    pub async fn bind_at(address: SocketAddr, path: &str) -> io::Result<(Self, String)> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-_.~".contains(&b);
        if !path.starts_with('/') || path == "/health" || !path.bytes().all(plain) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (sender, answers) = channel(MAX_WAITING);
        let desk = Desk {
            answers: sender,
            seen: Arc::default(),
        };
        let router = Router::new()
            .route(path, get(take))
            .route("/health", get(async || "ok"))
            .with_state(desk);
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::warn!(%error, "the callback server stopped");
            }
        });
        let url = format!("http://{address}{path}");
        let server = Self {
            address,
            answers,
            serving,
        };
        Ok((server, url))
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits for the next answer; none when the server has stopped.
    pub async fn next_answer(&mut self) -> Option<CallbackAnswer> {
        self.answers.recv().await
    }

    /// Waits for the answer with this `state`, passing over all others.
    pub async fn answer_to(&mut self, state: &str) -> Option<CallbackAnswer> {
        loop {
            let answer = self.next_answer().await?;
            if answer.state == state {
                return Some(answer);
            }
        }
    }
}

impl Drop for CallbackServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(desk): State<Desk>, RawQuery(query): RawQuery) -> Response {
    let Some(answer) = query.as_deref().and_then(read) else {
        return page(StatusCode::BAD_REQUEST, UNREADABLE);
    };
    if !desk.is_new(&answer.state) {
        return page(StatusCode::CONFLICT, ALREADY);
    }
    match desk.answers.try_send(answer) {
        Ok(()) => page(StatusCode::OK, DONE),
        Err(_full) => page(StatusCode::SERVICE_UNAVAILABLE, UNREADABLE),
    }
}

impl Desk {
    fn is_new(&self, state: &str) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.iter().any(|known| known == state) {
            return false;
        }
        seen.push_back(state.to_owned());
        if seen.len() > MAX_REMEMBERED {
            seen.pop_front();
        }
        true
    }
}

pub(crate) fn read(query: &str) -> Option<CallbackAnswer> {
    if query.len() > MAX_QUERY {
        return None;
    }
    let mut states = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "state");
    let (_, state) = states.next()?;
    let only = states.next().is_none() && (1..=512).contains(&state.len());
    only.then(|| CallbackAnswer {
        query: query.to_owned(),
        state: state.into_owned(),
    })
}

const DONE: &str = concat!(
    "<p lang=\"fi\">Vastaus on perillä. Voit sulkea tämän sivun.</p>",
    "<p lang=\"sv\">Svaret har kommit fram. Du kan stänga den här sidan.</p>",
    "<p lang=\"en\">The answer has arrived. You can close this page.</p>",
);
const ALREADY: &str = concat!(
    "<p lang=\"fi\">Tämä vastaus oli jo perillä. Voit sulkea tämän sivun.</p>",
    "<p lang=\"sv\">Det här svaret hade redan kommit fram. Du kan stänga den här sidan.</p>",
    "<p lang=\"en\">This answer had already arrived. You can close this page.</p>",
);
const UNREADABLE: &str = concat!(
    "<p lang=\"fi\">Vastausta ei voitu lukea. Tietosi ovat tallessa. Aloita alusta.</p>",
    "<p lang=\"sv\">Svaret kunde inte läsas. Dina uppgifter finns kvar. Börja om.</p>",
    "<p lang=\"en\">The answer could not be read. Your information is safe. Start again.</p>",
);

/// The address of this page carries the code: it is not kept, not sent on, and loads nothing.
fn page(status: StatusCode, text: &'static str) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
    ];
    let body = format!(
        "<!doctype html><html lang=\"fi\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Osaamislompakko</title>\
         <main>{text}</main></html>"
    );
    (status, HEADERS, Html(body)).into_response()
}
