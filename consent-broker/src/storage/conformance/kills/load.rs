//! What asks the nodes without pause, and remembers what they have answered.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use super::node::Running;

const WORKERS: u64 = 6;
/// Of this many things that a worker does, one is a new grant, one a stop, the others are reads.
const ROUND: u64 = 12;

/// What is known of a grant: its person has no other.
#[derive(Default)]
struct Known {
    /// Reads that were given, and those of which nothing was heard.
    reads: u64,
    unheard_reads: u64,
    stop: Stop,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Stop {
    #[default]
    No,
    /// Asked for; not answered, or not yet.
    Asked,
    Answered,
}

type Nodes = Vec<RwLock<Running>>;
type Grants = Mutex<BTreeMap<String, Known>>;

struct Shared {
    nodes: Nodes,
    /// By `<subject> <grant>`.
    grants: Grants,
    turn: AtomicU64,
    number: AtomicU64,
    answers: AtomicU64,
    is_over: AtomicBool,
}

pub(super) struct Load {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

impl Load {
    pub(super) fn on(nodes: Vec<Running>) -> Self {
        let shared = Arc::new(Shared {
            nodes: nodes.into_iter().map(RwLock::new).collect(),
            grants: Grants::default(),
            turn: AtomicU64::new(0),
            number: AtomicU64::new(0),
            answers: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        });
        let workers = (0..WORKERS).map(|_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                while !shared.is_over.load(Ordering::SeqCst) {
                    shared.work();
                }
            })
        });
        Self {
            workers: workers.collect(),
            shared,
        }
    }

    /// Waits until so many more questions were answered.
    pub(super) fn go_on(&self, more: u64) {
        let enough = self.shared.answers.load(Ordering::SeqCst) + more;
        while self.shared.answers.load(Ordering::SeqCst) < enough {
            let is_broken = self.workers.iter().any(JoinHandle::is_finished);
            assert!(!is_broken, "a worker stopped");
            thread::sleep(Duration::from_millis(1));
        }
    }

    pub(super) fn kill(&self, node: usize) {
        // Not through the lock that those who ask hold: their questions end by it.
        self.shared.kill(node);
    }

    pub(super) fn replace(&self, node: usize, running: Running) {
        *self.shared.nodes[node].write().unwrap() = running;
    }

    /// Whatever was answered to be stopped is not read, at any node.
    pub(super) fn check_what_was_stopped(&self) {
        let stopped: Vec<String> = {
            let grants = self.shared.grants.lock().unwrap();
            let stopped = grants
                .iter()
                .filter(|(_, known)| known.stop == Stop::Answered);
            stopped.map(|(name, _)| name.clone()).collect()
        };
        // All at the end; here the newest.
        for name in stopped.iter().rev().take(5) {
            for node in 0..self.shared.nodes.len() {
                assert_eq!(self.shared.answer(node, &format!("read {name}")), "refused");
            }
        }
    }

    /// Every read and stop that was answered stands in its log, and nothing else but what was not heard of.
    pub(super) fn finish(self, kills: u32) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        self.workers
            .into_iter()
            .for_each(|worker| worker.join().unwrap());
        let grants = self.shared.grants.lock().unwrap();
        let (mut reads, mut stops) = (0, 0);
        for (name, known) in grants.iter() {
            let subject = name.split_once(' ').unwrap().0;
            let log = self.shared.answer(0, &format!("log {subject}"));
            let (read, stopped) = log.split_once(' ').unwrap();
            let read: u64 = read.parse().unwrap();
            let possible = known.reads..=known.reads + known.unheard_reads;
            assert!(
                possible.contains(&read),
                "{name}: {possible:?} reads, {read} in the log"
            );
            match known.stop {
                Stop::No => assert_eq!(stopped, "0", "{name}"),
                Stop::Asked => assert!(matches!(stopped, "0" | "1"), "{name}"),
                Stop::Answered => {
                    assert_eq!(stopped, "1", "{name}");
                    let read = self.shared.answer(0, &format!("read {name}"));
                    assert_eq!(read, "refused", "{name}");
                    stops += 1;
                }
            }
            reads += known.reads;
        }
        assert_eq!(self.shared.answer(0, "check"), "0", "damaged logs");
        assert!(reads > 0 && stops > 0, "nothing was done");
        tell(&format!(
            "{kills} kills: {} grants, {reads} reads and {stops} stops were answered, all are there",
            grants.len()
        ));
    }
}

fn tell(what: &str) {
    println!("{what}");
}

impl Shared {
    fn kill(&self, node: usize) {
        // Those who wait for an answer hold the lock for reading, and get none until the node is gone.
        let id = self.nodes[node].read().unwrap().id();
        let killed = std::process::Command::new("kill")
            .args(["-KILL", &id.to_string()])
            .status();
        assert!(killed.unwrap().success());
    }

    fn ask(&self, node: usize, what: &str) -> Option<String> {
        let number = self.number.fetch_add(1, Ordering::SeqCst);
        let answer = self.nodes[node].read().unwrap().ask(number, what)?;
        if answer.starts_with("error") {
            return None;
        }
        self.answers.fetch_add(1, Ordering::SeqCst);
        Some(answer)
    }

    /// Until there is an answer: the node may be starting.
    fn answer(&self, node: usize, what: &str) -> String {
        for _try in 0..600 {
            if let Some(answer) = self.ask(node, what) {
                return answer;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("node {node} does not answer {what}");
    }

    fn work(&self) {
        let turn = self.turn.fetch_add(1, Ordering::SeqCst);
        let node = turn as usize % self.nodes.len();
        let picked = self.pick(turn, turn % ROUND == 1);
        match (turn % ROUND, picked) {
            (0, _) | (_, None) => {
                if let Some(name) = self.ask(node, "give") {
                    self.grants.lock().unwrap().insert(name, Known::default());
                }
            }
            (1, Some(name)) => self.stop(node, &name),
            (_, Some(name)) => self.read(node, &name),
        }
    }

    /// A grant that nobody has stopped; marked, when it is to be.
    fn pick(&self, turn: u64, to_stop: bool) -> Option<String> {
        let mut grants = self.grants.lock().unwrap();
        let mut living: Vec<_> = grants
            .iter_mut()
            .filter(|(_, known)| known.stop == Stop::No)
            .collect();
        let place = (turn.wrapping_mul(0x9E37_79B9) >> 7) as usize % living.len().max(1);
        let (name, known) = living.get_mut(place)?;
        if to_stop {
            known.stop = Stop::Asked;
        }
        Some((*name).clone())
    }

    fn stop(&self, node: usize, name: &str) {
        if self.ask(node, &format!("stop {name}")).is_some() {
            self.known(name, |known| known.stop = Stop::Answered);
        }
    }

    fn read(&self, node: usize, name: &str) {
        let mut was_stopped = false;
        self.known(name, |known| {
            was_stopped = known.stop == Stop::Answered;
            known.unheard_reads += 1;
        });
        let answer = self.ask(node, &format!("read {name}"));
        let Some(answer) = answer else { return };
        self.known(name, |known| {
            known.unheard_reads -= 1;
            known.reads += u64::from(answer == "given");
        });
        assert!(
            !(was_stopped && answer == "given"),
            "{name} was read after its stop"
        );
    }

    fn known(&self, name: &str, change: impl FnOnce(&mut Known)) {
        change(self.grants.lock().unwrap().get_mut(name).unwrap());
    }
}
