//! How fast KOSKI documents become claims, beside parsing the same octets as JSON, in turns.
//!
//! `cargo bench -p issuer-adapters --bench koski`; with `-- SECONDS` only the whole way runs, for a profiler.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench may stop at once, and prints its table"
)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use issuer_adapters::{
    mapping,
    source::{RecordSource as _, koski::Koski},
};
use serde_json::Value;

const SAMPLE: &[u8] = include_bytes!("../../tests/fixtures/koski/ammatillinen-perustutkinto.json");
/// How many times its study rights stand in the large document.
const TIMES: usize = 16;
const ROUNDS: usize = 60;
/// How long one side of one round takes.
const TURN: Duration = Duration::from_millis(20);

fn main() {
    let large = large();
    let seconds = std::env::args().find_map(|argument| argument.parse().ok());
    if let Some(seconds) = seconds {
        let end = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < end {
            claims(&large);
        }
        return;
    }
    println!(
        "| document | JSON alone MB/s | read MB/s | read and mapped MB/s | ratio (median) | 10 % to 90 % |"
    );
    println!("|---|---|---|---|---|---|");
    measure("one qualification", SAMPLE);
    measure("16 of them", &large);
}

/// The sample with its study rights several times over, each with an identifier of its own.
fn large() -> Vec<u8> {
    let mut document: Value = serde_json::from_slice(SAMPLE).unwrap();
    let rights = document["opiskeluoikeudet"].as_array_mut().unwrap();
    let once = rights.clone();
    for number in 1..TIMES {
        rights.extend(once.iter().cloned().map(|mut right| {
            right["oid"] = Value::from(format!("1.2.246.562.15.{number:011}"));
            right
        }));
    }
    serde_json::to_vec(&document).unwrap()
}

fn measure(name: &str, document: &[u8]) {
    let mut json = || {
        let value: Value = serde_json::from_slice(document).unwrap();
        drop(black_box(value));
    };
    let mut read = || drop(black_box(Koski.read(document).unwrap()));
    let mut mapped = || claims(document);
    let mut sides: [&mut dyn FnMut(); 3] = [&mut json, &mut read, &mut mapped];
    let turns = sides.each_mut().map(|side| turns(side));
    let mut rounds: Vec<[f64; 3]> = Vec::new();
    for _round in 0..ROUNDS {
        let mut round = [0.0; 3];
        for (index, side) in sides.iter_mut().enumerate() {
            let speed = document.len() as f64 / 1e6 / seconds(turns[index], side);
            round[index] = speed;
        }
        rounds.push(round);
    }
    let ratios = sorted(rounds.iter().map(|[json, _, mapped]| mapped / json));
    let speed = |index: usize| sorted(rounds.iter().map(|round| round[index]))[ROUNDS / 2];
    println!(
        "| {name}, {} kB | {:.1} | {:.1} | {:.1} | **{:.2}** | {:.2} to {:.2} |",
        document.len() / 1000,
        speed(0),
        speed(1),
        speed(2),
        ratios[ROUNDS / 2],
        ratios[ROUNDS / 10],
        ratios[ROUNDS * 9 / 10],
    );
}

fn claims(document: &[u8]) {
    let record = Koski.read(document).unwrap();
    let mapped = mapping::credentials(&record);
    assert!(!mapped.credentials.is_empty());
    drop(black_box(mapped));
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// How often `work` fits into one turn.
fn turns(work: &mut dyn FnMut()) -> u32 {
    let once = seconds(3, work).max(1e-6);
    ((TURN.as_secs_f64() / once) as u32).clamp(1, 10_000)
}

/// Seconds for one run of `work`.
fn seconds(times: u32, work: &mut dyn FnMut()) -> f64 {
    let began = Instant::now();
    for _time in 0..times {
        work();
    }
    began.elapsed().as_secs_f64() / f64::from(times)
}
