//! Reads over PostgreSQL beside pgbench, which makes the same calls of the same two functions on the same
//! rows, in turns.
//!
//! What the store asks of the database in a read is recorded first: functions of the same names note their
//! arguments and go on to the real ones. Then all rows are put back, and from there both sides make the
//! same reads, each grant's once, over as many connections.

use std::{
    fs,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use consent_broker::storage::{PostgresStore, Read, ReadAnswer, Store};
use credential_core::{id::ReadId, rng::SystemRng};
use private_postgres::PrivatePostgres;
use serde_json::json;
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    Size,
    generator::{CONNECTIONS, send},
    house::{House, Rows},
    people::now,
    process::own_cpu,
    requests::Requests,
    stop,
    table::{Sent, Table, median, milliseconds, per, range, sent, to_float},
};

const RECORD: &str = include_str!("postgres/record.sql");
const REPLAY: &str = include_str!("postgres/replay.sql");

/// Measures, or says why not.
pub(crate) fn measure(table: &mut Table, size: &Size) {
    let server = match PrivatePostgres::start() {
        Ok(server) => server,
        Err(error) => {
            println!("SKIPPED PostgreSQL: {error:?}");
            return table.remark("postgres_skipped", "", json!(format!("{error:?}")));
        }
    };
    let url = server.fresh().unwrap();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(PostgresStore::migrate(&url)).unwrap();
    let reads = size.batch / CONNECTIONS * CONNECTIONS;
    let house = Arc::new(House::of(reads, Rows::Database(url.clone())));
    let database = Database { server, url };
    database.keep();
    database.record(&runtime, &house);
    let store = runtime.block_on(house.open_store());
    let (mut called, mut pgbench, mut served) = (Called::default(), Vec::new(), Vec::new());
    let mut rss = 0.0;
    for _round in 0..size.batches {
        database.put_back();
        called.add(&runtime, &store, &house);
        database.put_back();
        pgbench.push(database.pgbench(reads));
        database.put_back();
        let (run, after) = read_over_http(&house, reads);
        served.push(run);
        rss = after;
    }
    table.add("read over PostgreSQL", served, rss);
    called.tell(table, &pgbench);
    database.put_back();
    stop_on_two_nodes(table, size, &house);
}

/// Each grant's read once, through the broker's program; and its memory.
fn read_over_http(house: &House, reads: usize) -> (Sent, f64) {
    let server = house.serve();
    let requests = Requests::new(house, server.address);
    // What opens connections and plans statements, and reads nothing.
    send(server.address, requests.introspections(reads.min(256)));
    // Counts from the first grant again.
    let requests = Requests::new(house, server.address);
    let run = sent(&server, requests.reads(reads));
    (run, server.rss())
}

/// The wallet talks to one node and the recipient to the other. The nonce is that of the one which was
/// started last: each takes what is not older than itself.
fn stop_on_two_nodes(table: &mut Table, size: &Size, house: &House) {
    let (first, second) = (house.serve(), house.serve_beside());
    let requests = Requests::new(house, second.address);
    let stoppable: Vec<_> = house.given.iter().take(size.stops).collect();
    let nodes = (first.address, second.address);
    stop::measure(
        table,
        "stop on two nodes over PostgreSQL",
        &requests,
        nodes,
        &stoppable,
    );
}

/// Reads each grant once, through the store.
async fn read_all(store: &Arc<dyn Store>, house: &Arc<House>) -> Vec<Duration> {
    let mut tasks = JoinSet::new();
    for first in 0..CONNECTIONS {
        let (store, house) = (Arc::clone(store), Arc::clone(house));
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            for given in house.given.iter().skip(first).step_by(CONNECTIONS) {
                let order = Read {
                    recipient: house.recipients[given.recipient].id.clone(),
                    subject_id: given.account.subject_id,
                    grant_id: given.grant_id,
                    epoch: 1,
                    jkt: "reader".into(),
                    read_id: ReadId::random(&SystemRng::default()).unwrap(),
                };
                let started = Instant::now();
                let answer = store.read(order, &house.notary, now()).await.unwrap();
                latencies.push(started.elapsed());
                assert!(matches!(answer, ReadAnswer::Given(_)), "{answer:?}");
            }
            latencies
        });
    }
    tasks.join_all().await.concat()
}

/// The database and what is done to its rows.
struct Database {
    server: PrivatePostgres,
    url: String,
}

impl Database {
    fn sql(&self, statement: &str) -> String {
        let schema = self.url.rsplit("%3D").next().unwrap();
        self.server
            .sql(&format!("set search_path to {schema}; {statement}"))
            .unwrap()
    }

    fn each_table(&self, statement: &str) {
        self.sql(&format!(
            "do $do$ declare t text; begin \
             for t in select name from broker_tables() union select 'guards' loop \
             {statement} end loop; end $do$"
        ));
    }

    fn keep(&self) {
        self.each_table("execute format('create table %I as table %I', 'kept_' || t, t);");
    }

    /// As they were when they were kept, and nothing left to be written from before.
    fn put_back(&self) {
        self.each_table("execute format('truncate %I', t);");
        self.each_table("execute format('insert into %I table %I', t, 'kept_' || t);");
        self.sql("analyze");
        self.sql("checkpoint");
    }

    /// Notes what each read asks.
    fn record(&self, runtime: &Runtime, house: &Arc<House>) {
        self.sql(RECORD);
        runtime.block_on(async {
            let store = house.open_store().await;
            read_all(&store, house).await;
        });
        self.sql(
            "drop function broker_load; alter function real_load rename to broker_load; \
             drop function broker_commit; alter function real_commit rename to broker_commit; \
             select number_recorded()",
        );
        let odd = self.sql("select count(*) from loads where nth <> 1");
        assert_eq!(odd.trim(), "0", "a read fetches more than once");
    }

    /// Makes the recorded reads; gives how many a second.
    fn pgbench(&self, reads: usize) -> f64 {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("replay.sql");
        let each = reads / CONNECTIONS;
        fs::write(&script, REPLAY.replace("EACH", &each.to_string())).unwrap();
        let output = Command::new("pgbench")
            .args([
                "--no-vacuum",
                "--protocol=prepared",
                "--jobs=1",
                "--define=i=1",
            ])
            .arg(format!("--client={CONNECTIONS}"))
            .arg(format!("--transactions={each}"))
            .arg("--file")
            .arg(&script)
            .arg(&self.url)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{said} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let made = self.sql("select count(*) from readings");
        assert_eq!(
            made.trim(),
            reads.to_string(),
            "pgbench has not made every read"
        );
        let rate = said.lines().find_map(|line| line.strip_prefix("tps = "));
        rate.and_then(|rate| rate.split(' ').next())
            .unwrap()
            .parse()
            .unwrap()
    }
}

/// The store, called in this process, in all rounds.
#[derive(Default)]
struct Called {
    rates: Vec<f64>,
    cpu: Vec<f64>,
    latencies: Vec<Duration>,
}

impl Called {
    fn add(&mut self, runtime: &Runtime, store: &Arc<dyn Store>, house: &Arc<House>) {
        let (cpu, started) = (own_cpu(), Instant::now());
        let latencies = runtime.block_on(read_all(store, house));
        let (wall, cpu) = (started.elapsed(), own_cpu() - cpu);
        self.rates.push(per(latencies.len(), wall));
        self.cpu
            .push(cpu.as_secs_f64() * 1e6 / to_float(latencies.len()));
        self.latencies.extend(latencies);
    }

    fn tell(&self, table: &mut Table, pgbench: &[f64]) {
        let ratios: Vec<f64> = self
            .rates
            .iter()
            .zip(pgbench)
            .map(|(ours, theirs)| ours / theirs)
            .collect();
        let (least, most) = range(&ratios);
        let [rate, cpu, theirs, ratio] = [&self.rates[..], &self.cpu, pgbench, &ratios].map(median);
        let [p50, p99] = [0.5, 0.99].map(|quantile| milliseconds(&self.latencies, quantile));
        let words = format!(
            "PostgresStore::read, called in this process: {rate:.0} reads/s, p50 {p50:.2} ms, \
             p99 {p99:.2} ms, {cpu:.0} CPU µs; pgbench with the same calls: {theirs:.0} reads/s; \
             ratio {ratio:.2} ({least:.2} to {most:.2})"
        );
        let value = json!({
            "reads": self.latencies.len(), "reads_per_second": rate, "p50_ms": p50, "p99_ms": p99,
            "cpu_us": cpu, "pgbench_reads_per_second": theirs, "ratio": ratio,
            "ratio_least": least, "ratio_most": most,
        });
        table.remark("postgres_read", &words, value);
    }
}
