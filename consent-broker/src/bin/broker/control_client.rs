//! Asks and tells a running broker on the socket in its folder.

use std::{
    io::{self, Read as _, Write as _},
    path::Path,
};

use credential_core::oauth::error::ErrorBody;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::Failure;

/// The JSON at `path`; none when the broker says it has no such thing.
pub(crate) fn ask(socket: &Path, path: &str) -> Result<Option<Value>, Failure> {
    let Answer { status, body } = exchange(socket, "GET", path, "")?;
    match status.as_str() {
        "200" => read(&body).map(Some),
        "404" => Ok(None),
        _ => Err(unexpected(&status)),
    }
}

/// Gives the broker an order; what it refuses, it says why.
pub(crate) fn tell<T: DeserializeOwned>(
    socket: &Path,
    path: &str,
    order: &Value,
) -> Result<T, Failure> {
    let Answer { status, body } = exchange(socket, "POST", path, &order.to_string())?;
    match (status.as_str(), serde_json::from_str::<ErrorBody>(&body)) {
        ("200", _) => read(&body),
        (_, Ok(refusal)) => {
            let kind = match status.as_str() {
                "404" => Failure::NOT_FOUND,
                "400" | "409" => Failure::REFUSED,
                _ => Failure::NETWORK,
            };
            let said = refusal.error_description.unwrap_or(refusal.error);
            let said = match refusal.reason {
                // Its words are the same whatever failed.
                Some(reason) if kind == Failure::NETWORK => format!("{said} ({reason})"),
                _ => said.into(),
            };
            Err(Failure::new(kind, anyhow::anyhow!("{said}")))
        }
        (_, Err(_other)) => Err(unexpected(&status)),
    }
}

struct Answer {
    status: String,
    body: String,
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_json::from_str(body).map_err(|error| Failure::new(Failure::NETWORK, error))
}

fn unexpected(status: &str) -> Failure {
    Failure::new(
        Failure::NETWORK,
        anyhow::anyhow!("the broker answers {status}"),
    )
}

fn exchange(socket: &Path, method: &str, path: &str, body: &str) -> Result<Answer, Failure> {
    let answer = send(socket, method, path, body);
    let answer = answer.map_err(|error| Failure::new(Failure::NETWORK, error))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    Ok(Answer {
        status: head.split(' ').nth(1).unwrap_or_default().into(),
        body: body.into(),
    })
}

#[cfg(unix)]
fn send(socket: &Path, method: &str, path: &str, body: &str) -> io::Result<String> {
    let mut stream = std::os::unix::net::UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: control\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(not(unix))]
fn send(_socket: &Path, _method: &str, _path: &str, _body: &str) -> io::Result<String> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}
