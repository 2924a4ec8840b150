//! Asks a running broker on the socket in its folder.

use std::{
    io::{self, Read as _, Write as _},
    path::Path,
};

use serde_json::Value;

use crate::failure::Failure;

/// The JSON at `path`; none when the broker says it has no such thing.
#[cfg(unix)]
pub(crate) fn ask(socket: &Path, path: &str) -> Result<Option<Value>, Failure> {
    let answer = exchange(socket, path).map_err(|error| Failure::new(Failure::NETWORK, error))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).unwrap_or_default();
    match status {
        "200" => serde_json::from_str(body)
            .map(Some)
            .map_err(|error| Failure::new(Failure::NETWORK, error)),
        "404" => Ok(None),
        _ => Err(Failure::new(
            Failure::NETWORK,
            anyhow::anyhow!("the broker answers {status}"),
        )),
    }
}

#[cfg(unix)]
fn exchange(socket: &Path, path: &str) -> io::Result<String> {
    let mut stream = std::os::unix::net::UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60)))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: control\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(not(unix))]
pub(crate) fn ask(_socket: &Path, _path: &str) -> Result<Option<Value>, Failure> {
    let error = io::Error::from(io::ErrorKind::Unsupported);
    Err(Failure::new(Failure::NETWORK, error))
}
