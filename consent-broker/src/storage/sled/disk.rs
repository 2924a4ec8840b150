//! Group commit: one thread brings to the disk what all transactions of the moment have changed, and
//! everybody waits for it without a thread of their own.

use std::{
    fs::File,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

use tokio::sync::watch;

use super::{caught, mark::Mark, system};
use crate::storage::StorageError;

/// Brings states to the disk, in the order of their numbers.
pub(super) struct Disk {
    shared: Arc<Shared>,
    lasting: watch::Receiver<u64>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    db: sled::Db,
    data: File,
    mark: Mutex<Mark>,
    /// The newest state in memory.
    applied: AtomicU64,
    order: Mutex<Order>,
    ordered: Condvar,
    is_broken: AtomicBool,
}

#[derive(Default)]
struct Order {
    /// The newest state that somebody waits for.
    wanted: u64,
    is_over: bool,
}

impl Disk {
    /// `data` is the file in which the database keeps its log, and `applied` the number of the state that
    /// was found there; nobody knows whether that lasts.
    pub(super) fn begin(
        db: sled::Db,
        data: File,
        mark: Mark,
        applied: u64,
    ) -> Result<Self, StorageError> {
        let shared = Arc::new(Shared {
            db,
            data,
            mark: Mutex::new(mark),
            applied: AtomicU64::new(applied),
            order: Mutex::default(),
            ordered: Condvar::new(),
            is_broken: AtomicBool::new(false),
        });
        let (done, lasting) = watch::channel(0);
        let its = Arc::clone(&shared);
        let work = move || its.keep_up(&done);
        let thread = thread::Builder::new().name("store-sync".into()).spawn(work);
        Ok(Self {
            shared,
            lasting,
            thread: Some(thread.map_err(|error| system(&error))?),
        })
    }

    /// The number of the state in memory.
    pub(super) fn applied(&self) -> u64 {
        self.shared.applied.load(Ordering::SeqCst)
    }

    /// A transaction has been applied, and this is the number of the state after it.
    pub(super) fn applied_is(&self, state: u64) {
        self.shared.applied.store(state, Ordering::SeqCst);
    }

    /// Returns when the state lasts through a power failure.
    pub(super) async fn wait(&self, state: u64) -> Result<(), StorageError> {
        self.refuse_if_broken()?;
        let mut lasting = self.lasting.clone();
        if *lasting.borrow() >= state {
            return Ok(());
        }
        self.shared.ask_for(state);
        let reached = lasting.wait_for(|&lasting| lasting >= state).await;
        reached.map_err(|_broken| StorageError::Unavailable)?;
        Ok(())
    }

    /// Brings everything that is applied by now to the disk, on this thread.
    pub(super) fn bring_blocking(&self) -> Result<(), StorageError> {
        self.refuse_if_broken()?;
        self.shared.bring()
    }

    pub(super) fn refuse_if_broken(&self) -> Result<(), StorageError> {
        self.shared.refuse_if_broken()
    }

    /// Refuses everything from now on.
    pub(super) fn break_down(&self) {
        self.shared.break_down();
    }
}

/// The thread holds the database: it must be gone before the folder can be opened again.
impl Drop for Disk {
    fn drop(&mut self) {
        self.shared.order().is_over = true;
        self.shared.ordered.notify_one();
        if let Some(thread) = self.thread.take() {
            let _it_cannot_panic = thread.join();
        }
    }
}

impl Shared {
    /// The thread's work. What is applied while one state is brought waits for the next turn; when it
    /// ends, those who wait are refused, because the channel closes.
    fn keep_up(&self, done: &watch::Sender<u64>) {
        while self.is_wanted_after(*done.borrow()) {
            let newest = self.applied.load(Ordering::SeqCst);
            if self.bring().is_err() {
                return;
            }
            done.send_replace(newest);
        }
    }

    /// From sled's memory to the system, and from there to the disk; then the mark may say so.
    fn bring(&self) -> Result<(), StorageError> {
        let newest = self.applied.load(Ordering::SeqCst);
        caught(|| self.db.flush())
            .and_then(|_octets| self.data.sync_data().map_err(|error| system(&error)))
            .and_then(|()| self.mark_reaches(newest))
            .inspect_err(|_error| self.break_down())
    }

    /// Whoever waits on a thread of their own may come later than a newer state.
    fn mark_reaches(&self, state: u64) -> Result<(), StorageError> {
        let mut mark = self.mark.lock().unwrap_or_else(PoisonError::into_inner);
        if mark.number() >= state {
            return Ok(());
        }
        mark.set(state).map_err(|error| system(&error))
    }

    /// Waits until a newer state than this one is wanted; if not, nothing will be.
    fn is_wanted_after(&self, lasting: u64) -> bool {
        let mut order = self.order();
        while order.wanted <= lasting && !order.is_over {
            order = self
                .ordered
                .wait(order)
                .unwrap_or_else(PoisonError::into_inner);
        }
        order.wanted > lasting
    }

    fn ask_for(&self, state: u64) {
        let mut order = self.order();
        if order.wanted < state {
            order.wanted = state;
            self.ordered.notify_one();
        }
    }

    fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refuse_if_broken(&self) -> Result<(), StorageError> {
        if self.is_broken.load(Ordering::SeqCst) {
            return Err(StorageError::Unavailable);
        }
        Ok(())
    }

    fn break_down(&self) {
        self.is_broken.store(true, Ordering::SeqCst);
        tracing::error!("the store stops: a write failed, and what is on disk is not known");
    }
}
