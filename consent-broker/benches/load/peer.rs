//! node-oidc-provider (npm), asked for the same by the same generator.
//!
//! Its own server program is `peer/server.js`: `private_key_jwt`, DPoP with nonces, PAR with a signed
//! request object, client credentials, introspection. It keeps everything in memory and waits for no
//! disk, which the broker does.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use credential_core::{
    jose::jws::{self, KeyReference},
    oauth::client_assertion,
};
use serde_json::json;

use crate::{
    Size,
    generator::{Batch, ask},
    people::Client,
    process::Server,
    requests::{post_form, proven},
    table::Table,
};

/// Resources whose tokens are of this form.
const JWT: &str = "urn:form:jwt";
const OPAQUE: &str = "urn:form:opaque";
/// Its memory holds a thousand things at once: tokens that are asked about have to stay.
const TOKENS: usize = 32;

/// Measures it, or says why not.
pub(crate) fn measure(table: &mut Table, size: &Size) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/load/peer");
    if let Some(missing) = missing(&folder) {
        println!("SKIPPED node-oidc-provider: {missing}");
        table.remark("peer_skipped", "", json!(missing));
        return;
    }
    let client = Client::new("recipient".into(), "https://recipient.example".into());
    let jwks = json!({ "keys": [client.signing_jwk()] });
    let mut command = Command::new("node");
    command.arg("server.js").current_dir(folder);
    command
        .env("NODE_ENV", "production")
        .env("CLIENT_JWKS", jwks.to_string());
    let peer = Peer {
        server: Server::start(command),
        client,
    };
    let Size { batch, batches, .. } = *size;
    let server = &peer.server;
    table.measure("node-oidc-provider PAR", server, batches, || {
        peer.pushes(batch)
    });
    table.measure(
        "node-oidc-provider token (cc, JWT)",
        server,
        batches,
        || peer.tokens(batch, JWT),
    );
    table.measure(
        "node-oidc-provider token (cc, opaque)",
        server,
        batches,
        || peer.tokens(batch, OPAQUE),
    );
    let tokens: Vec<String> = peer
        .tokens(TOKENS, OPAQUE)
        .requests
        .iter()
        .map(|request| ask(server.address, request).member("access_token"))
        .collect();
    let asked = ask(server.address, &peer.introspections(1, &tokens).requests[0]);
    assert!(asked.is_active(), "{}", asked.text());
    table.measure("node-oidc-provider introspection", server, batches, || {
        peer.introspections(batch, &tokens)
    });
}

fn missing(folder: &Path) -> Option<String> {
    let node = Command::new("node").arg("--version").output();
    if !node.is_ok_and(|output| output.status.success()) {
        return Some("there is no node".into());
    }
    let modules: PathBuf = folder.join("node_modules/oidc-provider");
    let install = "npm ci --prefix consent-broker/benches/load/peer";
    (!modules.exists()).then(|| format!("run {install}"))
}

struct Peer {
    server: Server,
    client: Client,
}

impl Peer {
    fn origin(&self) -> String {
        format!("http://{}", self.server.address)
    }

    fn nonce(&self) -> String {
        let form = [("grant_type", "client_credentials")];
        let reply = ask(self.server.address, &self.proven("/token", &form, "none"));
        let nonce = reply.header("dpop-nonce");
        nonce
            .unwrap_or_else(|| panic!("no nonce: {}", reply.text()))
            .into()
    }

    /// Pushed requests with a signed request object, as ours are, but for the details.
    fn pushes(&self, count: usize) -> Batch {
        let nonce = self.nonce();
        let push = |_number| {
            let request = self.request_object();
            self.proven("/request", &[("request", &request)], &nonce)
        };
        Batch {
            requests: (0..count).map(push).collect(),
            status: 201,
        }
    }

    fn request_object(&self) -> String {
        let object = self.client.object(&self.origin(), self.client.details());
        let mut claims = serde_json::to_value(object).unwrap();
        // It knows no details; the scope says as little as it can.
        claims["scope"] = json!("openid");
        jws::sign(
            "oauth-authz-req+jwt",
            &claims,
            &*self.client.signing,
            KeyReference::Kid,
        )
        .unwrap()
    }

    fn tokens(&self, count: usize, resource: &str) -> Batch {
        let nonce = self.nonce();
        let form = [("grant_type", "client_credentials"), ("resource", resource)];
        let token = |_number| self.proven("/token", &form, &nonce);
        Batch {
            requests: (0..count).map(token).collect(),
            status: 200,
        }
    }

    fn introspections(&self, count: usize, tokens: &[String]) -> Batch {
        let introspect = |number: usize| {
            let assertion = self.client.assertion(&self.origin());
            let form = [
                ("client_id", self.client.id.as_str()),
                ("client_assertion_type", client_assertion::TYPE),
                ("client_assertion", &assertion),
                ("token", &tokens[number % tokens.len()]),
            ];
            post_form(&self.origin(), "/token/introspection", &form, &[])
        };
        Batch {
            requests: (0..count).map(introspect).collect(),
            status: 200,
        }
    }

    fn proven(&self, path: &str, form: &[(&str, &str)], nonce: &str) -> Vec<u8> {
        let origin = self.origin();
        proven((&origin, &origin), &self.client, path, form, nonce)
    }
}
