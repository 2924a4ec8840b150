//! What was measured: collected, printed, written as JSON.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};

use crate::{
    generator::{Batch, Run, send},
    process::{Server, load_average},
};

/// One kind of request at one server.
#[derive(Debug)]
struct Line {
    what: String,
    requests: usize,
    /// Of each batch: requests a second.
    rates: Vec<f64>,
    latencies: Vec<Duration>,
    /// Of each batch: the server's processor time for one request, in microseconds.
    cpu: Vec<f64>,
    rss: f64,
}

/// All lines and remarks of a run.
#[derive(Debug, Default)]
pub(crate) struct Table {
    lines: Vec<Line>,
    remarks: Vec<(String, Value)>,
    /// Beginnings of the names of lines that are wanted; all, when there is none.
    wanted: Vec<String>,
}

impl Table {
    /// A table for the lines whose names begin with one of these, or for all.
    pub(crate) fn of(wanted: Vec<String>) -> Self {
        Self {
            wanted,
            ..Self::default()
        }
    }

    /// Sends batches of one kind to a server and keeps what they cost. The first is not counted: it
    /// warms both sides up.
    pub(crate) fn measure(
        &mut self,
        what: &str,
        server: &Server,
        batches: usize,
        mut prepare: impl FnMut() -> Batch,
    ) {
        if !self.wants(what) {
            return;
        }
        drop(send(server.address, prepare()));
        let runs = (0..batches).map(|_batch| sent(server, prepare())).collect();
        self.add(what, runs, server.rss());
    }

    fn wants(&self, what: &str) -> bool {
        let mut wanted = self.wanted.iter();
        self.wanted.is_empty() || wanted.any(|name| what.starts_with(name))
    }

    /// What batches of one kind cost that were sent already, and the server's memory after them, in MiB.
    pub(crate) fn add(&mut self, what: &str, runs: Vec<Sent>, rss: f64) {
        let mut line = Line {
            what: what.into(),
            requests: 0,
            rates: Vec::new(),
            latencies: Vec::new(),
            cpu: Vec::new(),
            rss,
        };
        runs.into_iter().for_each(|run| line.add(run));
        line.print();
        self.lines.push(line);
    }

    /// The middle processor time of a line, in microseconds for one request.
    pub(crate) fn cpu_of(&self, what: &str) -> Option<f64> {
        let line = self.lines.iter().find(|line| line.what == what)?;
        Some(median(&line.cpu))
    }

    /// A figure of another kind.
    pub(crate) fn remark(&mut self, name: &str, words: &str, value: Value) {
        if !words.is_empty() {
            println!("{words}");
        }
        self.remarks.push((name.into(), value));
    }

    /// One line over another, as far as both were measured.
    pub(crate) fn ratio(&mut self, what: &str, to: &str) {
        if let (Some(cost), Some(floor)) = (self.cpu_of(what), self.cpu_of(to)) {
            let ratio = cost / floor;
            let words = format!("{what} / {to}: {ratio:.2} of the processor time");
            self.remark(&format!("{what} / {to}"), &words, json!(ratio));
        }
    }

    pub(crate) fn head() {
        println!(
            "{:<44} {:>8} {:>9} {:>8} {:>8} {:>8} {:>15} {:>7}",
            "what", "requests", "req/s", "p50 ms", "p99 ms", "CPU µs", "least to most", "RSS MiB"
        );
    }

    /// Everything, for machines: `load/1`.
    pub(crate) fn write(&self, file: &Path, settings: &Value) {
        let lines: Vec<Value> = self.lines.iter().map(Line::json).collect();
        let remarks: serde_json::Map<_, _> = self.remarks.iter().cloned().collect();
        let all = json!({
            "schema": "load/1", "settings": settings, "load_average_in_the_end": load_average(),
            "lines": lines, "remarks": remarks,
        });
        std::fs::write(file, serde_json::to_string_pretty(&all).unwrap()).unwrap();
    }
}

/// A batch that was sent, and the processor time that it has cost the server.
#[derive(Debug)]
pub(crate) struct Sent {
    run: Run,
    cpu: Duration,
}

/// Sends a batch to a server.
pub(crate) fn sent(server: &Server, batch: Batch) -> Sent {
    let before = server.cpu();
    let run = send(server.address, batch);
    Sent {
        run,
        cpu: server.cpu() - before,
    }
}

impl Line {
    fn add(&mut self, Sent { run, cpu }: Sent) {
        let count = run.latencies.len();
        self.requests += count;
        self.rates.push(per(count, run.wall));
        self.cpu.push(cpu.as_secs_f64() * 1e6 / to_float(count));
        self.latencies.extend(run.latencies);
    }

    fn print(&self) {
        let (low, high) = range(&self.cpu);
        println!(
            "{:<44} {:>8} {:>9.0} {:>8.2} {:>8.2} {:>8.1} {:>15} {:>7.0}",
            self.what,
            self.requests,
            median(&self.rates),
            milliseconds(&self.latencies, 0.5),
            milliseconds(&self.latencies, 0.99),
            median(&self.cpu),
            format!("{low:.1} to {high:.1}"),
            self.rss,
        );
    }

    fn json(&self) -> Value {
        let (low, high) = range(&self.cpu);
        json!({
            "what": self.what, "requests": self.requests,
            "requests_per_second": median(&self.rates),
            "p50_ms": milliseconds(&self.latencies, 0.5),
            "p99_ms": milliseconds(&self.latencies, 0.99),
            "cpu_us": median(&self.cpu), "cpu_us_least": low, "cpu_us_most": high,
            "rss_mib": self.rss,
        })
    }
}

/// So many in this time, for a second.
pub(crate) fn per(count: usize, time: Duration) -> f64 {
    to_float(count) / time.as_secs_f64()
}

/// A quantile of durations, in milliseconds.
pub(crate) fn milliseconds(durations: &[Duration], quantile: f64) -> f64 {
    let mut sorted = durations.to_vec();
    sorted.sort_unstable();
    let place = (to_float(sorted.len().saturating_sub(1)) * quantile).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list"
    )]
    let found = sorted.get(place as usize);
    found.map_or(0.0, |one| one.as_secs_f64() * 1e3)
}

/// The middle one.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

/// The least and the most.
pub(crate) fn range(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    (least, most)
}

#[expect(clippy::cast_precision_loss, reason = "counts of requests")]
pub(crate) fn to_float(count: usize) -> f64 {
    count as f64
}
