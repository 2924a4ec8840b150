//! A PostgreSQL server of one's own, for the time of a test run: in a temporary folder, reached by a
//! socket in it, as an unprivileged user. It ends with the process that started it, however that ends.
//!
//! It needs Debian's packages `postgresql` and `util-linux`. Where they are missing a test is skipped
//! visibly, except in CI (`CI` is set), where it fails.

mod programs;
mod stale;

use std::{
    path::PathBuf,
    process::Command,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use self::programs::Programs;

/// The superuser of the server.
const USER: &str = "broker";
/// How long starting may take: after a kill it has to recover.
const STARTING: Duration = Duration::from_secs(60);
const LOOKING_AGAIN: Duration = Duration::from_millis(20);
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "max_connections=200",
    "log_min_messages=fatal",
    "log_min_error_statement=panic",
];

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A server.
#[derive(Debug)]
pub struct PrivatePostgres {
    programs: Programs,
    folder: PathBuf,
    /// Of the running server.
    process: Mutex<Option<u32>>,
}

/// Why there is no server.
#[derive(Debug)]
pub struct NotStarted(pub String);

impl PrivatePostgres {
    /// The server that all tests of this process share. None where PostgreSQL is not installed, which is
    /// said.
    ///
    /// # Panics
    /// In CI when it cannot be started.
    #[must_use]
    #[expect(
        clippy::panic,
        clippy::print_stderr,
        reason = "it speaks to whoever runs the tests"
    )]
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Result<PrivatePostgres, NotStarted>> = OnceLock::new();
        match SHARED.get_or_init(Self::start) {
            Ok(server) => Some(server),
            Err(NotStarted(why)) if std::env::var_os("CI").is_some() => {
                panic!("PostgreSQL is needed here: {why}")
            }
            Err(NotStarted(why)) => {
                eprintln!("SKIPPED: a test needs PostgreSQL, and {why}");
                None
            }
        }
    }

    /// Makes a database cluster in a new folder and starts its server.
    ///
    /// # Errors
    /// When the programs are missing or one of them fails.
    pub fn start() -> Result<Self, NotStarted> {
        let programs = Programs::find()?;
        stale::remove();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let server = Self {
            folder: stale::folder(number),
            programs,
            process: Mutex::new(None),
        };
        server.programs.make_folder(&server.folder)?;
        let data = server.data();
        server.programs.run("initdb", |command| {
            command
                .arg("--pgdata")
                .arg(&data)
                .args(["--username", USER, "--auth", "trust"])
                .args(["--encoding", "UTF8", "--locale", "C", "--no-sync"])
        })?;
        server.go()?;
        Ok(server)
    }

    /// A `postgres://` URL of the server's first database.
    #[must_use]
    pub fn url(&self) -> String {
        format!(
            "postgres:///postgres?user={USER}&host={}",
            self.folder.display()
        )
    }

    /// A URL under which nothing is there yet: a schema of its own.
    ///
    /// # Errors
    /// When the server does not make it.
    pub fn fresh(&self) -> Result<String, NotStarted> {
        let schema = format!("fresh_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        self.sql(&format!("create schema {schema}"))?;
        Ok(format!("{}&options=-csearch_path%3D{schema}", self.url()))
    }

    /// Runs a statement and gives what `psql` prints of its rows.
    ///
    /// # Errors
    /// When it fails.
    pub fn sql(&self, statement: &str) -> Result<String, NotStarted> {
        self.programs.run("psql", |command| {
            command
                .arg("--host")
                .arg(&self.folder)
                .args(["--username", USER, "--dbname", "postgres", "--no-psqlrc"])
                .args([
                    "--quiet",
                    "--tuples-only",
                    "--no-align",
                    "--set",
                    "ON_ERROR_STOP=1",
                ])
                .args(["--command", statement])
        })
    }

    /// Kills the server as a crash would: nothing is written any more.
    pub fn kill(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = process.take() {
            programs::kill(id);
        }
    }

    /// Starts the server again where it was; it recovers first.
    ///
    /// # Errors
    /// When it does not start.
    pub fn restart(&self) -> Result<(), NotStarted> {
        self.kill();
        self.go()
    }

    /// Where the server's socket is.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// After a crash the old server's children may hold its memory a moment longer: it is tried again.
    fn go(&self) -> Result<(), NotStarted> {
        let deadline = Instant::now() + STARTING;
        loop {
            let id = self.launch()?;
            let mut is_running = true;
            while is_running && Instant::now() < deadline {
                if self.answers() {
                    *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
                    return Ok(());
                }
                thread::sleep(LOOKING_AGAIN);
                is_running = programs::is_running(id);
            }
            if Instant::now() >= deadline {
                programs::kill(id);
                return Err(NotStarted("the server did not start in time".into()));
            }
        }
    }

    /// The server ends with the thread that started it: one that waits for it.
    fn launch(&self) -> Result<u32, NotStarted> {
        let mut command = self.programs.ending_with_its_thread("postgres");
        command.arg("-D").arg(self.data());
        let sockets = format!("unix_socket_directories={}", self.folder.display());
        for setting in SETTINGS.iter().copied().chain([sockets.as_str()]) {
            command.args(["-c", setting]);
        }
        programs::quiet(&mut command, &self.folder.join("log"))?;
        let (told, hear) = mpsc::channel();
        thread::spawn(move || wait_for(command, &told));
        let told = hear
            .recv()
            .map_err(|_gone| NotStarted("the server was not started".into()))?;
        told.map_err(|error| NotStarted(error.to_string()))
    }

    fn answers(&self) -> bool {
        let asked = self.programs.run("pg_isready", |command| {
            command.arg("--quiet").arg("--host").arg(&self.folder)
        });
        asked.is_ok()
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        self.kill();
        stale::remove_one(&self.folder);
    }
}

fn wait_for(mut command: Command, told: &mpsc::Sender<std::io::Result<u32>>) {
    match command.spawn() {
        Ok(mut child) => {
            let _heard = told.send(Ok(child.id()));
            let _status = child.wait();
        }
        Err(error) => {
            let _heard = told.send(Err(error));
        }
    }
}
