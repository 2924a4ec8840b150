//! The fuzz targets of Osaamislompakko: everything that reads octets from outside, with what must
//! hold beyond "it does not panic". `fuzz/run` runs them; `docs/contributing.md` says how.

pub mod keys;
pub mod parties;
pub mod targets;
pub mod written;

use std::{future::Future, path::PathBuf, sync::LazyLock};

use credential_core::clock::FixedClock;
use verifier_sdk::Verifier;

/// What a target does with an input.
pub type Run = fn(&[u8]) -> bool;
/// A target's seeds, by name.
pub type Seeds = fn() -> Vec<(&'static str, Vec<u8>)>;

macro_rules! targets {
    ($($name:ident)+) => {
        /// All targets: name, what it does, its seeds.
        pub const TARGETS: &[(&str, Run, Seeds)] =
            &[$((stringify!($name), targets::$name::run, targets::$name::seeds)),+];
    };
}

targets! {
    access_log
    audit
    baked
    bitstring_list
    checkpoint
    clr
    csv
    dcql
    decision
    deposit
    did
    elm
    elmo
    evidence
    federation
    grant_change
    grant_message
    handles
    jose
    koski
    linked_data
    log_entry
    messages
    notice
    openbadges
    pdf
    proofs
    queries
    reading
    receipt
    request_object
    ripa
    sd_jwt
    sd_jwt_claims
    status_list
    stored_rows
    template
    texts
    trust_list
    tyomarkkinatori
    vault
    vc_jwt
    virta
    writers
    x5c
}

/// The program of one target: its seeds are checked, then it is handed input after input.
#[macro_export]
macro_rules! program {
    ($name:ident) => {
        libfuzzer_sys::fuzz_target!(
            init: $crate::check_seeds(stringify!($name)),
            |data: &[u8]| {
                let _accepted = $crate::targets::$name::run(data);
            }
        );
    };
}

/// Where the seeds of a target are.
#[must_use]
pub fn seed_folder(target: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "seeds", target]
        .iter()
        .collect()
}

/// Every seed runs, and those called `accepted-…` get to the end.
///
/// # Panics
/// When one does not, or when there is none.
pub fn check_seeds(target: &str) {
    let known = TARGETS.iter().find(|(name, ..)| *name == target);
    let (_, run, _) = known.expect("a target of ours");
    let mut accepted = 0;
    for entry in std::fs::read_dir(seed_folder(target)).expect("a folder of seeds") {
        let path = entry.expect("an entry").path();
        let reached = run(&std::fs::read(&path).expect("a seed"));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("accepted-") {
            assert!(reached, "{} is no longer accepted", path.display());
            accepted += 1;
        }
    }
    assert!(accepted > 0, "no seed of {target} gets to the end");
}

/// A verifier that asks nobody and whose clock stands still.
#[must_use]
pub fn verifier() -> &'static Verifier {
    static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
        let builder = Verifier::builder().trust(parties::parties().trust.clone());
        let builder = builder.clock(FixedClock::at(parties::noon())).offline();
        builder.build().expect("a trust list and a clock")
    });
    &VERIFIER
}

/// Runs what waits for nobody.
pub fn run_async<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime without drivers");
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}
