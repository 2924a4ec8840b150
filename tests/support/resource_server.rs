//! An interface of somebody else's, for clients that ask about tokens in its name.

use credential_core::{
    encoding::base64url,
    jose::{Es256Key, JwkSet, KeyUse, Signer as _},
    text::Text,
    trust::Entry,
};
use osaamislompakko::world::parties;
use serde_json::{Value, json};

const ENTITY: &str = "https://pajuranta.example";

/// A listed resource server, with its key in a form that other languages read.
pub(crate) struct ResourceServer {
    signing: Es256Key,
    pkcs8: String,
}

impl ResourceServer {
    pub(crate) const RESOURCE: &str = "https://pajuranta.example/api";

    pub(crate) fn generate() -> Self {
        let (signing, pkcs8) = Es256Key::generate().unwrap();
        Self {
            signing,
            pkcs8: base64url(&*pkcs8),
        }
    }

    /// As the registrar lists it.
    pub(crate) fn entry(&self) -> Entry {
        let key = self.signing.public_jwk().clone().with_use(KeyUse::Sig);
        let name = Text::new("Pajuranta Oy", "Pajuranta Ab", "Pajuranta Ltd");
        let keys = JwkSet { keys: vec![key] };
        parties::resource_server(ENTITY, name, keys, Self::RESOURCE)
    }

    /// What a script needs to speak in its name.
    pub(crate) fn task(&self) -> Value {
        json!({
            "client_id": ENTITY,
            "resource": Self::RESOURCE,
            "kid": self.signing.public_jwk().kid,
            "pkcs8": self.pkcs8,
        })
    }
}
