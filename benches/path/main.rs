//! What the path costs, each step beside the bare primitive it rests on, in the same run.
//!
//! Criterion gives the absolute figures; the table at the end gives the ratios. The two sides of a
//! ratio are measured in turns, a few milliseconds each, because machines drift by a quarter within
//! a minute and a ratio of two separate measurements would be that far off.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench may stop at once, and prints its table"
)]

mod badge;
mod mailbox;
mod ratio;
mod sd_jwt;
mod store;

use std::time::Duration;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(1500))
        .configure_from_args();
    let mut table = ratio::Table::default();
    sd_jwt::run(&mut criterion, &mut table);
    badge::run(&mut criterion, &mut table);
    mailbox::run(&mut criterion, &mut table);
    store::run(&mut criterion, &mut table);
    criterion.final_summary();
    table.print();
}
