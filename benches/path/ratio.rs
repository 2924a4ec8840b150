//! Interleaved pairs: the bare primitive and the product's step, in turns.

use std::time::{Duration, Instant};

use criterion::Criterion;

const ROUNDS: usize = 60;
/// How long one side of one round takes.
const TURN: Duration = Duration::from_millis(10);

/// The ratios measured so far.
#[derive(Default)]
pub(crate) struct Table(Vec<Row>);

struct Row {
    step: &'static str,
    limit: &'static str,
    limit_us: f64,
    step_us: f64,
    ratios: Vec<f64>,
}

impl Table {
    /// Measures a step beside its limit: both under Criterion, and both in turns for the ratio.
    pub(crate) fn pair(
        &mut self,
        criterion: &mut Criterion,
        (step, limit): (&'static str, &'static str),
        mut bare: impl FnMut(),
        mut product: impl FnMut(),
    ) {
        let mut group = criterion.benchmark_group(step);
        group.bench_function(format!("limit: {limit}"), |bencher| bencher.iter(&mut bare));
        group.bench_function("product", |bencher| bencher.iter(&mut product));
        group.finish();

        let (bare_turns, product_turns) = (turns(&mut bare), turns(&mut product));
        let mut rounds: Vec<(f64, f64)> = (0..ROUNDS)
            .map(|_| {
                (
                    time(bare_turns, &mut bare),
                    time(product_turns, &mut product),
                )
            })
            .collect();
        let mut ratios: Vec<f64> = rounds.iter().map(|(limit, step)| limit / step).collect();
        ratios.sort_by(f64::total_cmp);
        rounds.sort_by(|a, b| a.1.total_cmp(&b.1));
        let (limit_us, step_us) = rounds[ROUNDS / 2];
        self.0.push(Row {
            step,
            limit,
            limit_us,
            step_us,
            ratios,
        });
    }

    pub(crate) fn print(&self) {
        println!(
            "\n| step | limit in the same run | limit µs | product µs | ratio (median) | 10 % to 90 % |"
        );
        println!("|---|---|---|---|---|---|");
        for Row {
            step,
            limit,
            limit_us,
            step_us,
            ratios,
        } in &self.0
        {
            let at = |part: usize| ratios[ratios.len() * part / 10];
            println!(
                "| {step} | {limit} | {limit_us:.1} | {step_us:.1} | **{:.2}** | {:.2} to {:.2} |",
                at(5),
                at(1),
                at(9)
            );
        }
    }
}

/// How often `work` fits into one turn.
fn turns(work: &mut impl FnMut()) -> u32 {
    let once = Duration::from_secs_f64(time(8, work) / 1e6).max(Duration::from_nanos(50));
    u32::try_from(TURN.as_nanos() / once.as_nanos())
        .unwrap_or(u32::MAX)
        .clamp(1, 100_000)
}

/// Microseconds for one run of `work`.
fn time(times: u32, work: &mut impl FnMut()) -> f64 {
    let began = Instant::now();
    for _ in 0..times {
        work();
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}
