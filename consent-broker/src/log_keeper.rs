//! Keeps the global log going: appends the heads that have moved, and asks witnesses to cosign. Nobody
//! who reads or shares waits for any of it.

use std::{str::FromStr, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    http::{Body, HttpClient, HttpError, Limits},
    jose::SignError,
    network::{Network, Refused},
    transparency::{
        AddCheckpoint, KeyKind, LogSigner, NoteKeyError, SignedCheckpoint, VerifierKey,
    },
};
use tokio::{
    task::JoinSet,
    time::{Instant, Interval, MissedTickBehavior, interval},
};

use crate::{
    state::AppState,
    storage::{Cosigned, StorageError},
};

/// How often the log is advanced when there is something to append.
const EVERY: Duration = Duration::from_secs(1);
/// Most persons whose heads one transaction appends.
const AT_ONCE: usize = 256;
/// Most transactions of one turn, so that witnesses are asked now and then.
const MOST_TURNS: usize = 64;
/// What asking a witness may take.
const LIMITS: Limits = Limits {
    timeout: Duration::from_secs(10),
    max_answer: 16 * 1024,
};
/// The longest pause after failures.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(1);

/// A witness to be asked: its submission prefix and its key, written `URL=VKEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessAt {
    url: String,
    key: VerifierKey,
}

/// Why a text names no witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessAtError {
    /// Not `URL=VKEY`.
    #[error("a witness is written URL=VKEY")]
    Form,
    /// The key.
    #[error(transparent)]
    Key(#[from] NoteKeyError),
    /// The key is a log's.
    #[error("the key is not a witness's")]
    NotAWitness,
}

impl FromStr for WitnessAt {
    type Err = WitnessAtError;

    fn from_str(text: &str) -> Result<Self, WitnessAtError> {
        let (url, key) = text.split_once('=').ok_or(WitnessAtError::Form)?;
        let key: VerifierKey = key.parse()?;
        if key.kind() != KeyKind::Witness {
            return Err(WitnessAtError::NotAWitness);
        }
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            key,
        })
    }
}

impl std::fmt::Display for WitnessAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.url, self.key)
    }
}

impl WitnessAt {
    /// Whether the policy allows its address.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn check(&self, network: Network) -> Result<(), Refused> {
        network.check(&self.url).map(drop)
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }
}

/// Why a log cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogKeeperError {
    /// The log's key is damaged, or no log can be called so.
    #[error(transparent)]
    Key(#[from] SignError),
    /// The network client could not be set up.
    #[error(transparent)]
    Http(#[from] HttpError),
}

/// Advances one broker's global log.
#[derive(Debug)]
pub struct LogKeeper {
    parts: Arc<Parts>,
    witnesses: Vec<Asked>,
}

#[derive(Debug)]
struct Parts {
    state: AppState,
    signer: Arc<LogSigner>,
    http: HttpClient,
}

/// What is known of a witness.
#[derive(Debug)]
struct Asked {
    witness: WitnessAt,
    /// The size that it has cosigned last, as far as we know; it corrects us.
    size: u64,
    failures: u32,
    again_at: Option<DateTime<Utc>>,
}

/// How it went with a witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Problem {
    /// It does not answer, or not so that it could be understood; the text is a reason code.
    NoAnswer(&'static str),
    /// It did not cosign, with this status.
    Status(u16),
    /// What it answered is not its cosignature.
    NotCosigned,
    /// It has seen another log than this one, or more of it.
    OtherLog,
}

impl LogKeeper {
    /// A keeper of this broker's log.
    ///
    /// # Errors
    /// [`LogKeeperError`].
    pub fn new(
        state: AppState,
        network: Network,
        witnesses: Vec<WitnessAt>,
    ) -> Result<Self, LogKeeperError> {
        let signer = Arc::new(state.log_signer()?);
        let asked = |witness| Asked {
            witness,
            size: 0,
            failures: 0,
            again_at: None,
        };
        let parts = Parts {
            state,
            signer,
            http: HttpClient::new(network)?.within(LIMITS),
        };
        Ok(Self {
            parts: Arc::new(parts),
            witnesses: witnesses.into_iter().map(asked).collect(),
        })
    }

    /// Goes on for as long as the broker runs. Each witness is asked by itself: one that is slow is waited
    /// for by nobody else. Everything ends when this is dropped.
    pub async fn run(self) {
        let mut asking = JoinSet::new();
        for mut one in self.witnesses {
            let parts = Arc::clone(&self.parts);
            asking.spawn(async move {
                let mut turns = Turns::new();
                loop {
                    turns.next().await;
                    turns.report(parts.ask_in_turn(&mut one).await);
                }
            });
        }
        let mut turns = Turns::new();
        loop {
            turns.next().await;
            turns.report(self.parts.advance().await);
        }
    }

    /// Appends everything that has moved and asks every witness whose turn has come.
    ///
    /// # Errors
    /// [`StorageError`]; a witness that does not answer is none.
    pub async fn round(&mut self) -> Result<(), StorageError> {
        self.parts.advance().await?;
        for one in &mut self.witnesses {
            self.parts.ask_in_turn(one).await?;
        }
        Ok(())
    }
}

/// A beat, and when it was last said that the store is away.
struct Turns {
    ticks: Interval,
    told: Option<Instant>,
}

impl Turns {
    fn new() -> Self {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { ticks, told: None }
    }

    async fn next(&mut self) {
        self.ticks.tick().await;
    }

    /// A store that is away is told once a minute.
    fn report(&mut self, done: Result<(), StorageError>) {
        match done {
            Ok(()) => self.told = None,
            Err(error) if self.told.is_none_or(|at| at.elapsed().as_secs() >= 60) => {
                self.told = Some(Instant::now());
                tracing::error!(reason = error.reason(), "the global log does not go on");
            }
            Err(_told) => {}
        }
    }
}

impl Parts {
    async fn advance(&self) -> Result<(), StorageError> {
        let notary = self.state.notary();
        for _turn in 0..MOST_TURNS {
            let advanced = self.state.store.advance_log(AT_ONCE, &notary, &self.signer);
            if !advanced.await?.is_more {
                break;
            }
        }
        Ok(())
    }

    async fn ask_in_turn(&self, one: &mut Asked) -> Result<(), StorageError> {
        let Some(found) = self.state.store.checkpoints().await? else {
            return Ok(());
        };
        let newest = SignedCheckpoint::verify(&found.newest, self.signer.verifier())
            .map_err(|_error| StorageError::Damaged)?;
        let now = self.state.clock.now();
        let is_up_to_date = newest.checkpoint().size <= one.size && one.failures == 0;
        if newest.checkpoint().size == 0
            || is_up_to_date
            || one.again_at.is_some_and(|again_at| now < again_at)
        {
            return Ok(());
        }
        let name = one.witness.key.name().to_owned();
        match self.ask(one, &newest).await? {
            Ok(()) => {
                if one.failures > 0 {
                    tracing::info!(witness = name, "a witness cosigns again");
                }
                (one.failures, one.again_at) = (0, None);
            }
            Err(problem) => {
                one.failures = one.failures.saturating_add(1);
                let seconds = 1_i64 << one.failures.min(6);
                one.again_at = Some(now + TimeDelta::seconds(seconds).min(LONGEST_PAUSE));
                if problem == Problem::OtherLog {
                    tracing::error!(witness = name, "a witness has seen another log than this");
                } else {
                    tracing::warn!(witness = name, ?problem, "a witness has not cosigned");
                }
            }
        }
        Ok(())
    }

    /// Asks once, and once more when the witness knows another size than we thought.
    async fn ask(
        &self,
        one: &mut Asked,
        newest: &SignedCheckpoint,
    ) -> Result<Result<(), Problem>, StorageError> {
        let size = newest.checkpoint().size;
        for _try in 0..2 {
            let growth = self.state.store.prove_growth(one.size, size).await?;
            let Some(proof) = growth else {
                // It has cosigned more than there is.
                one.size = 0;
                return Ok(Err(Problem::OtherLog));
            };
            let request = AddCheckpoint {
                old_size: one.size,
                proof,
                checkpoint: newest.note().to_string(),
            };
            let (status, answer) = match self.send(&one.witness, &request).await {
                Ok(answered) => answered,
                Err(error) => return Ok(Err(Problem::NoAnswer(error.reason()))),
            };
            match status {
                200 => {
                    one.size = size;
                    return self.keep(one, newest, answer).await;
                }
                409 => match answer.trim_end().parse() {
                    // The same size again: the roots differ.
                    Ok(known) if known == one.size => return Ok(Err(Problem::OtherLog)),
                    Ok(known) => one.size = known,
                    Err(_error) => return Ok(Err(Problem::Status(status))),
                },
                422 => return Ok(Err(Problem::OtherLog)),
                other => return Ok(Err(Problem::Status(other))),
            }
        }
        Ok(Err(Problem::Status(409)))
    }

    async fn send(
        &self,
        witness: &WitnessAt,
        request: &AddCheckpoint,
    ) -> Result<(u16, String), HttpError> {
        let body = Body::Text {
            media_type: "text/plain; charset=utf-8",
            text: &request.to_string(),
        };
        let url = format!("{}/add-checkpoint", witness.url);
        let answer = self.http.send(&url, &[], body).await?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        Ok((answer.status, text))
    }

    async fn keep(
        &self,
        one: &Asked,
        newest: &SignedCheckpoint,
        lines: String,
    ) -> Result<Result<(), Problem>, StorageError> {
        let key = &one.witness.key;
        if newest.clone().cosigned_by(key, &lines).is_err() {
            return Ok(Err(Problem::NotCosigned));
        }
        let cosigned = Cosigned {
            checkpoint: newest.note().to_string(),
            lines,
            witness: key.clone(),
            log: self.signer.verifier().clone(),
        };
        // Not kept where a newer one is: as good.
        let _is_kept = self.state.store.keep_cosignature(cosigned).await?;
        Ok(Ok(()))
    }
}
