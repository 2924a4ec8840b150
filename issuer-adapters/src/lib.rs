//! Study records become credentials: readers of registers' documents, their mapping to claims, and
//! the issuing server of an institution.
//!
//! Readers, mapping and writers are pure: bytes in, [`LearningRecord`] and [`CredentialClaims`] out, and
//! from a record the documents of open standards. The wallet uses them without the `server` feature, to
//! understand a document its holder imports, and to let the holder leave with everything.
//!
//! ```
//! use issuer_adapters::{mapping, source::{RecordSource as _, koski::Koski}};
//!
//! let document = br#"{"henkil\u00f6": {"sukunimi": "Esimerkki", "etunimet": "Aino"}, "opiskeluoikeudet": [{
//!     "tyyppi": {"koodiarvo": "vapaansivistystyonkoulutus"},
//!     "suoritukset": [{
//!         "tyyppi": {"koodiarvo": "vstosaamismerkki"},
//!         "koulutusmoduuli": {"tunniste": {"koodiarvo": "1000", "nimi": {"fi": "Oma osaaminen"}}},
//!         "vahvistus": {"p\u00e4iv\u00e4": "2026-02-03"}
//!     }]
//! }]}"#;
//! let record = Koski.read(document)?;
//! let mapped = mapping::credentials(&record);
//! let [badge] = mapped.credentials.as_slice() else { panic!("one badge") };
//! assert_eq!(badge.claims()["title"]["fi"], "Oma osaaminen");
//! # Ok::<(), issuer_adapters::source::SourceError>(())
//! ```
//!
//! [`LearningRecord`]: credential_core::record::LearningRecord
//! [`CredentialClaims`]: credential_core::credential::CredentialClaims

#[cfg(feature = "server")]
pub mod audit;
pub mod badge;
#[cfg(feature = "server")]
pub mod batch;
#[cfg(feature = "server")]
pub mod keystore;
pub mod mapping;
mod members;
#[cfg(feature = "server")]
pub mod server;
pub mod source;
pub mod writer;
