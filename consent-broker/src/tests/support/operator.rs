//! The broker's operator at the control socket, and the registrar that hands it lists.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Answer, World, client};
use crate::control::control_router;

/// Somebody who can open the broker's own folder. The socket is a loopback one here.
#[derive(Debug)]
pub(crate) struct Operator {
    origin: String,
    http: reqwest::Client,
}

impl Operator {
    pub(crate) async fn of(world: &World) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let app = control_router(world.state.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            origin,
            http: client(),
        }
    }

    pub(crate) async fn tell(&self, path: &str, order: &Value) -> Answer {
        let url = format!("{}{path}", self.origin);
        Answer::of(self.http.post(url).json(order)).await
    }

    pub(crate) async fn ask(&self, path: &str) -> Answer {
        Answer::of(self.http.get(format!("{}{path}", self.origin))).await
    }

    pub(crate) async fn suspend(&self, participant: &str) -> Answer {
        let order = json!({"participant": participant, "reason": "case 17"});
        self.tell("/participants/suspend", &order).await
    }

    pub(crate) async fn resume(&self, participant: &str) -> Answer {
        let order = json!({ "participant": participant });
        self.tell("/participants/resume", &order).await
    }

    pub(crate) async fn import(&self, signed: &str) -> Answer {
        let order = json!({ "trust_list": signed });
        self.tell("/trust-list", &order).await
    }
}

impl World {
    /// The registrar's next list, signed now.
    pub(crate) fn publish(&mut self) -> String {
        let now = self.now();
        let life = TimeDelta::days(30);
        self.registry.publish(now, life, &self.registrar).unwrap()
    }
}
