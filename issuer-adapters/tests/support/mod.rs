//! What the tests of the program `issuer` share: running it, an institution's folder, a server.
#![expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, not all of which each test uses"
)]

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use credential_core::{
    clock::{Clock as _, SystemClock},
    jose::Es256Key,
    oid4vci::{offer::OfferLink, proof},
};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const PRE_AUTHORIZED: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

pub(crate) fn issuer(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_issuer"));
    command
        .args(arguments)
        .env_remove("RUST_LOG")
        .stdin(Stdio::null());
    command
}

pub(crate) fn exit_code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What a command that must succeed said as JSON.
pub(crate) fn data(output: &Output) -> Value {
    assert_eq!(exit_code(output), 0, "{}", stderr(output));
    let mut value: Value = serde_json::from_slice(&output.stdout).unwrap();
    value["data"].take()
}

/// An institution's folder, made by `issuer init`.
pub(crate) struct Institution {
    pub(crate) parent: TempDir,
    pub(crate) folder: PathBuf,
    pub(crate) entry: Value,
}

impl Institution {
    /// With plain keys.
    pub(crate) fn init(more: &[&str]) -> Self {
        Self::with(&[&["--unprotected-keys"], more].concat())
    }

    pub(crate) fn with(more: &[&str]) -> Self {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("issuer");
        let output = init(&folder, more);
        assert_eq!(exit_code(&output), 0, "{}", stderr(&output));
        Self {
            parent,
            folder,
            entry: serde_json::from_slice(&output.stdout).unwrap(),
        }
    }

    pub(crate) fn data(&self) -> &str {
        self.folder.to_str().unwrap()
    }

    pub(crate) fn run(&self, command: &[&str], more: &[&str]) -> Output {
        issuer(&[command, &["--data", self.data()], more].concat())
    }

    /// Writes a file beside the folder; gives its path.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.parent.path().join(name).to_str().unwrap().to_owned()
    }
}

pub(crate) fn init(folder: &Path, more: &[&str]) -> Output {
    let names = [
        "--name-fi",
        "Opisto",
        "--name-sv",
        "Institutet",
        "--name-en",
        "College",
    ];
    let data = ["init", "--data", folder.to_str().unwrap()];
    issuer(&[&data, names.as_slice(), more].concat())
}

/// A server in the background, stopped when dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    pub(crate) identifier: String,
}

impl Server {
    /// Starts on a free port and waits until it listens.
    pub(crate) fn start(institution: &Institution, more: &[&str]) -> Self {
        Self::at(institution, "127.0.0.1:0", more)
    }

    pub(crate) fn at(institution: &Institution, address: &str, more: &[&str]) -> Self {
        let arguments = [
            "--json",
            "serve",
            "--development",
            "--listen",
            address,
            "--data",
        ];
        let mut child = command(&arguments)
            .arg(institution.data())
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut server = Self {
            child,
            lines,
            identifier: String::new(),
        };
        server.identifier = server.event("listening")["identifier"]
            .as_str()
            .unwrap()
            .to_owned();
        server
    }

    pub(crate) fn event(&mut self, kind: &str) -> Value {
        let line = self.lines.next().unwrap().unwrap();
        let mut event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event["schema"], "issuer.serve/1");
        assert_eq!(event["data"]["event"], kind);
        event["data"].take()
    }

    /// As a service manager stops it; gives the exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        // The shell's own: a bare machine may have no program of that name.
        let terminate = format!("kill -TERM {}", self.child.id());
        Command::new("sh")
            .args(["-c", &terminate])
            .status()
            .unwrap();
        self.child.wait().unwrap().code()
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _stopped_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Collects the credential of an offer by its link and code, as a wallet does; the HTTP status and the
/// answer of the last step.
pub(crate) async fn collect(
    identifier: &str,
    link: &str,
    tx_code: &str,
    configuration: &str,
    key: &Es256Key,
) -> Result<String, (u16, Value)> {
    let http = http();
    let Ok(OfferLink::Reference(uri)) = OfferLink::parse(link) else {
        panic!("the link refers to the offer");
    };
    let offered = json(http.get(uri)).await?;
    let code = offered["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
        .as_str()
        .unwrap();
    let form = [
        ("grant_type", PRE_AUTHORIZED),
        ("pre-authorized_code", code),
        ("tx_code", tx_code),
    ];
    let post = |path: &str| http.post(format!("{identifier}{path}"));
    let token = json(post("/token").form(&form)).await?;
    let nonce = json(post("/nonce")).await?;
    let nonce = nonce["c_nonce"].as_str().unwrap();
    let proof = proof::sign(identifier, nonce, SystemClock.now(), key).unwrap();
    let body = json!({
        "credential_configuration_id": configuration, "proofs": {"jwt": [proof]},
    });
    let request = post("/credential").bearer_auth(token["access_token"].as_str().unwrap());
    let answer = json(request.json(&body)).await?;
    Ok(answer["credentials"][0]["credential"]
        .as_str()
        .unwrap()
        .to_owned())
}

async fn json(request: reqwest::RequestBuilder) -> Result<Value, (u16, Value)> {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    if status == 200 {
        Ok(body)
    } else {
        Err((status, body))
    }
}

pub(crate) fn http() -> reqwest::Client {
    let _installed_before = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[cfg(unix)]
pub(crate) fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", path.display());
}

#[cfg(not(unix))]
pub(crate) fn assert_private(_path: &Path) {}
