//! The one end-to-end test binary: everything here drives running servers and real files.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets something else than it expects stops there and says so"
)]

mod architecture;
mod broker_cannot_open;
mod changing;
mod corpus;
mod credential_types;
mod cross_device;
mod dishonest;
mod dishonest_log;
mod documents;
mod interrupted;
mod journey;
mod languages;
mod mailbox;
mod messages;
mod notices;
mod openapi_fuzzing;
mod other_clients;
mod other_verifiers;
mod other_wallets;
mod privacy;
mod review;
mod rotating;
#[path = "../support/mod.rs"]
mod support;
mod walkthrough;

/// A test file that nobody names is a test that never runs.
#[test]
fn no_test_file_is_forgotten() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it");
    let named = include_str!("main.rs");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").unwrap_or(&name);
        assert!(
            module == "main" || named.contains(&format!("mod {module};")),
            "{name}"
        );
    }
}
