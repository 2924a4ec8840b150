//! A registrar and a broker in folders of their own, with the programs that operators use.

use std::{
    fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use credential_core::jose::{Es256Key, JwkSet, KeyUse, Signer as _};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const BROKER: &str = "https://broker.example";
pub(crate) const LUMO: &str = "https://lumohoiva.example";
pub(crate) const OLDER: &str = "older than the one already known (2)";

/// An answer takes no longer than this, also when a disk is full.
const PATIENCE: Duration = Duration::from_secs(20);

/// A registrar with its book and a broker with its folder; the first list is published.
#[derive(Debug)]
pub(crate) struct House(pub(crate) TempDir);

impl House {
    pub(crate) fn new() -> Self {
        let house = Self(tempfile::tempdir().unwrap());
        let init = "init --data registrar --entity-id https://registrar.example";
        house.does("registrar", init);
        let key = house.does("registrar", "key --data registrar");
        fs::write(house.path("registrar.jwk"), key).unwrap();
        let entry = house.does("broker", &format!("init --data broker --issuer {BROKER}"));
        house.add(&entry);
        house.add(&recipient().to_string());
        house.publish("trust-list.jwt");
        house
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// No argument of these tests holds a space.
    pub(crate) fn run(&self, program: &str, arguments: &str) -> Output {
        let program = match program {
            "broker" => env!("CARGO_BIN_EXE_broker"),
            _ => env!("CARGO_BIN_EXE_registrar"),
        };
        let mut command = Command::new(program);
        command.args(arguments.split(' ')).current_dir(&self.0);
        command.env_remove("RUST_LOG").output().unwrap()
    }

    pub(crate) fn does(&self, program: &str, arguments: &str) -> String {
        let output = self.run(program, arguments);
        assert!(output.status.success(), "{arguments}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn refuses(&self, arguments: &str, code: i32, words: &str) {
        let output = self.run("broker", arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
        assert!(said.contains(words), "{said}");
    }

    pub(crate) fn add(&self, entry: &str) {
        fs::write(self.path("entry.json"), entry).unwrap();
        let names = "--name-fi A --name-sv B --name-en C";
        let add = format!("add --data registrar entry.json {names}");
        self.does("registrar", &add);
    }

    pub(crate) fn publish(&self, name: &str) {
        let publish = format!("publish --data registrar --out {name}");
        self.does("registrar", &publish);
    }

    pub(crate) fn serve(&self) -> Server {
        self.serve_as(&serve(), &[])
    }

    /// A running broker with these arguments and variables.
    pub(crate) fn serve_as(&self, arguments: &str, variables: &[(&str, &str)]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_broker"))
            .args(arguments.split(' '))
            .current_dir(&self.0)
            .env_remove("RUST_LOG")
            .envs(variables.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = Arc::clone(&said);
        let listening = lines.by_ref().map(Result::unwrap).find(|line| {
            heard.lock().unwrap().push(line.clone());
            line.contains("listens on")
        });
        assert!(listening.is_some(), "the broker stopped: {said:?}");
        let listening = listening.unwrap();
        // Whatever else it says must have somewhere to go.
        std::thread::spawn(move || {
            lines.for_each(|line| heard.lock().unwrap().push(line.unwrap_or_default()));
        });
        let address = listening.rsplit_once("//").unwrap().1.parse().unwrap();
        Server {
            child,
            address,
            said,
        }
    }

    pub(crate) fn participant(&self, id: &str) -> Value {
        let listed = self.does("broker", "participant list --data broker --json");
        let listed: Value = serde_json::from_str(&listed).unwrap();
        assert_eq!(listed["schema"], "broker.participants/1");
        let participants = listed["participants"].as_array().unwrap();
        let found = participants.iter().find(|one| one["entity_id"] == id);
        found.cloned().unwrap_or(Value::Null)
    }

    /// Whether a running broker has acknowledged this suspension of the recipient.
    pub(crate) fn suspend(&self, number: u32) -> bool {
        let answer = self.order_suspension(number);
        answer.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    /// What `broker participant suspend` does with a running broker, without a process for each: the whole
    /// answer.
    pub(crate) fn order_suspension(&self, number: u32) -> io::Result<String> {
        let order = json!({"participant": LUMO, "reason": format!("n{number}")}).to_string();
        let mut stream = UnixStream::connect(self.path("broker/control.sock"))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let length = order.len();
        write!(
            stream,
            "POST /participants/suspend HTTP/1.1\r\nHost: control\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{order}"
        )?;
        let mut answer = String::new();
        let read = stream.read_to_string(&mut answer);
        let is_late = read
            .as_ref()
            .is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        assert!(!is_late, "no answer");
        read.map(|_length| answer)
    }

    /// The number of the newest suspension that is kept.
    pub(crate) fn newest(&self) -> u32 {
        let note = self.participant(LUMO)["suspension"]["note"].clone();
        note.as_str().unwrap()[1..].parse().unwrap()
    }
}

/// A running broker, ended as if the power went.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    said: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Everything that it has written to standard error.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().join("\n")
    }

    /// Waits until it has written this.
    pub(crate) fn says(&self, words: &str) {
        self.until(words, || self.said().contains(words));
    }

    /// Waits until something is so.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let end = Instant::now() + Duration::from_secs(20);
        while !is_so() {
            assert!(Instant::now() < end, "{what}: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn signal(&self, name: &str) {
        let (signal, id) = (format!("-{name}"), self.child.id().to_string());
        let sent = Command::new("kill").args([signal, id]).status().unwrap();
        assert!(sent.success());
    }

    /// Its exit code, once it has ended by itself.
    pub(crate) fn end(&mut self) -> Option<i32> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < end, "it does not end: {}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The whole answer to a GET.
    pub(crate) fn get(&self, path: &str) -> String {
        get(self.address, path)
    }
}

/// The whole answer to a GET.
pub(crate) fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: broker\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn serve() -> String {
    format!(
        "serve --data broker --issuer {BROKER} --trust-list trust-list.jwt \
         --registrar-key registrar.jwk --listen 127.0.0.1:0"
    )
}

pub(crate) fn update(list: &str) -> String {
    format!(
        "trustlist update --data broker --trust-list trust-list.jwt \
         --registrar-key registrar.jwk {list}"
    )
}

pub(crate) fn recipient() -> Value {
    let key = |usage| {
        let key = Es256Key::generate().unwrap().0;
        key.public_jwk().clone().with_use(usage)
    };
    let jwks = JwkSet {
        keys: vec![key(KeyUse::Sig), key(KeyUse::Enc)],
    };
    json!({"entity_id": LUMO, "jwks": jwks, "recipient": {
        "client_id": format!("openid_federation:{LUMO}"),
        "redirect_uris": [format!("{LUMO}/back")], "intended_uses": []}})
}

pub(crate) fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
