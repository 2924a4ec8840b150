//! A server process, and what the system says it has cost.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// What `utime` and `stime` are counted in: a hundredth of a second on every Linux (proc(5)).
const TICK: Duration = Duration::from_millis(10);
const STARTING: Duration = Duration::from_secs(60);

/// A running server, killed in the end.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts a program that says `listens on http://ADDRESS`, on whichever stream.
    pub(crate) fn start(mut command: Command) -> Self {
        let started = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = started.unwrap();
        let (sender, said) = mpsc::channel();
        listen(child.stdout.take().unwrap(), sender.clone());
        listen(child.stderr.take().unwrap(), sender);
        let deadline = Instant::now() + STARTING;
        let mut heard = String::new();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = said.recv_timeout(left) else {
                drop(child.kill());
                drop(child.wait());
                panic!("{command:?} did not start: {heard}");
            };
            if let Some((_words, address)) = line.split_once("listens on http://") {
                let address = address.trim().parse().unwrap();
                return Self { child, address };
            }
            heard.push_str(&line);
            heard.push('\n');
        }
    }

    /// The processor time it has used so far, in user and kernel mode together.
    pub(crate) fn cpu(&self) -> Duration {
        cpu_of(&self.child.id().to_string())
    }

    /// Its resident memory, in MiB.
    pub(crate) fn rss(&self) -> f64 {
        let status = fs::read_to_string(self.file("status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next());
        kibibytes.unwrap().parse::<f64>().unwrap() / 1024.0
    }

    fn file(&self, name: &str) -> PathBuf {
        format!("/proc/{}/{name}", self.child.id()).into()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The processor time that this process has used so far.
pub(crate) fn own_cpu() -> Duration {
    cpu_of("self")
}

/// The name of the program, in parentheses, may hold anything: what follows is counted from its end.
fn cpu_of(process: &str) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let (_name, fields) = stat.rsplit_once(") ").unwrap();
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks: u32 = [11, 12]
        .map(|n: usize| fields[n].parse::<u32>().unwrap())
        .iter()
        .sum();
    TICK * ticks
}

/// How busy the machine was over the last minute: the number of processes that wanted to run.
pub(crate) fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

/// Reads to the end, so that the server never waits for a reader.
fn listen(stream: impl Read + Send + 'static, heard: mpsc::Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // Nobody listens any more once it has started.
            drop(heard.send(line));
        }
    });
}
