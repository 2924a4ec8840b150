//! A Data Integrity proof of the suite `eddsa-rdfc-2022`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};

use super::{
    LinkedDataError, canonical::canonical, multikey::from_multibase, statements::statements,
};
use crate::encoding::sha256;

/// The only suite: Ed25519 over RDFC-1.0 and SHA-256 (Data Integrity EdDSA Cryptosuites 1.0 section 3.2).
pub const CRYPTOSUITE: &str = "eddsa-rdfc-2022";
pub(super) const TYPE: &str = "DataIntegrityProof";
pub(super) const PURPOSE: &str = "assertionMethod";

/// What a new proof says beside its signature.
#[derive(Debug, Clone, Copy)]
pub struct ProofOptions<'o> {
    /// When it is made.
    pub created: DateTime<Utc>,
    /// Where the key is found: the issuer's identifier, `#`, and the key's id.
    pub verification_method: &'o str,
}

impl ProofOptions<'_> {
    /// The proof without its signature (section 3.2.5).
    pub(super) fn configuration(&self) -> Map<String, Value> {
        let created = self.created.to_rfc3339_opts(SecondsFormat::Secs, true);
        [
            ("type", TYPE.to_owned()),
            ("cryptosuite", CRYPTOSUITE.to_owned()),
            ("created", created),
            ("verificationMethod", self.verification_method.to_owned()),
            ("proofPurpose", PURPOSE.to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect()
    }
}

/// A proof as it was read: of the supported suite and purpose, its signature not checked.
#[derive(Debug, Clone)]
pub(super) struct Proof {
    /// Everything but the signature.
    configuration: Map<String, Value>,
    pub(super) verification_method: String,
    pub(super) signature: [u8; 64],
    pub(super) created: Option<DateTime<Utc>>,
    pub(super) expires: Option<DateTime<Utc>>,
}

/// Members that a proof may have; what is not known cannot be respected.
const KNOWN: [&str; 9] = [
    "id",
    "type",
    "cryptosuite",
    "created",
    "expires",
    "verificationMethod",
    "proofPurpose",
    "proofValue",
    "nonce",
];

impl Proof {
    /// Reads the member `proof`: one object, or a list of one.
    pub(super) fn read(proof: Value) -> Result<Self, LinkedDataError> {
        let mut members = match proof {
            Value::Object(members) => members,
            Value::Array(items) => match <[Value; 1]>::try_from(items) {
                Ok([Value::Object(members)]) => members,
                Ok(_) => return Err(LinkedDataError::UnsupportedProof),
                Err(none) if none.is_empty() => return Err(LinkedDataError::NoProof),
                Err(_) => return Err(LinkedDataError::SeveralProofs),
            },
            _ => return Err(LinkedDataError::UnsupportedProof),
        };
        if members.get("type").and_then(Value::as_str) != Some(TYPE)
            || members.get("cryptosuite").and_then(Value::as_str) != Some(CRYPTOSUITE)
            || members.keys().any(|name| !KNOWN.contains(&name.as_str()))
        {
            return Err(LinkedDataError::UnsupportedProof);
        }
        if members.get("proofPurpose").and_then(Value::as_str) != Some(PURPOSE) {
            return Err(LinkedDataError::WrongPurpose);
        }
        let signature = members
            .remove("proofValue")
            .as_ref()
            .and_then(Value::as_str)
            .and_then(|text| from_multibase(text, 90))
            .and_then(|octets| octets.try_into().ok())
            .ok_or(LinkedDataError::MalformedProof("proofValue"))?;
        Ok(Self {
            verification_method: text(&members, "verificationMethod")
                .ok_or(LinkedDataError::MalformedProof("verificationMethod"))?
                .to_owned(),
            signature,
            created: moment(&members, "created").map_err(LinkedDataError::MalformedProof)?,
            expires: moment(&members, "expires").map_err(LinkedDataError::MalformedProof)?,
            configuration: members,
        })
    }

    pub(super) fn configuration(&self) -> &Map<String, Value> {
        &self.configuration
    }
}

/// What is signed (sections 3.2.3 to 3.2.5): the hash of the proof's statements, then that of the document's.
pub(super) fn hash_data(
    document: &Map<String, Value>,
    configuration: &Map<String, Value>,
) -> Result<Vec<u8>, LinkedDataError> {
    let mut configuration = configuration.clone();
    let contexts = document.get("@context").cloned().unwrap_or_default();
    configuration.insert("@context".to_owned(), contexts);
    let mut hashes = sha256(canonical(statements(&configuration)?)?).to_vec();
    hashes.extend(sha256(canonical(statements(document)?)?));
    Ok(hashes)
}

/// A moment with its zone (XML Schema 1.1 dateTimeStamp).
pub(super) fn moment(
    members: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<DateTime<Utc>>, &'static str> {
    match members.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_str()
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
            .map(|moment| Some(moment.to_utc()))
            .ok_or(name),
    }
}

pub(super) fn text<'m>(members: &'m Map<String, Value>, name: &str) -> Option<&'m str> {
    members.get(name)?.as_str()
}
