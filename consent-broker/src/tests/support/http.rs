//! Requests and whole answers.

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::contract::hold_to_contract;

/// An answer, read completely.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The broker's answer, which has to be as the OpenAPI document says.
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let (method, url) = (request.method().clone(), request.url().clone());
        let answer = Self::read(client.execute(request).await.unwrap()).await;
        hold_to_contract(method.as_str(), url.path(), &answer);
        answer
    }

    /// Any server's answer.
    pub(crate) async fn read(response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub(crate) fn text(&self, member: &str) -> String {
        let json = self.json();
        let value = json[member].as_str();
        value
            .unwrap_or_else(|| panic!("no {member}: {self:?}"))
            .into()
    }

    /// Status, error code and reason: what a refusal is known by.
    pub(crate) fn refusal(&self) -> String {
        let json = self.json();
        let word = |name: &str| json[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", self.status, word("error"), word("reason"))
    }
}

pub(crate) fn client() -> reqwest::Client {
    // A test may have installed it before.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}
