//! What a monitoring system may know: counts and durations, by labels that are words of this program.
//!
//! No label can hold an identifier: each is a type with a fixed set of words, or a `&'static str` that
//! stands in the source, or a route's template. Prometheus reads the text (OpenMetrics 1.0).

mod http;
mod labels;
mod process;
mod store;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    encoding::text::encode,
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

pub(crate) use self::http::{Refused, observe};
pub use self::store::MeasuredStore;
use self::{
    labels::{Operation, OperationError, ProofUse, PushOutcome, Reason, Route, RouteAnswer},
    process::Process,
};

/// The content type of [`Metrics::text`].
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Durations<L> = Family<L, Histogram, fn() -> Histogram>;

/// Counters and gauges of one broker; clones share them.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    process: Process,
    requests: Family<RouteAnswer, Counter>,
    request_durations: Durations<Route>,
    requests_open: Gauge,
    connections_open: Gauge,
    refusals: Family<Reason, Counter>,
    store_durations: Durations<Operation>,
    store_errors: Family<OperationError, Counter>,
    store_free: Gauge<u64, std::sync::atomic::AtomicU64>,
    proofs: Family<ProofUse, Counter>,
    pushes: Family<PushOutcome, Counter>,
    notices_waiting: Gauge,
    trust_list_seconds: Gauge,
    trust_list_sequence: Gauge<u64, std::sync::atomic::AtomicU64>,
    clock_difference: Gauge<f64, std::sync::atomic::AtomicU64>,
    purged: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut unregistered = Self {
            registry: Arc::default(),
            process: Process::default(),
            requests: Family::default(),
            request_durations: Family::new_with_constructor(durations),
            requests_open: Gauge::default(),
            connections_open: Gauge::default(),
            refusals: Family::default(),
            store_durations: Family::new_with_constructor(durations),
            store_errors: Family::default(),
            store_free: Gauge::default(),
            proofs: Family::default(),
            pushes: Family::default(),
            notices_waiting: Gauge::default(),
            trust_list_seconds: Gauge::default(),
            trust_list_sequence: Gauge::default(),
            clock_difference: Gauge::default(),
            purged: Counter::default(),
        };
        let mut registry = Registry::with_prefix("broker");
        unregistered.register(&mut registry);
        unregistered.registry = Arc::new(registry);
        unregistered
    }
}

/// From half a millisecond to half a minute.
fn durations() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 17))
}

macro_rules! registered {
    ($($name:literal: $($field:ident).+, $about:literal;)+) => {
        impl Metrics {
            fn register(&self, registry: &mut Registry) {
                $(registry.register($name, $about, self.$($field).+.clone());)+
            }

            /// The names, and what they mean.
            #[cfg(test)]
            fn names() -> Vec<(&'static str, &'static str)> {
                vec![$(($name, $about),)+]
            }
        }
    };
}

registered! {
    "http_requests": requests, "Answers, by route template, method and status";
    "http_request_duration_seconds": request_durations,
        "Time to the answer's head, by route template and method";
    "http_requests_open": requests_open, "Requests that are being answered";
    "http_connections_open": connections_open, "Open connections of the public address";
    "refusals": refusals, "Refused requests, by reason code";
    "store_operation_duration_seconds": store_durations, "Time of a store's operation, by its name";
    "store_errors": store_errors, "Operations that were not made, by name and reason code";
    "store_disk_free_bytes": store_free,
        "Free room on the disk of a store in a folder; 0 for a database";
    "proofs": proofs, "Proofs and assertions, by whether they were fresh or replayed";
    "notice_pushes": pushes, "Pushes of notices, by outcome";
    "notices_waiting": notices_waiting,
        "Notices that wait for their recipients, at most 100 of each, as of the last half minute";
    "trust_list_expires_in_seconds": trust_list_seconds,
        "How long the trust list in force is good; negative when it has expired";
    "trust_list_sequence": trust_list_sequence, "Number of the trust list in force";
    "clock_difference_seconds": clock_difference,
        "How far the wall clock has moved against the steady one";
    "appointments_kept": purged, "Rows that were ended or forgotten because their time had come";
    "process_cpu_seconds": process.cpu, "Processor time of this process";
    "process_resident_memory_bytes": process.memory, "Resident memory of this process";
    "process_open_files": process.files, "Open file descriptors of this process";
}

impl Metrics {
    /// Everything, for Prometheus to read.
    #[must_use]
    pub fn text(&self) -> String {
        self.process.look();
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(std::fmt::Error) => String::new(),
        }
    }

    /// Counts an open connection until the guard is dropped.
    #[must_use]
    pub fn connection(&self) -> OpenConnection {
        self.connections_open.inc();
        OpenConnection(self.connections_open.clone())
    }

    /// Notes how many notices wait.
    pub fn set_notices_waiting(&self, waiting: usize) {
        self.notices_waiting.set(whole(waiting));
    }

    /// Counts rows whose time had come.
    pub fn count_purged(&self, rows: usize) {
        self.purged.inc_by(u64::try_from(rows).unwrap_or(u64::MAX));
    }

    pub(crate) fn set_trust_list(&self, sequence: u64, seconds: i64) {
        self.trust_list_sequence.set(sequence);
        self.trust_list_seconds.set(seconds);
    }

    pub(crate) fn set_free_room(&self, octets: u64) {
        self.store_free.set(octets);
    }

    pub(crate) fn set_clock_difference(&self, seconds: f64) {
        self.clock_difference.set(seconds);
    }

    fn store_operation(&self, name: &'static str, took: Duration) {
        let label = Operation { operation: name };
        let durations = self.store_durations.get_or_create(&label);
        durations.observe(took.as_secs_f64());
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// An open connection; counted until it is dropped.
#[derive(Debug)]
pub struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}
