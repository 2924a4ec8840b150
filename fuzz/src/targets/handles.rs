//! The broker's sealed handles: what it did not seal does not open, and what it sealed opens as one kind.

use std::sync::Arc;

use consent_broker::handles::{
    AccessToken, AuthorizationCode, CompletionLink, Handle, HandleError, HandleKey, Handles,
    RefreshToken, RequestUri, Ticket, WalletToken,
};
use credential_core::id::{RequestId, SubjectId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::{
    keys::Always,
    parties::{CLIENT, grant_id, noon},
    written::{line, lines, seed},
};

/// A kind and facts, sealed and then opened; or one line, which nobody sealed.
pub fn run(data: &[u8]) -> bool {
    let Some([kind, facts]) = lines(data) else {
        foreign(&String::from_utf8_lossy(data));
        return false;
    };
    let Ok(facts) = serde_json::from_slice::<Value>(facts) else {
        return false;
    };
    match kind {
        b"access_token" => opened::<AccessToken>(facts),
        b"code" => opened::<AuthorizationCode>(facts),
        b"completion" => opened::<CompletionLink>(facts),
        b"refresh_token" => opened::<RefreshToken>(facts),
        b"request_uri" => opened::<RequestUri>(facts),
        b"ticket" => opened::<Ticket>(facts),
        b"wallet_token" => opened::<WalletToken>(facts),
        _ => false,
    }
}

fn handles() -> Handles {
    let key = HandleKey::new(Zeroizing::new([1; 32]));
    Handles::new(key, Arc::new(Always(7)))
}

/// Facts of any form, sealed as a handle of the kind `H`.
struct As<H>(Value, std::marker::PhantomData<H>);

impl<H> Serialize for As<H> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, H> Deserialize<'de> for As<H> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|facts| Self(facts, std::marker::PhantomData))
    }
}

impl<H: Handle> Handle for As<H> {
    const KIND: &'static str = H::KIND;

    fn expires_at(&self) -> i64 {
        i64::MAX
    }
}

fn opened<H: Handle + PartialEq>(facts: Value) -> bool {
    let handles = handles();
    let Ok(text) = handles.seal(&As::<H>(facts.clone(), std::marker::PhantomData)) else {
        return false;
    };
    assert_eq!(
        opens_as(&text),
        1,
        "of one kind at most, however its facts read"
    );
    let Ok(handle) = handles.open::<H>(&text, noon()) else {
        return false;
    };
    assert!(handle.expires_at() > noon().timestamp());
    let later = chrono::DateTime::from_timestamp(handle.expires_at(), 0);
    if let Some(later) = later {
        let late = handles.open::<H>(&text, later).err();
        assert_eq!(late, Some(HandleError::Expired));
    }
    let again: H = serde_json::from_str(&line(&handle)).expect("what was read");
    assert!(again == handle);
    true
}

/// How many kinds authenticate the text, whatever its facts.
fn opens_as(text: &str) -> usize {
    let handles = handles();
    let opens = [
        handles.open::<As<AccessToken>>(text, noon()).is_ok(),
        handles.open::<As<AuthorizationCode>>(text, noon()).is_ok(),
        handles.open::<As<CompletionLink>>(text, noon()).is_ok(),
        handles.open::<As<RefreshToken>>(text, noon()).is_ok(),
        handles.open::<As<RequestUri>>(text, noon()).is_ok(),
        handles.open::<As<Ticket>>(text, noon()).is_ok(),
        handles.open::<As<WalletToken>>(text, noon()).is_ok(),
    ];
    opens.into_iter().filter(|opens| *opens).count()
}

fn foreign(text: &str) {
    assert_eq!(opens_as(text), 0);
}

/// One of each kind, one that has expired, and a text that nobody sealed.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let exp = noon().timestamp() + 60;
    let (request, subject) = (
        RequestId::from_bytes([1; 16]),
        SubjectId::from_bytes([2; 16]),
    );
    let grant = grant_id();
    let of = |kind: &str, facts: Value| seed(&[kind, &facts.to_string()]);
    let code = json!({"subject_id": subject, "grant_id": grant, "epoch": 1, "client_id": CLIENT,
        "jkt": "j", "code_challenge": "c", "redirect_uri": "https://a.example", "exp": exp});
    let access = json!({"subject_id": subject, "grant_id": grant, "epoch": 1, "client_id": CLIENT,
        "jkt": "j", "aud": "a", "exp": exp});
    vec![
        (
            "accepted-request-uri",
            of(
                "request_uri",
                json!({"request_id": request, "client_id": CLIENT, "exp": exp}),
            ),
        ),
        (
            "accepted-ticket",
            of(
                "ticket",
                json!({"request_id": request, "session": "s", "exp": exp}),
            ),
        ),
        (
            "accepted-completion",
            of("completion", json!({"request_id": request, "exp": exp})),
        ),
        (
            "accepted-wallet",
            of(
                "wallet_token",
                json!({"subject_id": subject, "log_id": "l", "jkt": "j", "exp": exp}),
            ),
        ),
        ("code", of("code", code)),
        ("access", of("access_token", access)),
        (
            "refused-expired",
            of("completion", json!({"request_id": request, "exp": 1})),
        ),
        (
            "refused-foreign",
            credential_core::encoding::base64url([9; 120]).into_bytes(),
        ),
    ]
}
