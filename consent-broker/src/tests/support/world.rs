//! Everyone together, and the steps of the way, each as one call.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::extract::FromRef as _;
use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    clock::{Clock as _, FixedClock},
    consent::{
        decision::Verdict,
        details::{GrantedDetails, RequestedDetails},
    },
    id::GrantId,
    jose::Es256Key,
    network::Network,
    oauth::client_assertion,
    rng::SystemRng,
};
use serde_json::{Value, json};

use super::{
    Answer,
    http::client,
    nodes::Rows,
    people::{
        REDIRECT, Recipient, Wallet, broker_entry, deposit, deposit_header, granted, noon, proof,
        verifier_of,
    },
};
use crate::{
    AppState, BrokerKeys, Surroundings, TrustHandle, TrustedProxies,
    handles::{AuthorizationCode, Handles},
    keys::signing_jwk,
    metrics::MeasuredStore,
    nonces::Nonces,
    registrar::Registry,
    router_within,
    storage::Store,
};

/// A running broker, two recipients and a clock that stands at noon.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) origin: String,
    pub(crate) state: AppState,
    pub(crate) clock: FixedClock,
    pub(crate) recipient: Recipient,
    pub(crate) other: Recipient,
    pub(crate) registrar: Es256Key,
    pub(crate) registry: Registry,
    pub(crate) http: reqwest::Client,
    rows: Rows,
    /// Where the nodes listen: what is asked goes to one after the other.
    nodes: Vec<String>,
    asked: AtomicUsize,
}

/// A grant that was given, and everything needed to use it.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) id: GrantId,
    pub(crate) wallet: Wallet,
    pub(crate) wallet_token: String,
    pub(crate) request: String,
    pub(crate) details: GrantedDetails,
    pub(crate) deposit: String,
    pub(crate) answer: Value,
    pub(crate) cookie: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::behind(TrustedProxies::default()).await
    }

    /// With these proxies in front.
    pub(crate) async fn behind(proxies: TrustedProxies) -> Self {
        let surroundings = Surroundings {
            proxies,
            ..Surroundings::default()
        };
        Self::within(FixedClock::at(noon()), surroundings).await
    }

    /// With everything around it, at the time of this clock.
    pub(crate) async fn within(clock: FixedClock, surroundings: Surroundings) -> Self {
        Self::over(Rows::chosen().await, clock, surroundings).await
    }

    /// Of two nodes that share a database; none where there is no PostgreSQL.
    pub(crate) async fn of_two_nodes() -> Option<Self> {
        let rows = Rows::database().await?;
        let clock = FixedClock::at(noon());
        Some(Self::over(rows, clock, Surroundings::default()).await)
    }

    async fn over(rows: Rows, clock: FixedClock, surroundings: Surroundings) -> Self {
        let stores: Vec<Arc<dyn Store>> = rows
            .nodes()
            .await
            .into_iter()
            .map(|store| -> Arc<dyn Store> {
                Arc::new(MeasuredStore::new(store, surroundings.metrics.clone()))
            })
            .collect();
        let mut listeners = Vec::new();
        for _node in &stores {
            listeners.push(tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap());
        }
        let address = |listener: &tokio::net::TcpListener| {
            format!("http://{}", listener.local_addr().unwrap())
        };
        let nodes: Vec<String> = listeners.iter().map(address).collect();
        let origin = nodes[0].clone();
        let keys = BrokerKeys::generate(&SystemRng::default()).unwrap();
        let recipient = Recipient::new("http://127.0.0.1:9/lumo");
        let other = Recipient::new("http://127.0.0.1:9/other");
        let registrar = Es256Key::generate().unwrap().0;
        let mut registry = Registry::new("https://registrar.example");
        let entries = [
            recipient.entry(),
            other.entry(),
            broker_entry(&origin, keys.public()),
        ];
        for entry in entries {
            registry.add(entry, Network::Loopback).unwrap();
        }
        let signed = registry
            .publish(noon(), TimeDelta::days(30), &registrar)
            .unwrap();
        let state = AppState {
            issuer: origin.clone(),
            store: Arc::clone(&stores[0]),
            keys,
            trust: TrustHandle::new(signing_jwk(&registrar), &signed, noon()).unwrap(),
            clock: Arc::new(clock.clone()),
            rng: Arc::new(SystemRng::default()),
        };
        for (listener, store) in listeners.into_iter().zip(stores) {
            let state = AppState {
                store,
                ..state.clone()
            };
            let app = router_within(state, surroundings.clone())
                .into_make_service_with_connect_info::<SocketAddr>();
            tokio::spawn(async move { axum::serve(listener, app).await });
        }
        Self {
            origin,
            state,
            clock,
            recipient,
            other,
            registrar,
            registry,
            http: client(),
            rows,
            nodes,
            asked: AtomicUsize::new(0),
        }
    }

    /// Everything that is stored, as text.
    pub(crate) fn stored_text(&self) -> String {
        self.rows.text()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Where a path is for everybody outside.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The same at the node whose turn it is.
    fn at_next_node(&self, path: &str) -> String {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed) % self.nodes.len();
        format!("{}{path}", self.nodes[turn])
    }

    /// A POST by a recipient, authenticated in the proper way.
    pub(crate) async fn as_recipient(
        &self,
        who: &Recipient,
        path: &str,
        form: &[(&str, &str)],
    ) -> Answer {
        let assertion = who.assertion(&self.origin, self.now());
        let proof = self.proof(&who.dpop, "POST", path, None);
        let (id, mut form) = (who.client_id(), form.to_vec());
        form.push(("client_id", &id));
        form.push(("client_assertion_type", client_assertion::TYPE));
        form.push(("client_assertion", &assertion));
        self.post_form(path, &form, &[("dpop", &proof)]).await
    }

    pub(crate) async fn post_form(
        &self,
        path: &str,
        form: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.http.post(self.at_next_node(path)).form(form);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request).await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.http.get(self.at_next_node(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request).await
    }

    pub(crate) fn proof(
        &self,
        key: &Es256Key,
        method: &str,
        path: &str,
        token: Option<&str>,
    ) -> String {
        let nonce = self.nonce();
        let bound = (token, Some(nonce.as_str()));
        proof(key, method, &self.url(path), bound, self.now())
    }

    /// The nonce that the server gives now.
    pub(crate) fn nonce(&self) -> String {
        let nonces = Nonces::new(&self.state.keys, noon());
        nonces.current(self.now()).unwrap()
    }

    pub(crate) async fn push(&self, request: &str) -> Answer {
        self.as_recipient(&self.recipient, "/par", &[("request", request)])
            .await
    }

    /// The request's page, as JSON; gives the ticket and the browser's cookie.
    pub(crate) async fn authorize(
        &self,
        request_uri: &str,
        cookie: Option<&str>,
    ) -> Result<(String, String), Answer> {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.recipient.client_id())
            .append_pair("request_uri", request_uri)
            .finish();
        let mut headers = vec![("accept", "application/json")];
        headers.extend(cookie.map(|cookie| ("cookie", cookie)));
        let answer = self.get(&format!("/authorize?{query}"), &headers).await;
        if answer.status != 200 {
            return Err(answer);
        }
        let link = url::Url::parse(&answer.text("wallet_link")).unwrap();
        let ticket = link
            .query_pairs()
            .find(|(name, _)| name == "ticket")
            .unwrap()
            .1
            .into_owned();
        let cookie = answer.header("set-cookie").split(';').next().unwrap();
        Ok((ticket, cookie.to_owned()))
    }

    pub(crate) async fn wallet_token(&self, wallet: &Wallet) -> String {
        let rng = SystemRng::default();
        let assertion =
            client_assertion::sign_for_wallet(&self.origin, self.now(), &*wallet.pairwise, &rng)
                .unwrap();
        let proof = self.proof(&wallet.pairwise, "POST", "/wallet/token", None);
        let form = [
            ("grant_type", client_assertion::JWT_BEARER_GRANT),
            ("assertion", &assertion),
        ];
        let answer = self
            .post_form("/wallet/token", &form, &[("dpop", &proof)])
            .await;
        answer.text("access_token")
    }

    pub(crate) async fn wallet_post(
        &self,
        wallet: &Wallet,
        token: &str,
        path: &str,
        body: &Value,
    ) -> Answer {
        let proof = self.proof(&wallet.pairwise, "POST", path, Some(token));
        let request = self
            .http
            .post(self.at_next_node(path))
            .header("authorization", format!("DPoP {token}"))
            .header("dpop", proof)
            .json(body);
        Answer::of(request).await
    }

    pub(crate) async fn wallet_get(&self, wallet: &Wallet, token: &str, path: &str) -> Answer {
        let bare = path.split('?').next().unwrap();
        let proof = self.proof(&wallet.pairwise, "GET", bare, Some(token));
        let authorization = format!("DPoP {token}");
        self.get(path, &[("authorization", &authorization), ("dpop", &proof)])
            .await
    }

    /// From the request to the person's approval.
    pub(crate) async fn grant(&self, details: RequestedDetails) -> Grant {
        let now = self.now();
        let request = self.recipient.signed_at(&self.origin, details.clone(), now);
        let request_uri = self.push(&request).await.text("request_uri");
        self.approve(&request, &request_uri, details).await
    }

    /// From the pushed request to the person's approval.
    pub(crate) async fn approve(
        &self,
        request: &str,
        request_uri: &str,
        details: RequestedDetails,
    ) -> Grant {
        let (ticket, cookie) = self.authorize(request_uri, None).await.unwrap();
        let wallet = Wallet::new();
        let token = self.wallet_token(&wallet).await;
        let opened = self
            .wallet_post(
                &wallet,
                &token,
                "/wallet/requests",
                &json!({"ticket": ticket}),
            )
            .await;
        assert_eq!(opened.text("request"), request);
        let id = super::random_id();
        let granted = granted(&details, &self.recipient, id, self.now());
        let header = deposit_header(&granted, &self.recipient, self.now());
        let deposit = deposit(&header, 4096);
        let decision = wallet.decision(Verdict::Approved, request, &granted, self.now());
        let body = json!({"request_id": opened.text("request_id"), "decision": decision,
            "deposit": deposit});
        let answer = self
            .wallet_post(&wallet, &token, "/wallet/decisions", &body)
            .await;
        assert_eq!(answer.status, 201, "{answer:?}");
        Grant {
            id,
            wallet,
            wallet_token: token,
            request: request.into(),
            details: granted,
            deposit,
            answer: answer.json(),
            cookie,
        }
    }

    /// The browser's way back; gives the parameters at the recipient's address.
    pub(crate) async fn complete(&self, url: &str, cookie: &str) -> Result<Value, Answer> {
        let answer = Answer::of(self.http.get(url).header("cookie", cookie)).await;
        if answer.status != 303 {
            return Err(answer);
        }
        let location = url::Url::parse(answer.header("location")).unwrap();
        assert!(location.as_str().starts_with(REDIRECT), "{location}");
        Ok(location
            .query_pairs()
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect())
    }

    /// From the approval to the code.
    pub(crate) async fn code(&self, grant: &Grant) -> String {
        let url = grant.answer["complete_url"].as_str().unwrap();
        let back = self.complete(url, &grant.cookie).await.unwrap();
        back["code"].as_str().unwrap().into()
    }

    /// The verifier that belongs to a code, expired or not; any other for what is none of ours.
    pub(crate) fn verifier(&self, code: &str) -> String {
        let handles = Handles::from_ref(&self.state);
        let opened: Option<AuthorizationCode> = handles.open(code, noon()).ok();
        opened
            .and_then(|code| verifier_of(&code.code_challenge))
            .unwrap_or_else(|| "x".repeat(43))
    }

    pub(crate) async fn redeem(&self, code: &str) -> Answer {
        self.redeem_with(code, &[]).await
    }

    pub(crate) async fn redeem_with(&self, code: &str, more: &[(&str, &str)]) -> Answer {
        let verifier = self.verifier(code);
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", &verifier),
        ];
        form.extend_from_slice(more);
        self.as_recipient(&self.recipient, "/token", &form).await
    }

    /// From the approval to an access token.
    pub(crate) async fn token(&self, grant: &Grant) -> String {
        let code = self.code(grant).await;
        self.redeem(&code).await.text("access_token")
    }

    pub(crate) async fn read(&self, token: &str, grant: GrantId, read_id: &str) -> Answer {
        let path = format!("/mailbox/{grant}");
        let proof = self.proof(&self.recipient.dpop, "GET", &path, Some(token));
        let authorization = format!("DPoP {token}");
        let headers = [
            ("authorization", authorization.as_str()),
            ("dpop", &proof),
            ("read-id", read_id),
        ];
        self.get(&path, &headers).await
    }

    pub(crate) async fn withdraw(&self, grant: &Grant) -> Answer {
        let now = self.now();
        let decision =
            grant
                .wallet
                .decision(Verdict::Withdrawn, &grant.request, &grant.details, now);
        let path = format!("/wallet/grants/{}/withdraw", grant.id);
        let body = json!({ "decision": decision });
        self.wallet_post(&grant.wallet, &grant.wallet_token, &path, &body)
            .await
    }

    /// The kinds and outcomes in the person's log.
    pub(crate) async fn log(&self, grant: &Grant) -> Vec<String> {
        let token = self.wallet_token(&grant.wallet).await;
        let page = self.wallet_get(&grant.wallet, &token, "/wallet/log").await;
        page.json()["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                let word = |name: &str| entry[name].as_str().unwrap().to_owned();
                match word("outcome").as_str() {
                    "done" => word("kind"),
                    outcome => format!("{} ({outcome})", word("kind")),
                }
            })
            .collect()
    }
}

/// A new read's id.
pub(crate) fn read_id() -> String {
    credential_core::id::ReadId::random(&SystemRng::default())
        .unwrap()
        .to_string()
}
