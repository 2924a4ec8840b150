pub(crate) mod badge;
mod corpus;
mod credential;
mod documents;
mod formats;
mod hostile;
mod identity;
mod kinds;
mod presentation;
mod status;

use crate::{
    Report,
    checks::{Outcome, Reason},
    test_support::{Deposit, World},
};

/// The reasons of everything that is not simply valid.
fn remarks(report: &Report) -> Vec<Reason> {
    report
        .all_checks()
        .filter(|check| check.outcome != Outcome::Valid)
        .map(|check| check.reason)
        .collect()
}

async fn read(world: &World, deposit: &Deposit) -> Report {
    let sealed = deposit.seal(world);
    let expected = deposit.expectation();
    let verifier = world.verifier();
    let now = credential_core::clock::Clock::now(&world.clock);
    let opened =
        crate::SealedDeposit::parse(&sealed).and_then(|d| d.open(&world.recipient, &expected, now));
    match opened {
        Ok(opened) => verifier
            .verify_presentation(&opened, &expected)
            .await
            .unwrap(),
        Err(error) => verifier.refuse(error).unwrap(),
    }
}
