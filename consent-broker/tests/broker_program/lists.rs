//! Lists and suspensions, with the broker running and without.

use std::fs;

use serde_json::json;

use crate::house::{House, LUMO, OLDER, serve, text, update};

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
