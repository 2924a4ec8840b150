//! What the kernel says about this process (Linux: /proc, proc(5)); nothing elsewhere.

use std::{fs, sync::atomic::AtomicU64};

use prometheus_client::metrics::{counter::Counter, gauge::Gauge};

/// The unit of times in /proc/self/stat, for all programs of Linux's common machines.
const TICKS_PER_SECOND: f64 = 100.0;

#[derive(Debug, Clone, Default)]
pub(super) struct Process {
    pub(super) cpu: Counter<f64, AtomicU64>,
    pub(super) memory: Gauge,
    pub(super) files: Gauge,
}

impl Process {
    /// Looks once more.
    pub(super) fn look(&self) {
        if let Some(seconds) = cpu_seconds() {
            // Two that look at once would count a step twice, were it not for the difference.
            let more = seconds - self.cpu.get();
            if more > 0.0 {
                self.cpu.inc_by(more);
            }
        }
        if let Some(octets) = resident_octets() {
            self.memory.set(octets);
        }
        if let Ok(files) = fs::read_dir("/proc/self/fd") {
            self.files.set(super::whole(files.count()));
        }
    }
}

/// User and system time: fields 14 and 15. The name in parentheses may hold anything.
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let mut ticks = || times.next()?.parse::<u32>().ok();
    Some((f64::from(ticks()?) + f64::from(ticks()?)) / TICKS_PER_SECOND)
}

fn resident_octets() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}
