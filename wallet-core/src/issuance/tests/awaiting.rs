//! Credentials that a real institution releases later.

use chrono::TimeDelta;

use super::{institution::Institution, *};

const DEGREE: &[CredentialType] = &[CredentialType::Qualification];

/// A wallet that was told to wait, the offer it waits for, and both clocks.
struct Waiting {
    institution: Institution,
    wallet: Wallet,
    clock: credential_core::clock::FixedClock,
    offer: credential_core::id::OfferId,
    _folder: tempfile::TempDir,
}

impl Waiting {
    async fn begun() -> Self {
        let institution = Institution::open().await;
        let (wallet, clock, folder) = institution.wallet_and_clock();
        let offer = institution.offer(DEGREE);
        institution.state.hold(&offer.id).unwrap();
        let open = wallet.open_offer(&offer.link).await.unwrap();
        let received = wallet.accept_offer(&open, offer.tx_code.as_deref()).await;
        assert_eq!(received.unwrap().len(), 0, "nothing came yet");
        Self {
            institution,
            wallet,
            clock,
            offer: offer.id,
            _folder: folder,
        }
    }

    fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
        self.institution.clock.advance(time);
    }

    async fn collect(&self) -> Result<usize, Error> {
        let awaited = self.wallet.awaited()?;
        let held = self.wallet.collect_awaited(awaited[0].id).await?;
        Ok(held.into_iter().count())
    }

    fn counts(&self) -> (usize, usize) {
        let held = self.wallet.credentials().unwrap().len();
        (held, self.wallet.awaited().unwrap().len())
    }
}

#[tokio::test]
async fn c13_what_is_not_ready_is_awaited_and_collected_days_later() {
    let waiting = Waiting::begun().await;
    assert_eq!(waiting.counts(), (0, 1));
    let awaited = waiting.wallet.awaited().unwrap().remove(0);
    assert_eq!(awaited.type_name(Language::En), "Qualification");
    waiting.pass(TimeDelta::seconds(30));
    assert_eq!(waiting.collect().await, Ok(0), "still not released");
    waiting.pass(TimeDelta::days(3));
    waiting.institution.state.release(&waiting.offer).unwrap();
    // The list of three days ago is still good; a new one is not needed.
    assert_eq!(waiting.collect().await, Ok(1));
    assert_eq!(waiting.counts(), (1, 0));
    let held = waiting.wallet.credentials().unwrap().remove(0);
    let copy = waiting.wallet.copy_for(&held, "anybody").unwrap();
    let bound = copy.verified.holder_key().unwrap().thumbprint();
    assert_eq!(
        bound,
        copy.key.public_jwk().thumbprint(),
        "to a key that waited with it"
    );
}

#[tokio::test]
async fn who_was_told_when_to_ask_again_is_not_asked_before() {
    let waiting = Waiting::begun().await;
    waiting.institution.state.release(&waiting.offer).unwrap();
    waiting.pass(TimeDelta::seconds(29));
    assert_eq!(waiting.collect().await, Ok(0));
    assert_eq!(waiting.institution.state.issued().unwrap().len(), 0);
    waiting.pass(TimeDelta::seconds(1));
    assert_eq!(waiting.collect().await, Ok(1));
}

#[tokio::test]
async fn what_will_never_come_is_awaited_no_longer() {
    let waiting = Waiting::begun().await;
    waiting.pass(TimeDelta::seconds(30));
    waiting.institution.state.release(&waiting.offer).unwrap();
    // Somebody with the same token was faster: here the wallet itself, in a copy of its folder.
    let awaited = waiting.wallet.awaited().unwrap().remove(0);
    let (first, second) = tokio::join!(
        waiting.wallet.collect_awaited(awaited.id),
        waiting.wallet.collect_awaited(awaited.id)
    );
    let refused = [first, second]
        .into_iter()
        .filter_map(Result::err)
        .next()
        .unwrap();
    let code = match refused {
        Error::Issuance(IssuanceError::Refused { code, .. }) => code,
        other => panic!("a refusal: {other}"),
    };
    assert_eq!(code, "invalid_transaction_id");
    assert_eq!(waiting.counts(), (1, 0), "one came, and nothing is awaited");
    assert_eq!(
        waiting
            .wallet
            .collect_awaited(awaited.id)
            .await
            .unwrap_err(),
        Error::NotFound
    );
}

#[tokio::test]
async fn when_the_issuer_cannot_be_asked_the_certificate_is_still_awaited() {
    let waiting = Waiting::begun().await;
    // Past the life of the token: the issuer refuses it, which is not its last word.
    waiting.pass(TimeDelta::days(31));
    let refused = waiting.collect().await;
    assert!(refused.is_err(), "{refused:?}");
    assert_eq!(waiting.counts(), (0, 1));
}
