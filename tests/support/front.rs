//! Something in front of the broker: it changes what the broker says, or breaks connections.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use consent_broker::WitnessAt;
use serde_json::Value;

use super::Scene;

type Lie = Box<dyn Fn(&str, &mut Value) + Send + Sync>;

/// The end of a path, and the status and body that are answered there.
type Instead = (&'static str, u16, Value);

/// Where a connection breaks, for paths that contain a text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Break {
    /// Before the broker hears of the request.
    BeforeRequest(&'static str),
    /// After the broker has answered, before the answer arrives.
    BeforeAnswer(&'static str),
}

/// Forwards everything to the broker, as far as it is not told otherwise.
#[derive(Clone)]
pub(crate) struct Front {
    behind: Arc<Mutex<String>>,
    lie: Arc<Mutex<Lie>>,
    instead: Arc<Mutex<Option<Instead>>>,
    broken: Arc<Mutex<Option<Break>>>,
    client: reqwest::Client,
}

impl Front {
    async fn listen() -> (Self, String) {
        // Whoever comes first installs it; there is only this one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let front = Self {
            behind: Arc::default(),
            lie: Arc::new(Mutex::new(Box::new(|_path, _answer| {}))),
            instead: Arc::default(),
            broken: Arc::default(),
            client: client.build().unwrap(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(forward).with_state(front.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (front, url)
    }

    /// Answers in the broker's place for paths that end like this.
    pub(crate) fn answers_instead(&self, end: &'static str, status: u16, answer: Value) {
        *self.instead.lock().unwrap() = Some((end, status, answer));
    }

    pub(crate) fn tells_the_truth(&self) {
        *self.instead.lock().unwrap() = None;
    }

    pub(crate) fn breaks(&self, place: Break) {
        *self.broken.lock().unwrap() = Some(place);
    }

    pub(crate) fn works(&self) {
        *self.broken.lock().unwrap() = None;
    }

    /// Changes JSON answers.
    pub(crate) fn lies(&self, lie: impl Fn(&str, &mut Value) + Send + Sync + 'static) {
        *self.lie.lock().unwrap() = Box::new(lie);
    }
}

/// Ends this connection's task without a word, and with it the connection.
fn hang_up() -> ! {
    std::panic::resume_unwind(Box::new("the connection breaks"))
}

async fn forward(State(front): State<Front>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().unwrap().as_str().to_owned();
    let broken = *front.broken.lock().unwrap();
    if matches!(broken, Some(Break::BeforeRequest(place)) if path.contains(place)) {
        hang_up();
    }
    let instead = front.instead.lock().unwrap().clone();
    if let Some((_, status, answer)) = instead.filter(|(end, ..)| path.ends_with(end)) {
        return (StatusCode::from_u16(status).unwrap(), Json(answer)).into_response();
    }
    let url = format!("{}{path}", front.behind.lock().unwrap());
    let mut headers = parts.headers;
    headers.remove("host");
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let answer = front
        .client
        .request(parts.method, url)
        .headers(headers)
        .body(body)
        .send()
        .await;
    let answer = answer.unwrap();
    if matches!(broken, Some(Break::BeforeAnswer(place)) if path.contains(place)) {
        hang_up();
    }
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    let mut bytes = answer.bytes().await.unwrap().to_vec();
    if let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) {
        front.lie.lock().unwrap()(&path, &mut value);
        bytes = value.to_string().into_bytes();
    }
    headers.remove("content-length");
    headers.remove("transfer-encoding");
    (status, headers, Body::from(bytes)).into_response()
}

/// A world whose broker is reached through a front.
pub(crate) async fn scene() -> (Scene, Front) {
    scene_witnessed(Vec::new()).await
}

/// The same, with witnesses of its global log.
pub(crate) async fn scene_witnessed(witnesses: Vec<WitnessAt>) -> (Scene, Front) {
    let (front, url) = Front::listen().await;
    let scene = Scene::made(Some(url), witnesses).await;
    let broker = scene
        .world
        .servers()
        .iter()
        .find(|s| s.role() == "broker")
        .unwrap();
    *front.behind.lock().unwrap() = broker.url().to_owned();
    (scene, front)
}
