//! The program over PostgreSQL.

use std::{fs, os::unix::fs::PermissionsExt as _};

use private_postgres::PrivatePostgres;

use crate::house::{House, serve};

/// A house whose broker keeps its rows in a new database; none where PostgreSQL is not installed.
fn house_over_a_database() -> Option<House> {
    let url = PrivatePostgres::shared()?.fresh().unwrap();
    let house = House::new();
    let file = house.path("broker/store-url");
    fs::write(&file, url).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let store = "[store]\nkind = 'postgres'\nurl_file = 'store-url'\nconnections = 4\n";
    fs::write(house.path("broker/broker.toml"), store).unwrap();
    Some(house)
}

#[test]
fn tables_are_made_by_migrate_and_needed_by_serve() {
    let Some(house) = house_over_a_database() else {
        return;
    };
    house.refuses(&serve(), 6, "the tables of the store are not up to date");
    house.does("broker", "migrate --data broker");
    let server = house.serve();
    assert!(server.get("/health/ready").starts_with("HTTP/1.1 200"));
    // Another node may be there.
    house.does("broker", "migrate --data broker");
    assert!(house.suspend(1));
    assert_eq!(house.newest(), 1);
}

#[test]
fn a_broker_over_a_database_is_killed_and_goes_on_with_what_it_acknowledged() {
    let Some(house) = house_over_a_database() else {
        return;
    };
    house.does("broker", "migrate --data broker");
    let mut first = house.serve();
    assert!((1..=20).all(|number| house.suspend(number)));
    first.signal("KILL");
    first.end();
    assert_eq!(house.newest(), 20);
    let mut again = house.serve();
    assert!(again.get("/health/ready").starts_with("HTTP/1.1 200"));
    assert_eq!(house.newest(), 20);
    again.signal("TERM");
    assert_eq!(again.end(), Some(0));
}
