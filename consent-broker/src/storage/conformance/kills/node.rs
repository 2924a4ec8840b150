//! A node: this very test program, started again to do what it is told by lines on its input.
//!
//! `<number> give`, `<number> read <subject> <grant>`, `<number> stop <subject> <grant>` and
//! `<number> log <subject>`; it answers `@<number> <answer>` as soon as the store has answered.

use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use credential_core::{
    access_log::Kind,
    consent::decision::Verdict,
    id::{GrantId, ReadId, SubjectId},
    rng::SystemRng,
};

use crate::{
    log_check::check_logs,
    storage::{
        LocalStore, PostgresStore, Read, ReadAnswer, StorageError, Store,
        conformance::fixture::Fixture,
    },
    tests::support::{Wallet, noon},
};

/// A node that says nothing for so long has not been killed: it hangs.
const PATIENCE: Duration = Duration::from_secs(120);
const FOLDER: &str = "BROKER_TEST_NODE_FOLDER";
const DATABASE: &str = "BROKER_TEST_NODE_DATABASE";
const NAME: &str = "storage::conformance::kills::node::a_node_of_its_own";

/// Where a node's rows are.
pub(super) enum Place {
    Folder(PathBuf),
    Database(String),
}

/// Who waits for which answer; none once the node is gone.
type Waiting = Arc<Mutex<Option<HashMap<u64, mpsc::Sender<String>>>>>;

/// A running node.
pub(super) struct Running {
    child: Child,
    input: Mutex<ChildStdin>,
    waiting: Waiting,
}

impl Running {
    pub(super) fn start(place: &Place) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([
            NAME,
            "--exact",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ]);
        match place {
            Place::Folder(folder) => command.env(FOLDER, folder),
            Place::Database(url) => command.env(DATABASE, url),
        };
        let child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        let mut child = child.spawn().unwrap();
        let waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        let (output, told) = (child.stdout.take().unwrap(), Arc::clone(&waiting));
        thread::spawn(move || hear(BufReader::new(output), &told));
        Self {
            input: Mutex::new(child.stdin.take().unwrap()),
            child,
            waiting,
        }
    }

    /// What the node answers; none when it is gone before it has.
    pub(super) fn ask(&self, number: u64, what: &str) -> Option<String> {
        let (answer, answered) = mpsc::channel();
        self.waiting
            .lock()
            .unwrap()
            .as_mut()?
            .insert(number, answer);
        let line = format!("{number} {what}\n");
        self.input.lock().unwrap().write_all(line.as_bytes()).ok()?;
        match answered.recv_timeout(PATIENCE) {
            Ok(answer) => Some(answer),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("a node does not answer: {what}"),
        }
    }

    /// Its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Hands answers to who waits; at the end nobody waits any more.
fn hear(output: BufReader<std::process::ChildStdout>, waiting: &Waiting) {
    for line in output.lines().map_while(Result::ok) {
        let Some((number, answer)) = line.strip_prefix('@').and_then(|line| line.split_once(' '))
        else {
            continue;
        };
        let number = number.parse().unwrap();
        let asked = waiting
            .lock()
            .unwrap()
            .as_mut()
            .and_then(|all| all.remove(&number));
        if let Some(asked) = asked {
            let _gone = asked.send(answer.to_owned());
        }
    }
    // Its input may be open a moment longer than its output.
    waiting.lock().unwrap().take();
}

#[test]
#[ignore = "a process of its own, when it is told where its rows are"]
fn a_node_of_its_own() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(folder) = std::env::var_os(FOLDER) {
        let store = LocalStore::open(folder.as_ref()).unwrap();
        runtime.block_on(serve(store));
    } else if let Some(url) = std::env::var_os(DATABASE) {
        let url = url.into_string().unwrap();
        runtime.block_on(async {
            // The database may be recovering.
            while PostgresStore::open(&url, 8).await.is_err() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            serve(PostgresStore::open(&url, 8).await.unwrap()).await;
        });
    }
}

async fn serve<S: Store + 'static>(store: S) {
    // What runs the test has begun a line that is not ours.
    say("");
    let fixture = Arc::new(Fixture::new(store));
    let (line, mut lines) = tokio::sync::mpsc::unbounded_channel();
    thread::spawn(move || {
        for read in std::io::stdin().lines().map_while(Result::ok) {
            let _ended = line.send(read);
        }
    });
    while let Some(line) = lines.recv().await {
        let fixture = Arc::clone(&fixture);
        tokio::spawn(async move {
            let (number, what) = line.split_once(' ').unwrap();
            let answer = match work(&fixture, what).await {
                Ok(answer) => answer,
                Err(error) => format!("error {}", error.reason()),
            };
            say(&format!("@{number} {answer}"));
        });
    }
}

fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}").unwrap();
    output.flush().unwrap();
}

async fn work<S: Store>(f: &Fixture<S>, what: &str) -> Result<String, StorageError> {
    let words: Vec<&str> = what.split(' ').collect();
    match words[..] {
        ["give"] => f.try_give().await,
        ["read", subject, grant] => read(f, subject.parse().unwrap(), grant.parse().unwrap()).await,
        ["stop", subject, grant] => stop(f, subject.parse().unwrap(), grant.parse().unwrap()).await,
        ["log", subject] => log(f, subject.parse().unwrap()).await,
        ["check"] => {
            let checked = check_logs(&f.store).await?;
            Ok(format!("{}", checked.damaged.len()))
        }
        _ => panic!("{what}"),
    }
}

async fn read<S: Store>(
    f: &Fixture<S>,
    subject_id: SubjectId,
    grant_id: GrantId,
) -> Result<String, StorageError> {
    let order = Read {
        recipient: f.recipient.client_id(),
        subject_id,
        grant_id,
        epoch: 1,
        jkt: "reader".into(),
        read_id: ReadId::random(&SystemRng::default()).unwrap(),
    };
    let answer = f.store.read(order, &f.notary, noon()).await?;
    Ok(match answer {
        ReadAnswer::Given(_) => "given".into(),
        ReadAnswer::Paused | ReadAnswer::Refused => "refused".into(),
    })
}

async fn stop<S: Store>(
    f: &Fixture<S>,
    subject: SubjectId,
    grant: GrantId,
) -> Result<String, StorageError> {
    let (_grant, papers) = f.store.grant(subject, grant).await?.unwrap();
    let details = papers.granted().unwrap();
    let word = Wallet::new().decision(Verdict::Withdrawn, &papers.request, &details, noon());
    let receipt = f
        .store
        .withdraw(subject, grant, word, &f.notary, noon())
        .await?;
    assert!(receipt.is_some());
    Ok("stopped".into())
}

/// How many reads and ends the person's log has.
async fn log<S: Store>(f: &Fixture<S>, subject: SubjectId) -> Result<String, StorageError> {
    let log = f.store.log_since(subject, 0).await?.unwrap();
    let count = |kind| {
        log.entries
            .iter()
            .filter(|entry| entry.kind == kind)
            .count()
    };
    Ok(format!("{} {}", count(Kind::Read), count(Kind::Withdrawn)))
}
