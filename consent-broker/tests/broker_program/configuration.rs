//! Everything in a file, and what is said about it.

use std::fs;

use serde_json::Value;

use crate::house::{BROKER, House, serve};

fn file() -> String {
    format!(
        "[broker]\nissuer = '{BROKER}'\n[http]\nlisten = '127.0.0.1:0'\n\
         [trust]\nlist = '../trust-list.jwt'\nregistrar_key = '../registrar.jwk'\n"
    )
}

#[test]
fn a_broker_serves_from_the_file_in_its_folder_alone() {
    let house = House::new();
    fs::write(house.path("broker/broker.toml"), file()).unwrap();
    let server = house.serve_as("serve --config broker/broker.toml", &[]);
    assert!(server.get("/health").contains("\"status\":\"ok\""));
    // Found by the folder alone; the other programs ask the running broker.
    assert!(house.participant("https://lumohoiva.example").is_object());
    drop(server);
    let variables = [("BROKER_DATA", "broker"), ("BROKER_PORT", "tcp://10.0.0.1")];
    let server = house.serve_as("serve", &variables);
    assert!(server.said().contains("BROKER_PORT"), "{}", server.said());
}

#[test]
fn the_configuration_is_checked_with_all_that_is_wrong_and_no_secret() {
    let house = House::new();
    let checked = house.does("broker", &serve().replace("serve ", "config check --json "));
    let checked: Value = serde_json::from_str(&checked).unwrap();
    assert_eq!(checked["problems"].as_array().unwrap().len(), 0);
    fs::write(
        house.path("broker/broker.toml"),
        "[store]\nkind = 'postgres'\nurl = 'mysql://hunter2'\n",
    )
    .unwrap();
    let output = house.run("broker", "config check --data broker");
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for words in [
        "broker.issuer is not set: give --issuer, BROKER_ISSUER, or the line in the file",
        "store.url: should begin with postgres://",
        "store.kind\tpostgres\tfile",
        "store.url\t(set, not shown)\tfile",
        "clock.jump_seconds\t30\tdefault",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("hunter2"), "{said}");
    fs::write(house.path("broker/broker.toml"), "[http]\nlistn = 1\n").unwrap();
    let words = "broker.toml:2: unknown name `listn`: did you mean `listen`?";
    house.refuses("config check --data broker", 2, words);
    house.refuses("participant list --data broker", 2, words);
    house.refuses("serve", 2, "broker.data is not set");
}

#[test]
fn the_example_that_is_printed_is_a_configuration() {
    let house = House::new();
    let example = house.does("broker", "config show --example");
    fs::write(house.path("broker.toml"), example).unwrap();
    let shown = house.does("broker", "config check --config broker.toml");
    assert!(
        shown.contains("http.listen\t127.0.0.1:8080\tfile"),
        "{shown}"
    );
}
