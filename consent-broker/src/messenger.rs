//! Pushes notices to the addresses that the registrar lists for recipients (RFC 8935): the one
//! connection that the broker opens itself. It never goes to an address that a client sent.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use credential_core::{
    http::{Answer, Body, HttpClient, HttpError, Limits},
    network::Network,
    notices::{MEDIA_TYPE, SetError},
};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

use crate::{
    endpoints::notices::short,
    notice::again_at,
    state::AppState,
    storage::{Push, Pushed, StorageError},
    trace::{self, TraceContext},
};

/// What one push may take.
const LIMITS: Limits = Limits {
    timeout: Duration::from_secs(10),
    max_answer: 16 * 1024,
};
/// Most pushes under way.
const AT_ONCE: usize = 64;
/// How often due notices are looked for.
const EVERY: Duration = Duration::from_secs(1);

/// Pushes notices. Clones share what is under way.
#[derive(Debug, Clone)]
pub struct Messenger {
    state: AppState,
    http: HttpClient,
    busy: Arc<Mutex<HashSet<String>>>,
    turns: Arc<Semaphore>,
}

impl Messenger {
    /// A messenger of this broker.
    ///
    /// # Errors
    /// [`HttpError::Setup`].
    pub fn new(state: AppState, network: Network) -> Result<Self, HttpError> {
        Ok(Self::with_limits(state, &HttpClient::new(network)?, LIMITS))
    }

    /// The same with limits of its own.
    #[must_use]
    pub fn with_limits(state: AppState, http: &HttpClient, limits: Limits) -> Self {
        Self {
            state,
            http: http.within(limits),
            busy: Arc::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Pushes what is due, for as long as the broker runs. A recipient that is slow is waited for by
    /// nobody else.
    pub async fn run(self) {
        let mut under_way = JoinSet::new();
        loop {
            self.begin(&mut under_way);
            while under_way.try_join_next().is_some() {}
            sleep(EVERY).await;
        }
    }

    /// Pushes everything that is due now, and waits until it is done.
    pub async fn round(&self) {
        let mut under_way = JoinSet::new();
        self.begin(&mut under_way);
        while under_way.join_next().await.is_some() {}
    }

    /// Begins with every recipient that has an address and is not being pushed to already.
    fn begin(&self, under_way: &mut JoinSet<()>) {
        for (client, endpoint) in self.endpoints() {
            if let Some(turn) = Turn::take(&self.busy, &client) {
                let messenger = self.clone();
                under_way.spawn(async move {
                    messenger.serve(&client, &endpoint).await;
                    drop(turn);
                });
            }
        }
    }

    /// Client ids and their addresses, as the registrar lists them now.
    fn endpoints(&self) -> Vec<(String, String)> {
        let trust = self.state.trust.current();
        let Some(list) = trust.list(self.state.clock.now()) else {
            return Vec::new();
        };
        let roles = list
            .participants()
            .iter()
            .filter_map(|one| one.recipient.as_ref());
        roles
            .filter_map(|role| Some((role.client_id.clone(), role.event_endpoint.clone()?)))
            .collect()
    }

    /// Pushes one recipient's notices in their order, up to the first that fails.
    async fn serve(&self, client: &str, endpoint: &str) {
        loop {
            match self.push_next(client, endpoint).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::error!(reason = error.reason(), "a notice could not be pushed");
                    return;
                }
            }
        }
    }

    /// Whether there may be another one to push.
    async fn push_next(&self, client: &str, endpoint: &str) -> Result<bool, StorageError> {
        let AppState { store, clock, .. } = &self.state;
        let claimed = store.claim_pushes(vec![client.to_owned()], clock.now());
        let Some(push) = claimed.await?.into_iter().next() else {
            return Ok(false);
        };
        let pushed = self.push(&push, endpoint).await?;
        let notary = self.state.notary();
        let recorded = store.record_push(client, &push.jti, pushed, &notary, clock.now());
        recorded.await?;
        Ok(!matches!(pushed, Pushed::Failed { .. }))
    }

    async fn push(&self, push: &Push, endpoint: &str) -> Result<Pushed, StorageError> {
        // Closed never: whoever waits here gets a turn.
        let _turn = self.turns.acquire().await;
        let body = Body::Text {
            media_type: MEDIA_TYPE,
            text: &push.set,
        };
        // Each push begins a trace: what it tells of happened long before.
        let trace = TraceContext::begin(&*self.state.rng)
            .map_err(|error| StorageError::Notary(error.into()))?;
        let headers = [
            ("accept", "application/json"),
            (trace::HEADER, &trace.header()),
        ];
        let answer = self.http.send(endpoint, &headers, body);
        let problem = match answer.await {
            Ok(answer) if answer.status == 202 => return Ok(Pushed::Delivered),
            Ok(answer) if answer.status == 400 => {
                let code = set_error(&answer);
                tracing::warn!(
                    recipient = push.client_id,
                    code,
                    "a notice was not acceptable"
                );
                return Ok(Pushed::Refused);
            }
            Ok(answer) => format!("status {}", answer.status),
            Err(error) => error.reason().to_owned(),
        };
        tracing::info!(
            recipient = push.client_id,
            problem,
            "a notice was not taken"
        );
        let (rng, now) = (&*self.state.rng, self.state.clock.now());
        let again_at = again_at(push.tries.saturating_add(1), rng, now)
            .map_err(|error| StorageError::Notary(error.into()))?;
        Ok(Pushed::Failed { again_at })
    }
}

/// The code of a refusal (RFC 8935 section 2.3).
fn set_error(answer: &Answer) -> String {
    let error: Option<SetError> = serde_json::from_slice(&answer.body).ok();
    error.map_or_else(String::new, |error| short(&error.err))
}

/// One recipient, pushed to by one task at a time.
struct Turn {
    busy: Arc<Mutex<HashSet<String>>>,
    client: String,
}

impl Turn {
    fn take(busy: &Arc<Mutex<HashSet<String>>>, client: &str) -> Option<Self> {
        let mut taken = busy.lock().unwrap_or_else(PoisonError::into_inner);
        taken.insert(client.to_owned()).then(|| Self {
            busy: Arc::clone(busy),
            client: client.to_owned(),
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(&self.client);
    }
}
