//! What commands ask of the institution's registry, and the answers: the same whether a running server
//! answers or the command itself, which opened the registry.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use credential_core::{
    credential::{CredentialClaims, CredentialType},
    id::OfferId,
    status_list::bitstring::BitstringEntry,
};
use issuer_adapters::server::{
    EvidenceRefused, HolderMatch, IssuedEntry, IssuerState, OfferRefused, OpenOffer, RowClaims,
    RowTerms, StatusChange, WaitingOffer,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::failure::{Failure, Kind};

/// Rows asked for in one question.
pub(crate) const ROWS: usize = 500;

/// A question.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ask {
    /// Everything issued.
    List,
    /// A change of one credential's status.
    Change {
        index: u32,
        change: StatusChange,
        reason: Option<String>,
    },
    /// All offers.
    Offers,
    /// One offer's link and code.
    Open { offer: OfferId },
    /// Takes an offer back.
    Cancel { offer: OfferId },
    /// Lets what is in an offer wait, or releases it.
    Hold { offer: OfferId, held: bool },
    /// A new link and code for the same claims.
    Resend { offer: OfferId, days: u32 },
    /// Evidence about one credential, with the registrar's list of today.
    Evidence { index: u32, trust_list: String },
    /// Places for badges of these types, to be handed over as files.
    Places {
        vcts: Vec<String>,
        matched: HolderMatch,
    },
    /// Offers for rows of a table.
    Rows {
        rows: Vec<AskedRow>,
        matched: HolderMatch,
        days: u32,
    },
}

/// A row of a table as it travels.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AskedRow {
    fingerprint: [u8; 32],
    vct: String,
    claims: Map<String, Value>,
    valid_until: Option<NaiveDate>,
}

/// Shows nothing of a person.
impl std::fmt::Debug for AskedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AskedRow")
            .field("vct", &self.vct)
            .finish_non_exhaustive()
    }
}

impl AskedRow {
    pub(crate) fn new(fingerprint: [u8; 32], claims: &CredentialClaims) -> Self {
        Self {
            fingerprint,
            vct: claims.credential_type().vct().into(),
            claims: claims.claims().clone(),
            valid_until: claims.valid_until(),
        }
    }

    fn read(self) -> Option<RowClaims> {
        let credential_type = CredentialType::from_vct(&self.vct)?;
        let claims = CredentialClaims::new(credential_type, self.claims, self.valid_until).ok()?;
        Some(RowClaims {
            fingerprint: self.fingerprint,
            claims,
        })
    }
}

/// An answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    Entries(Vec<IssuedEntry>),
    Offers(Vec<WaitingOffer>),
    Open(Handed),
    Evidence(String),
    /// Indexes, each with the `credentialStatus` that belongs to it, and whose lists they are in.
    Places {
        identifier: String,
        places: Vec<(u32, Vec<Value>)>,
    },
    Rows(Vec<RowAnswer>),
    Failed(Failure),
}

/// An offer and what its holder needs.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Handed {
    pub(crate) offer: WaitingOffer,
    pub(crate) link: String,
    pub(crate) tx_code: Option<String>,
}

/// Shows neither link nor code.
impl std::fmt::Debug for Handed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handed")
            .field("offer", &self.offer)
            .finish_non_exhaustive()
    }
}

/// What became of a row.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowAnswer {
    Offered {
        offer: OfferId,
        is_new: bool,
        /// Link and code, while the offer waits.
        handover: Option<(String, String)>,
        expires_at: DateTime<Utc>,
    },
    Refused {
        reason: String,
        message: String,
    },
}

/// Shows neither link nor code.
impl std::fmt::Debug for RowAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Offered { .. } => "Offered",
            Self::Refused { .. } => "Refused",
        })
    }
}

/// The answer of this institution.
pub(crate) fn answer(state: &IssuerState, ask: Ask) -> Answer {
    answered(state, ask).unwrap_or_else(Answer::Failed)
}

fn answered(state: &IssuerState, ask: Ask) -> Result<Answer, Failure> {
    Ok(match ask {
        Ask::List => Answer::Entries(state.issued()?),
        Ask::Change {
            index,
            change,
            reason,
        } => Answer::Entries(vec![state.change_status_because(
            index,
            change,
            reason.as_deref(),
        )?]),
        Ask::Offers => Answer::Offers(state.offers()?),
        Ask::Open { offer } => Answer::Open(handed(state.open_offer(&offer)?)),
        Ask::Hold { offer, held } => {
            let known = if held {
                state.hold(&offer)
            } else {
                state.release(&offer)
            };
            if !known.map_err(Failure::from)? {
                let message = format!("there is no offer {offer}");
                return Err(Failure::new(Kind::NotFound, "offer_not_found", message));
            }
            answered(state, Ask::Offers)?
        }
        Ask::Cancel { offer } => Answer::Offers(vec![state.cancel_offer(&offer)?]),
        Ask::Resend { offer, days } => {
            let resent = state.resend_offer(&offer, TimeDelta::days(days.into()));
            Answer::Open(handed(resent.map_err(refused)?))
        }
        Ask::Evidence { index, trust_list } => {
            let evidence = state.evidence(index, &trust_list);
            Answer::Evidence(evidence.map_err(not_evidenced)?)
        }
        Ask::Places { vcts, matched } => {
            let kinds: Option<Vec<_>> = vcts
                .iter()
                .map(|vct| CredentialType::from_vct(vct))
                .collect();
            let unknown = || {
                let message = "a type of credential is of another version of this program";
                Failure::new(Kind::Damaged, "type_not_of_this_version", message)
            };
            let places = state.places_for_badges(&kinds.ok_or_else(unknown)?, matched)?;
            let places = places.into_iter().map(|place| {
                let entries = place.entries.iter().map(BitstringEntry::to_json);
                (place.index, entries.collect())
            });
            Answer::Places {
                identifier: state.profile().identifier().into(),
                places: places.collect(),
            }
        }
        Ask::Rows {
            rows,
            matched,
            days,
        } => {
            let unknown = || {
                Failure::new(
                    Kind::Damaged,
                    "row_not_of_this_version",
                    "a row does not fit",
                )
            };
            let rows: Option<Vec<_>> = rows.into_iter().map(AskedRow::read).collect();
            let terms = RowTerms {
                matched,
                valid_for: TimeDelta::days(days.into()),
            };
            let offers = state
                .offer_rows(&rows.ok_or_else(unknown)?, terms)
                .map_err(refused)?;
            Answer::Rows(offers.into_iter().map(row).collect())
        }
    })
}

fn row(offer: Result<issuer_adapters::server::RowOffer, OfferRefused>) -> RowAnswer {
    match offer {
        Ok(offer) => RowAnswer::Offered {
            offer: offer.id,
            is_new: offer.is_new,
            handover: offer.handover,
            expires_at: offer.expires_at,
        },
        Err(error) => RowAnswer::Refused {
            reason: error.reason().into(),
            message: error.to_string(),
        },
    }
}

fn handed(open: OpenOffer) -> Handed {
    Handed {
        offer: open.offer,
        link: open.link,
        tx_code: open.tx_code,
    }
}

fn refused(error: OfferRefused) -> Failure {
    match error {
        OfferRefused::Registry(error) => error.into(),
        other => Failure::new(Kind::Refused, other.reason(), other),
    }
}

fn not_evidenced(error: EvidenceRefused) -> Failure {
    match error {
        EvidenceRefused::Registry(error) => error.into(),
        EvidenceRefused::Sign(error) => Failure::unexpected(error),
        other => Failure::new(Kind::Refused, other.reason(), other),
    }
}
