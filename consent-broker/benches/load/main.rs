//! What the broker costs under load, beside the bare cryptography and node-oidc-provider in the same run.
//!
//! `cargo bench -p consent-broker --features cli --bench load -- [--quick|--full] [--json FILE]`
//!
//! Every server is a process of its own, and what it costs is the processor time that the system says it
//! has used, for one request. That travels between hours and machines better than requests a second do,
//! which are printed beside it. docs/benchmarks.md has the method, the figures and what they mean. It
//! fails when something is answered otherwise than it has to be, and never for a figure. Linux alone: it
//! reads /proc.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench may stop at once, and prints its table"
)]

mod bare;
mod endpoints;
mod fill;
mod generator;
mod house;
mod peer;
mod people;
mod postgres;
mod process;
mod requests;
mod stop;
mod table;

use std::{path::PathBuf, time::Instant};

use clap::Parser as _;
use serde_json::json;

use crate::{process::load_average, table::Table};

#[derive(Debug, clap::Parser)]
#[command(name = "load")]
struct Arguments {
    /// Seconds instead of minutes: to see that everything works, not for figures.
    #[arg(long, conflicts_with = "full")]
    quick: bool,
    /// Also a million grants, and a million requests for the memory.
    #[arg(long)]
    full: bool,
    /// Write everything as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Only these parts.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Of the parts that send requests, only the lines whose names begin so.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    lines: Vec<String>,
    /// Be the server that ours is held against; the key of all signatures.
    #[arg(long, hide = true, value_name = "POINT")]
    serve_bare: Option<String>,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Echo and bare cryptography.
    Bare,
    /// The broker's endpoints over stores of several sizes.
    Broker,
    /// How soon a stop is a stop.
    Stop,
    /// Memory over many requests.
    Memory,
    /// node-oidc-provider.
    Peer,
    /// Reads over PostgreSQL beside pgbench.
    Postgres,
}

/// How much is measured.
#[derive(Debug, Clone)]
struct Size {
    /// Requests that are prepared and sent together.
    batch: usize,
    /// Batches that are counted.
    batches: usize,
    /// Grants in the store, smallest first.
    grants: Vec<usize>,
    stops: usize,
    memory: usize,
}

impl Arguments {
    fn size(&self) -> Size {
        let normal = Size {
            batch: 4000,
            batches: 5,
            grants: vec![1000, 100_000],
            stops: 500,
            memory: 100_000,
        };
        if self.quick {
            let grants = vec![1000, 3000];
            Size {
                batch: 500,
                batches: 2,
                grants,
                stops: 40,
                memory: 4000,
            }
        } else if self.full {
            let grants = vec![1000, 100_000, 1_000_000];
            Size {
                grants,
                memory: 1_000_000,
                ..normal
            }
        } else {
            normal
        }
    }

    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

fn main() {
    let arguments = Arguments::parse();
    if let Some(point) = &arguments.serve_bare {
        return bare::serve(point);
    }
    let (size, started, load) = (arguments.size(), Instant::now(), load_average());
    println!(
        "load average {load} before; {} connections",
        generator::CONNECTIONS
    );
    Table::head();
    let mut table = Table::of(arguments.lines.clone());
    if arguments.wants(Part::Bare) {
        endpoints::bare(&mut table, &size);
    }
    if arguments.wants(Part::Peer) {
        peer::measure(&mut table, &size);
    }
    if arguments.wants(Part::Postgres) {
        postgres::measure(&mut table, &size);
    }
    endpoints::broker(&mut table, &size, |part| arguments.wants(part));
    endpoints::ratios(&mut table);
    println!(
        "load average {} after; {:.0} s",
        load_average(),
        started.elapsed().as_secs_f64()
    );
    if let Some(file) = &arguments.json {
        let settings = json!({
            "connections": generator::CONNECTIONS, "batch": size.batch, "batches": size.batches,
            "grants": size.grants, "clients": house::CLIENTS, "load_average_before": load,
        });
        table.write(file, &settings);
    }
}
