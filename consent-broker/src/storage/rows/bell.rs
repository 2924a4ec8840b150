//! Tells those who wait in this process that something they wait for was written. Only a comfort: what
//! another process writes is not heard, so whoever waits also looks again by itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

use super::{keys, tx::Tx};
use crate::storage::{
    Answer, StorageError, Topic,
    engine::{Changes, Key},
};

/// From this many on, those that nobody waits for any more are forgotten at each new listener.
const MANY: usize = 1024;

#[derive(Debug, Default)]
pub(super) struct Bell(Mutex<HashMap<Key, watch::Sender<()>>>);

impl Bell {
    /// Hears every change to `topic` from now on.
    pub(super) fn listen(&self, topic: &Topic) -> watch::Receiver<()> {
        let key = match topic {
            Topic::Log(subject) => keys::head(*subject),
            Topic::Notices(client) => keys::outbox(client),
        };
        let mut listened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if listened.len() >= MANY {
            listened.retain(|_key, sender| sender.receiver_count() > 0);
        }
        let sender = listened.entry(key).or_insert_with(|| watch::channel(()).0);
        sender.subscribe()
    }

    /// The answer of a transaction that was [`listening`]; who waits is told before it is given.
    pub(super) fn after<T: Send + 'static>(
        self: &Arc<Self>,
        written: Answer<'static, (T, Vec<Key>)>,
    ) -> Answer<'static, T> {
        let bell = Arc::clone(self);
        Box::pin(async move {
            let (value, heard) = written.await?;
            bell.ring(&heard);
            Ok(value)
        })
    }

    /// Tells the listeners of these rows.
    fn ring(&self, rows: &[Key]) {
        let listened = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in rows.iter().filter_map(|key| listened.get(key)) {
            sender.send_replace(());
        }
    }
}

/// The same work, which also gives the rows that somebody may wait for.
pub(super) fn listening<T>(
    work: impl Fn(&mut Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
) -> impl Fn(&mut Tx<'_>) -> Result<(T, Vec<Key>), StorageError> + Send + Sync + 'static {
    move |tx| {
        let value = work(tx)?;
        Ok((value, heard_of(tx.changes())))
    }
}

fn heard_of(changes: &Changes) -> Vec<Key> {
    let is_heard = |key: &&Key| matches!(key.first(), Some(&(keys::HEAD | keys::OUTBOX)));
    changes.keys().filter(is_heard).cloned().collect()
}
