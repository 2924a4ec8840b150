//! Whether everybody is shown the same: the head of this person's log has to be in the broker's global
//! log, which only grows, and which witnesses have seen.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    access_log::{Frontier, Hash, SignedHead},
    encoding::from_base64url,
    transparency::{Expected, HeadProof, HeadProofError, Seen, SignedCheckpoint},
    trust::BrokerRole,
};
use serde::{Deserialize, Serialize};

use super::{broker::Broker, log::ENTRIES};
use crate::{Error, Wallet, vault::Tree};

/// The last checkpoint that was checked, by broker.
const CHECKED: Tree<String, Checked> = Tree::new("global_log_checked");
/// What did not check out, by broker. The first one stays.
const EVIDENCE: Tree<String, GlobalEvidence> = Tree::new("global_log_evidence");
/// How long a head may take into the global log.
const GRACE: TimeDelta = TimeDelta::minutes(10);
/// The broker's own word for a head that is not there yet.
const NOT_YET: &str = "log_not_included_yet";

#[derive(Debug, Serialize, Deserialize)]
struct Checked {
    size: u64,
    root: Hash,
    checkpoint: String,
}

/// What the broker has shown, side by side: what was checked before, and what does not go with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GlobalEvidence {
    /// The last checkpoint of the global log that was in order, a signed note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// The proof that is not.
    pub shown: HeadProof,
    /// The head of the person's own log, as the broker signed it.
    pub head: SignedHead,
}

/// What is known of a person's head in the global log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum GlobalLog {
    /// The registrar lists no global log of this broker.
    NotListed,
    /// The broker did not answer, or not so that it could be understood: its reason code.
    Unavailable(&'static str),
    /// No head of this person is there yet.
    Waiting {
        /// It should be by now.
        is_late: bool,
    },
    /// A head is there, and the log has only grown.
    Included(Inclusion),
}

/// A head of the person's log that is in the global log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inclusion {
    /// How many entries of the person's log that head stands for.
    pub entries: u64,
    /// How many entries the global log has.
    pub size: u64,
    /// When a witness has seen the global log so, the latest of those that the registrar lists.
    pub witnessed: Option<DateTime<Utc>>,
    /// The registrar lists witnesses, and none has seen it.
    pub lacks_witness: bool,
    /// Newer entries should be there by now.
    pub is_late: bool,
}

impl Wallet {
    /// Asks for the head's place and checks it. None when the broker's proof is about more entries than
    /// the wallet has: it has to fetch them first.
    ///
    /// # Errors
    /// [`Error::GlobalLog`] when the broker shows two histories or takes one back; the evidence is kept.
    pub(super) async fn check_global_log(
        &self,
        connection: &Broker<'_>,
        broker: &str,
        head: &SignedHead,
    ) -> Result<Option<GlobalLog>, Error> {
        let trust = self.trust()?;
        let (_, role) = trust.broker(broker).ok_or(Error::UnknownBroker)?;
        let place = broker.to_owned();
        let known = self.vault().get(&CHECKED, &place)?;
        let known_size = known.as_ref().map_or(0, |known| known.size);
        if role.log_key.is_none() || (head.head().size == 0 && known.is_none()) {
            return Ok(Some(GlobalLog::NotListed));
        }
        let proof = match connection.log_inclusion(known_size).await {
            Ok(proof) => proof,
            Err(Error::Broker(error)) if error.is(NOT_YET) && known.is_none() => {
                let is_late = self.is_late(broker, 0)?;
                return Ok(Some(GlobalLog::Waiting { is_late }));
            }
            Err(Error::Broker(error)) => {
                return Ok(Some(GlobalLog::Unavailable(error.reason())));
            }
            Err(error) => return Err(error),
        };
        if proof.size > head.head().size {
            return Ok(None);
        }
        match self.verify_inclusion(broker, role, head, &proof, known.as_ref()) {
            Ok(signed) => self.note(broker, role, head, (&proof, &signed)).map(Some),
            Err(Error::GlobalLog(error)) => self.accuse_of(broker, (known, proof, head), error),
            Err(error) => Err(error),
        }
    }

    fn verify_inclusion(
        &self,
        broker: &str,
        role: &BrokerRole,
        head: &SignedHead,
        proof: &HeadProof,
        known: Option<&Checked>,
    ) -> Result<SignedCheckpoint, Error> {
        let malformed = Error::GlobalLog(HeadProofError::Malformed);
        let log_id = from_base64url(&head.head().log_id).ok();
        let log_id: [u8; 16] = log_id
            .and_then(|octets| octets.try_into().ok())
            .ok_or_else(|| malformed.clone())?;
        // One that the broker has drawn is the person's from then on.
        let key = Broker::log_key(self, broker, proof.log_key.as_ref())?;
        let expected = Expected {
            log: role.log_key.as_ref().ok_or(malformed.clone())?,
            key: &key.ok_or(malformed)?,
            log_id: &log_id,
            root: &self.root_at(broker, proof.size)?,
            known: known.map(|known| Seen {
                size: known.size,
                root: known.root,
            }),
        };
        proof.verify(&expected).map_err(Error::from)
    }

    /// The root that the person's log had with so many entries, from the entries that were checked.
    fn root_at(&self, broker: &str, size: u64) -> Result<Hash, Error> {
        let mut frontier = Frontier::default();
        for seq in 0..size {
            let entry = self.vault().get(&ENTRIES, &(broker.to_owned(), seq))?;
            let leaf = entry.ok_or(Error::NotFound)?.leaf();
            frontier.append(leaf.map_err(|error| Error::Log(error.into()))?);
        }
        Ok(frontier.root())
    }

    fn note(
        &self,
        broker: &str,
        role: &BrokerRole,
        head: &SignedHead,
        (proof, signed): (&HeadProof, &SignedCheckpoint),
    ) -> Result<GlobalLog, Error> {
        let checkpoint = signed.checkpoint();
        let checked = Checked {
            size: checkpoint.size,
            root: checkpoint.root,
            checkpoint: signed.note().to_string(),
        };
        self.vault().put(&CHECKED, &broker.to_owned(), &checked)?;
        let seen = signed.witnesses(&role.witnesses);
        let witnessed = seen.into_iter().map(|(_witness, at)| at).max();
        Ok(GlobalLog::Included(Inclusion {
            entries: proof.size,
            size: checkpoint.size,
            witnessed,
            lacks_witness: witnessed.is_none() && !role.witnesses.is_empty(),
            is_late: proof.size < head.head().size && self.is_late(broker, proof.size)?,
        }))
    }

    /// Whether the entry at this place should be in the global log by now.
    fn is_late(&self, broker: &str, seq: u64) -> Result<bool, Error> {
        let entry = self.vault().get(&ENTRIES, &(broker.to_owned(), seq))?;
        Ok(entry.is_some_and(|entry| entry.at + GRACE < self.now()))
    }

    fn accuse_of<T>(
        &self,
        broker: &str,
        (known, shown, head): (Option<Checked>, HeadProof, &SignedHead),
        error: HeadProofError,
    ) -> Result<T, Error> {
        let place = broker.to_owned();
        let evidence = GlobalEvidence {
            known: known.map(|known| known.checkpoint),
            shown,
            head: head.clone(),
        };
        self.vault().write(|tx| {
            let is_first = self.vault().get(&EVIDENCE, &place)?.is_none();
            // What the log did not sign proves nothing about it.
            let is_signed = !matches!(
                error,
                HeadProofError::Checkpoint(_) | HeadProofError::Malformed
            );
            if is_first && is_signed {
                tx.put(&EVIDENCE, &place, &evidence)?;
            }
            Ok::<_, Error>(())
        })?;
        Err(error.into())
    }

    /// What brokers have shown of their global logs that does not go together.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn global_log_evidence(&self) -> Result<Vec<GlobalEvidence>, Error> {
        let kept = self.vault().list(&EVIDENCE)?;
        Ok(kept.into_iter().map(|(_broker, kept)| kept).collect())
    }
}
