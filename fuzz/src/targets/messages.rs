//! Every message of ours in JSON: what is accepted says the same when it is written again, and has one
//! canonical form.

use credential_core::{
    access_log::{Entry as LogEntry, LogPage, TreeHead},
    canonical,
    consent::{
        decision::DecisionClaims,
        details::{GrantedDetails, RequestedDetails},
        receipt::ReceiptClaims,
        request::RequestObject,
    },
    dcql::Query,
    mailbox::{DepositContent, DepositHeader},
    oauth::{
        error::ErrorBody,
        metadata::{AuthorizationServer, ProtectedResource},
        token::{PushedResponse, TokenResponse},
    },
    oid4vci::{
        CredentialRequest, CredentialResponse, DeferredRequest, NonceResponse,
        authorization::{CredentialDetail, IssuanceServer, IssuanceToken},
        encryption::ResponseEncryption,
        metadata::CredentialIssuer,
        notification::Notification,
        offer::CredentialOffer,
    },
    text::Text,
    trust::{Entry, Statement},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    parties::{CLIENT, parties, recipient_entry},
    written::{has_fraction, line},
};

/// The text, read as each kind of message.
pub fn run(data: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<Value>(data) else {
        return false;
    };
    if !canonical_once(&value) {
        return false;
    }
    let kinds: [fn(&[u8]) -> bool; 30] = [
        same::<RequestedDetails>,
        same::<GrantedDetails>,
        same::<RequestObject>,
        same::<DecisionClaims>,
        same::<ReceiptClaims>,
        same::<Query>,
        same::<DepositHeader>,
        same::<DepositContent>,
        same::<LogEntry>,
        same::<LogPage>,
        same::<TreeHead>,
        same::<Entry>,
        same::<Statement>,
        same::<Text>,
        same::<AuthorizationServer>,
        same::<ProtectedResource>,
        same::<PushedResponse>,
        same::<TokenResponse>,
        same::<ErrorBody>,
        same::<CredentialOffer>,
        same::<CredentialIssuer>,
        same::<CredentialRequest>,
        same::<CredentialResponse>,
        same::<NonceResponse>,
        same::<DeferredRequest>,
        same::<ResponseEncryption>,
        same::<CredentialDetail>,
        same::<IssuanceToken>,
        same::<IssuanceServer>,
        same::<Notification>,
    ];
    kinds.iter().filter(|kind| kind(data)).count() > 0
}

/// The canonical form is the value, and its own canonical form (RFC 8785).
fn canonical_once(value: &Value) -> bool {
    let Ok(text) = canonical::to_string(value) else {
        return false;
    };
    assert!(!has_fraction(value));
    let again: Value = serde_json::from_str(&text).expect("canonical text is JSON");
    assert_eq!(&again, value);
    assert_eq!(canonical::to_string(&again).as_deref(), Ok(text.as_str()));
    assert_eq!(
        canonical::hash(value),
        Ok(credential_core::encoding::sha256(&text))
    );
    true
}

fn same<T: Serialize + DeserializeOwned + PartialEq>(data: &[u8]) -> bool {
    let Ok(message) = serde_json::from_slice::<T>(data) else {
        return false;
    };
    let Ok(written) = canonical::to_string(&message) else {
        return false;
    };
    let again: T = serde_json::from_str(&written).expect("what we wrote");
    assert!(again == message, "{written}");
    assert_eq!(canonical::to_string(&again).as_ref(), Ok(&written));
    true
}

/// One of each kind that travels.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let parties = parties();
    let entry = recipient_entry(&parties.recipient, parties.decryption.public_jwk());
    let details = parties.granted();
    let offer = r#"{"credential_issuer":"https://a.example","credential_configuration_ids":["q"],"grants":{"urn:ietf:params:oauth:grant-type:pre-authorized_code":{"pre-authorized_code":"abc","tx_code":{"input_mode":"numeric","length":6}}}}"#;
    let issuer = r#"{"credential_issuer":"https://a.example","credential_endpoint":"https://a.example/credential","nonce_endpoint":"https://a.example/nonce","batch_credential_issuance":{"batch_size":4},"display":[{"name":"A","locale":"fi"}],"credential_configurations_supported":{"q":{"format":"dc+sd-jwt","vct":"https://t.example/q","cryptographic_binding_methods_supported":["jwk"],"credential_signing_alg_values_supported":["ES256"],"proof_types_supported":{"jwt":{"proof_signing_alg_values_supported":["ES256"]}}}}}"#;
    let server = r#"{"issuer":"https://b.example","authorization_endpoint":"https://b.example/authorize","token_endpoint":"https://b.example/token","require_signed_request_object":true,"code_challenge_methods_supported":["S256"]}"#;
    let token = format!(
        r#"{{"access_token":"a","token_type":"DPoP","expires_in":300,"authorization_details":[{}],"grant_id":"{}"}}"#,
        line(&details),
        details.grant_id
    );
    let statement = entry.statement(
        "https://r.example",
        crate::parties::noon(),
        crate::parties::noon(),
    );
    let head = format!(
        r#"{{"iss":"https://b.example","log_id":"{CLIENT}","size":3,"root":"AA","iat":1}}"#
    );
    vec![
        (
            "accepted-requested",
            line(parties.request.details()).into_bytes(),
        ),
        ("accepted-granted", line(&details).into_bytes()),
        (
            "accepted-object",
            line(parties.request.object()).into_bytes(),
        ),
        ("accepted-decision", line(&parties.approval()).into_bytes()),
        ("accepted-entry", line(&entry).into_bytes()),
        ("accepted-statement", line(&statement).into_bytes()),
        (
            "accepted-log-entry",
            line(&super::access_log::entry(0)).into_bytes(),
        ),
        ("accepted-head", head.into_bytes()),
        ("accepted-offer", offer.as_bytes().to_vec()),
        ("accepted-issuer", issuer.as_bytes().to_vec()),
        ("accepted-server", server.as_bytes().to_vec()),
        ("accepted-token", token.into_bytes()),
        (
            "accepted-text",
            "{\"fi\":\"\u{e4}\\u0001\u{1f600}\",\"sv\":\"\\ud83d\\ude00\"}"
                .as_bytes()
                .to_vec(),
        ),
        (
            "accepted-error",
            br#"{"error":"invalid_grant","reason":"tx_code_wrong"}"#.to_vec(),
        ),
        (
            "accepted-deferred",
            br#"{"transaction_id":"t-1","interval":60}"#.to_vec(),
        ),
        (
            "accepted-issued",
            br#"{"credentials":[{"credential":"x.y.z~"}],"notification_id":"n-1"}"#.to_vec(),
        ),
        (
            "accepted-notification",
            br#"{"notification_id":"n-1","event":"credential_accepted","event_description":"kept"}"#.to_vec(),
        ),
        (
            "refused-fraction",
            br#"{"a":[1.5,1e3,-0,9007199254740993]}"#.to_vec(),
        ),
    ]
}
