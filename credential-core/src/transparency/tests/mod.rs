mod notes;
mod tiles;
mod witnessing;

use super::{Checkpoint, LogSigner, WitnessSigner};
use crate::{access_log::Hash, encoding::sha256};

const ORIGIN: &str = "broker.example/log";

fn log() -> LogSigner {
    LogSigner::from_pkcs8(ORIGIN, &LogSigner::generate().unwrap()).unwrap()
}

fn witness(name: &str) -> WitnessSigner {
    WitnessSigner::from_pkcs8(name, &WitnessSigner::generate().unwrap()).unwrap()
}

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|n| sha256(n.to_be_bytes())).collect()
}

fn checkpoint(leaves: &[Hash]) -> Checkpoint {
    let size = u64::try_from(leaves.len()).unwrap();
    Checkpoint::new(ORIGIN, size, crate::access_log::root(leaves))
}
