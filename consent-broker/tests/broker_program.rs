//! The programs `registrar` and `broker` as operators meet them: lists and suspensions, with the broker
//! running and without.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use credential_core::jose::{Es256Key, JwkSet, KeyUse, Signer as _};
use serde_json::{Value, json};
use tempfile::TempDir;

const BROKER: &str = "https://broker.example";
const LUMO: &str = "https://lumohoiva.example";
const OLDER: &str = "older than the one already known (2)";

/// A registrar with its book and a broker with its folder; the first list is published.
struct House(TempDir);

impl House {
    fn new() -> Self {
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

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// No argument of these tests holds a space.
    fn run(&self, program: &str, arguments: &str) -> Output {
        let program = match program {
            "broker" => env!("CARGO_BIN_EXE_broker"),
            _ => env!("CARGO_BIN_EXE_registrar"),
        };
        let mut command = Command::new(program);
        command.args(arguments.split(' ')).current_dir(&self.0);
        command.env_remove("RUST_LOG").output().unwrap()
    }

    fn does(&self, program: &str, arguments: &str) -> String {
        let output = self.run(program, arguments);
        assert!(output.status.success(), "{arguments}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn refuses(&self, arguments: &str, code: i32, words: &str) {
        let output = self.run("broker", arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
        assert!(said.contains(words), "{said}");
    }

    fn add(&self, entry: &str) {
        fs::write(self.path("entry.json"), entry).unwrap();
        let names = "--name-fi A --name-sv B --name-en C";
        let add = format!("add --data registrar entry.json {names}");
        self.does("registrar", &add);
    }

    fn publish(&self, name: &str) {
        let publish = format!("publish --data registrar --out {name}");
        self.does("registrar", &publish);
    }

    fn serve(&self) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_broker"))
            .args(serve().split(' '))
            .current_dir(&self.0)
            .env_remove("RUST_LOG")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let listens = lines.any(|line| line.unwrap().contains("listens on"));
        assert!(listens, "the broker stopped");
        // Whatever else it says must have somewhere to go.
        std::thread::spawn(move || lines.for_each(drop));
        Server(child)
    }

    fn participant(&self, id: &str) -> Value {
        let listed = self.does("broker", "participant list --data broker --json");
        let listed: Value = serde_json::from_str(&listed).unwrap();
        assert_eq!(listed["schema"], "broker.participants/1");
        let participants = listed["participants"].as_array().unwrap();
        let found = participants.iter().find(|one| one["entity_id"] == id);
        found.cloned().unwrap_or(Value::Null)
    }
}

/// A running broker, ended as if the power went.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn serve() -> String {
    format!(
        "serve --data broker --issuer {BROKER} --trust-list trust-list.jwt \
         --registrar-key registrar.jwk --listen 127.0.0.1:0"
    )
}

fn update(list: &str) -> String {
    format!(
        "trustlist update --data broker --trust-list trust-list.jwt \
         --registrar-key registrar.jwk {list}"
    )
}

fn recipient() -> Value {
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

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn a_list_is_imported_into_a_running_broker_and_no_restart_goes_back() {
    let house = House::new();
    let first = text(&house.path("trust-list.jwt"));
    fs::write(house.path("first.jwt"), &first).unwrap();
    let server = house.serve();
    house.does("registrar", &format!("remove --data registrar {LUMO}"));
    house.publish("second.jwt");
    assert_eq!(house.participant(LUMO)["roles"], json!(["recipient"]));
    house.does("broker", &update("second.jwt"));
    assert!(house.participant(LUMO).is_null(), "at once");
    let in_use = text(&house.path("trust-list.jwt"));
    assert_eq!(in_use, text(&house.path("second.jwt")));
    house.refuses(&update("first.jwt"), 6, OLDER);
    drop(server);

    // Neither by an update while no broker runs, nor with the older file in its place.
    house.refuses(&update("first.jwt"), 6, OLDER);
    fs::write(house.path("trust-list.jwt"), &first).unwrap();
    house.refuses(&update("first.jwt"), 6, OLDER);
    house.refuses(&serve(), 6, OLDER);
    house.does("broker", &update("second.jwt"));
    drop(house.serve());
}

#[test]
fn a_participant_is_suspended_and_resumed_with_the_broker_running_and_without() {
    let house = House::new();
    let suspend = format!("participant suspend --data broker {LUMO} --reason stolen");
    let resume = format!("participant resume --data broker {LUMO}");
    let server = house.serve();
    assert!(house.participant(LUMO)["suspension"].is_null());
    house.does("broker", &suspend);
    assert_eq!(house.participant(LUMO)["suspension"]["note"], "stolen");
    let mistyped = suspend.replace("lumohoiva", "lumohoiv");
    house.refuses(&mistyped, 5, "no such participant");
    drop(server);

    let kept = house.participant(LUMO);
    assert_eq!(kept["suspension"]["note"], "stolen");
    house.does("broker", &resume);
    house.refuses(&resume, 5, "is not suspended");
    house.does("broker", &suspend);
    let server = house.serve();
    assert!(house.participant(LUMO)["suspension"].is_object());
    house.does("broker", &resume);
    assert!(house.participant(LUMO)["suspension"].is_null());
    drop(server);
}
