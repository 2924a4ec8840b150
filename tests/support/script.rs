//! A program of another language that takes part in a test: one JSON document a line, each way.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use serde_json::Value;

/// How long a script may be silent.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A running script; it is ended when dropped.
pub(crate) struct Script {
    child: Child,
    stdin: ChildStdin,
    said: Receiver<String>,
}

impl Script {
    /// Starts a script of `tests/clients` with Node. None when its packages are not installed, which is
    /// allowed on a developer's machine and nowhere else.
    pub(crate) fn node(name: &str) -> Option<Self> {
        if !folder().join("node_modules").is_dir() {
            not_installed("npm ci --prefix tests/clients");
            return None;
        }
        let mut command = Command::new("node");
        command.arg(name);
        Some(Self::start(command))
    }

    /// Starts any program in the clients' folder.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .current_dir(folder())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (say, said) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if say.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, stdin, said }
    }

    /// What the script says next.
    pub(crate) fn hear(&self) -> Value {
        let line = self.said.recv_timeout(PATIENCE);
        assert!(
            line.is_ok(),
            "the script says no more: its messages are above"
        );
        serde_json::from_str(&line.unwrap()).unwrap()
    }

    /// Says something to the script.
    pub(crate) fn tell(&mut self, message: &Value) {
        writeln!(self.stdin, "{message}").unwrap();
        self.stdin.flush().unwrap();
    }

    /// What else it said, until it was silent.
    pub(crate) fn rest(&self) -> String {
        self.said.iter().map(|line| line + "\n").collect()
    }

    /// Whether the script ends by itself in this time and is content.
    pub(crate) fn succeeds(&mut self, patience: Duration) -> bool {
        let began = Instant::now();
        while began.elapsed() < patience {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(self.child.kill());
        false
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The folder of other people's clients.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Says how to install what is missing; in CI that is a failure.
pub(crate) fn not_installed(how: &str) {
    assert!(std::env::var_os("CI").is_none(), "not installed: {how}");
    // Not by a macro that the test harness keeps to itself.
    let line = format!("SKIPPED, not installed: {how}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
