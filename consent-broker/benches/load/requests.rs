//! Whole requests as octets, each with proofs of its own, prepared before the clock starts.

use std::{cell::Cell, net::SocketAddr};

use consent_broker::handles::{AccessToken, AuthorizationCode, RefreshToken, WalletToken};
use credential_core::{
    id::ReadId,
    jose::Signer as _,
    oauth::{client_assertion, pkce},
    rng::SystemRng,
};
use serde_json::json;
use url::form_urlencoded::Serializer;

use crate::{
    fill::Given,
    generator::{Batch, ask},
    house::{CLIENTS, House, ISSUER},
    people::{Client, now, proof},
};

/// How long a token lives that is made here, in seconds.
const LIFE: i64 = 300;

/// Makes requests to one broker; counts, so that clients and grants come in turn.
#[derive(Debug)]
pub(crate) struct Requests<'h> {
    house: &'h House,
    pub(crate) to: SocketAddr,
    turn: Cell<usize>,
}

impl<'h> Requests<'h> {
    pub(crate) fn new(house: &'h House, to: SocketAddr) -> Self {
        Self {
            house,
            to,
            turn: Cell::new(0),
        }
    }

    /// So many pushed requests: a request object, an assertion and a proof each.
    pub(crate) fn pushes(&self, count: usize) -> Batch {
        let nonce = self.nonce();
        let push = |_number| {
            let client = &self.house.recipients[self.next() % CLIENTS];
            let request = client
                .object(ISSUER, client.details())
                .sign(&*client.signing)
                .unwrap();
            self.proven(client, "/par", &[("request", &request)], &nonce)
        };
        Batch {
            requests: (0..count).map(push).collect(),
            status: 201,
        }
    }

    /// So many uses of refresh tokens.
    pub(crate) fn refreshes(&self, count: usize) -> Batch {
        let nonce = self.nonce();
        let refresh = |_number| {
            let (given, client) = self.next_grant();
            let token = self.house.handles.seal(&RefreshToken {
                subject_id: given.account.subject_id,
                grant_id: given.grant_id,
                epoch: 1,
                client_id: client.id.clone(),
                jkt: client.dpop.public_jwk().thumbprint(),
                // Lasts as long as the grant, so that none is sealed for the answer.
                exp: now().timestamp() + 40 * 86_400,
            });
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", &token.unwrap()),
            ];
            self.proven(client, "/token", &form, &nonce)
        };
        Batch {
            requests: (0..count).map(refresh).collect(),
            status: 200,
        }
    }

    /// So many codes, each of a grant whose code was not used before.
    pub(crate) fn redemptions(&self, count: usize) -> Batch {
        let nonce = self.nonce();
        let redeem = |_number| {
            let (given, client) = self.next_grant();
            let verifier = pkce::verifier(&SystemRng::default()).unwrap();
            let code = self.house.handles.seal(&AuthorizationCode {
                subject_id: given.account.subject_id,
                grant_id: given.grant_id,
                epoch: 1,
                client_id: client.id.clone(),
                jkt: client.dpop.public_jwk().thumbprint(),
                redirect_uri: client.redirect_uri(),
                code_challenge: pkce::challenge(&verifier),
                exp: now().timestamp() + 60,
            });
            let form = [
                ("grant_type", "authorization_code"),
                ("code", &code.unwrap()),
                ("redirect_uri", &client.redirect_uri()),
                ("code_verifier", &verifier),
            ];
            self.proven(client, "/token", &form, &nonce)
        };
        Batch {
            requests: (0..count).map(redeem).collect(),
            status: 200,
        }
    }

    /// So many introspections of living tokens.
    pub(crate) fn introspections(&self, count: usize) -> Batch {
        let introspect = |_number| {
            let (given, client) = self.next_grant();
            let server = &self.house.resource_servers[self.turn.get() % CLIENTS];
            let token = self.access_token(given, client, &server.resource());
            let assertion = server.assertion(ISSUER);
            let form = [
                ("client_assertion_type", client_assertion::TYPE),
                ("client_assertion", &assertion),
                ("token", &token),
            ];
            post_form(ISSUER, "/introspect", &form, &[])
        };
        Batch {
            requests: (0..count).map(introspect).collect(),
            status: 200,
        }
    }

    /// So many reads, each one counted.
    pub(crate) fn reads(&self, count: usize) -> Batch {
        let nonce = self.nonce();
        let read = |_number| {
            let (given, _client) = self.next_grant();
            self.read(given, &nonce)
        };
        Batch {
            requests: (0..count).map(read).collect(),
            status: 200,
        }
    }

    /// One read of this grant.
    pub(crate) fn read(&self, given: &Given, nonce: &str) -> Vec<u8> {
        let client = &self.house.recipients[given.recipient];
        let token = self.access_token(given, client, &format!("{ISSUER}/mailbox"));
        let path = format!("/mailbox/{}", given.grant_id);
        let uri = format!("{ISSUER}{path}");
        let proof = proof(&client.dpop, ("GET", &uri), Some(&token), nonce);
        let read_id = ReadId::random(&SystemRng::default()).unwrap();
        format!(
            "GET {path} HTTP/1.1\r\nhost: broker.example\r\nauthorization: DPoP {token}\r\n\
             dpop: {proof}\r\nread-id: {read_id}\r\n\r\n"
        )
        .into_bytes()
    }

    /// The holder's withdrawal of this grant.
    pub(crate) fn withdraw(&self, given: &Given, nonce: &str) -> Vec<u8> {
        let wallet = &self.house.wallet;
        let token = self.house.handles.seal(&WalletToken {
            subject_id: given.account.subject_id,
            log_id: given.account.log_id.clone(),
            jkt: wallet.public_jwk().thumbprint(),
            exp: now().timestamp() + LIFE,
        });
        let token = token.unwrap();
        let path = format!("/wallet/grants/{}/withdraw", given.grant_id);
        let uri = format!("{ISSUER}{path}");
        let proof = proof(wallet, ("POST", &uri), Some(&token), nonce);
        let body = json!({ "decision": given.withdrawal }).to_string();
        let headers = [
            ("authorization", format!("DPoP {token}")),
            ("dpop", proof),
            ("content-type", "application/json".into()),
        ];
        post(ISSUER, &path, &headers, &body)
    }

    /// The nonce of this minute or the last: good for a minute at least.
    pub(crate) fn nonce(&self) -> String {
        nonce(self.to, "/par", &self.any_proof())
    }

    /// A proof without a nonce of the server.
    pub(crate) fn any_proof(&self) -> String {
        let uri = format!("{ISSUER}/par");
        proof(&self.house.recipients[0].dpop, ("POST", &uri), None, "none")
    }

    fn access_token(&self, given: &Given, client: &Client, audience: &str) -> String {
        let iat = now().timestamp();
        let token = AccessToken {
            subject_id: given.account.subject_id,
            grant_id: given.grant_id,
            epoch: 1,
            client_id: client.id.clone(),
            jkt: client.dpop.public_jwk().thumbprint(),
            aud: audience.into(),
            iat,
            narrowing: None,
            exp: iat + LIFE,
        };
        self.house.handles.seal(&token).unwrap()
    }

    fn proven(&self, client: &Client, path: &str, form: &[(&str, &str)], nonce: &str) -> Vec<u8> {
        proven((ISSUER, ISSUER), client, path, form, nonce)
    }

    fn next(&self) -> usize {
        let turn = self.turn.get();
        self.turn.set(turn + 1);
        turn
    }

    fn next_grant(&self) -> (&'h Given, &'h Client) {
        let given = &self.house.given[self.next() % self.house.given.len()];
        (given, &self.house.recipients[given.recipient])
    }
}

/// A form with `private_key_jwt` and DPoP for the server with this (audience, origin).
pub(crate) fn proven(
    (audience, origin): (&str, &str),
    client: &Client,
    path: &str,
    form: &[(&str, &str)],
    nonce: &str,
) -> Vec<u8> {
    let assertion = client.assertion(audience);
    let uri = format!("{origin}{path}");
    let proof = proof(&client.dpop, ("POST", &uri), None, nonce);
    let mut form = form.to_vec();
    form.push(("client_id", &client.id));
    form.push(("client_assertion_type", client_assertion::TYPE));
    form.push(("client_assertion", &assertion));
    post_form(origin, path, &form, &[("dpop", proof)])
}

pub(crate) fn post_form(
    origin: &str,
    path: &str,
    form: &[(&str, &str)],
    headers: &[(&str, String)],
) -> Vec<u8> {
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let mut headers = headers.to_vec();
    headers.push(("content-type", "application/x-www-form-urlencoded".into()));
    post(origin, path, &headers, &body)
}

fn post(origin: &str, path: &str, headers: &[(&str, String)], body: &str) -> Vec<u8> {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let host = origin
        .split_once("://")
        .map_or(origin, |(_scheme, host)| host);
    format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// What a server gives with its refusal of a proof that has no nonce of its own.
pub(crate) fn nonce(server: SocketAddr, path: &str, proof: &str) -> String {
    let reply = ask(
        server,
        &post_form(
            ISSUER,
            path,
            &[("client_id", "nobody")],
            &[("dpop", proof.into())],
        ),
    );
    let nonce = reply.header("dpop-nonce");
    nonce
        .unwrap_or_else(|| panic!("no nonce: {}", reply.text()))
        .into()
}
