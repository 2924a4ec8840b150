//! A copy of a running broker, put in place elsewhere.

use std::fs;

use crate::house::{House, LUMO, serve};

#[test]
fn a_running_broker_is_copied_and_the_copy_serves_in_its_place() {
    let house = House::new();
    let server = house.serve();
    house.does(
        "broker",
        &format!("participant suspend --data broker {LUMO} --reason stolen"),
    );
    let said = house.does("broker", "backup --data broker copy");
    assert!(said.contains("rows and the keys are in /"), "{said}");
    house.refuses("backup --data broker copy", 6, "was not made");
    house.does(
        "broker",
        &format!("participant resume --data broker {LUMO}"),
    );
    drop(server);
    house.refuses("restore --data broker copy", 6, "is not empty");
    fs::rename(house.path("broker"), house.path("lost")).unwrap();
    let output = house.run("broker", "restore --data broker copy");
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("No token from before works"), "{said}");
    let server = house.serve();
    assert_eq!(house.participant(LUMO)["suspension"]["note"], "stolen");
    drop(server);
    // Without a broker running, and what is damaged is refused whole.
    house.does("broker", "backup --data broker second");
    let rows = house.path("second/rows");
    let mut octets = fs::read(&rows).unwrap();
    octets[30] ^= 1;
    fs::write(&rows, octets).unwrap();
    house.refuses("restore --data other second", 8, "damaged (rows)");
    assert!(!house.path("other").exists());
    drop(house.serve_as(&serve().replace("--data broker", "--data lost"), &[]));
}
