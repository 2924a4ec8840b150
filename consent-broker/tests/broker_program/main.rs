//! The programs `registrar` and `broker` as operators meet them.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod backups;
mod configuration;
mod full_disk;
mod health;
mod house;
mod keys;
mod killing;
mod lists;
mod postgres;
mod stopping;
mod tls;
