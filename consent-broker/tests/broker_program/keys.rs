//! Keys are rotated while the broker runs.

use std::fs;

use credential_core::clock::{Clock as _, SystemClock};
use serde_json::Value;

use crate::house::{BROKER, House, update};

fn keys(house: &House) -> Vec<Value> {
    let listed = house.does("broker", "key list --data broker --json");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["schema"], "broker.keys/1");
    listed["keys"].as_array().unwrap().clone()
}

fn id(keys: &[Value], role: &str, at: usize) -> String {
    let mut of_role = keys
        .iter()
        .filter(|key| key["role"] == role && key["is_retired"] == false);
    of_role.nth(at).unwrap()["id"].as_str().unwrap().to_owned()
}

fn health(house: &House) -> Value {
    let health = house.does("broker", "health --data broker --json");
    serde_json::from_str(&health).unwrap()
}

/// What the command says to people.
fn said(house: &House, arguments: &str) -> String {
    let output = house.run("broker", arguments);
    assert!(output.status.success(), "{arguments}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_running_broker_takes_up_new_keys_and_signs_with_one_once_it_is_listed() {
    let house = House::new();
    let server = house.serve();
    let old = id(&keys(&house), "signing", 0);
    let now = SystemClock.now().to_rfc3339();
    let rotate = format!("key rotate signing --data broker --issuer {BROKER} --from {now}");
    let output = house.run("broker", &rotate);
    let said_then = String::from_utf8(output.stderr).unwrap();
    assert!(
        said_then.contains(&format!("signs with {old}, which is on its trust list")),
        "{said_then}"
    );
    let entry: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(entry["jwks"]["keys"].as_array().unwrap().len(), 2);
    let new = id(&keys(&house), "signing", 1);
    for kid in [&old, &new] {
        assert!(server.get("/jwks").contains(kid.as_str()));
    }

    house.add(&entry.to_string());
    house.publish("second.jwt");
    house.does("broker", &update("second.jwt"));
    assert_eq!(health(&house)["is_listed"], true);
    let retired = said(&house, &format!("key retire --data broker {old}"));
    assert!(
        retired.contains(&format!("signs with {new}, which is on its trust list")),
        "{retired}"
    );
    assert!(!house.path("broker/keys/signing-key.p8").exists());
    assert!(server.get("/jwks").contains(&old), "for what it has signed");
    drop(server);
    drop(house.serve());
}

#[test]
fn a_key_in_use_and_one_whose_tokens_may_live_are_not_retired() {
    let house = House::new();
    let (signing, sealing) = (
        id(&keys(&house), "signing", 0),
        id(&keys(&house), "sealing", 0),
    );
    house.refuses(
        &format!("key retire --data broker {signing}"),
        6,
        "no newer key is in use yet",
    );
    house.refuses("key retire --data broker nobody", 5, "there is no such key");
    let rotated = said(&house, "key rotate sealing --data broker");
    assert!(rotated.contains("the next start takes it up"), "{rotated}");
    let retire = format!("key retire --data broker {sealing}");
    house.refuses(&retire, 6, "--end-tokens does it all the same");
    said(&house, &format!("{retire} --end-tokens"));
    // Made for a month later, so that everybody's trust list names it by then.
    said(
        &house,
        &format!("key rotate signing --data broker --issuer {BROKER}"),
    );
    house.refuses(
        &format!("key retire --data broker {signing}"),
        6,
        "no newer key is in use yet",
    );
    let folder = house.path("broker/keys");
    let secrets = fs::read_dir(folder).unwrap().map(|file| file.unwrap());
    for secret in secrets.filter(|file| file.file_name() != "keys.json") {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&secret.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{secret:?}");
    }
    drop(house.serve());
}
