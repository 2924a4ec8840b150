//! Everything that can go wrong in the wallet, each with a stable reason code.

use credential_core::{
    access_log::HeadError,
    consent::{details::NotOptional, receipt::ReceiptError, request::RequestError},
    id::GrantId,
    jose::{SignError, dpop::ProofError},
    linked_data::LinkedDataError,
    oid4vci::offer::OfferError,
    rng::NoRandomness,
    sd_jwt::{PresentError, SdJwtError},
    transparency::HeadProofError,
    trust::TrustError,
};
use verifier_sdk::read_receipt::ReadReceiptCheckError;

use crate::{
    badges::BadgeError,
    consent::{broker::BrokerError, browser::NotARequestLink, deposit::SealError},
    disclosure::SelectionError,
    issuance::IssuanceError,
    vault::VaultError,
};

/// What went wrong. Nothing of the person's is in any of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The encrypted store.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A key that should be in the vault is not.
    #[error("a key is missing from the wallet")]
    KeyMissing,
    /// A key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// A proof of possession could not be made.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The trust list.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// There is no trust list in the wallet yet.
    #[error("the wallet has no trust list yet")]
    NoTrustList,
    /// The trust list could not be fetched.
    #[error("the trust list could not be fetched: {0}")]
    TrustListUnavailable(verifier_sdk::http::HttpError),
    /// Something else than the trust list was answered.
    #[error("the trust list could not be fetched: the server answered {status}")]
    TrustListNotServed {
        /// HTTP status.
        status: u16,
    },
    /// The registrar signed two different lists under one number.
    #[error("another trust list with the same number is already known")]
    TrustListChanged,
    /// The broker is not on the trust list.
    #[error("the broker is not on the trust list")]
    UnknownBroker,
    /// The broker signs with a key that the trust list does not name: the wallet's list may be older than
    /// the key.
    #[error("the broker signs with a key that is not on the trust list: fetch the newest list")]
    UnknownBrokerKey,
    /// A credential offer.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// Getting a credential.
    #[error(transparent)]
    Issuance(#[from] IssuanceError),
    /// A credential in the wallet no longer verifies.
    #[error("a certificate in the wallet no longer verifies: {0}")]
    HeldCredential(#[from] SdJwtError),
    /// Adding a badge.
    #[error(transparent)]
    Badge(#[from] BadgeError),
    /// A badge in the wallet no longer verifies.
    #[error("a badge in the wallet no longer verifies: {}", .0.reason())]
    HeldBadge(#[from] LinkedDataError),
    /// The link leads to no request.
    #[error(transparent)]
    NotARequestLink(#[from] NotARequestLink),
    /// The request is not what it should be; nothing was shared.
    #[error("the request was refused by your wallet: {0}")]
    Request(#[from] RequestError),
    /// The selection.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// Something needed would be left out.
    #[error(transparent)]
    NotOptional(#[from] NotOptional),
    /// The end is past, or later than what was asked.
    #[error("the share cannot end then: it has to end in the future, and not after what was asked")]
    End,
    /// The share would not become less: nothing is left out, the end is not sooner, the reads not fewer.
    #[error("that would not share less than now")]
    NotLess,
    /// The share has ended, or its broker has not confirmed it yet.
    #[error("this share does not stand: it has ended, or the broker has not confirmed it yet")]
    NotLiving,
    /// Another change of the share was signed meanwhile.
    #[error("another change of this share waits to be confirmed; try again")]
    ChangeWaits,
    /// The presentation could not be made.
    #[error(transparent)]
    Present(#[from] PresentError),
    /// The presentation could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The request was answered before in another way (other items, another certificate, a later end),
    /// and whether the broker has that answer is not known. Repeat the same answer, or stop that share.
    #[error(
        "this request was already answered in another way; repeat that answer or stop {grant_id}"
    )]
    AnsweredOtherwise {
        /// The share that was signed.
        grant_id: GrantId,
    },
    /// The request was answered before.
    #[error("this request was already answered")]
    AlreadyAnswered,
    /// The broker.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// A receipt does not hold.
    #[error("the broker's receipt does not hold: {0}")]
    Receipt(#[from] ReceiptError),
    /// A receipt is about something else than what was signed here.
    #[error("the broker's receipt is about something else")]
    ReceiptNotOurs,
    /// The broker asks to seal to a key that the registrar does not list for the recipient.
    #[error(
        "the broker names an encryption key that is not the registered one; nothing was sealed to it"
    )]
    KeyNotListed,
    /// The access log does not hold.
    #[error("the access log does not hold: {0}")]
    Log(#[from] HeadError),
    /// What is said to be a broker's receipt of a reading is none.
    #[error("the receipt of the reading does not hold: {0}")]
    ReadReceipt(#[from] ReadReceiptCheckError),
    /// The broker has signed that a reading stands in the access log, and it does not.
    #[error("the broker has signed that this reading is in your access log, and it is not there")]
    LogOmits,
    /// The broker's global log does not hold.
    #[error("the broker's global log does not hold: {0}")]
    GlobalLog(#[from] HeadProofError),
    /// There is no such thing in the wallet.
    #[error("there is no such item in this wallet")]
    NotFound,
}

impl Error {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Vault(error) => error.reason(),
            Self::KeyMissing => "wallet_key_missing",
            Self::Sign(_) | Self::Randomness(_) | Self::Proof(_) => "wallet_cannot_sign",
            Self::Trust(error) => error.reason(),
            Self::NoTrustList => "trust_list_missing",
            Self::TrustListUnavailable(_) | Self::TrustListNotServed { .. } => {
                "trust_list_unavailable"
            }
            Self::TrustListChanged => "trust_list_changed",
            Self::UnknownBroker => "broker_unknown",
            Self::UnknownBrokerKey => "broker_key_unknown",
            Self::Offer(error) => error.reason(),
            Self::Issuance(error) => error.reason(),
            Self::HeldCredential(error) => error.reason(),
            Self::Badge(error) => error.reason(),
            Self::HeldBadge(error) => error.reason(),
            Self::NotARequestLink(_) => "request_not_a_link",
            Self::Request(error) => error.reason(),
            Self::Selection(error) => error.reason(),
            Self::NotOptional(_) => "selection_needed_left_out",
            Self::End => "share_end_unfit",
            Self::NotLess => "share_not_less",
            Self::NotLiving => "share_not_living",
            Self::ChangeWaits => "share_change_waits",
            Self::Present(error) => error.reason(),
            Self::Seal(_) => "deposit_not_sealed",
            Self::AnsweredOtherwise { .. } => "request_answered_otherwise",
            Self::AlreadyAnswered => "request_already_answered",
            Self::Broker(error) => error.reason(),
            Self::Receipt(_) | Self::ReceiptNotOurs => "receipt_does_not_hold",
            Self::KeyNotListed => "reseal_key_not_listed",
            Self::Log(error) => error.reason(),
            Self::ReadReceipt(error) => error.reason(),
            Self::LogOmits => "log_omits_reading",
            Self::GlobalLog(error) => error.reason(),
            Self::NotFound => "not_found",
        }
    }
}
