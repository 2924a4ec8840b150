//! A resource server that is not the broker: an institution's own interface.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    jose::{Es256Key, JwkSet},
    network::Network,
    oauth::client_assertion,
    rng::SystemRng,
    text::Text,
    trust::ResourceRole,
};

use super::{Answer, Grant, World};
use crate::{keys::signing_jwk, registrar::Entry};

/// The type that the recipient of a [`World`] asks for.
pub(crate) const DEGREE: &str = "https://opisto.example/types/degree/1";

#[derive(Debug)]
pub(crate) struct ResourceServer {
    pub(crate) entity_id: String,
    pub(crate) resource: String,
    pub(crate) types: Vec<String>,
    pub(crate) signing: Es256Key,
}

impl ResourceServer {
    pub(crate) fn new(entity_id: &str) -> Self {
        Self {
            entity_id: entity_id.into(),
            resource: format!("{entity_id}/api"),
            types: vec![DEGREE.into()],
            signing: Es256Key::generate().unwrap().0,
        }
    }

    pub(crate) fn entry(&self) -> Entry {
        Entry {
            entity_id: self.entity_id.clone(),
            name: Text::new("Opisto", "Institutet", "The College"),
            business_id: None,
            organisation_oid: None,
            jwks: JwkSet {
                keys: vec![signing_jwk(&self.signing)],
            },
            issuer: None,
            recipient: None,
            broker: None,
            resource: Some(ResourceRole {
                resource: self.resource.clone(),
                credential_types: self.types.clone(),
            }),
        }
    }

    pub(crate) fn assertion(&self, audience: &str, now: DateTime<Utc>) -> String {
        let rng = SystemRng::default();
        client_assertion::sign_for_client(&self.entity_id, audience, now, &self.signing, &rng)
            .unwrap()
    }
}

impl World {
    /// Puts a participant on the list that the broker uses.
    pub(crate) fn list(&mut self, entry: Entry) {
        self.registry.add(entry, Network::Loopback).unwrap();
        let now = self.now();
        let list = self
            .registry
            .publish(now, TimeDelta::days(30), &self.registrar);
        self.state.trust.import(&list.unwrap(), now).unwrap();
    }

    /// Asks about a token as this resource server.
    pub(crate) async fn introspect(&self, server: &ResourceServer, token: &str) -> Answer {
        self.introspect_as(server, token, "application/json").await
    }

    pub(crate) async fn introspect_as(
        &self,
        server: &ResourceServer,
        token: &str,
        accept: &str,
    ) -> Answer {
        let assertion = server.assertion(&self.origin, self.now());
        let form = [
            ("client_assertion_type", client_assertion::TYPE),
            ("client_assertion", &assertion),
            ("token", token),
            ("token_type_hint", "access_token"),
        ];
        self.post_form("/introspect", &form, &[("accept", accept)])
            .await
    }

    /// Redeems the grant's code with more parameters.
    pub(crate) async fn redeem_for(&self, grant: &Grant, more: &[(&str, &str)]) -> Answer {
        let code = self.code(grant).await;
        self.redeem_with(&code, more).await
    }

    /// Exchanges a refresh token, with more parameters.
    pub(crate) async fn refresh(&self, refresh_token: &str, more: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        form.extend_from_slice(more);
        self.as_recipient(&self.recipient, "/token", &form).await
    }

    /// Revokes a token, authenticated by assertion alone.
    pub(crate) async fn revoke(&self, who: &super::Recipient, form: &[(&str, &str)]) -> Answer {
        let assertion = who.assertion(&self.origin, self.now());
        let mut form = form.to_vec();
        form.push(("client_assertion_type", client_assertion::TYPE));
        form.push(("client_assertion", &assertion));
        self.post_form("/revoke", &form, &[]).await
    }
}
